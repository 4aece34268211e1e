// Which sets of parties fill k teams of n exactly, parties whole. For one and two teams the exact
// set of reachable fills is a bit set; for more teams first-fit over sizes in falling order.
// Two teams may differ in size, and a party may be tied to one of them. Pure values; knows sizes
// and sides only.

/// A set of parties under construction that can still be split into teams without overfilling one.
struct PartyPacking {
    let teamCount: Int
    /// Players of each team; of two teams, of the first.
    let teamSize: Int
    private let secondSize: Int
    private(set) var playerCount = 0
    /// Two teams: bit f is set if the parties so far can put f players in the first team.
    private var fills: UInt64 = 1
    /// Three teams or more: parties so far by size.
    private var sizes = InlineArray<64, UInt8>(repeating: 0)

    @inline(__always) init(teamCount: Int, teamSize: Int) {
        self.teamCount = teamCount
        self.teamSize = teamSize
        secondSize = teamSize
    }

    /// Two teams of these sizes.
    @inline(__always) init(first: Int, second: Int) {
        teamCount = 2
        teamSize = first
        secondSize = second
    }

    var isFull: Bool { playerCount == (teamCount - 1) * secondSize + teamSize }

    /// Adds a party to one of two teams if the set stays splittable.
    /// - Parameter sides: bit 0 may play in the first team, bit 1 in the second.
    /// - Returns: false, and nothing changed, if it does not.
    @inline(__always) mutating func add(_ size: Int, sides: UInt8) -> Bool {
        precondition(teamCount == 2)
        let total = playerCount + size
        if total > teamSize + secondSize { return false }
        let grown = PartyPacking.grow(
            fills, size, sides: sides, total: total, teamSize, secondSize)
        if grown == 0 { return false }
        fills = grown
        playerCount = total
        return true
    }

    /// Adds a party if the set stays splittable.
    /// - Returns: false, and nothing changed, if it does not.
    @inline(__always) mutating func add(_ size: Int) -> Bool {
        if playerCount + size > teamCount * teamSize { return false }
        if teamSize == 1 || teamCount == 1 {
            playerCount += size
            return true
        }
        if teamCount == 2 {
            let grown = PartyPacking.grow(fills, size, total: playerCount + size, teamSize)
            if grown == 0 { return false }
            fills = grown
            playerCount += size
            return true
        }
        sizes[size] += 1
        if firstFit() {
            playerCount += size
            return true
        }
        sizes[size] -= 1
        return false
    }

    /// Fills of the first of two teams after one more party, both teams within their size.
    @inline(__always) static func grow(
        _ fills: UInt64, _ size: Int, total: Int, _ teamSize: Int
    ) -> UInt64 {
        (fills | fills << UInt64(size)) & allowed(total: total, teamSize)
    }

    /// The same for two sizes and a party that may be tied to one side.
    @inline(__always) static func grow(
        _ fills: UInt64, _ size: Int, sides: UInt8, total: Int, _ first: Int, _ second: Int
    ) -> UInt64 {
        let inFirst = sides & 1 != 0 ? fills << UInt64(size) : 0
        let inSecond = sides & 2 != 0 ? fills : 0
        return (inFirst | inSecond) & allowed(total: total, first, second)
    }

    /// Fills f of the first team for which neither f nor `total - f` exceeds a team's size.
    @inline(__always) private static func allowed(total: Int, _ teamSize: Int) -> UInt64 {
        allowed(total: total, teamSize, teamSize)
    }

    @inline(__always) private static func allowed(
        total: Int, _ first: Int, _ second: Int
    ) -> UInt64 {
        let highest = min(total, first)
        let lowest = max(0, total - second)
        let upTo = highest == 63 ? UInt64.max : (1 << UInt64(highest + 1)) - 1
        return upTo & ~((1 << UInt64(lowest)) - 1)
    }

    /// Sizes in falling order, each into the fullest team that still has room.
    private func firstFit() -> Bool {
        var teamsByRoom = InlineArray<64, UInt8>(repeating: 0)
        teamsByRoom[teamSize] = UInt8(teamCount)
        for size in stride(from: teamSize, through: 1, by: -1) {
            for _ in 0..<Int(sizes[size]) {
                var room = size
                while room <= teamSize, teamsByRoom[room] == 0 { room += 1 }
                if room > teamSize { return false }
                teamsByRoom[room] -= 1
                teamsByRoom[room - size] += 1
            }
        }
        return true
    }
}

/// Whether any of the parties added so far fill one or two teams exactly.
struct FillTable {
    private let firstSize: Int
    /// Players of the second team; 0 if there is none.
    private let secondSize: Int
    /// By players in the second team, the fills of the first.
    private var fills = InlineArray<64, UInt64>(repeating: 0)

    init(teamCount: Int, teamSize: Int) {
        precondition(teamCount <= 2)
        self.init(first: teamSize, second: teamCount == 2 ? teamSize : 0)
    }

    init(first: Int, second: Int) {
        precondition(first <= 63 && second <= 63)
        firstSize = first
        secondSize = second
        fills[0] = 1
    }

    var isFillable: Bool { fills[secondSize] & (1 << UInt64(firstSize)) != 0 }

    @inline(__always) mutating func add(_ size: Int, sides: UInt8 = 3) {
        let within = firstSize == 63 ? UInt64.max : (1 << UInt64(firstSize + 1)) &- 1
        for row in stride(from: secondSize, through: 0, by: -1) {
            var grown = fills[row]
            if sides & 1 != 0 { grown |= (fills[row] << UInt64(size)) & within }
            if sides & 2 != 0, row >= size { grown |= fills[row - size] }
            fills[row] = grown
        }
    }
}

