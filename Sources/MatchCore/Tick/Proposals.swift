// A proposed match's life: its tickets are out of every queue and answer it one by one. Who
// refuses, stays silent or is taken back leaves his seat open; ProposalPhase does the rest.

extension Matchmaker {
    /// True if a match of the queue can be proposed, or need not be.
    @inline(__always) func hasRoomForProposal(_ queue: CompiledQueue) -> Bool {
        queue.acceptTicks == 0 || proposals.hasRoom(seatCount: Int(queue.playerCount))
    }

    /// Begins a proposed match; `hold` adds its seats.
    /// - Returns: its row.
    /// - Precondition: there is room for it.
    mutating func propose(
        _ record: MatchRecord, _ shape: TeamShape, _ queue: CompiledQueue
    ) -> Int {
        report.proposals += 1
        return proposals.allocate(Proposal(record, shape, queue))
    }

    /// Adds a ticket's seat: the ticket leaves all of its queues and has its time to answer.
    /// - Parameters:
    ///   - seat: as it was written; seats come in the order of writing.
    ///   - roles: those of the seat's players, or nil in matches without roles.
    mutating func hold(
        _ slot: Int, _ seat: SeatRecord, roles: UnsafePointer<UInt8>?, in row: Int
    ) {
        let proposal = proposals.rows.pointer(row)
        let position = Int(proposal.pointee.seatCount)
        proposals.seat(row, position).pointee = ProposalSeat(
            slot: Int32(slot), rating: seat.rating.steps, window: seat.window, until: 0,
            team: UInt8(seat.team), size: tickets.records[slot].memberCount,
            memberCount: UInt8(seat.memberCount),
            firstPlayer: UInt8(proposal.pointee.playerCount), isMercenary: seat.isMercenary)
        proposal.pointee.seatCount += 1
        proposal.pointee.playerCount += Int32(seat.memberCount)
        if let roles {
            proposal.pointee.hasRoles = true
            proposals.roles(row, position)?.update(from: roles, count: Int(seat.memberCount))
        }
        ask(slot, row, position)
    }

    /// Takes the ticket out of its queues and asks it to answer by a tick.
    mutating func ask(_ slot: Int, _ row: Int, _ position: Int) {
        suspend(slot, as: .proposed)
        let place = proposals.place(row, position)
        for entry in 0..<entryCount(slot) {
            tickets.records[self.entry(slot, at: entry)].nextLook = place
        }
        let until = Int32(clamping: Int64(now) + Int64(proposals.rows[row].acceptTicks))
        proposals.seat(row, position).pointee.until = until
        wheel.insert(slot, at: until, tickets.records)
    }

    /// Takes a ticket's answer.
    /// - Precondition: the outbox has room for one record.
    mutating func answer(_ request: AnswerRequest, _ outbox: inout OutcomeProducer) {
        guard let place = place(of: request) else {
            refuse(request.ticket, .unknownProposal, lobby: request.lobby, &outbox)
            return
        }
        let row = proposals.row(ofPlace: place)
        let slot = Int(proposals.seat(atPlace: place).pointee.slot)
        let hasAccepted = tickets.records[slot].flags.contains(.hasAccepted)
        if request.answer == .accepted {
            if !hasAccepted { accept(slot, row) }
            return
        }
        if hasAccepted {
            refuse(request.ticket, .unknownProposal, lobby: request.lobby, &outbox)
            return
        }
        report.ticketsExpired += 1
        if request.answer == .declined {
            report.declined += 1
            punish(slot, blamed: request.player)
            close(slot, .declined, &outbox)
        } else {
            report.undelivered += 1
            close(slot, .notAccepted, &outbox)
        }
    }

    /// The place of the ticket in the match that it answers, or nil if it has none.
    private func place(of request: AnswerRequest) -> Int32? {
        guard let slot = slot(of: request.ticket), tickets.records[slot].state == .proposed else {
            return nil
        }
        let place = tickets.records[slot].nextLook
        let row = proposals.row(ofPlace: place)
        return proposals.rows[row].record.match == request.match ? place : nil
    }

    private mutating func accept(_ slot: Int, _ row: Int) {
        report.accepted += 1
        tickets.records[slot].flags.insert(.hasAccepted)
        stopWaiting(slot)
        hash.note(tickets.records[slot].ticket, 1024)
        let proposal = proposals.rows.pointer(row)
        proposal.pointee.acceptedCount += 1
        if proposal.pointee.isAgreed { proposals.pend(row) }
    }

    /// Takes back the ticket's wake.
    mutating func stopWaiting(_ slot: Int) {
        if tickets.records[slot].wakeAt == TicketRecord.notScheduled { return }
        wheel.remove(slot, tickets.records)
        tickets.records[slot].wakeAt = TicketRecord.notScheduled
    }

    /// Ends the time that a proposed ticket had, unless its wake came early.
    /// - Precondition: the outbox has room for one record; the ticket is in no list of the wheel.
    mutating func endAnswerTime(_ slot: Int, _ outbox: inout OutcomeProducer) {
        let until = proposals.seat(atPlace: tickets.records[slot].nextLook).pointee.until
        if until > now {
            wheel.insert(slot, at: until, tickets.records)
            return
        }
        report.silent += 1
        report.ticketsExpired += 1
        punish(slot)
        close(slot, .notAccepted, &outbox)
    }

    /// Opens the seat of a ticket that leaves its proposed match.
    mutating func vacate(_ slot: Int) {
        let place = tickets.records[slot].nextLook
        let seat = proposals.seat(atPlace: place)
        let row = proposals.row(ofPlace: place)
        let proposal = proposals.rows.pointer(row)
        if tickets.records[Int(seat.pointee.slot)].flags.contains(.hasAccepted) {
            proposal.pointee.acceptedCount -= 1
        }
        seat.pointee.slot = TicketRecord.noSlot
        seat.pointee.until = Int32(
            clamping: Int64(now) + Int64(proposal.pointee.substituteTicks))
        proposal.pointee.openCount += 1
        proposals.pend(row)
    }
}
