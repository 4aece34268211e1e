// Takes players for a match one by one as long as their roles, and the sides on which they may
// play, leave a way to fill the teams. What it accepts are the independent sets of a matroid, so
// taking players who come alone in order of preference never misses a full match that exists.
// Parties are counted as players who come alone: for them its yes is not yet a split.

struct RoleCounter: BitwiseCopyable {
    /// For equal teams the first is one of them; `both` are the caps of all together.
    private let first: RoleCaps
    private let second: RoleCaps
    private let all: RoleCaps
    private let hasSides: Bool
    /// Each team by itself can be filled by somebody.
    private let isPossible: Bool
    /// Players who may only play in the first team, only in the second, and in any.
    private var inFirst = RoleTally()
    private var inSecond = RoleTally()
    private var inAny = RoleTally()
    /// Room that the tied players leave for the others, summed over both teams.
    private var room: RoleTally

    /// Equal teams; sides are left aside.
    init(_ caps: RoleCaps, teamCount: Int) {
        first = caps
        second = caps
        all = caps.times(teamCount)
        hasSides = false
        isPossible = caps.isPossible
        room = all.caps
    }

    /// Two teams that may differ in size; sides are observed.
    init(first: RoleCaps, second: RoleCaps) {
        self.first = first
        self.second = second
        all = first.plus(second)
        hasSides = true
        isPossible = first.isPossible && second.isPossible
        room = all.caps
    }

    /// Adds a player if all still fit.
    /// - Parameter sides: bit 0 may play in the first team, bit 1 in the second.
    /// - Returns: false, and nothing changed, if they do not.
    @inline(__always) mutating func add(_ roles: UInt8, sides: UInt8 = 3) -> Bool {
        var player = RoleTally()
        player.add(all.clip(roles))
        return add(player, sides: sides)
    }

    /// Adds a party, who play in one team, if all still fit.
    @inline(__always) mutating func add(_ party: RoleTally, sides: UInt8 = 3) -> Bool {
        if !isPossible { return false }
        if !hasSides || sides == 3 { return addToAny(party) }
        if sides & 3 == 0 { return false }
        var grown = self
        if sides & 1 != 0 {
            grown.inFirst.add(party)
        } else {
            grown.inSecond.add(party)
        }
        guard first.holds(grown.inFirst), second.holds(grown.inSecond) else { return false }
        grown.findRoom()
        guard grown.leavesRoom(for: inAny) else { return false }
        self = grown
        return true
    }

    /// Takes a party or player out again.
    mutating func remove(_ party: RoleTally, sides: UInt8 = 3) {
        if !hasSides || sides == 3 {
            inAny.remove(party)
            return
        }
        if sides & 1 != 0 {
            inFirst.remove(party)
        } else {
            inSecond.remove(party)
        }
        findRoom()
    }

    @inline(__always) private mutating func addToAny(_ party: RoleTally) -> Bool {
        var grown = inAny
        grown.add(party)
        if !leavesRoom(for: grown) { return false }
        var firstWith = inFirst
        firstWith.add(party)
        if !first.holds(firstWith) {
            if !hasSides { return false }
            var secondWith = inSecond
            secondWith.add(party)
            if !second.holds(secondWith) { return false }
        }
        inAny = grown
        return true
    }

    private mutating func findRoom() {
        room = first.room(beside: inFirst)
        room.add(second.room(beside: inSecond))
    }

    @inline(__always) private func leavesRoom(for tally: RoleTally) -> Bool {
        for word in 0..<all.wordCount
        where ~RoleTally.atMost(tally.words[word], room.words[word]) & all.known != 0 {
            return false
        }
        return true
    }
}

extension RoleCaps {
    /// Byte S: players of roles within S whom the team can take beside those it has. Players of
    /// a set also use up the room of each set that holds it, hence the smallest of those.
    /// - Precondition: `holds(taken)`.
    @inline(__always) func room(beside taken: RoleTally) -> RoleTally {
        var room = caps
        for word in 0..<wordCount {
            // Bytes of sets that do not exist must not borrow from the others.
            let bytes = (known >> 7) &* 0xFF
            room.words[word] = (room.words[word] & bytes) &- (taken.words[word] & bytes)
        }
        room.spreadDownwards(roleCount: roleCount)
        return room
    }
}
