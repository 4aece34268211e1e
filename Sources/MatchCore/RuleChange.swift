// Swaps the rules between two ticks. Outside the steady tick: walks all tickets and allocates.
// Every waiting ticket keeps its wait and place in time; each is looked at again by the wake phase,
// which also closes those that the new rules do not admit.

extension Matchmaker {
    /// Puts new rules into force for the next tick.
    /// - Precondition: the rules fit the limits; queues keep their index from version to version.
    package mutating func apply(_ rules: Rules) {
        grid = BucketGrid(rules: rules, limits: limits)
        index.removeAll()
        rulesVersion = rules.version
        hash.note(rules.version)
        for slot in tickets.slotsInUse where tickets.records[slot].state == .waiting {
            if tickets.records[slot].wakeAt != TicketRecord.notScheduled {
                wheel.remove(slot, tickets.records)
            }
            tickets.records[slot].regions = 0
            tickets.records[slot].nextLook = Int32.max
            rate(slot)
            wheel.insert(slot, at: now + 1, tickets.records)
        }
    }

    /// Works out the ticket's rating by the new rules; its first wake puts it into the index.
    private mutating func rate(_ slot: Int) {
        let record = tickets.records[slot]
        guard let queue = grid.queue(record.queue)?.pointee else { return }
        var sum: Int64 = 0
        var member = record.firstMember
        while member != TicketRecord.noSlot {
            sum += Int64(members.records[Int(member)].rating.steps)
            member = members.records[Int(member)].next
        }
        let sequence = record.key & RatingKey.sequenceMax
        if let rating = partyRating(sum: sum, count: Int(record.memberCount), queue) {
            tickets.records[slot].key = RatingKey.make(rating: rating, sequence: sequence)
        }
    }
}
