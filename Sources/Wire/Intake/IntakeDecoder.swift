// The daemon's way in: from bytes to the core's commands without a value in between. A good
// protobuf message costs no allocation. Owned by the thread that takes messages in.

import CWire
import MatchCore

/// Decodes intake messages one after the other into commands.
package struct IntakeDecoder: ~Copyable {
    var arena: MessageArena
    let tickMilliseconds: UInt32

    /// Reserves the memory for the largest message; untouched pages of it cost nothing.
    /// - Parameter tickMilliseconds: length of a tick, at least 1.
    package init(tickMilliseconds: UInt32) {
        precondition(tickMilliseconds >= 1)
        self.tickMilliseconds = tickMilliseconds
        arena = MessageArena(messageByteCountMax: WireLimits.intakeByteCountMax)
    }

    /// Appends one message's commands: a single one, or an enqueue followed by its groups of
    /// members, its detail, its avoided players and its ratings by role. Nothing is appended if the
    /// message is refused.
    /// - Returns: the sender.
    @discardableResult
    package mutating func decode<Directory: NameDirectory>(
        _ bytes: UnsafeRawBufferPointer, as type: ContentType = .protobuf,
        directory: inout Directory, into commands: inout [Command]
    ) throws(IntakeRefusal) -> LobbyIndex {
        do throws(WireError) {
            try Unpacked.checkSize(bytes.count, of: .intake)
        } catch {
            throw refusal(error)
        }
        switch type {
        case .protobuf:
            return try decode(protobuf: bytes, IssueList(), &directory, &commands)
        case .json:
            let transcoded: Transcoded
            do throws(WireError) {
                transcoded = try JSONTranscoder.protobuf(of: bytes, .intake)
            } catch {
                throw refusal(error)
            }
            return try transcoded.bytes.withRawBytes { buffer throws(IntakeRefusal) in
                try decode(protobuf: buffer, transcoded.issues, &directory, &commands)
            }
        }
    }

    private mutating func decode<Directory: NameDirectory>(
        protobuf bytes: UnsafeRawBufferPointer, _ shape: IssueList, _ directory: inout Directory,
        _ commands: inout [Command]
    ) throws(IntakeRefusal) -> LobbyIndex {
        let intake: UnsafePointer<Muster__V1__Intake>
        do throws(WireError) {
            intake = try Unpacked.intake(bytes, &arena)
        } catch {
            throw refusal(error)
        }
        do throws(WireError) {
            try Unpacked.checkVersion(intake.pointee.version, shape)
            var issues = shape
            IntakeCheck.check(intake, arena, &issues)
            try issues.finish()
        } catch {
            throw refusal(error.rejectCode, error.description, intake)
        }
        let start = commands.count
        var issues = NameIssues()
        append(intake, &directory, &commands, &issues)
        if let reason = issues.reason {
            commands.removeLast(commands.count - start)
            throw refusal(reason, issues.description, intake)
        }
        // The lobby last: who asks for what does not exist takes up no lobby's index.
        let sender = arena.sender(of: intake)
        guard let lobby = directory.lobbyIndex(arena.text(sender.lobby)) else {
            commands.removeLast(commands.count - start)
            throw refusal(.unknownLobbyLimit, "too many lobbies", intake)
        }
        commands[start].setLobby(lobby)
        return lobby
    }

    /// Appends the commands with lobby 0.
    private func append<Directory: NameDirectory>(
        _ intake: UnsafePointer<Muster__V1__Intake>, _ directory: inout Directory,
        _ commands: inout [Command], _ issues: inout NameIssues
    ) {
        let nobody = LobbyIndex(0)
        switch intake.pointee.body_case {
        case MUSTER__V1__INTAKE__BODY_TICKET:
            append(ticket: intake.pointee.ticket, &directory, &commands, &issues)
        case MUSTER__V1__INTAKE__BODY_CANCEL:
            let ticket = arena.ticketID(intake.pointee.cancel.pointee.ticket_id)
            commands.append(.cancel(CancelRequest(ticket: ticket, lobby: nobody)))
        case MUSTER__V1__INTAKE__BODY_ANSWER:
            commands.append(.answer(answer(intake.pointee.answer)))
        case MUSTER__V1__INTAKE__BODY_BACKFILL:
            commands.append(
                .backfill(backfill(intake.pointee.backfill, &directory, &issues)))
        case MUSTER__V1__INTAKE__BODY_BACKFILL_END:
            let match = arena.matchID(intake.pointee.backfill_end.pointee.match_id)
            commands.append(.endBackfill(EndBackfillRequest(match: match, lobby: nobody)))
        case MUSTER__V1__INTAKE__BODY_MARK:
            commands.append(.mark(mark(intake.pointee.mark, &directory, &issues)))
        default: preconditionFailure("a body that the check lets through and nobody reads")
        }
    }

    private func append<Directory: NameDirectory>(
        ticket: UnsafePointer<Muster__V1__Ticket>, _ directory: inout Directory,
        _ commands: inout [Command], _ issues: inout NameIssues
    ) {
        var queues = TicketQueues()
        let queue = resolve(place: 0, of: ticket, &queues, &directory, &issues)
        var detail = TicketDetail()
        for index in 0..<ticket.pointee.n_queues {
            detail.choices[index] = choice(index, of: ticket, &queues, &directory, &issues)
        }
        detail.choiceCount = UInt8(ticket.pointee.n_queues)
        detail.team = ticket.pointee.team_id
        detail.maps = maps(of: ticket, queues, &directory, &issues)
        var request = TicketRequest(
            ticket: arena.ticketID(ticket.pointee.ticket_id),
            leader: member(0, of: ticket, queues, &directory, &issues),
            latencies: latencies(of: ticket, &directory),
            waitedTicks: Int32(ticket.pointee.waited_ms / tickMilliseconds), queue: queue,
            lobby: LobbyIndex(0), memberCount: ticket.pointee.n_players)
        request.faction = faction(of: ticket, queues, &directory, &issues)
        request.isMercenary = ticket.pointee.mercenary != 0
        request.isWarParty = ticket.pointee.war_party != 0
        request.hasDetail =
            detail.choiceCount > 0 || detail.team != 0 || detail.maps != MapSet.any
        request.avoidedCount = UInt8(ticket.pointee.n_avoid)
        request.ratedCount = UInt8(ratedCount(of: ticket, queues))
        commands.append(.enqueue(request))
        appendMembers(of: ticket, queues, &directory, &commands, &issues)
        if request.hasDetail { commands.append(.detail(detail)) }
        appendAvoided(of: ticket, &commands)
        if request.ratedCount > 0 {
            appendRoleRatings(of: ticket, queues, &directory, &commands, &issues)
        }
    }

    private func choice<Directory: NameDirectory>(
        _ index: Int, of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: inout TicketQueues,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> QueueChoice {
        let queue = resolve(place: index + 1, of: ticket, &queues, &directory, &issues)
        guard let choice = ticket.pointee.queues[index],
            choice.pointee.own_rating_case == MUSTER__V1__QUEUE_CHOICE__OWN_RATING_RATING
        else { return QueueChoice(queue: queue) }
        return QueueChoice(queue: queue, rating: Rating(points: choice.pointee.rating))
    }

    private func latencies<Directory: NameDirectory>(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ directory: inout Directory
    ) -> LatencyVector {
        var latencies = LatencyVector()
        for index in 0..<ticket.pointee.n_latency_ms {
            guard let entry = ticket.pointee.latency_ms[index],
                let region = directory.regionIndex(arena.text(entry.pointee.key))
            else { continue }
            latencies[region] = UInt16(entry.pointee.value)
        }
        return latencies
    }

    /// The members after the leader in groups of `MemberGroup.capacity`.
    private func appendMembers<Directory: NameDirectory>(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: TicketQueues,
        _ directory: inout Directory, _ commands: inout [Command], _ issues: inout NameIssues
    ) {
        let count = ticket.pointee.n_players
        var start = 1
        while start < count {
            let end = min(start + MemberGroup.capacity, count)
            let first = member(start, of: ticket, queues, &directory, &issues)
            var group = MemberGroup(CollectionOfOne(first))
            for index in start + 1..<max(end, start + 1) {
                group.members[index - start] = member(
                    index, of: ticket, queues, &directory, &issues)
            }
            group.count = UInt16(end - start)
            commands.append(.members(group))
            start = end
        }
    }

    /// The avoided players in groups of `AvoidedGroup.capacity`.
    private func appendAvoided(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ commands: inout [Command]
    ) {
        let count = ticket.pointee.n_avoid
        var start = 0
        while start < count {
            let end = min(start + AvoidedGroup.capacity, count)
            var group = AvoidedGroup(CollectionOfOne(PlayerID(ticket.pointee.avoid[start])))
            for index in start..<end {
                group.players[index - start] = PlayerID(ticket.pointee.avoid[index])
            }
            group.count = UInt16(end - start)
            commands.append(.avoided(group))
            start = end
        }
    }

    private func refusal(_ error: WireError) -> IntakeRefusal {
        IntakeRefusal(
            reason: error.rejectCode, detail: error.description, ticket: nil, match: nil,
            queue: "", lobby: "")
    }

    /// Names the sender as far as the message does so in valid fields.
    private func refusal(
        _ reason: RejectCode, _ detail: String, _ intake: UnsafePointer<Muster__V1__Intake>
    ) -> IntakeRefusal {
        let sender = arena.sender(of: intake)
        return IntakeRefusal(
            reason: reason, detail: detail,
            ticket: TicketID(uuidText: arena.string(sender.ticket)),
            match: MatchID(uuidText: arena.string(sender.match)),
            queue: Token.isValid(arena.text(sender.queue)) ? arena.string(sender.queue) : "",
            lobby: Token.isValid(arena.text(sender.lobby)) ? arena.string(sender.lobby) : "")
    }
}

extension Command {
    /// Sets who is told; marks name nobody.
    fileprivate mutating func setLobby(_ lobby: LobbyIndex) {
        switch self {
        case .enqueue(var request):
            request.lobby = lobby
            self = .enqueue(request)
        case .cancel(var request):
            request.lobby = lobby
            self = .cancel(request)
        case .answer(var request):
            request.lobby = lobby
            self = .answer(request)
        case .backfill(var request):
            request.lobby = lobby
            self = .backfill(request)
        case .endBackfill(var request):
            request.lobby = lobby
            self = .endBackfill(request)
        case .mark, .members, .detail, .avoided, .roleRatings, .explain, .expel, .settle, .ended,
            .offence:
            break
        }
    }
}
