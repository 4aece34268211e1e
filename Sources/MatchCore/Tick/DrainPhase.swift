// Takes commands in order: tickets in, tickets back. Every refusal is an outcome with a reason.
// A command that is not taken because the outbox is full stays with the caller.

extension Matchmaker {
    /// Room in the outbox without which a command is not taken: an explanation has a record for
    /// each of the ticket's queues, a settlement may have one for each ticket.
    private static func outcomeCountMax(_ command: Command) -> Int {
        switch command {
        case .explain: 1 + Limits.furtherQueueCountMax
        case .settle: 1 + Limits.ticketsPerMatchMax
        default: 2
        }
    }

    /// Commands ahead of the one in work whose table cells are read early.
    private static let touchAheadCount = 16

    mutating func drainCommands(
        _ commands: UnsafeBufferPointer<Command>, _ outbox: inout OutcomeProducer
    ) {
        var position = 0
        var touched = 0
        while position < commands.count {
            if !outbox.hasRoom(for: Matchmaker.outcomeCountMax(commands[position])) {
                report.outboxFull = true
                break
            }
            if touched <= position {
                touched = min(position + Matchmaker.touchAheadCount, commands.count)
                for ahead in position..<touched { warmth &+= touch(commands[ahead]) }
            }
            position += take(commands, position, &outbox)
        }
        report.commandsTaken = position
    }

    /// Takes the command at `position` with its followers.
    /// - Returns: how many cells that were.
    @inline(__always) private mutating func take(
        _ commands: UnsafeBufferPointer<Command>, _ position: Int,
        _ outbox: inout OutcomeProducer
    ) -> Int {
        switch commands[position] {
        case .enqueue(let request):
            let arrival = Arrival(request, commands, position + 1)
            enqueue(arrival, &outbox)
            return 1 + arrival.cellCount
        case .members, .detail, .avoided, .roleRatings:
            // Followers whose ticket did not come before them belong to nobody.
            refuse(TicketID(high: 0, low: 0), .malformedParty, &outbox)
        case .cancel(let request): cancel(request, &outbox)
        case .explain(let request): explain(request, &outbox)
        case .answer(let request): answer(request, &outbox)
        case .mark(let request): mark(request)
        case .offence(let request): restore(request)
        case .backfill(let request): askForPlayers(request, &outbox)
        case .endBackfill(let request): endBackfill(request, &outbox)
        case .expel(let request): expel(request, &outbox)
        case .settle(let request): settle(request, &outbox)
        case .ended(let request): noteEnd(request.ticket, in: request.match)
        }
        return 1
    }

    /// Reads the cells of both tables that the command will need: independent reads overlap,
    /// where one command's own chain of reads would wait for each in turn.
    @inline(__always) private func touch(_ command: Command) -> UInt64 {
        switch command {
        case .enqueue(let request):
            return ticketMap.touch(hashOf(request.ticket))
                &+ playerMap.touch(hashOf(request.leader.player))
        case .cancel(let request): return ticketMap.touch(hashOf(request.ticket))
        default: return 0
        }
    }

    mutating func refuse(
        _ ticket: TicketID, _ reason: RejectReason, queue: QueueIndex = QueueIndex(.max),
        lobby: LobbyIndex = LobbyIndex(.max), ticksLeft: Int32 = 0,
        match: MatchID? = nil,
        _ outbox: inout OutcomeProducer
    ) {
        report.commandsRejected += 1
        hash.note(ticket, Int(reason.rawValue) + 256)
        outbox.write(
            .rejected(
                RejectedRecord(
                    ticket: ticket, queue: queue, lobby: lobby, reason: reason,
                    ticksLeft: ticksLeft,
                    match: match ?? EndedTicket.noMatch)))
    }
}
