// Brings proposed matches to their end: agreed ones are matched, open seats are given to
// substitutes, and a match for which nobody is found in time is given up: its other tickets wait
// again as if nothing had been. Bounded by looks per tick and by room in the outbox; the rest of
// the line is carried over.

extension Matchmaker {
    /// Places of the index that one tick looks at for substitutes, at most; the last look may go
    /// beyond by its own bound.
    static let substituteLooksPerTickMax = 16_384

    /// Works through the line of proposed matches with something to do.
    /// - Precondition: the tick's newcomers are in the index.
    mutating func settleProposals(_ outbox: inout OutcomeProducer) {
        var left = proposals.pendingCount
        var looks = 0
        while left > 0, looks < Matchmaker.substituteLooksPerTickMax {
            let row = proposals.firstPending
            // At most for each player: a seat and two groups as a substitute, and then a return.
            let recordCountMax = 1 + 5 * Int(proposals.rows[row].playerCount)
            if !outbox.hasRoom(for: recordCountMax) {
                report.outboxFull = true
                break
            }
            proposals.dropFirstPending()
            left -= 1
            if reservations.isFull, proposals.rows[row].isAgreed {
                // Those behind it need no reservation: they must not wait for its.
                report.reservationsFull = true
                report.carriedOver += 1
                proposals.pend(row)
                continue
            }
            settle(row, &looks, &outbox)
        }
        report.carriedOver += left
    }

    private mutating func settle(
        _ row: Int, _ looks: inout Int, _ outbox: inout OutcomeProducer
    ) {
        let proposal = proposals.rows.pointer(row)
        if proposal.pointee.isAgreed {
            complete(row, &outbox)
            return
        }
        if proposal.pointee.openCount == proposal.pointee.seatCount {
            giveUp(row, .noSubstitute, &outbox)
            return
        }
        // Everybody may have accepted, left and been replaced since the row was put into the line.
        if proposal.pointee.openCount == 0 { return }
        guard let queue = grid.queue(proposal.pointee.record.queue)?.pointee else {
            giveUp(row, .rulesChanged, &outbox)
            return
        }
        for position in 0..<Int(proposal.pointee.seatCount) {
            let seat = proposals.seat(row, position)
            if seat.pointee.slot != TicketRecord.noSlot { continue }
            looks += 1
            if let slot = substitute(row, position, queue, &looks) {
                seatSubstitute(slot, row, position, queue, &outbox)
            } else if seat.pointee.until <= now {
                giveUp(row, .noSubstitute, &outbox)
                return
            }
        }
        if proposal.pointee.openCount > 0 { proposals.pend(row) }
    }

    /// All have accepted: the match comes about.
    private mutating func complete(_ row: Int, _ outbox: inout OutcomeProducer) {
        var record = proposals.rows[row].record
        record.tick = Tick(now)
        record.reservation = reservations.open(Reservation(record.match))
        outbox.write(.matched(record))
        hash.note(record.match.low &+ 1)
        for position in 0..<Int(proposals.rows[row].seatCount) {
            writeSeat(row, position, &outbox)
            let seat = proposals.seat(row, position).pointee
            depart(
                Int(seat.slot), with: record.match, team: Int(seat.team),
                reservation: record.reservation)
        }
        report.matches += 1
        report.ticketsMatched += Int(proposals.rows[row].seatCount)
        report.playersMatched += Int(proposals.rows[row].playerCount)
        proposals.release(row)
    }

    /// Gives the match up: those who stayed wait again with the wait that they had.
    private mutating func giveUp(
        _ row: Int, _ reason: ReturnReason, _ outbox: inout OutcomeProducer
    ) {
        for position in 0..<Int(proposals.rows[row].seatCount) {
            let seat = proposals.seat(row, position)
            if seat.pointee.slot == TicketRecord.noSlot { continue }
            let slot = Int(seat.pointee.slot)
            let record = tickets.records[slot]
            outbox.write(
                .returned(
                    ReturnedRecord(
                        match: proposals.rows[row].record.match, ticket: record.ticket,
                        queue: record.queue, lobby: record.lobby, reason: reason)))
            hash.note(record.ticket, 1040 + Int(reason.rawValue))
            report.ticketsReturned += 1
            stopWaiting(slot)
            resume(slot)
        }
        report.proposalsDissolved += 1
        proposals.release(row)
    }

    /// Gives an open seat to a ticket that fits it.
    private mutating func seatSubstitute(
        _ slot: Int, _ row: Int, _ position: Int, _ queue: CompiledQueue,
        _ outbox: inout OutcomeProducer
    ) {
        let seat = proposals.seat(row, position)
        seat.pointee.slot = Int32(slot)
        // Another war party fields as many as the one before, whatever the rest of its roster.
        seat.pointee.size = tickets.records[slot].memberCount
        seat.pointee.rating = RatingKey.rating(of: tickets.records[slot].key)
        seat.pointee.window = 0
        noteWindows(row, queue)
        let team = Int(seat.pointee.team)
        seat.pointee.isMercenary = isMercenary(tickets.records[slot], team: team)
        proposals.rows[row].openCount -= 1
        ask(slot, row, position)
        rescore(row, team: seat.pointee.team, queue)
        var record = proposals.rows[row].record
        record.tick = Tick(now)
        outbox.write(.substituted(record))
        writeSeat(row, position, &outbox)
        report.substitutes += 1
    }

    private mutating func writeSeat(
        _ row: Int, _ position: Int, _ outbox: inout OutcomeProducer
    ) {
        let seat = proposals.seat(row, position).pointee
        let slot = Int(seat.slot)
        let record = tickets.records[slot]
        let region = Int(proposals.rows[row].record.region.raw)
        outbox.write(
            .seat(
                SeatRecord(
                    ticket: record.ticket, rating: Rating(steps: seat.rating),
                    waitTicks: now - record.enqueuedAt, lobby: record.lobby,
                    team: UInt16(seat.team), memberCount: UInt16(seat.memberCount),
                    latencyMilliseconds: tickets.latency(slot, region),
                    window: seat.window, isMercenary: seat.isMercenary)))
        hash.note(record.ticket, Int(seat.team))
        writePlayers(
            record, count: Int(seat.memberCount), roles: proposals.roles(row, position), &outbox)
    }

    /// Keeps the windows by which the tickets accept each other: later rules may narrow them.
    private func noteWindows(_ row: Int, _ queue: CompiledQueue) {
        for position in 0..<Int(proposals.rows[row].seatCount) {
            let seat = proposals.seat(row, position)
            if seat.pointee.slot == TicketRecord.noSlot { continue }
            let record = tickets.records[Int(seat.pointee.slot)]
            let window = queue.window(age: now - record.enqueuedAt, record.stretch)
            seat.pointee.window = max(seat.pointee.window, window)
        }
    }
}
