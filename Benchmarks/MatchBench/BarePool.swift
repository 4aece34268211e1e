// The bare counterpart of `steady`: a pool of W in lists by rating level, each arrival put in and
// the nearest neighbour taken out. No rules, no identities, no outcomes.

struct BarePool {
    private static let levelCount = 8192
    private var heads: [Int32]
    private var next: [Int32]
    private var levels: [Int32]
    private var words: [UInt64]
    private var freeHead: Int32

    private init(capacity: Int) {
        heads = Array(repeating: -1, count: BarePool.levelCount)
        next = (0..<Int32(capacity)).map { $0 + 1 }
        next[capacity - 1] = -1
        levels = Array(repeating: 0, count: capacity)
        words = Array(repeating: 0, count: BarePool.levelCount / 64)
        freeHead = 0
    }

    /// Seconds for one arrival and one departure at a pool of `waiting`, the best of three rounds.
    static func secondsPerArrival(waiting: Int, regionCount: Int) -> Double {
        let perRegion = max(waiting / regionCount, 1)
        var pools = (0..<regionCount).map { _ in BarePool(capacity: perRegion + 2) }
        var generator = SeededGenerator(seed: 7)
        for region in 0..<regionCount {
            for _ in 0..<perRegion { pools[region].insert(level(&generator)) }
        }
        let rounds = 200_000
        var best = Double.infinity
        var check = 0
        for _ in 0..<3 {
            let arrivals = (0..<rounds).map { _ in level(&generator) }
            let start = seconds()
            for index in 0..<rounds {
                pools[index % regionCount].insert(arrivals[index])
                check &+= pools[index % regionCount].takeNearest(arrivals[index])
            }
            best = min(best, seconds() - start)
        }
        precondition(check != Int.min)
        return best / Double(rounds)
    }

    private static func level(_ generator: inout SeededGenerator) -> Int32 {
        Int32(min(max(generator.normal(mean: 3500, deviation: 700), 0), 8191))
    }

    private mutating func insert(_ level: Int32) {
        let slot = freeHead
        freeHead = next[Int(slot)]
        levels[Int(slot)] = level
        next[Int(slot)] = heads[Int(level)]
        heads[Int(level)] = slot
        words[Int(level) >> 6] |= 1 << UInt64(level & 63)
    }

    private mutating func takeNearest(_ level: Int32) -> Int {
        var word = Int(level) >> 6
        var bits = words[word] & (UInt64.max << UInt64(level & 63))
        while bits == 0 {
            word = (word + 1) & (words.count - 1)
            bits = words[word]
        }
        let found = word << 6 | bits.trailingZeroBitCount
        let slot = heads[found]
        heads[found] = next[Int(slot)]
        if heads[found] < 0 { words[word] &= ~(1 << UInt64(found & 63)) }
        next[Int(slot)] = freeHead
        freeHead = slot
        return Int(levels[Int(slot)])
    }
}
