// Splits two teams by the rules of queues that have some: sides, unequal sizes, compositions, and
// what premades, roles and mercenaries cost. Exact for up to 12 tickets that are free to choose a
// side; above that a start that goes back where it must, then swaps and windows, all bounded.

extension TeamBalance {
    /// Writes `teams` and `teamSums` for the first `count` tickets, and a role for each member that
    /// `seatRoles` takes up.
    /// - Returns: false if no split keeps to the rules, or, above 12 tickets with parties, if none
    ///   was found within the bound.
    func split(_ count: Int, by rules: borrowing SplitRules) -> Bool {
        guard readTickets(count, rules) else { return false }
        if rules.hasRoles, !planRoles(count, rules) { return false }
        return rules.usesRoleOffsets ? splitByRole(count, rules) : splitPlanned(count, rules)
    }

    /// The split by values and planned roles.
    func splitPlanned(_ count: Int, _ rules: borrowing SplitRules) -> Bool {
        var total = SplitSums()
        var flipsOutside: Int32 = 0
        countLanes(count, rules, &total, &flipsOutside)
        let goal = SplitGoal(rules, total: total, flipsOutside: flipsOutside)
        let freeCount = listFree(count)
        if freeCount <= TeamBalance.exactTicketCountMax {
            guard splitExactly(count, freeCount, goal) else { return false }
        } else {
            // Where ratings lead into a thicket of parties, the way that `canSplit` goes may not.
            var isFound = start(count, rules, isPlanned: true)
            if !isFound { isFound = start(count, rules, isPlanned: false) }
            if !isFound { return false }
            improve(count, freeCount, goal)
        }
        sumTeams(count, 2)
        return true
    }

    /// True if some split keeps to the rules; reads sizes, sides and masks alone.
    /// - Returns: true only if `split` would find one too.
    func canSplit(_ count: Int, by rules: borrowing SplitRules) -> Bool {
        guard readTickets(count, rules) else { return false }
        return start(count, rules, isPlanned: false)
    }

    /// Gives the members of both teams their roles after `split`.
    func seatRoles(_ count: Int, by rules: borrowing SplitRules) -> RoleScore {
        var score = RoleScore()
        seatTeam(0, count, rules.firstCaps, rules.usesRoleOffsets, &score)
        seatTeam(1, count, rules.secondCaps, rules.usesRoleOffsets, &score)
        return score
    }

    /// Gives the members of a match of one team their roles.
    func seatOneTeam(_ count: Int, to caps: RoleCaps, usesOffsets: Bool = false) -> RoleScore {
        var memberCount = 0
        for ticket in 0..<count { memberCount += Int(sizes[ticket]) }
        for member in 0..<memberCount { members.list[member] = Int32(member) }
        _ = members.assign(memberCount, to: caps, usesOffsets: usesOffsets)
        var score = RoleScore()
        for member in 0..<memberCount { members.note(member, in: &score) }
        return score
    }

    /// Roles planned for the whole lobby stay where the team's composition holds with them: no
    /// team can then do better by itself, or the lobby could have.
    private func seatTeam(
        _ team: Int32, _ count: Int, _ caps: RoleCaps, _ usesOffsets: Bool,
        _ score: inout RoleScore
    ) {
        var counts = InlineArray<6, Int>(repeating: 0)
        var memberCount = 0
        var first = 0
        for ticket in 0..<count {
            if teams[ticket] == team {
                for member in first..<first + Int(sizes[ticket]) {
                    members.list[memberCount] = Int32(member)
                    counts[Int(members.roles[member])] += 1
                    memberCount += 1
                }
            }
            first += Int(sizes[ticket])
        }
        var isKept = true
        for role in 0..<caps.roleCount {
            let isWithin =
                counts[role] >= Int(caps.needs[role]) && counts[role] <= Int(caps.mosts[role])
            isKept = isKept && isWithin
        }
        if !isKept { _ = members.assign(memberCount, to: caps, usesOffsets: usesOffsets) }
        for position in 0..<memberCount {
            members.note(Int(members.list[position]), in: &score)
        }
    }
}

// MARK: - Reading a lobby

extension TeamBalance {
    /// Counts each ticket's members by their roles; false if sizes or sides cannot be.
    private func readTickets(_ count: Int, _ rules: borrowing SplitRules) -> Bool {
        var member = 0
        for ticket in 0..<count {
            if sides[ticket] & 3 == 0 { return false }
            var tally = RoleTally()
            if rules.hasRoles {
                for position in member..<member + Int(sizes[ticket]) {
                    tally.add(members.masks[position])
                }
            }
            space.tickets[ticket].roles = tally
            member += Int(sizes[ticket])
        }
        return member == Int(rules.firstSize + rules.secondSize)
    }

    /// Gives every member the role that suits the lobby as a whole; false if not even that works.
    private func planRoles(_ count: Int, _ rules: borrowing SplitRules) -> Bool {
        let memberCount = Int(rules.firstSize + rules.secondSize)
        for member in 0..<memberCount { members.list[member] = Int32(member) }
        return members.assign(
            memberCount, to: rules.firstCaps.plus(rules.secondCaps),
            usesOffsets: rules.usesRoleOffsets)
    }

    /// Fills in what each ticket counts for, and adds it all up.
    private func countLanes(
        _ count: Int, _ rules: borrowing SplitRules, _ total: inout SplitSums,
        _ flipsOutside: inout Int32
    ) {
        var member = 0
        for ticket in 0..<count {
            var lanes = SplitLanes()
            lanes[0] = 2 * premades[ticket]
            if rules.hasRoles {
                for position in member..<member + Int(sizes[ticket]) {
                    lanes[Int(members.roles[position]) + 1] += 2
                }
            }
            member += Int(sizes[ticket])
            let native = nativeSides[ticket]
            let flipsSecond: Int32 = native & 2 == 0 ? 1 : 0
            lanes[7] = (native & 1 == 0 ? 1 : 0) - flipsSecond
            flipsOutside += flipsSecond
            space.tickets[ticket].lanes = lanes
            space.tickets[ticket].value = values[ticket]
            total.value += values[ticket]
            total.lanes &+= lanes
            total.roles.add(space.tickets[ticket].roles)
        }
    }

    /// Lists the tickets that may play in either team; the others go to theirs.
    func listFree(_ count: Int) -> Int {
        var freeCount = 0
        for ticket in 0..<count {
            if sides[ticket] & 3 == 3 {
                space.free[freeCount] = Int32(ticket)
                freeCount += 1
            } else {
                teams[ticket] = sides[ticket] & 1 != 0 ? 0 : 1
            }
        }
        return freeCount
    }
}
