// Picks the parties of a lobby where more than sizes decides: sides, roles, exclusions.
// In order of wait each party is taken if those taken so far still fit together; where that does
// not fill the teams, a bounded search goes back over what it took.

/// The parties taken so far, as far as the rules of teams go.
struct RuledPicks {
    var count = 0
    var sizes: PartyPacking
    var roles: RoleCounter?
}

extension LobbySearch {
    /// Parties that the search which goes back may look at, how often it may be tried for one
    /// anchor and shape, and steps that it may take each time.
    static let ruledDepthMax = 96
    static let ruledPackingCountMax = 2
    /// Ranges of ratings that one search may look at by rules, and may try to fill, for one shape.
    static let rangeCountMax = 256
    static let packCountMax = 16

    /// The search by rules has used up what it may look at.
    var isExhausted: Bool {
        packCount >= LobbySearch.packCountMax || rangeCount >= LobbySearch.rangeCountMax
    }
    static let ruledStepCountMax = 48

    /// - Parameters:
    ///   - anchor: is always part of the lobby.
    ///   - start: where in `scratch.eligible` the others stand, in order of preference.
    mutating func packByRules(
        _ anchor: Int32, _ start: Int, _ count: Int, _ rules: UnsafePointer<TeamRuleCheck>
    ) -> Lobby? {
        packCount += 1
        var picks = rules.pointee.noPicks()
        guard take(anchor, &picks, rules) else { return nil }
        let first = picks
        for position in 0..<count where !picks.sizes.isFull {
            _ = take(scratch.eligible[start + position], &picks, rules)
        }
        if let lobby = finish(picks, rules) { return lobby }
        // For players alone, taking each who fits is exact: see RoleCounter.
        if !rules.pointee.hasExclusions, isAllAlone(anchor, start, count) { return nil }
        if exactPackingCount >= LobbySearch.ruledPackingCountMax { return nil }
        exactPackingCount += 1
        var steps = 0
        let depth = min(count, LobbySearch.ruledDepthMax)
        var rest: Int32 = 0
        for position in 0..<depth { rest += Int32(size(scratch.eligible[start + position])) }
        return goBack(first, start, 0, depth, rest, rules, &steps)
    }

    /// False if the parties lack a role or a side, counted without looking at who takes what.
    mutating func couldFill(_ anchor: Int32, _ start: Int, _ count: Int) -> Bool {
        rangeCount += 1
        var supply = TeamSupply(queue, shape)
        supply.add(scratch.candidates[Int(anchor)])
        for position in 0..<count {
            supply.add(scratch.candidates[Int(scratch.eligible[start + position])])
        }
        return supply.isEnough
    }

    private func isAllAlone(_ anchor: Int32, _ start: Int, _ count: Int) -> Bool {
        if size(anchor) > 1 { return false }
        for position in 0..<count where size(scratch.eligible[start + position]) > 1 {
            return false
        }
        return true
    }

    /// Tries every choice among the parties from `position` on, earlier ones first.
    private func goBack(
        _ picks: RuledPicks, _ start: Int, _ position: Int, _ depth: Int, _ rest: Int32,
        _ rules: UnsafePointer<TeamRuleCheck>, _ steps: inout Int
    ) -> Lobby? {
        if picks.sizes.isFull { return finish(picks, rules) }
        let possible = Int32(picks.sizes.playerCount) + rest
        if position == depth || possible < shape.playerCount { return nil }
        steps += 1
        if steps > LobbySearch.ruledStepCountMax { return nil }
        let index = scratch.eligible[start + position]
        let left = rest - Int32(size(index))
        var taken = picks
        if take(index, &taken, rules) {
            let found = goBack(taken, start, position + 1, depth, left, rules, &steps)
            if found != nil { return found }
        }
        return goBack(picks, start, position + 1, depth, left, rules, &steps)
    }

    /// Adds the party if it fits with those taken; else nothing changes.
    @inline(__always) private func take(
        _ index: Int32, _ picks: inout RuledPicks, _ rules: UnsafePointer<TeamRuleCheck>
    ) -> Bool {
        let candidate = scratch.candidates[Int(index)]
        if rules.pointee.excludes(candidate, scratch, picks.count) { return false }
        var sizes = picks.sizes
        if shape.teamCount == 2 {
            if !sizes.add(Int(candidate.size), sides: candidate.sides) { return false }
        } else if !sizes.add(Int(candidate.size)) {
            return false
        }
        if !rules.pointee.addRoles(candidate, &picks.roles) { return false }
        picks.sizes = sizes
        scratch.trial[picks.count] = index
        picks.count += 1
        return true
    }

    /// The lobby, if it is full, somebody in it has waited as the shape asks, and the parties can
    /// be split into teams by all rules.
    private func finish(_ picks: RuledPicks, _ rules: UnsafePointer<TeamRuleCheck>) -> Lobby? {
        if !picks.sizes.isFull { return nil }
        if shape.ageMin > 0 {
            var earliest = tick
            for position in 0..<picks.count {
                let since = scratch.candidates[Int(scratch.trial[position])].enqueuedAt
                earliest = min(earliest, since)
            }
            if tick - earliest < shape.ageMin { return nil }
        }
        var lobby = lobby(picks.count)
        lobby.cost += rules.pointee.deltaPingCost(scratch, picks.count)
        return rules.pointee.canSplit(scratch, picks.count) ? lobby : nil
    }
}
