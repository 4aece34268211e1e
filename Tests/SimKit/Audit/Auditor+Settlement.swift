// Formed matches until the word comes from the books: who is held, what a cancel meanwhile becomes,
// who waits again, who is told; and late cancels and repetitions of tickets that have ended.

import MatchCore

extension Auditor {
    /// True if a formed match that is not settled holds the ticket.
    func isHeld(_ id: TicketID) -> Bool { live[id]?.holder != nil }

    /// The tickets of a formed match leave, or are held until it is settled.
    mutating func depart(
        _ match: MatchID, _ queue: QueueIndex, _ reservation: Int32, _ seats: [SeatView],
        asked: (lobby: LobbyIndex, generation: UInt32)? = nil
    ) {
        for seat in seats where settlements.released.remove(seat.record.ticket) != nil {
            note(.releasedThenMatched)
        }
        if limits.reservationCountMax == 0 {
            if reservation >= 0 { fail("reservation", "\(reservation), but nobody settles") }
            noteOpponents(match, queue, seats)
            for seat in seats { end(seat.record.ticket, "matched", in: match) }
            return
        }
        if reservation < 0 { fail("reservation", "match \(match.low) has none") }
        if !settlements.numbers.insert(reservation).inserted {
            fail("reservation", "\(reservation) was given before")
        }
        if settlements.unsettled.count >= limits.reservationCountMax {
            fail("reservation", "\(settlements.unsettled.count + 1) matches are unsettled")
        }
        for seat in seats {
            let wasAsked = live[seat.record.ticket]?.proposal != nil
            live[seat.record.ticket]?.heldSince = wasAsked ? nil : tick
            live[seat.record.ticket]?.proposal = nil
            live[seat.record.ticket]?.holder = reservation
        }
        settlements.unsettled[reservation] = Unsettled(
            match: match, queue: queue, seats: seats, tickets: Set(seats.map(\.record.ticket)),
            asked: asked)
        note(.held)
    }

    // MARK: - Words of the books

    mutating func expel(_ request: ExpelRequest) {
        guard let unsettled = settlements.unsettled[request.reservation],
            unsettled.match == request.match, unsettled.tickets.contains(request.ticket),
            let known = live[request.ticket]
        else { return takeStray() }
        settlements.unsettled[request.reservation]?.tickets.remove(known.id)
        live[known.id]?.holder = nil
        if settlements.takenBack.remove(known.id) != nil {
            takeLateCancel(known)
            return
        }
        guard case .closed(let record) = upcoming, record.ticket == known.id,
            record.reason == .playerBusy
        else { return fail("silence", "busy ticket \(known.id.low) stays") }
        position += 1
        note(.playerBusy)
        checkClosed(record, known)
        end(known.id, "closed as busy")
    }

    mutating func settle(_ request: SettleRequest) {
        guard let unsettled = settlements.unsettled[request.reservation],
            unsettled.match == request.match
        else { return takeStray() }
        settlements.unsettled[request.reservation] = nil
        for id in unsettled.tickets { live[id]?.holder = nil }
        let wanted = unsettled.tickets.filter { settlements.takenBack.remove($0) != nil }
        if request.isCommitted {
            confirm(unsettled, wanted)
        } else {
            release(unsettled, wanted)
        }
    }

    private mutating func takeStray() {
        leftTo.strayWords += 1
        note(.strayWord)
    }

    /// All play; those whom somebody wanted back are told that it is too late.
    private mutating func confirm(_ unsettled: Unsettled, _ wanted: Set<TicketID>) {
        leftTo.committed += 1
        note(.committed)
        for _ in wanted {
            guard case .rejected(let record) = upcoming, wanted.contains(record.ticket),
                let known = live[record.ticket]
            else { return fail("silence", "a cancel in match \(unsettled.match.low) unanswered") }
            refused(known.id, [.tooLate], lobby: known.lobby, match: unsettled.match)
            note(.cancelledTooLate)
        }
        noteOpponents(unsettled.match, unsettled.queue, unsettled.seats)
        for id in unsettled.tickets { end(id, "committed", in: unsettled.match) }
    }

