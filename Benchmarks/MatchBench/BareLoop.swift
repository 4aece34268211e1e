// What the same machine does without any rule: a bitmap over rating levels with a list per level,
// neighbours taken greedily from the bottom. The yardstick beside which the core is measured.

/// One region's levels, bare.
struct BareLoop {
    private static let levelCount = 8192
    private var heads: [Int32]
    private var next: [Int32]
    private var words: [UInt64]
    private var summary: [UInt64]
    private var picked: [Int32]

    init(ticketCount: Int, lobbySize: Int) {
        heads = Array(repeating: -1, count: BareLoop.levelCount)
        next = Array(repeating: -1, count: ticketCount)
        words = Array(repeating: 0, count: BareLoop.levelCount / 64)
        summary = Array(repeating: 0, count: BareLoop.levelCount / 64 / 64)
        picked = Array(repeating: 0, count: lobbySize)
    }

    /// Inserts every level's ticket, then cuts the pool into lobbies; returns a value that depends
    /// on all of it.
    mutating func run(_ levels: [Int32]) -> Int {
        for index in levels.indices { insert(Int32(index), Int(levels[index])) }
        var check = 0
        var filled = 0
        while let ticket = popLowest() {
            picked[filled] = ticket
            filled += 1
            if filled == picked.count {
                check &+= Int(picked[0]) ^ Int(picked[filled - 1])
                filled = 0
            }
        }
        return check
    }

    private mutating func insert(_ ticket: Int32, _ level: Int) {
        next[Int(ticket)] = heads[level]
        heads[level] = ticket
        words[level >> 6] |= 1 << UInt64(level & 63)
        summary[level >> 12] |= 1 << UInt64((level >> 6) & 63)
    }

    private mutating func popLowest() -> Int32? {
        for top in summary.indices where summary[top] != 0 {
            let word = top << 6 | summary[top].trailingZeroBitCount
            let level = word << 6 | words[word].trailingZeroBitCount
            let ticket = heads[level]
            heads[level] = next[Int(ticket)]
            if heads[level] < 0 {
                words[word] &= words[word] &- 1
                if words[word] == 0 { summary[top] &= ~(1 << UInt64(word & 63)) }
            }
            return ticket
        }
        return nil
    }
}
