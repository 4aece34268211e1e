// Players who may not queue for a while, and what they did within memory: a row for each player
// and scope. Fixed capacity; a full table gives up a row whose time is over, or the one of a few
// that ends first. Owner: the matchmaker's thread.

/// A player's standing in one scope.
struct CooldownRow: BitwiseCopyable {
    var player: UInt64
    /// First tick at which the player may queue again.
    var until: Int32
    /// Seeded, of player and scope.
    var hash: UInt32
    var scope: UInt8
    /// The tick at which each of the last offences is forgotten; the oldest is replaced first.
    var offences = InlineArray<8, Int32>(repeating: Int32.min)

    func offenceCount(at tick: Int32) -> Int {
        var count = 0
        for position in 0..<offences.count where offences[position] > tick { count += 1 }
        return count
    }

    func isOver(at tick: Int32) -> Bool { until <= tick && offenceCount(at: tick) == 0 }
}

struct CooldownTable {
    /// Rows looked at to find one to give up.
    static let evictionLookMax = 32

    private let rows: FixedArray<CooldownRow>
    private var map: IdentityMap
    private(set) var count = 0
    /// Where the next look for a row to give up begins.
    private var hand = 0
    /// Rows given up before their time, ever.
    private(set) var droppedCount = 0

    init(limits: Limits, arena: inout Arena) {
        rows = arena.take(CooldownRow.self, count: max(1, limits.cooldownCountMax))
        map = IdentityMap(capacity: max(1, limits.cooldownCountMax), arena: &arena)
    }

    /// The first tick at which the player may queue in the scope again; `Int32.min` if any.
    /// - Parameter hash: seeded, of player and scope.
    @inline(__always) func until(_ player: PlayerID, _ scope: UInt8, hash: UInt32) -> Int32 {
        guard let row = find(player, scope, hash) else { return Int32.min }
        return rows[row].until
    }

    /// Keeps the player out until `until`, or longer if a longer mark stands.
    mutating func mark(
        _ player: PlayerID, _ scope: UInt8, hash: UInt32, until: Int32, at tick: Int32
    ) {
        let row = rowForChange(player, scope, hash, tick)
        rows[row].until = max(rows[row].until, until)
    }

    /// Takes the mark back; offences are remembered as before.
    mutating func clear(_ player: PlayerID, _ scope: UInt8, hash: UInt32) {
        guard let row = find(player, scope, hash) else { return }
        rows[row].until = Int32.min
    }

    /// Notes an offence that is remembered until `forgetAt`.
    /// - Returns: offences within memory, this one among them: 1...8.
    mutating func offend(
        _ player: PlayerID, _ scope: UInt8, hash: UInt32, forgetAt: Int32, at tick: Int32
    ) -> Int {
        let row = rowForChange(player, scope, hash, tick)
        var oldest = 0
        for position in 1..<rows[row].offences.count
        where rows[row].offences[position] < rows[row].offences[oldest] {
            oldest = position
        }
        rows[row].offences[oldest] = forgetAt
        return max(1, rows[row].offenceCount(at: tick))
    }

    @inline(__always) private func find(
        _ player: PlayerID, _ scope: UInt8, _ hash: UInt32
    ) -> Int? {
        map.find(hash) { rows[$0].player == player.raw && rows[$0].scope == scope }
    }

    private mutating func rowForChange(
        _ player: PlayerID, _ scope: UInt8, _ hash: UInt32, _ tick: Int32
    ) -> Int {
        if let known = find(player, scope, hash) { return known }
        let row = count < rows.count ? count : giveUp(at: tick)
        if row == count { count += 1 }
        rows[row] = CooldownRow(
            player: player.raw, until: Int32.min, hash: hash, scope: scope)
        map.insert(hash, slot: row)
        return row
    }

    /// Frees the first row looked at whose time is over; else the one that ends first.
    private mutating func giveUp(at tick: Int32) -> Int {
        var choice = hand
        for _ in 0..<min(CooldownTable.evictionLookMax, rows.count) {
            let row = hand
            hand = hand + 1 == rows.count ? 0 : hand + 1
            if rows[row].isOver(at: tick) {
                choice = row
                break
            }
            if rows[row].until < rows[choice].until { choice = row }
        }
        if !rows[choice].isOver(at: tick) { droppedCount += 1 }
        map.remove(rows[choice].hash, slot: choice)
        return choice
    }
}