    /// Nobody plays: all wait on, but for those whom somebody wanted back.
    private mutating func release(_ unsettled: Unsettled, _ wanted: Set<TicketID>) {
        leftTo.refusedMatches += 1
        note(.refusedByBooks)
        for _ in wanted {
            guard case .closed(let record) = upcoming, wanted.contains(record.ticket),
                let known = live[record.ticket]
            else { return fail("silence", "a cancel in match \(unsettled.match.low) unanswered") }
            takeLateCancel(known)
        }
        for id in unsettled.tickets.subtracting(wanted) {
            leftTo.released += 1
            if let known = live[id] { noteComer(known) }
            returnedNow.insert(id)
            settlements.released.insert(id)
        }
        if let asked = unsettled.asked { takeJoinersLost(unsettled, asked) }
    }

    private mutating func takeLateCancel(_ known: Known) {
        guard case .closed(let record) = upcoming, record.ticket == known.id,
            record.reason == .cancelled
        else { return fail("silence", "cancel of held ticket \(known.id.low) unanswered") }
        position += 1
        leftTo.cancelled += 1
        note(.cancelledWhileHeld)
        checkClosed(record, known)
        end(known.id, "cancelled")
    }

    /// The running match hears that nobody joins; its request, if it still stands, is over.
    private mutating func takeJoinersLost(
        _ unsettled: Unsettled, _ asked: (lobby: LobbyIndex, generation: UInt32)
    ) {
        guard case .backfillEnded(let record) = upcoming, record.match == unsettled.match,
            record.reason == .joinersLost
        else { return fail("silence", "match \(unsettled.match.low) waits for its joiners") }
        position += 1
        note(.joinersLost)
        if record.lobby != asked.lobby { fail("lobby", "joiners of \(record.match.low)") }
        if record.generation != asked.generation || record.queue != unsettled.queue {
            fail("generation", "joiners of \(record.match.low) in \(record.generation)")
        }
        if requests[record.match]?.request.generation == asked.generation {
            requests[record.match] = nil
        }
    }

    // MARK: - Ended tickets

    mutating func tell(_ request: EndedRequest) {
        memory.note(
            request.ticket, EndedMemory.Fact(match: request.match, at: tick, isTold: true))
    }

    /// A cancel of a ticket that is not live.
    mutating func cancelLate(_ request: CancelRequest) {
        let fact = memory.recall(request.ticket, now: tick)
        guard let fact, fact.match != EndedMemory.noMatch else {
            if memory.hasForgotten(request.ticket, now: tick) { note(.forgotten) }
            return refused(request.ticket, [.unknownTicket], lobby: request.lobby)
        }
        note(fact.isTold ? .lateCancelOfEarlierRun : .lateCancel)
        refused(request.ticket, [.tooLate], lobby: request.lobby)
    }

    /// The match that a refusal must name.
    func matchToName(_ record: RejectedRecord, _ match: MatchID?) -> MatchID {
        switch record.reason {
        case .tooLate, .ticketEnded:
            match ?? memory.recall(record.ticket, now: tick)?.match ?? EndedMemory.noMatch
        default: EndedMemory.noMatch
        }
    }

    // MARK: - Counts

    mutating func checkSettlements(_ report: TickReport) {
        if report.matchesCommitted != leftTo.committed
            || report.matchesRefused != leftTo.refusedMatches
            || report.ticketsReleased != leftTo.released
            || report.settlementsUnknown != leftTo.strayWords
        {
            fail("report", "settled: \(report), not \(leftTo)")
        }
        if !isHeldUp { return }
        note(.reservationsFull)
        // The room may have come and gone within the tick, but never the other way round.
        if settlements.unsettled.count < limits.reservationCountMax {
            fail("reservation", "held up with \(settlements.unsettled.count) unsettled")
        }
        for (match, proposal) in proposals where proposal.completeSince != nil {
            proposals[match]?.completeSince = tick
        }
    }
}
