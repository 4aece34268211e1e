// A first split of many tickets that keeps to all rules. Tied tickets and parties come first; after
// each it is known whether sizes and roles leave a way for the rest, so that players who come alone
// never lead into a dead end and only the choice among parties may have to be taken back.

/// Who is in which team so far, and what the rest can still do.
private struct SplitStart {
    var firstRoom: Int
    var secondRoom: Int
    /// Sums of values in each team, and what the first has more of than the second.
    var sums: (first: Int64, second: Int64) = (0, 0)
    var lead = SplitLanes()
    var first = RoleTally()
    var second = RoleTally()
    /// Players who may still go either way.
    var open = RoleTally()
}

extension TeamBalance {
    /// Placements after which the start gives up. Twelve free parties can be tried in all ways,
    /// 2^13 placements beside the tied ones; the longest start without going back has 126.
    static let startStepCountMax = 8192 + Limits.ticketsPerMatchMax
    static let largeStartStepCountMax = 2048

    /// Writes `teams` for the first `count` tickets so that sizes, sides and roles hold.
    /// - Parameter isPlanned: ratings and planned roles guide the choice; else room alone does.
    func start(_ count: Int, _ rules: borrowing SplitRules, isPlanned: Bool) -> Bool {
        var state = SplitStart(
            firstRoom: Int(rules.firstSize), secondRoom: Int(rules.secondSize))
        for ticket in 0..<count {
            let roles = space.tickets[ticket].roles
            switch sides[ticket] & 3 {
            case 1: state.first.add(roles)
            case 2: state.second.add(roles)
            default: state.open.add(roles)
            }
        }
        if rules.hasRoles {
            if !canFinish(state, rules) { return false }
            // For players who come alone that is all there is to know.
            if !isPlanned, comeAlone(count) { return true }
        }
        sortForStart(count, isPlanned)
        reachable[count] = 1
        for position in stride(from: count - 1, through: 0, by: -1) {
            let ticket = Int(order[position])
            let rest = reachable[position + 1]
            let inFirst = sides[ticket] & 1 != 0 ? rest << UInt64(sizes[ticket]) : 0
            reachable[position] = inFirst | (sides[ticket] & 2 != 0 ? rest : 0)
        }
        if reachable[0] & (1 << UInt64(rules.firstSize)) == 0 { return false }
        return place(count, &state, rules, isPlanned)
    }

    private func comeAlone(_ count: Int) -> Bool {
        for ticket in 0..<count where sizes[ticket] > 1 { return false }
        return true
    }

    private func place(
        _ count: Int, _ state: inout SplitStart, _ rules: borrowing SplitRules, _ isPlanned: Bool
    ) -> Bool {
        var freeCount = 0
        for ticket in 0..<count where sides[ticket] & 3 == 3 { freeCount += 1 }
        let stepCountMax =
            freeCount <= TeamBalance.exactTicketCountMax
            ? TeamBalance.startStepCountMax : TeamBalance.largeStartStepCountMax
        var stepCount = 0
        var position = 0
        space.tried[0] = 0
        while position < count {
            let ticket = Int(order[position])
            let preferred = isPlanned ? preferredTeam(ticket, state, rules) : roomierTeam(state)
            var choice = -1
            for turn in 0..<2 where choice < 0 {
                let team = turn == 0 ? preferred : 1 - preferred
                if space.tried[position] & (1 << UInt8(team)) != 0 { continue }
                space.tried[position] |= 1 << UInt8(team)
                if !isPlanned, isRepeated(ticket, in: team, position) { continue }
                if canPlace(ticket, in: team, position, state, rules) { choice = team }
            }
            if choice >= 0 {
                stepCount += 1
                if stepCount > stepCountMax { return false }
                teams[ticket] = Int32(choice)
                move(ticket, to: choice, isBack: false, &state)
                position += 1
                if position < count { space.tried[position] = 0 }
            } else {
                if position == 0 { return false }
                position -= 1
                let last = Int(order[position])
                move(last, to: Int(teams[last]), isBack: true, &state)
            }
        }
        return true
    }
}

// MARK: - One placement

extension TeamBalance {
    /// Of tickets that are alike, those in the first team come first in the order: other choices
    /// only give them other names.
    @inline(__always) private func isRepeated(_ ticket: Int, in team: Int, _ position: Int) -> Bool
    {
        if team == 1 || position == 0 { return false }
        let last = Int(order[position - 1])
        return teams[last] == 1 && sizes[last] == sizes[ticket]
            && sides[last] & 3 == 3 && sides[ticket] & 3 == 3
            && space.tickets[last].roles == space.tickets[ticket].roles
    }

