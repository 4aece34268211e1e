// A ticket's ratings by role, where its queue counts them: whether it gave any, what the roles add
// to its rating, and how its players' ratings are told.

extension Matchmaker {
    /// True if members of the ticket have ratings by role, and they count in its queue.
    @inline(__always) func givesRoleRatings(
        _ record: TicketRecord, _ queue: CompiledQueue
    ) -> Bool {
        if details.ratedCount == 0 || record.detail == TicketRecord.noSlot { return false }
        return queue.hasTeamRules && queue.features.pointee.countsRoleRatings
            && details.records[Int(record.detail)].ratedHead != TicketRecord.noSlot
    }

    /// What the roles of the ticket's members add to the sum of their ratings, in rating steps.
    func roleGain(
        _ record: TicketRecord, roles: UnsafePointer<UInt8>, _ queue: CompiledQueue
    ) -> Int64 {
        if !givesRoleRatings(record, queue) { return 0 }
        var gain: Int64 = 0
        details.forEachRated(row: Int(record.detail)) { member in
            gain += Int64(member.offsets.steps(Int(roles[Int(member.position)])))
        }
        return gain
    }

    /// Writes the ratings of the ticket's first `count` players in the roles that they were given,
    /// if the ticket gave ratings by role.
    @inline(__always) func writeRatings(
        _ record: TicketRecord, count: Int, roles: UnsafePointer<UInt8>,
        _ outbox: inout OutcomeProducer
    ) {
        if !givesRoleRatings(record, grid.queues[Int(record.queue.raw)]) { return }
        writeKnownRatings(record, count: count, roles: roles, &outbox)
    }

    private func writeKnownRatings(
        _ record: TicketRecord, count: Int, roles: UnsafePointer<UInt8>,
        _ outbox: inout OutcomeProducer
    ) {
        let own = ownRating(record)
        var written = 0
        var member = record.firstMember
        while written < count {
            var group = RatingGroup()
            let start = written
            while written < count, Int(group.count) < RatingGroup.capacity {
                group.ratings[Int(group.count)] = own ?? members.records[Int(member)].rating
                group.count += 1
                written += 1
                member = members.records[Int(member)].next
            }
            details.forEachRated(row: Int(record.detail)) { rated in
                let position = Int(rated.position)
                if position < start || position >= written { return }
                let base = group.ratings[position - start].steps
                group.ratings[position - start] = Rating(
                    steps: base + rated.offsets.steps(Int(roles[position])))
            }
            outbox.write(.ratings(group))
        }
    }

    /// The rating that the ticket gave for the record's queue; nil if its members' own hold.
    private func ownRating(_ record: TicketRecord) -> Rating? {
        let row = details.records[Int(record.detail)]
        for entry in 0..<Int(row.entryCount)
        where tickets.records[Int(row.entries[entry])].queue == record.queue {
            let rating = Rating(steps: row.ratings[entry])
            return rating == QueueChoice.sameRating ? nil : rating
        }
        return nil
    }
}

// MARK: - Roles given anew

extension Matchmaker {
    /// True if a ticket of the proposed match gave ratings by role that count.
    func givesRoleRatings(_ row: Int, _ queue: CompiledQueue) -> Bool {
        for position in 0..<Int(proposals.rows[row].seatCount) {
            let slot = proposals.seat(row, position).pointee.slot
            if slot == TicketRecord.noSlot { continue }
            if givesRoleRatings(tickets.records[Int(slot)], queue) { return true }
        }
        return false
    }

    /// Gives the first `count` listed players, who are all of a team of a proposed match, the roles
    /// that even the teams out best; the other team keeps its roles.
    func balanceRoles(_ row: Int, team: UInt8, count: Int, _ rules: SplitRules) {
        var own = SeatSums()
        var other = SeatSums()
        var end = count
        for position in 0..<Int(proposals.rows[row].seatCount) {
            let seat = proposals.seat(row, position).pointee
            let value = Int64(seat.size) * Int64(seat.rating)
            if seat.team == team {
                own.value += value
                continue
            }
            other.value += value
            for player in 0..<Int32(seat.size) {
                balance.members.list[end] = Int32(seat.firstPlayer) + player
                end += 1
            }
        }
        let isFirst = team == 0
        let ownCaps = isFirst ? rules.firstCaps : rules.secondCaps
        let otherCaps = isFirst ? rules.secondCaps : rules.firstCaps
        balance.members.addSeats(
            of: SeatedTeam(start: count, end: end, caps: otherCaps), to: &other)
        let goal = SeatGoal(rules)
        balance.members.seat(
            SeatedTeam(start: 0, end: count, caps: ownCaps), own, balance.seating,
            cost: { isFirst ? goal.cost($0, other) : goal.cost(other, $0) })
    }

    /// True if one of those who join a running match gave ratings by role that count.
    func giveRoleRatings(_ joiners: Joiners, _ queue: CompiledQueue) -> Bool {
        for position in 0..<joiners.count {
            let slot = Int(scratch.candidates[Int(scratch.chosen[position])].slot)
            if givesRoleRatings(tickets.records[slot], queue) { return true }
        }
        return false
    }

    /// Gives the first `count` listed players, who join one team of a running match, the roles
    /// that even the teams out best, and counts what the roles add to the team.
    func balanceRoles(
        team: Int, count: Int, _ caps: RoleCaps, _ request: inout BackfillRequest,
        _ queue: CompiledQueue
    ) {
        let joining = SeatedTeam(start: 0, end: count, caps: caps)
        let teams =
            [Int64(request.teamSums[0]), Int64(request.teamSums[1])] as InlineArray<2, Int64>
        // Who else plays is not known: the teams count as full, and roles as evened out.
        var rules = queue.features.pointee.splitRules(TeamShape(queue))
        rules.roleDifferenceCosts = InlineArray(repeating: 0)
        let goal = SeatGoal(rules)
        balance.members.seat(
            joining, SeatSums(value: teams[team]), balance.seating,
            cost: { goal.cost($0, SeatSums(value: teams[1 - team])) })
        var seated = SeatSums(value: teams[team])
        balance.members.addSeats(of: joining, to: &seated)
        request.teamSums[team] = Int32(clamping: seated.value)
    }
}
