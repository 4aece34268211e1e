// Handles the tickets whose own moment has come: expired ones leave, others look again with a
// wider window or in more regions. Bounded per tick; late wakes keep their order.

extension Matchmaker {
    mutating func wakeDue(_ outbox: inout OutcomeProducer) {
        while report.wakes < limits.wakeCountPerTickMax {
            if !outbox.hasRoom(for: 2) {
                report.outboxFull = true
                return
            }
            guard let slot = wheel.popDue(by: now, tickets.records) else { return }
            report.wakes += 1
            tickets.records[slot].wakeAt = TicketRecord.notScheduled
            if let reason = reasonToClose(slot) {
                report.ticketsExpired += 1
                close(slot, reason, &outbox)
            } else {
                tickets.records[slot].nextLook = Int32.max
                addAnchors(slot)
            }
        }
        if wheel.position <= now { report.carriedOver += 1 }
    }

    /// Why the ticket must leave now, or nil. New rules are noticed here too: `apply` wakes all.
    private func reasonToClose(_ slot: Int) -> CloseReason? {
        let record = tickets.records[slot]
        guard let queue = grid.queue(record.queue) else { return .queueRemoved }
        if Int32(record.memberCount) > queue.pointee.partySizeMax { return .rulesChanged }
        if Int32(record.bestLatency) > queue.pointee.latencyCap.max { return .rulesChanged }
        return now - record.enqueuedAt >= queue.pointee.timeoutTicks ? .expired : nil
    }
}
