// Swaps the rules between two ticks. Outside the steady tick: walks all tickets and allocates.
// Every waiting ticket keeps its wait and place in time; each is looked at again by the wake phase,
// which also closes those that the new rules do not admit.

extension Matchmaker {
    /// Puts new rules into force for the next tick.
    /// - Precondition: the rules fit the limits; queues keep their index from version to version.
    package mutating func apply(_ rules: Rules) {
        let fresh = BucketGrid(rules: rules, limits: limits)
        fresh.adoptDensities(from: grid)
        grid = fresh
        index.removeAll()
        rulesVersion = rules.version
        hash.note(rules.version)
        for slot in tickets.slotsInUse where tickets.records[slot].state != .free {
            tickets.records[slot].regions = 0
            rate(slot)
            if tickets.records[slot].state != .waiting { continue }
            if tickets.records[slot].wakeAt != TicketRecord.notScheduled {
                wheel.remove(slot, tickets.records)
            }
            tickets.records[slot].nextLook = Int32.max
            wheel.insert(slot, at: now + 1, tickets.records)
        }
    }

    /// Works out the ticket's rating and lane by the new rules, if they admit it; its first wake
    /// puts it into the index, or closes it.
    private mutating func rate(_ slot: Int) {
        let record = tickets.records[slot]
        guard let queue = grid.queue(record.queue)?.pointee,
            refusal(ofWaiting: slot, queue) == nil
        else { return }
        var sum: Int64 = 0
        var member = record.firstMember
        while member != TicketRecord.noSlot {
            sum += Int64(members.records[Int(member)].rating.steps)
            member = members.records[Int(member)].next
        }
        if let given = ratingGiven(slot) { sum = Int64(given) * Int64(record.memberCount) }
        let sequence = record.key & RatingKey.sequenceMax
        if let rating = partyRating(sum: sum, count: Int(record.memberCount), queue) {
            tickets.records[slot].key = RatingKey.make(rating: rating, sequence: sequence)
        }
        let widest = queue.features.pointee.density?.stretchCodeMax ?? 0
        let stretch = tickets.records[slot].stretch
        tickets.records[slot].stretch = Stretch(code: min(stretch.code, widest))
        fit(slot)
    }

    /// The rating that the ticket brought for this queue apart from its members', or nil.
    private func ratingGiven(_ slot: Int) -> Int32? {
        let row = tickets.records[slot].detail
        if row == TicketRecord.noSlot { return nil }
        let detail = details.records[Int(row)]
        for position in 0..<Int(detail.entryCount)
        where detail.entries[position] == Int32(slot)
            && detail.ratings[position] != QueueChoice.sameRating.steps
        {
            return detail.ratings[position]
        }
        return nil
    }
}
