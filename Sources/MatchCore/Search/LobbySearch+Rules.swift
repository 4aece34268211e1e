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
    /// Parties that the search which goes back may look at, and steps that it may take.
    static let ruledDepthMax = 96
    static let ruledStepCountMax = 512

    /// - Parameters:
    ///   - anchor: is always part of the lobby.
    ///   - start: where in `scratch.eligible` the others stand, in order of preference.
    mutating func packByRules(_ anchor: Int32, _ start: Int, _ count: Int) -> Lobby? {
        guard let rules = teamRules else { return nil }
        var picks = rules.noPicks()
        guard take(anchor, &picks, rules) else { return nil }
        let first = picks
        for position in 0..<count where !picks.sizes.isFull {
            _ = take(scratch.eligible[start + position], &picks, rules)
        }
        if let lobby = finish(picks, rules) { return lobby }
        if exactPackingCount >= LobbySearch.exactPackingCountMax { return nil }
        exactPackingCount += 1
        var steps = 0
        let depth = min(count, LobbySearch.ruledDepthMax)
        var rest: Int32 = 0
        for position in 0..<depth { rest += Int32(size(scratch.eligible[start + position])) }
        return goBack(first, start, 0, depth, rest, rules, &steps)
    }

    /// Tries every choice among the parties from `position` on, earlier ones first.
    private func goBack(
        _ picks: RuledPicks, _ start: Int, _ position: Int, _ depth: Int, _ rest: Int32,
        _ rules: TeamRuleCheck, _ steps: inout Int
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

    /// Adds the party if it fits with those taken.
    private func take(_ index: Int32, _ picks: inout RuledPicks, _ rules: TeamRuleCheck) -> Bool {
        let candidate = scratch.candidates[Int(index)]
        var grown = picks
        if shape.teamCount == 2 {
            if !grown.sizes.add(Int(candidate.size), sides: candidate.sides) { return false }
        } else if !grown.sizes.add(Int(candidate.size)) {
            return false
        }
        if grown.roles != nil, !rules.addRoles(candidate, &grown.roles) { return false }
        if rules.excludes(candidate, scratch, picks.count) { return false }
        scratch.trial[grown.count] = index
        grown.count += 1
        picks = grown
        return true
    }

    /// The lobby, if it is full, somebody in it has waited as the shape asks, and the parties can
    /// be split into teams by all rules.
    private func finish(_ picks: RuledPicks, _ rules: TeamRuleCheck) -> Lobby? {
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
        lobby.cost += rules.deltaPingCost(scratch, picks.count)
        return rules.canSplit(scratch, picks.count) ? lobby : nil
    }
}
