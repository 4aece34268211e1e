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
            if tickets.records[slot].state == .proposed {
                endAnswerTime(slot, &outbox)
                continue
            }
            if let reason = reasonToClose(slot) {
                if entryCount(slot) > 1 {
                    dropEntry(slot)
                } else {
                    report.ticketsExpired += 1
                    close(slot, reason, &outbox)
                }
            } else {
                tickets.records[slot].nextLook = Int32.max
                ripen(slot)
                if grid.densities != nil { stretchWindow(slot) }
                addAnchors(slot)
            }
        }
        if wheel.position <= now { report.carriedOver += 1 }
    }

    /// Notes in its buckets that the ticket has waited through its queue's strictest rules.
    private func ripen(_ slot: Int) {
        let record = tickets.records[slot]
        let queue = grid.queues + Int(record.queue.raw)
        guard queue.pointee.hasMilestones, !record.flags.contains(.isRipe),
            now - record.enqueuedAt >= queue.pointee.features.pointee.ripeAge
        else { return }
        tickets.records[slot].flags.insert(.isRipe)
        for region in 0..<grid.regionCount where record.regions & (1 << UInt16(region)) != 0 {
            grid.buckets[grid.bucketIndex(record.queue, region)].ripeCount += 1
        }
    }

    /// Why the ticket must leave now, or nil. New rules are noticed here too: `apply` wakes all.
    private func reasonToClose(_ slot: Int) -> CloseReason? {
        let record = tickets.records[slot]
        guard let queue = grid.queue(record.queue) else { return .queueRemoved }
        if refusal(ofWaiting: slot, queue.pointee) != nil { return .rulesChanged }
        return now - record.enqueuedAt >= queue.pointee.timeoutTicks ? .expired : nil
    }
}
