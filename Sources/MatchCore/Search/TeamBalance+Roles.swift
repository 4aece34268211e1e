// Splits a lobby and gives its members their roles together, where some are better in one role than
// in another: what counts for a team is each member's rating in the role that he plays. First a
// split by planned roles, improved step by step; then, where at most 12 tickets may choose a side,
// every split with every way to give the roles, as long as that stays within a bound of steps.

extension TeamBalance {
    /// Placements and comparisons of one exact search, about a third of a millisecond. Five
    /// against five with two roles each take a few thousand.
    static let seatingStepCountMax = 1 << 16

    /// Writes `teams`, `teamSums` by the ratings in the roles, and the members' roles.
    /// - Returns: false as `split(_:by:)` does.
    /// - Precondition: the tickets have been read, and the roles planned.
    func splitByRole(_ count: Int, _ rules: borrowing SplitRules) -> Bool {
        for ticket in 0..<count { seating.ratings[ticket] = values[ticket] }
        addGains(count, offset: RoleOffsets.stepsMax)
        let isSplit = splitPlanned(count, rules)
        for ticket in 0..<count { values[ticket] = seating.ratings[ticket] }
        if !isSplit { return false }
        _ = seatRoles(count, by: rules)
        let goal = SeatGoal(rules)
        let cost = improveRoles(count, rules, goal)
        if listFree(count) <= TeamBalance.exactTicketCountMax {
            searchSeats(count, rules, goal, below: cost)
        }
        addGains(count, offset: 0)
        sumTeams(count, 2)
        return true
    }

    /// Adds to each ticket's value what its members' roles add to their ratings.
    /// - Parameter offset: added for each member besides, which changes no difference of means.
    private func addGains(_ count: Int, offset: Int32) {
        var member = 0
        for ticket in 0..<count {
            for _ in 0..<Int(sizes[ticket]) {
                let gain = members.gain(member, Int(members.roles[member]))
                values[ticket] += Int64(gain + offset)
                member += 1
            }
        }
    }

    /// Lists the members of one team from `start` on.
    /// - Returns: the place behind the last one.
    private func listMembers(_ count: Int, team: Int32, from start: Int) -> Int {
        var position = start
        var member = 0
        for ticket in 0..<count {
            let size = Int(sizes[ticket])
            if teams[ticket] == team {
                for index in 0..<size { members.list[position + index] = Int32(member + index) }
                position += size
            }
            member += size
        }
        return position
    }

    /// A team's sums without what the roles make of them.
    private func fixedSums(_ count: Int, team: Int32) -> SeatSums {
        var sums = SeatSums()
        for ticket in 0..<count where teams[ticket] == team {
            sums.value += values[ticket]
            sums.premadeCount += Int64(premades[ticket])
            if nativeSides[ticket] & (1 << UInt8(team)) == 0 { sums.flipCount += 1 }
        }
        return sums
    }

    /// Better roles inside the teams as they are.
    /// - Returns: the cost reached.
    private func improveRoles(
        _ count: Int, _ rules: borrowing SplitRules, _ goal: SeatGoal
    ) -> Int64 {
        let middle = listMembers(count, team: 0, from: 0)
        let end = listMembers(count, team: 1, from: middle)
        let first = SeatedTeam(start: 0, end: middle, caps: rules.firstCaps)
        let second = SeatedTeam(start: middle, end: end, caps: rules.secondCaps)
        var firstSums = fixedSums(count, team: 0)
        var secondSums = fixedSums(count, team: 1)
        members.addSeats(of: first, to: &firstSums)
        members.addSeats(of: second, to: &secondSums)
        var isImproved = true
        var changeCount = 0
        while isImproved, changeCount < TeamBalance.swapCountMax {
            let inFirst = members.improve(first, &firstSums) { goal.cost($0, secondSums) }
            let inSecond = members.improve(second, &secondSums) { goal.cost(firstSums, $0) }
            isImproved = inFirst || inSecond
            changeCount += 1
        }
        return goal.cost(firstSums, secondSums)
    }
}

// MARK: - Every way

/// The cheapest seats found.
private struct SeatChoice {
    /// Which of the free tickets are in the first team, a bit each; −1 if none was found.
    var set = -1
    var first: UInt16 = 0
    var second: UInt16 = 0
    var cost: Int64
}

extension TeamBalance {
    /// Takes the best of all seats that cost less than `costMax`, if the bound lets it be found.
    private func searchSeats(
        _ count: Int, _ rules: borrowing SplitRules, _ goal: SeatGoal, below costMax: Int64
    ) {
        let memberCount = Int(rules.firstSize + rules.secondSize)
        for ticket in 0..<count { seating.teams[ticket] = teams[ticket] }
        for member in 0..<memberCount { seating.roles[member] = members.roles[member] }
        readGains(count)
        let freeCount = listFree(count)
        // The sets of the first half are the second half's with the teams exchanged.
        let isEven = rules.firstSize == rules.secondSize
        let isSymmetric = isEven && freeCount == count && hasNoSides(count)
        var best = SeatChoice(cost: costMax)
        var stepsLeft = TeamBalance.seatingStepCountMax
        for set in 0..<(1 << freeCount) where !isSymmetric || set & 1 == 1 {
            if stepsLeft <= 0 { break }
            stepsLeft -= 1
            take(set, freeCount)
            searchRoles(count, set, rules, goal, &best, &stepsLeft)
        }
        if best.set < 0 {
            for ticket in 0..<count { teams[ticket] = seating.teams[ticket] }
            for member in 0..<memberCount { members.roles[member] = seating.roles[member] }
            return
        }
        take(best.set, freeCount)
        var lister = firstLister(count, rules, Int.max)
        lister.restore(best.first)
        lister = secondLister(count, rules, Int.max)
        lister.restore(best.second)
    }

