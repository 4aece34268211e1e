// Who has waited for too long takes the place of who came later. Once the teams of a match stand,
// each overdue ticket outside, the longest waiting first, gets the places of as many players of one
// team who all came later, if the match keeps every rule with it. What that promises, and what it
// does not: docs/decisions/0014.

/// What an exchange in one match goes by.
private struct OverdueTerms {
    /// Tickets of the match.
    var count: Int
    let plan: LobbyPlan
    let exclusions: Exclusions?
    /// The compositions of the teams; nil in queues without roles.
    var firstCaps: RoleCaps?
    var secondCaps: RoleCaps?
    /// Wait below which premades are kept apart from all others, in ticks; 0 where they are not.
    let premadePoolTicks: Int32

    func caps(_ team: Int) -> RoleCaps? { team == 0 ? firstCaps : secondCaps }
}

/// The tickets of one team that could give way to a candidate, in `SearchScratch.eligible`.
private struct GivingTeam {
    let caps: RoleCaps?
    var listed = 0
    /// Those that have to give way, first in `SearchScratch.trial`, and players still missing.
    var taken: Int
    var missing: Int
    /// Roles of the team with the candidate and without those taken.
    var tally = RoleTally()
    var steps = Matchmaker.givingStepCountMax
}

extension Matchmaker {
    /// Overdue tickets that one match weighs, and choices of who gives way that it tries for each.
    static let overdueLookCountMax = 512
    static let givingStepCountMax = 128

    /// Seats every overdue ticket that fits into the teams as they stand: `scratch.chosen` and the
    /// teams change. They keep all rules, and are left in `scratch.eligible` too.
    /// - Parameter looks: overdue tickets that may still be weighed.
    /// - Returns: the tickets of the match after that; nil if nobody fits.
    @inline(__always) mutating func seatOverdue(
        _ count: Int, _ plan: LobbyPlan, _ queue: CompiledQueue, _ bucket: Int, _ looks: inout Int
    ) -> Int? {
        if queue.overdueAge == Int32.max { return nil }
        let roots = grid.roots + grid.rootIndex(queue, bucket % grid.regionCount, lane: 0)
        let overdue = now - queue.overdueAge + 1
        var lanes = grid.buckets[bucket].lanesPresent
        while lanes != 0 {
            if roots[lanes.trailingZeroBitCount].oldest < overdue {
                return seatOverdue(count, plan, queue, lanes, roots, overdue, &looks)
            }
            lanes &= lanes &- 1
        }
        return nil
    }

    private mutating func seatOverdue(
        _ count: Int, _ plan: LobbyPlan, _ queue: CompiledQueue, _ lanes: UInt64,
        _ roots: UnsafeMutablePointer<IndexRoot>, _ overdue: Int32, _ looks: inout Int
    ) -> Int? {
        var terms = overdueTerms(count, plan, queue)
        var isChanged = false
        while let place = longestOverdue(terms, queue, lanes, roots, overdue, &looks) {
            terms.count = replace(givers(for: place, terms, queue), by: place, terms.count)
            report.overdueSeated += 1
            isChanged = true
        }
        if looks == 0 { report.overdueCutShort += 1 }
        if !isChanged { return nil }
        for position in 0..<terms.count { scratch.eligible[position] = balance.teams[position] }
        return terms.count
    }

    /// The longest waiting overdue ticket for which tickets that came later can give way.
    private func longestOverdue(
        _ terms: OverdueTerms, _ queue: CompiledQueue, _ present: UInt64,
        _ roots: UnsafeMutablePointer<IndexRoot>, _ overdue: Int32, _ looks: inout Int
    ) -> IndexPlace? {
        var before = Int32.min
        for position in 0..<terms.count { before = max(before, chosen(position).enqueuedAt) }
        before = min(before, overdue)
        var best: IndexPlace?
        var lanes = present
        if queue.lanes.hasWarParties { lanes &= ~(1 << UInt64(queue.lanes.warPartyLane)) }
        while lanes != 0 {
            let lane = lanes.trailingZeroBitCount
            lanes &= lanes &- 1
            if roots[lane].oldest >= before { continue }
            guard let reach = reach(terms.count, leaving: Int(queue.lanes[lane].size)) else {
                continue
            }
            var search = OldestPlace(
                from: reach.lowerBound, through: reach.upperBound, before: before, looks: looks)
            index.findOldest(in: &roots[lane], &search) { givers(for: $0, terms, queue) > 0 }
            looks = search.looks
            before = search.before
            best = search.place ?? best
        }
        return best
    }

