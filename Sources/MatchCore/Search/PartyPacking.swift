// Which sets of parties fill k teams of n exactly, parties whole. For one and two teams the exact
// set of reachable fills is a bit set; for more teams first-fit over sizes in falling order.
// Pure values; knows sizes only.

/// A set of parties under construction that can still be split into teams without overfilling one.
struct PartyPacking {
    let teamCount: Int
    let teamSize: Int
    private(set) var playerCount = 0
    /// Two teams: bit f is set if the parties so far can put f players in the first team.
    private var fills: UInt64 = 1
    /// Three teams or more: parties so far by size.
    private var sizes = InlineArray<64, UInt8>(repeating: 0)

    @inline(__always) init(teamCount: Int, teamSize: Int) {
        self.teamCount = teamCount
        self.teamSize = teamSize
    }

    var isFull: Bool { playerCount == teamCount * teamSize }

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

    /// Fills f of the first team for which neither f nor `total - f` exceeds the team's size.
    @inline(__always) private static func allowed(total: Int, _ teamSize: Int) -> UInt64 {
        let highest = min(total, teamSize)
        let lowest = max(0, total - teamSize)
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
    private let teamCount: Int
    private let teamSize: Int
    /// Two teams: by players in the second team, the fills of the first. One team: row 0 alone.
    private var fills = InlineArray<64, UInt64>(repeating: 0)

    init(teamCount: Int, teamSize: Int) {
        precondition(teamCount <= 2 && teamSize <= 63)
        self.teamCount = teamCount
        self.teamSize = teamSize
        fills[0] = 1
    }

    var isFillable: Bool {
        fills[teamCount == 2 ? teamSize : 0] & (1 << UInt64(teamSize)) != 0
    }

    @inline(__always) mutating func add(_ size: Int) {
        let within = teamSize == 63 ? UInt64.max : (1 << UInt64(teamSize + 1)) &- 1
        let rows = teamCount == 2 ? teamSize : 0
        for row in stride(from: rows, through: 0, by: -1) {
            var grown = fills[row] | (fills[row] << UInt64(size)) & within
            if row >= size { grown |= fills[row - size] }
            fills[row] = grown
        }
    }
}

/// Finds a full set among parties in order of preference even where adding them greedily fails.
/// Exact for one and two teams: a table of the fills that each prefix of the parties reaches.
struct ExactPacking {
    let table: FixedArray<UInt64>
    let teamCount: Int
    let teamSize: Int

    private var playerCount: Int { teamCount * teamSize }

    @inline(__always) private func cell(_ prefix: Int, _ total: Int) -> Int {
        prefix * (playerCount + 1) + total
    }

    /// Picks parties by calling `take(position)`; the party at position 0 is always part of it.
    /// Prefers parties that stand earlier.
    /// - Parameter size: the party's size by its position.
    /// - Returns: false if no full set exists.
    /// - Complexity: O(count × players of a match).
    func pick(count: Int, size: (Int) -> Int, take: (Int) -> Void) -> Bool {
        precondition(teamCount <= 2 && count <= SearchScratch.packingCountMax)
        for total in 0...playerCount { table[cell(1, total)] = 0 }
        table[cell(1, size(0))] = 1 << UInt64(size(0))
        for position in 1..<max(count, 1) { extend(position, size(position)) }
        var fill = teamSize
        var total = playerCount
        guard reaches(count, total, fill) else { return false }
        var prefix = count
        while prefix > 1 {
            if !reaches(prefix - 1, total, fill) {
                let party = size(prefix - 1)
                take(prefix - 1)
                total -= party
                let inFirst = fill >= party && reaches(prefix - 1, total, fill - party)
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

    private func extend(_ position: Int, _ party: Int) {
        for total in 0...playerCount {
            var fills = table[cell(position, total)]
            if total >= party {
                let before = table[cell(position, total - party)]
                if teamCount == 1 {
                    fills |= before << UInt64(party)
                } else if before != 0 {
                    fills |= PartyPacking.grow(before, party, total: total, teamSize)
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
