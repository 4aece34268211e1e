// Better roles for the members of one team while the other stays as it is: the best of all ways
// where they are few, else one exchange after the other.

/// The members of a team: their part of `RoleAssignment.list`, and what the team takes.
struct SeatedTeam {
    let start: Int
    let end: Int
    let caps: RoleCaps
}

extension RoleAssignment {
    /// Counts the roles as they are given.
    func addSeats(of team: SeatedTeam, to sums: inout SeatSums) {
        for position in team.start..<team.end {
            let member = Int(list[position])
            let role = Int(roles[member])
            sums.value += Int64(gain(member, role))
            sums.counts.add(role)
            if isDisliked(member, role) { sums.unlikedCount += 1 }
        }
    }

    /// Gives the team better roles than it has: the best, unless the ways are too many to try.
    /// - Parameter sums: the team's without its roles.
    func seat(
        _ team: SeatedTeam, _ sums: SeatSums, _ space: SeatingSpace, cost: (SeatSums) -> Int64
    ) {
        for position in team.start..<team.end {
            space.roles[position] = roles[Int(list[position])]
        }
        let lister = SeatingLister(
            self, from: team.start, count: team.end - team.start, caps: team.caps,
            stepsMax: TeamBalance.seatingStepCountMax)
        var listing = lister
        if listing.run(into: space.first), listing.found > 0 {
            var best = 0
            for other in 1..<max(listing.found, 1) {
                let isCheaper =
                    cost(sums.with(space.first[other])) < cost(sums.with(space.first[best]))
                if isCheaper { best = other }
            }
            listing = lister
            listing.restore(space.first[best].number)
            return
        }
        for position in team.start..<team.end {
            roles[Int(list[position])] = space.roles[position]
        }
        var seated = sums
        addSeats(of: team, to: &seated)
        for _ in 0..<TeamBalance.swapCountMax where improve(team, &seated, cost: cost) {}
    }

    /// Makes the one change that lowers the cost most: two members exchange their roles, or one
    /// takes another.
    /// - Parameter sums: the team's as its roles are.
    /// - Returns: false, and nothing changed, if none lowers it.
    func improve(
        _ team: SeatedTeam, _ sums: inout SeatSums, cost: (SeatSums) -> Int64
    ) -> Bool {
        var best = sums
        var bestCost = cost(sums)
        var change: (member: Int, role: Int, other: Int)?
        for position in team.start..<team.end {
            let member = Int(list[position])
            let role = Int(roles[member])
            for next in 0..<team.caps.roleCount where next != role && plays(member, next) {
                let moved = sums.moving(member, from: role, to: next, self)
                if moved.keeps(team.caps, left: role, entered: next) {
                    let movedCost = cost(moved)
                    if movedCost < bestCost {
                        (best, bestCost, change) = (moved, movedCost, (member, next, -1))
                    }
                }
                for behind in position + 1..<max(team.end, position + 1) {
                    let other = Int(list[behind])
                    if Int(roles[other]) != next || !plays(other, role) { continue }
                    let exchanged = moved.moving(other, from: next, to: role, self)
                    let exchangedCost = cost(exchanged)
                    if exchangedCost < bestCost {
                        (best, bestCost, change) = (exchanged, exchangedCost, (member, next, other))
                    }
                }
            }
        }
        guard let change else { return false }
        if change.other >= 0 { roles[change.other] = roles[change.member] }
        roles[change.member] = UInt8(change.role)
        sums = best
        return true
    }

    private func plays(_ member: Int, _ role: Int) -> Bool {
        masks[member] & (1 << UInt8(role)) != 0
    }

    fileprivate func isDisliked(_ member: Int, _ role: Int) -> Bool {
        preferred[member] != RoleSet.noPreference && Int(preferred[member]) != role
    }
}

extension SeatSums {
    fileprivate func moving(
        _ member: Int, from old: Int, to new: Int, _ members: RoleAssignment
    ) -> SeatSums {
        var sums = self
        sums.value += Int64(members.gain(member, new) - members.gain(member, old))
        sums.counts.remove(old)
        sums.counts.add(new)
        sums.unlikedCount += members.isDisliked(member, new) ? 1 : 0
        sums.unlikedCount -= members.isDisliked(member, old) ? 1 : 0
        return sums
    }

    fileprivate func keeps(_ caps: RoleCaps, left: Int, entered: Int) -> Bool {
        counts[left] >= Int(caps.needs[left]) && counts[entered] <= Int(caps.mosts[entered])
    }
}