/// Finds a full set among parties in order of preference even where adding them greedily fails.
/// Exact for one and two teams: a table of the fills that each prefix of the parties reaches.
struct ExactPacking {
    let table: FixedArray<UInt64>
    private let firstSize: Int
    /// Players of the second team; 0 if there is none.
    private let secondSize: Int

    init(table: FixedArray<UInt64>, teamCount: Int, teamSize: Int) {
        precondition(teamCount <= 2)
        self.init(table: table, first: teamSize, second: teamCount == 2 ? teamSize : 0)
    }

    init(table: FixedArray<UInt64>, first: Int, second: Int) {
        self.table = table
        firstSize = first
        secondSize = second
    }

    private var playerCount: Int { firstSize + secondSize }

    @inline(__always) private func cell(_ prefix: Int, _ total: Int) -> Int {
        prefix * (playerCount + 1) + total
    }

    /// Picks parties by calling `take(position)`; the party at position 0 is always part of it.
    /// Prefers parties that stand earlier.
    /// - Parameter size: the party's size by its position.
    /// - Returns: false if no full set exists.
    /// - Complexity: O(count × players of a match).
    /// - Precondition: the teams are equal.
    func pick(count: Int, size: (Int) -> Int, take: (Int) -> Void) -> Bool {
        assert(secondSize == 0 || firstSize == secondSize)
        // Equal teams are the same either way round: the party at position 0 plays in the first.
        return pick(count: count, size: size, sides: { $0 == 0 ? 1 : 3 }, take: take)
    }

    /// The same for unequal teams and parties tied to a side.
    /// - Parameter sides: the teams in which a party may play, a bit each, by its position.
    func pick(
        count: Int, size: (Int) -> Int, sides: (Int) -> UInt8, take: (Int) -> Void
    ) -> Bool {
        precondition(count <= SearchScratch.packingCountMax)
        for total in 0...playerCount { table[cell(0, total)] = 0 }
        table[cell(0, 0)] = 1
        extend(0, size(0), sides(0), isOptional: false)
        for position in 1..<max(count, 1) {
            extend(position, size(position), sides(position), isOptional: true)
        }
        var fill = firstSize
        var total = playerCount
        guard reaches(count, total, fill) else { return false }
        var prefix = count
        while prefix > 1 {
            if !reaches(prefix - 1, total, fill) {
                let party = size(prefix - 1)
                let sides = sides(prefix - 1)
                take(prefix - 1)
                total -= party
                let inFirst =
                    sides & 1 != 0 && fill >= party && reaches(prefix - 1, total, fill - party)
                if inFirst { fill -= party }
                assert(reaches(prefix - 1, total, fill))
            }
            prefix -= 1
        }
        take(0)
        return true
    }

    @inline(__always) private func reaches(_ prefix: Int, _ total: Int, _ fill: Int) -> Bool {
        table[cell(prefix, total)] & (1 << UInt64(fill)) != 0
    }

    private func extend(_ position: Int, _ party: Int, _ sides: UInt8, isOptional: Bool) {
        for total in 0...playerCount {
            var fills = isOptional ? table[cell(position, total)] : 0
            if total >= party {
                let before = table[cell(position, total - party)]
                if before != 0 {
                    fills |= PartyPacking.grow(
                        before, party, sides: sides, total: total, firstSize, secondSize)
                }
            }
            table[cell(position + 1, total)] = fills
        }
    }
}

/// Finds the party sizes that fill three teams or more where adding parties greedily fails: fills
/// team after team, larger parties first, and goes back where that leads nowhere. Bounded.
struct TeamFilling {
    static let stepCountMax = 2048

    let teamCount: Int
    let teamSize: Int
    /// Parties on offer and parties chosen, by size.
    private var offered = InlineArray<64, UInt8>(repeating: 0)
    private var chosen = InlineArray<64, UInt8>(repeating: 0)
    private var stepCount = 0

    init(teamCount: Int, teamSize: Int) {
        self.teamCount = teamCount
        self.teamSize = teamSize
    }

    mutating func offer(_ size: Int) {
        if offered[size] < UInt8.max { offered[size] += 1 }
    }

    /// Chooses among the parties on offer those that fill all teams together with one of `size`.
    /// - Returns: false if there are none, or the bound was reached.
    mutating func fill(with size: Int) -> Bool {
        precondition(size >= 1 && size <= teamSize)
        return complete(teamCount, room: teamSize - size, largest: teamSize, beside: size)
    }

    /// Takes one of the chosen parties of this size; false if none is left.
    mutating func take(_ size: Int) -> Bool {
        if chosen[size] == 0 { return false }
        chosen[size] -= 1
        return true
    }

    private mutating func complete(
        _ teams: Int, room: Int, largest: Int, beside first: Int
    ) -> Bool {
        if room == 0 {
            if teams == 1 { return isSplitGreedily(beside: first) }
            return complete(teams - 1, room: teamSize, largest: teamSize, beside: first)
        }
        stepCount += 1
        if stepCount > TeamFilling.stepCountMax { return false }
        for size in stride(from: min(room, largest), through: 1, by: -1) where offered[size] > 0 {
            offered[size] -= 1
            chosen[size] += 1
            if complete(teams, room: room - size, largest: size, beside: first) { return true }
            offered[size] += 1
            chosen[size] -= 1
        }
        return false
    }

    /// The split into teams begins with first-fit, so a set that first-fit cannot split is no use.
    private func isSplitGreedily(beside first: Int) -> Bool {
        var packing = PartyPacking(teamCount: teamCount, teamSize: teamSize)
        for size in stride(from: teamSize, through: 1, by: -1) {
            for _ in 0..<Int(chosen[size]) + (size == first ? 1 : 0) {
                if !packing.add(size) { return false }
            }
        }
        return packing.isFull
    }
}