    private func overdueTerms(
        _ count: Int, _ plan: LobbyPlan, _ queue: CompiledQueue
    ) -> OverdueTerms {
        let features = queue.features
        var terms = OverdueTerms(
            count: count, plan: plan,
            exclusions: queue.hasExclusions ? exclusions(features) : nil,
            premadePoolTicks: plan.isWar ? 0 : features.pointee.premadePoolTicks)
        if queue.hasTeamRules, features.pointee.roleCount > 0 {
            let rules = features.pointee.splitRules(plan.shape)
            terms.firstCaps = rules.firstCaps
            terms.secondCaps = rules.secondCaps
        }
        return terms
    }

    /// The ratings that all but `size` of the match's tickets accept, at least: who is to take the
    /// places of so many players stands there. Nil if there are none.
    private func reach(_ count: Int, leaving size: Int) -> ClosedRange<Int32>? {
        if size >= count { return Int32.min...Int32.max }
        let low = largest(count, rank: size) { chosen($0).rating - chosen($0).window }
        let high = -largest(count, rank: size) { -chosen($0).rating - chosen($0).window }
        return low > high ? nil : low...high
    }

    /// The largest value but `rank`.
    private func largest(_ count: Int, rank: Int, _ value: (Int) -> Int32) -> Int32 {
        let kept = scratch.eligible
        var keptCount = 0
        for position in 0..<count {
            let value = value(position)
            var target = keptCount
            while target > 0, kept[target - 1] < value {
                kept[target] = kept[target - 1]
                target -= 1
            }
            kept[target] = value
            keptCount = min(keptCount + 1, rank + 1)
        }
        return kept[rank]
    }

    // MARK: - Who gives way

    /// Lists in `scratch.trial` the positions of the tickets that give way to a waiting one.
    /// - Returns: how many; 0 if the ticket does not fit.
    private func givers(
        for place: IndexPlace, _ terms: OverdueTerms, _ queue: CompiledQueue
    ) -> Int {
        let slot = Int(place.slot)
        let candidate = anchor(slot, tickets.records[slot], queue)
        if queue.features.pointee.mapCount > 0, !plays(slot, map: Int(terms.plan.map)) { return 0 }
        // Who does not accept the candidate must be among those who give way.
        var team = -1
        var taken = 0
        var missing = Int(candidate.size)
        for position in 0..<terms.count {
            let other = chosen(position)
            if other.slot == candidate.slot { return 0 }
            if agree(candidate, other, terms, queue) { continue }
            let own = Int(balance.teams[position])
            missing -= Int(other.size)
            if missing < 0 || team >= 0 && own != team { return 0 }
            if !mayGive(other, candidate, terms, queue) { return 0 }
            team = own
            scratch.trial[taken] = Int32(position)
            taken += 1
        }
        let first = max(team, 0)
        let last = team < 0 ? Int(queue.teamCount) - 1 : team
        for team in first...last where mayPlay(candidate, team, queue) {
            let giving = GivingTeam(caps: terms.caps(team), taken: taken, missing: missing)
            let count = givers(for: candidate, team, giving, terms, queue)
            if count > 0 { return count }
        }
        return 0
    }

    private func mayPlay(_ candidate: Candidate, _ team: Int, _ queue: CompiledQueue) -> Bool {
        if !queue.hasTeamRules || !queue.features.pointee.hasFactions { return true }
        return candidate.sides & (1 << UInt8(team)) != 0
    }

