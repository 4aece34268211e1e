// What the core says about itself: its report, its counts of who waits, its explanations.

import MatchCore

extension Auditor {
    mutating func checkCounts(_ record: TickRecord) {
        let report = record.report
        if report.ticketsEnqueued != leftTo.enqueued {
            fail("report", "\(report.ticketsEnqueued) enqueued, not \(leftTo.enqueued)")
        }
        if report.ticketsCancelled != leftTo.cancelled {
            fail("report", "\(report.ticketsCancelled) cancelled, not \(leftTo.cancelled)")
        }
        if report.commandsRejected != leftTo.refused {
            fail("report", "\(report.commandsRejected) refused, not \(leftTo.refused)")
        }
        if report.matches != leftTo.matches {
            fail("report", "\(report.matches) matches, not \(leftTo.matches)")
        }
        if record.waitingCount != live.count {
            fail("report", "\(record.waitingCount) tickets wait, not \(live.count)")
        }
        if record.waitingPlayerCount != players.count {
            fail("report", "\(record.waitingPlayerCount) players wait, not \(players.count)")
        }
        checkQueueCounts(record)
        // Late wakes are made up for in the ticks that follow.
        if unboundedTicks > 4, report.placesRefused == 0 { checkPlaces(record) }
    }

    /// A ticket counts in each queue in which it stands, also while a match is proposed to it.
    private mutating func checkQueueCounts(_ record: TickRecord) {
        if live.values.contains(where: { !$0.uncertain.isEmpty }) { return }
        // Who came back from a match, or over whose time the clock has jumped, may have left some
        // of his queues by now.
        if tick - previousTick > 1 || !returnedNow.isEmpty || !returnedBefore.isEmpty { return }
        var expected = [Int](repeating: 0, count: record.queueCounts.count)
        for known in live.values {
            for index in known.entries where Int(index.raw) < expected.count {
                expected[Int(index.raw)] += 1
            }
        }
        if expected != record.queueCounts {
            fail("report", "\(record.queueCounts) tickets in queues, not \(expected)")
        }
    }

    /// Each ticket stands in exactly the regions that it accepts by now.
    private mutating func checkPlaces(_ record: TickRecord) {
        if live.values.contains(where: { !$0.uncertain.isEmpty || returnedNow.contains($0.id) }) {
            return
        }
        var expected = [Int](repeating: 0, count: record.placeCounts.count)
        for known in live.values where known.isFree {
            for index in known.entries {
                guard let rules = queue(index) else { continue }
                for region in 0..<limits.regionCount
                where known.accepts(region, rules, tick: tick, regionCount: limits.regionCount) {
                    expected[Int(index.raw) * limits.regionCount + region] += 1
                }
            }
        }
        if expected != record.placeCounts {
            fail("places", "\(record.placeCounts) tickets in regions, not \(expected)")
        }
    }

    /// Each question is answered: for every queue of the ticket one record, the last marked.
    mutating func checkExplanations() {
        for question in questions {
            let found = explanations.filter { $0.token == question.request.token }
            if found.isEmpty || !(found.last?.isLast ?? false)
                || found.dropLast().contains(where: \.isLast)
            {
                fail("explain", "ticket \(question.request.ticket.low): \(found.count) records")
                continue
            }
            for record in found {
                checkExplained(record, question.request, question.known)
                checkObstacle(record, question.views)
            }
        }
        for record in explanations
        where !questions.contains(where: { $0.request.token == record.token }) {
            fail("explain", "token \(record.token) was never asked")
        }
    }

    /// - Parameter known: the ticket when the question was taken.
    private mutating func checkExplained(
        _ record: ExplainedRecord, _ request: ExplainRequest, _ known: Known?
    ) {
        if record.ticket != request.ticket { fail("explain", "another ticket") }
        if record.isWaiting != (known != nil) {
            return fail("explain", "ticket \(request.ticket.low) waits: \(known != nil)")
        }
        guard let known else { return note(.explainedUnknown) }
        note(.explained)
        if !known.choices.contains(where: { $0.queue == record.queue }) {
            fail("explain", "ticket \(known.id.low) in queue \(record.queue.raw)")
        }
        let wait = tick - known.enqueuedAt
        if record.waitTicks != wait { fail("explain", "wait \(record.waitTicks), not \(wait)") }
        if (record.obstacle == .proposed) == known.isFree, queue(record.queue) != nil {
            fail("explain", "ticket \(known.id.low): \(record.obstacle)")
        }
        // One that the rules turn away is gone by the end of the tick.
        guard let rules = queue(record.queue), reasonToLeave(known, record.queue) == nil else {
            return
        }
        checkWindow(record.window, known, record.queue, rules)
        if record.ticksToExpiry != max(0, rules.timeoutTicks - wait) {
            fail("explain", "expiry in \(record.ticksToExpiry), wait \(wait)")
        }
    }
}
