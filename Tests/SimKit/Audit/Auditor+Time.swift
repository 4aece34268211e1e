// What time and new rules do by themselves: tickets end in a queue, and when in all, for good.

import MatchCore

extension Auditor {
    /// Why the ticket may not stand in a queue any more, or nil.
    func reasonToLeave(_ known: Known, _ index: QueueIndex) -> CloseReason? {
        guard let rules = queue(index) else { return .queueRemoved }
        // An age that the rules turn down is no reason to leave; only what they ask of a party is.
        var refused = reasons(known, index, rules)
        refused.remove(.ratingOutOfRange)
        if !refused.isEmpty { return .rulesChanged }
        return tick - known.enqueuedAt >= rules.timeoutTicks ? .expired : nil
    }

    mutating func takeClosed(_ record: ClosedRecord) {
        guard let known = live[record.ticket] else {
            end(record.ticket, "closed (\(record.reason))")
            return
        }
        switch record.reason {
        case .cancelled, .declined, .playerBusy:
            fail("closing", "ticket \(record.ticket.low) \(record.reason), nobody asked for it")
        case .notAccepted: takeSilent(known, record)
        case .expired, .queueRemoved, .rulesChanged:
            if let match = known.proposal {
                fail("closing", "ticket \(known.id.low) \(record.reason) in match \(match.low)")
            }
            if isHeld(known.id) {
                fail("closing", "ticket \(known.id.low) \(record.reason), held by a match")
            }
            let due = known.entries.map { reasonToLeave(known, $0) }
            let staying = known.entries.contains {
                !known.uncertain.contains($0) && reasonToLeave(known, $0) == nil
            }
            if !due.contains(record.reason) && known.uncertain.isEmpty || staying {
                fail("closing", "ticket \(known.id.low) \(record.reason), true are \(due)")
            }
            noteClosed(record, known)
        }
        checkClosed(record, known)
        end(known.id, "closed (\(record.reason))")
    }

    mutating func checkClosed(_ record: ClosedRecord, _ known: Known) {
        let wait = tick - known.enqueuedAt
        if record.waitTicks != wait {
            fail("wait", "ticket \(known.id.low) waited \(wait), not \(record.waitTicks)")
        }
        if record.lobby != known.lobby { fail("lobby", "end of ticket \(known.id.low)") }
        if !known.choices.contains(where: { $0.queue == record.queue }) {
            fail("queue", "end of ticket \(known.id.low) in queue \(record.queue.raw)")
        }
    }

    private mutating func noteClosed(_ record: ClosedRecord, _ known: Known) {
        switch record.reason {
        case .expired:
            note(.expired)
            if settlements.released.contains(known.id) { note(.releasedAndExpired) }
            if tick - previousTick > 1 { note(.jumpedOverExpiry) }
        case .queueRemoved: note(.queueRemoved)
        case .rulesChanged: note(.rulesChanged)
        default: break
        }
    }

    /// At the end of a tick nobody waits in a queue whose time is over.
    mutating func checkTime() {
        for id in live.keys.sorted(by: { $0.low < $1.low }) {
            guard let known = live[id], known.arrivedAt < tick else { continue }
            // Who was proposed a match in this tick has waited until then.
            if let match = known.proposal, proposals[match]?.askedAt[id] != tick { continue }
            if known.holder != nil, known.heldSince != tick { continue }
            if returnedNow.contains(id) { continue }
            if isBounded {
                let due = known.entries.filter { reasonToLeave(known, $0) != nil }
                live[id]?.uncertain.formUnion(due)
                continue
            }
            let staying = known.entries.filter { reasonToLeave(known, $0) == nil }
            if staying.isEmpty {
                let due = known.entries.map { reasonToLeave(known, $0) }
                fail("overdue", "ticket \(id.low) waits on, but must leave: \(due)")
            } else if staying.count < known.entries.count {
                note(.expiredInOneQueue)
                live[id]?.entries = staying
            }
        }
        checkProposals()
        checkRequests()
    }
}