    /// Tied tickets, then the largest parties; players who come alone role by role; among equals
    /// the highest value first. Without a plan tickets that are alike stand together.
    private func sortForStart(_ count: Int, _ isPlanned: Bool) {
        for ticket in 0..<count {
            var key = Int64(sizes[ticket]) << 48
            if sides[ticket] & 3 != 3 { key |= 1 << 62 }
            if isPlanned {
                key |= min(values[ticket], (1 << 44) - 1)
                if sizes[ticket] == 1 {
                    for role in 0..<6 where space.tickets[ticket].lanes[role + 1] != 0 {
                        key |= Int64(7 - role) << 44
                    }
                }
            } else {
                key |= Int64(truncatingIfNeeded: space.tickets[ticket].roles.mark >> 20)
            }
            space.keys[ticket] = key
        }
        for position in 0..<count {
            let key = space.keys[position]
            var target = position
            while target > 0, space.keys[Int(order[target - 1])] < key {
                order[target] = order[target - 1]
                target -= 1
            }
            order[target] = Int32(position)
        }
    }

    /// True if both teams' compositions hold so far and leave places for those still open.
    @inline(__always) private func canFinish(
        _ state: SplitStart, _ rules: borrowing SplitRules
    ) -> Bool {
        guard rules.firstCaps.holds(state.first), rules.secondCaps.holds(state.second) else {
            return false
        }
        let first = rules.firstCaps.room(beside: state.first)
        let second = rules.secondCaps.room(beside: state.second)
        let caps = rules.firstCaps
        for word in 0..<caps.wordCount {
            let room = first.words[word] &+ second.words[word]
            if ~RoleTally.atMost(state.open.words[word], room) & caps.known != 0 { return false }
        }
        return true
    }

    @inline(__always) private func canPlace(
        _ ticket: Int, in team: Int, _ position: Int, _ state: SplitStart,
        _ rules: borrowing SplitRules
    ) -> Bool {
        guard sides[ticket] & (1 << UInt8(team)) != 0 else { return false }
        let size = Int(sizes[ticket])
        let room = team == 0 ? state.firstRoom : state.secondRoom
        if size > room { return false }
        let firstRoom = team == 0 ? room - size : state.firstRoom
        if reachable[position + 1] & (1 << UInt64(firstRoom)) == 0 { return false }
        if !rules.hasRoles || sides[ticket] & 3 != 3 { return true }
        var next = state
        next.open.remove(space.tickets[ticket].roles)
        if team == 0 {
            next.first.add(space.tickets[ticket].roles)
        } else {
            next.second.add(space.tickets[ticket].roles)
        }
        return canFinish(next, rules)
    }

    /// Counts a ticket into a team, or out of it again.
    @inline(__always) private func move(
        _ ticket: Int, to team: Int, isBack: Bool, _ state: inout SplitStart
    ) {
        let size = Int(sizes[ticket]) * (isBack ? -1 : 1)
        let value = isBack ? -values[ticket] : values[ticket]
        let lanes = space.tickets[ticket].lanes
        if (team == 0) == isBack { state.lead &-= lanes } else { state.lead &+= lanes }
        if team == 0 {
            state.firstRoom -= size
            state.sums.first &+= value
        } else {
            state.secondRoom -= size
            state.sums.second &+= value
        }
        if sides[ticket] & 3 != 3 { return }
        let roles = space.tickets[ticket].roles
        if isBack { state.open.add(roles) } else { state.open.remove(roles) }
        switch (team, isBack) {
        case (0, false): state.first.add(roles)
        case (0, true): state.first.remove(roles)
        case (_, false): state.second.add(roles)
        case (_, true): state.second.remove(roles)
        }
    }

    @inline(__always) private func roomierTeam(_ state: SplitStart) -> Int {
        state.firstRoom >= state.secondRoom ? 0 : 1
    }

    /// The ticket's own side; else the team that has less of what it brings; else the weaker one.
    @inline(__always) private func preferredTeam(
        _ ticket: Int, _ state: SplitStart, _ rules: borrowing SplitRules
    ) -> Int {
        let native = nativeSides[ticket] & 3
        if native == 1 || native == 2 { return native == 1 ? 0 : 1 }
        var alike = space.tickets[ticket].lanes &* state.lead
        if rules.premadeDifferenceCost == 0 { alike[0] = 0 }
        alike[7] = 0
        let lead = alike.wrappedSum()
        if lead != 0 { return lead > 0 ? 1 : 0 }
        let first = state.sums.first * Int64(rules.secondSize)
        return first <= state.sums.second * Int64(rules.firstSize) ? 0 : 1
    }
}
