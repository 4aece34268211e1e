// From a formed match to one that has come about. Where matches are settled outside (in the
// database), a match's tickets stay reserved until the word comes: out of every queue, their
// players taken. If the match came about they are gone; if not, whoever is to blame leaves and the
// others wait again with their wait and their place. A cancel meanwhile is answered by the outcome.

extension Matchmaker {
    /// The ticket's match is formed: it leaves at once, or is reserved until the match is settled.
    /// - Parameters:
    ///   - slot: its entry in the match's queue.
    ///   - reservation: the match's, or `ReservationTable.noRow` where nothing is settled.
    @inline(__always) mutating func depart(
        _ slot: Int, with match: MatchID, team: Int, reservation: Int32
    ) {
        if reservation == ReservationTable.noRow {
            noteOpponent(slot, in: match, team: team)
            noteEnd(tickets.records[slot].ticket, in: match)
            remove(slot)
            return
        }
        suspend(slot, as: .reserved)
        tickets.records[slot].nextLook = Int32(team)
        reservations.add(slot, to: reservation, tickets.records)
    }

    /// Remembers, where the queue has a rematch delay, that the ticket plays in `team` of `match`.
    @inline(__always) private mutating func noteOpponent(
        _ slot: Int, in match: MatchID, team: Int
    ) {
        guard let queue = grid.queue(tickets.records[slot].queue), queue.pointee.hasExclusions
        else { return }
        let delay = queue.pointee.features.pointee.rematchDelayTicks
        if delay == 0 { return }
        recents.note(
            exclusions(queue.pointee.features).identity(slot),
            match: UInt32(truncatingIfNeeded: match.low), team: UInt16(team), until: now + delay)
    }

    /// Remembers that the ticket has ended.
    @inline(__always) mutating func noteEnd(
        _ ticket: TicketID, in match: MatchID = EndedTicket.noMatch
    ) {
        if limits.endedCountMax == 0 { return }
        ended.note(EndedTicket(ticket: ticket, match: match, at: now, hash: hashOf(ticket)))
    }

    /// The match of a ticket that is remembered to have ended, the nil UUID if it ended without
    /// one; nil if nothing is remembered.
    func endOf(_ ticket: TicketID) -> MatchID? {
        if limits.endedCountMax == 0 { return nil }
        return ended.find(ticket, hashOf(ticket), now: now)?.match
    }

    /// Ends a match's reservation. One that is not known (any more) is counted; nothing changes.
    /// - Precondition: the outbox has room for a record for each of the match's tickets.
    mutating func settle(_ request: SettleRequest, _ outbox: inout OutcomeProducer) {
        guard let row = reservations.row(request.reservation, of: request.match) else {
            report.settlementsUnknown += 1
            return
        }
        hash.note(request.match.low &+ (request.isCommitted ? 2 : 3))
        while let slot = reservations.takeFirst(of: row, tickets.records) {
            if request.isCommitted {
                confirm(slot, in: request.match, &outbox)
            } else {
                release(slot, &outbox)
            }
        }
        let reservation = reservations.rows[row]
        reservations.close(row)
        if request.isCommitted {
            report.matchesCommitted += 1
            return
        }
        report.matchesRefused += 1
        if reservation.generation == 0 { return }
        let asked = EndBackfillRequest(match: reservation.match, lobby: reservation.lobby)
        loseJoiners(asked, reservation.queue, generation: reservation.generation, &outbox)
    }

    /// A ticket plays: it is gone, and who wanted it back is told that he comes too late.
    private mutating func confirm(
        _ slot: Int, in match: MatchID, _ outbox: inout OutcomeProducer
    ) {
        let record = tickets.records[slot]
        if record.flags.contains(.isTakenBack) {
            refuse(record.ticket, .tooLate, lobby: record.lobby, match: match, &outbox)
        }
        noteOpponent(slot, in: match, team: Int(record.nextLook))
        noteEnd(record.ticket, in: match)
        remove(slot)
    }

    /// The match did not come about: the ticket waits again, unless it was taken back meanwhile.
    private mutating func release(_ slot: Int, _ outbox: inout OutcomeProducer) {
        if tickets.records[slot].flags.contains(.isTakenBack) {
            report.ticketsCancelled += 1
            close(slot, .cancelled, &outbox)
            return
        }
        report.ticketsReleased += 1
        hash.note(tickets.records[slot].ticket, 1050)
        resume(slot)
    }

    /// Ends a reserved ticket one of whose players is in another match; its own match is refused by
    /// the `settle` that follows.
    /// - Precondition: the outbox has room for one record.
    mutating func expel(_ request: ExpelRequest, _ outbox: inout OutcomeProducer) {
        guard let row = reservations.row(request.reservation, of: request.match),
            let slot = reservations.take(request.ticket, of: row, tickets.records)
        else {
            report.settlementsUnknown += 1
            return
        }
        if tickets.records[slot].flags.contains(.isTakenBack) {
            report.ticketsCancelled += 1
            close(slot, .cancelled, &outbox)
            return
        }
        report.ticketsExpired += 1
        close(slot, .playerBusy, &outbox)
    }

    /// Takes a ticket back, or says why that cannot be.
    /// - Precondition: the outbox has room for one record.
    mutating func cancel(_ request: CancelRequest, _ outbox: inout OutcomeProducer) {
        guard let slot = slot(of: request.ticket) else {
            if let match = endOf(request.ticket), match != EndedTicket.noMatch {
                refuse(request.ticket, .tooLate, lobby: request.lobby, match: match, &outbox)
            } else {
                refuse(request.ticket, .unknownTicket, lobby: request.lobby, &outbox)
            }
            return
        }
        if tickets.records[slot].state == .reserved {
            for position in 0..<entryCount(slot) {
                tickets.records[entry(slot, at: position)].flags.insert(.isTakenBack)
            }
            return
        }
        report.ticketsCancelled += 1
        close(slot, .cancelled, &outbox)
    }
}