    /// True if the ticket came later, and takes no part that only its like can take.
    private func mayGive(
        _ other: Candidate, _ candidate: Candidate, _ terms: OverdueTerms, _ queue: CompiledQueue
    ) -> Bool {
        if other.enqueuedAt <= candidate.enqueuedAt { return false }
        if terms.plan.isWar, Int(other.lane) == queue.lanes.warPartyLane { return false }
        // Parties of other sizes would have to be packed into three teams or more anew.
        return queue.teamCount <= 2 || other.size == candidate.size
    }

    private func agree(
        _ candidate: Candidate, _ other: Candidate, _ terms: OverdueTerms, _ queue: CompiledQueue
    ) -> Bool {
        let distance = abs(candidate.rating - other.rating)
        if distance > candidate.window || distance > other.window { return false }
        if terms.premadePoolTicks > 0 {
            let least = queue.features.pointee.premadeSizeMin
            let isPremade = Int32(candidate.size) >= least
            if isPremade != (Int32(other.size) >= least) {
                let since = isPremade ? candidate.enqueuedAt : other.enqueuedAt
                if now - since < terms.premadePoolTicks { return false }
            }
        }
        guard let exclusions = terms.exclusions else { return true }
        return !exclusions.exclude(Int(candidate.slot), Int(other.slot))
    }

    /// Completes the list of those who give way from one team, the latest comers first.
    private func givers(
        for candidate: Candidate, _ team: Int, _ start: GivingTeam, _ terms: OverdueTerms,
        _ queue: CompiledQueue
    ) -> Int {
        var giving = start
        if let caps = giving.caps {
            addMembers(Int(candidate.slot), caps, &giving.tally)
        }
        for position in 0..<terms.count where Int(balance.teams[position]) == team {
            let other = chosen(position)
            if isTaken(position, start.taken) { continue }
            if let caps = giving.caps { addMembers(Int(other.slot), caps, &giving.tally) }
            if Int(other.size) > start.missing { continue }
            if !mayGive(other, candidate, terms, queue) { continue }
            var target = giving.listed
            while target > 0, since(scratch.eligible[target - 1]) < other.enqueuedAt {
                scratch.eligible[target] = scratch.eligible[target - 1]
                target -= 1
            }
            scratch.eligible[target] = Int32(position)
            giving.listed += 1
        }
        return complete(&giving, from: 0) ? giving.taken : 0
    }

    private func isTaken(_ position: Int, _ count: Int) -> Bool {
        for taken in 0..<count where scratch.trial[taken] == Int32(position) { return true }
        return false
    }

    private func since(_ position: Int32) -> Int32 { chosen(Int(position)).enqueuedAt }

    /// Tries every choice of so many players, bounded by steps.
    private func complete(_ giving: inout GivingTeam, from start: Int) -> Bool {
        if giving.missing == 0 { return giving.caps?.holds(giving.tally) ?? true }
        for next in start..<giving.listed {
            let position = scratch.eligible[next]
            let other = chosen(Int(position))
            if Int(other.size) > giving.missing { continue }
            giving.steps -= 1
            if giving.steps < 0 { return false }
            let before = giving
            scratch.trial[giving.taken] = position
            giving.taken += 1
            giving.missing -= Int(other.size)
            if let caps = giving.caps {
                var tally = RoleTally()
                addMembers(Int(other.slot), caps, &tally)
                giving.tally.remove(tally)
            }
            if complete(&giving, from: next + 1) { return true }
            let steps = giving.steps
            giving = before
            giving.steps = steps
        }
        return false
    }

    // MARK: - The exchange

    /// Puts the ticket in the place of the first who gives way and closes the others' places.
    /// - Returns: the tickets of the match then.
    private func replace(_ giverCount: Int, by place: IndexPlace, _ count: Int) -> Int {
        precondition(giverCount > 0)
        let slot = Int(place.slot)
        let first = Int(scratch.trial[0])
        scratch.candidates[Int(scratch.chosen[first])] = anchor(
            slot, tickets.records[slot], self.queue(of: slot))
        var kept = 0
        for position in 0..<count {
            if position != first, isTaken(position, giverCount) { continue }
            scratch.chosen[kept] = scratch.chosen[position]
            balance.teams[kept] = balance.teams[position]
            kept += 1
        }
        return kept
    }
}