    private func hasNoSides(_ count: Int) -> Bool {
        for ticket in 0..<count where nativeSides[ticket] & 3 != 3 { return false }
        return true
    }

    private func take(_ set: Int, _ freeCount: Int) {
        for position in 0..<freeCount {
            teams[Int(space.free[position])] = set & (1 << position) != 0 ? 0 : 1
        }
    }

    /// For each ticket, between which sums its members' roles can bring its value.
    private func readGains(_ count: Int) {
        var member = 0
        for ticket in 0..<count {
            seating.gainsMin[ticket] = 0
            seating.gainsMax[ticket] = 0
            for _ in 0..<Int(sizes[ticket]) {
                var least = Int32.max
                var most = Int32.min
                for role in 0..<Limits.roleCountMax
                where members.masks[member] & (1 << UInt8(role)) != 0 {
                    least = min(least, members.gain(member, role))
                    most = max(most, members.gain(member, role))
                }
                seating.gainsMin[ticket] += Int64(least)
                seating.gainsMax[ticket] += Int64(most)
                member += 1
            }
        }
    }

    /// Looks for cheaper seats with the teams as they are now.
    private func searchRoles(
        _ count: Int, _ set: Int, _ rules: borrowing SplitRules, _ goal: SeatGoal,
        _ best: inout SeatChoice, _ stepsLeft: inout Int
    ) {
        if !isPossible(count, rules) { return }
        let first = fixedSums(count, team: 0)
        let second = fixedSums(count, team: 1)
        let fixedCost = goal.fixedCost(first, second)
        let gap = goal.gapMin(
            range(count, team: 0, first.value), range(count, team: 1, second.value))
        if gap + fixedCost >= best.cost { return }
        var lister = firstLister(count, rules, stepsLeft)
        let isFirstListed = lister.run(into: seating.first)
        stepsLeft = lister.stepsLeft
        let firstCount = lister.found
        lister = secondLister(count, rules, stepsLeft)
        let isSecondListed = lister.run(into: seating.second)
        stepsLeft = lister.stepsLeft
        if !isFirstListed || !isSecondListed { return }
        seating.second.sortByGain(lister.found)
        for position in 0..<firstCount {
            let choice = seating.first[position]
            let sums = first.with(choice)
            let ideal = goal.balancing(sums.value) - second.value
            let start = seating.second.lowerBound(ideal + 1, lister.found)
            // Away from the ideal the gap only grows.
            for step in stride(from: 1, through: -1, by: -2) {
                var other = step > 0 ? start : start - 1
                while other >= 0, other < lister.found {
                    stepsLeft -= 1
                    let partner = seating.second[other]
                    let both = second.with(partner)
                    if goal.gap(sums.value, both.value) + fixedCost >= best.cost { break }
                    let cost = goal.cost(sums, both)
                    if cost < best.cost {
                        best = SeatChoice(
                            set: set, first: choice.number, second: partner.number, cost: cost)
                    }
                    other += step
                }
            }
        }
    }

    /// True if the sizes fit, and both teams can have their composition.
    private func isPossible(_ count: Int, _ rules: borrowing SplitRules) -> Bool {
        var size: Int32 = 0
        for ticket in 0..<count where teams[ticket] == 0 { size += sizes[ticket] }
        if size != rules.firstSize { return false }
        var first = RoleTally()
        var second = RoleTally()
        for ticket in 0..<count {
            if teams[ticket] == 0 {
                first.add(space.tickets[ticket].roles)
            } else {
                second.add(space.tickets[ticket].roles)
            }
        }
        let isFirstPossible = rules.firstCaps.holds(first)
        return isFirstPossible ? rules.secondCaps.holds(second) : false
    }

    private func range(_ count: Int, team: Int32, _ value: Int64) -> ClosedRange<Int64> {
        var low = value
        var high = value
        for ticket in 0..<count where teams[ticket] == team {
            low += seating.gainsMin[ticket]
            high += seating.gainsMax[ticket]
        }
        return low...high
    }

    private func firstLister(
        _ count: Int, _ rules: borrowing SplitRules, _ stepsMax: Int
    ) -> SeatingLister {
        let end = listMembers(count, team: 0, from: 0)
        return SeatingLister(
            members, from: 0, count: end, caps: rules.firstCaps, stepsMax: stepsMax)
    }

    private func secondLister(
        _ count: Int, _ rules: borrowing SplitRules, _ stepsMax: Int
    ) -> SeatingLister {
        let start = Int(rules.firstSize)
        let end = listMembers(count, team: 1, from: start)
        return SeatingLister(
            members, from: start, count: end - start, caps: rules.secondCaps, stepsMax: stepsMax)
    }
}
