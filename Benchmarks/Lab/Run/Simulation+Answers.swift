// Accepting a match. A policy that asks by itself gets each ticket's answer; for all others the
// simulator asks, and one refusal calls the match off: who refused leaves, the others wait again.

extension Simulation {
    /// A policy asks a ticket: it answers after a while.
    mutating func ask(_ ticket: Int) {
        guard var entry = live[ticket] else { return }
        entry.isWaiting = false
        entry.wait += 1
        live[ticket] = entry
        let (seconds, accepts) = drawAnswer(entry.ticket.size)
        events.add(
            .answer(ticket: ticket, wait: entry.wait, accepts: accepts), at: tick + ticks(seconds))
    }

    mutating func answer(_ ticket: Int, _ wait: Int, _ accepts: Bool) {
        guard let entry = live[ticket], !entry.isWaiting, entry.wait == wait else { return }
        policy.answer(ticket, accepts: accepts)
    }

    /// A ticket that was asked waits on in the policy, with the wait that it had.
    mutating func waitAgain(_ ticket: Int) {
        guard var entry = live[ticket] else { return }
        entry.isWaiting = true
        entry.wait += 1
        live[ticket] = entry
        scheduleGivingUp(ticket)
    }

    /// Asks everybody in a match of a policy that does not.
    mutating func askAll(_ match: FormedMatch) {
        var declined: [Int] = []
        var firstRefusal = Double.infinity
        var lastAnswer = 0.0
        for seat in match.seats {
            guard var entry = live[seat.ticket], entry.isWaiting else {
                preconditionFailure("ticket \(seat.ticket) was matched but does not wait")
            }
            entry.isWaiting = false
            entry.wait += 1
            live[seat.ticket] = entry
            let (seconds, accepts) = drawAnswer(entry.ticket.size)
            lastAnswer = max(lastAnswer, seconds)
            if !accepts {
                declined.append(seat.ticket)
                firstRefusal = min(firstRefusal, seconds)
            }
        }
        if declined.isEmpty {
            events.add(.begin(match), at: tick + ticks(lastAnswer))
        } else {
            events.add(.callOff(match, declined: declined), at: tick + ticks(firstRefusal))
        }
    }

    mutating func callOff(_ match: FormedMatch, _ declined: [Int]) {
        for seat in match.seats {
            if declined.contains(seat.ticket) {
                end(seat.ticket, \.declined)
            } else if let entry = live[seat.ticket] {
                policy.enqueue(entry.ticket, at: tick)
                waitAgain(seat.ticket)
            }
        }
    }

    /// Seconds until a party answers, and what: it accepts if each of its players does.
    private mutating func drawAnswer(_ size: Int) -> (seconds: Double, accepts: Bool) {
        guard let check = workload.readyCheck else { return (0, true) }
        let refusal = check.declineShare + check.loadFailureShare
        var accepts = true
        for _ in 0..<size where answers.uniform() < refusal { accepts = false }
        // Most answer at once: the mean lies at a quarter of the time.
        let share = answers.uniform() * answers.uniform()
        return ((0.05 + 0.9 * share) * check.seconds, accepts)
    }
}
