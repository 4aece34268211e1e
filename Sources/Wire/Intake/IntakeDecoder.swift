// The daemon's way in: from bytes to the core's commands without a value in between. A good
// protobuf message costs no allocation. Owned by the thread that takes messages in.

import CWire
import MatchCore

/// Gives names their indices. Called with tokens only, so that a name needs no further check; its
/// bytes are valid during the call.
package protocol NameDirectory {
    /// Nil if no such queue is configured.
    mutating func queueIndex(_ name: UnsafeRawBufferPointer) -> QueueIndex?
    /// The index of a lobby, given to it now if it is new; nil if there are too many already.
    mutating func lobbyIndex(_ name: UnsafeRawBufferPointer) -> LobbyIndex?
    /// Nil if no such region is configured; the ticket's latency to it is then ignored.
    mutating func regionIndex(_ name: UnsafeRawBufferPointer) -> RegionIndex?
}

/// Decodes intake messages one after the other into commands.
package struct IntakeDecoder: ~Copyable {
    private var arena: MessageArena
    private let tickMilliseconds: UInt32

    /// Reserves the memory for the largest message; untouched pages of it cost nothing.
    /// - Parameter tickMilliseconds: length of a tick, at least 1.
    package init(tickMilliseconds: UInt32) {
        precondition(tickMilliseconds >= 1)
        self.tickMilliseconds = tickMilliseconds
        arena = MessageArena(messageByteCountMax: WireLimits.intakeByteCountMax)
    }

    /// Appends one message's commands: a cancel, or an enqueue followed by its groups of members.
    /// Nothing is appended if the message is refused.
    package mutating func decode<Directory: NameDirectory>(
        _ bytes: UnsafeRawBufferPointer, as type: ContentType = .protobuf,
        directory: inout Directory, into commands: inout [Command]
    ) throws(IntakeRefusal) {
        do throws(WireError) {
            try Unpacked.checkSize(bytes.count, of: .intake)
        } catch {
            throw refusal(error)
        }
        switch type {
        case .protobuf:
            try decode(protobuf: bytes, IssueList(), &directory, &commands)
        case .json:
            let transcoded: Transcoded
            do throws(WireError) {
                transcoded = try JSONTranscoder.protobuf(of: bytes, .intake)
            } catch {
                throw refusal(error)
            }
            try transcoded.bytes.withRawBytes { buffer throws(IntakeRefusal) in
                try decode(protobuf: buffer, transcoded.issues, &directory, &commands)
            }
        }
    }

    private mutating func decode<Directory: NameDirectory>(
        protobuf bytes: UnsafeRawBufferPointer, _ shape: IssueList, _ directory: inout Directory,
        _ commands: inout [Command]
    ) throws(IntakeRefusal) {
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
        if intake.pointee.body_case == MUSTER__V1__INTAKE__BODY_CANCEL {
            try append(cancel: intake, &directory, &commands)
        } else {
            try append(ticket: intake, &directory, &commands)
        }
    }

    private func append<Directory: NameDirectory>(
        cancel intake: UnsafePointer<Muster__V1__Intake>, _ directory: inout Directory,
        _ commands: inout [Command]
    ) throws(IntakeRefusal) {
        guard let cancel = intake.pointee.cancel else { preconditionFailure("unchecked cancel") }
        guard let lobby = directory.lobbyIndex(arena.text(cancel.pointee.lobby)) else {
            throw refusal(.unknownLobbyLimit, "too many lobbies", intake)
        }
        let ticket = arena.ticketID(cancel.pointee.ticket_id)
        commands.append(.cancel(CancelRequest(ticket: ticket, lobby: lobby)))
    }

    private func append<Directory: NameDirectory>(
        ticket intake: UnsafePointer<Muster__V1__Intake>, _ directory: inout Directory,
        _ commands: inout [Command]
    ) throws(IntakeRefusal) {
        guard let ticket = intake.pointee.ticket else { preconditionFailure("unchecked ticket") }
        // The queue first: who asks for one that does not exist takes up no lobby's index.
        guard let queue = directory.queueIndex(arena.text(ticket.pointee.queue)) else {
            throw refusal(.unknownQueue, "no such queue is configured", intake)
        }
        guard let lobby = directory.lobbyIndex(arena.text(ticket.pointee.lobby)) else {
            throw refusal(.unknownLobbyLimit, "too many lobbies", intake)
        }
        var latencies = LatencyVector()
        for index in 0..<ticket.pointee.n_latency_ms {
            guard let entry = ticket.pointee.latency_ms[index] else { continue }
            guard let region = directory.regionIndex(arena.text(entry.pointee.key)) else {
                continue
            }
            latencies[region] = UInt16(entry.pointee.value)
        }
        commands.append(
            .enqueue(
                TicketRequest(
                    ticket: arena.ticketID(ticket.pointee.ticket_id),
                    leader: member(0, of: ticket), latencies: latencies,
                    waitedTicks: Int32(ticket.pointee.waited_ms / tickMilliseconds),
                    queue: queue, lobby: lobby, memberCount: ticket.pointee.n_players)))
        appendMembers(of: ticket, &commands)
    }

    /// The members after the leader in groups of `MemberGroup.capacity`.
    private func appendMembers(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ commands: inout [Command]
    ) {
        let count = ticket.pointee.n_players
        var start = 1
        while start < count {
            let end = min(start + MemberGroup.capacity, count)
            var group = MemberGroup(CollectionOfOne(member(start, of: ticket)))
            for index in start + 1..<max(end, start + 1) {
                group.members[index - start] = member(index, of: ticket)
            }
            group.count = UInt16(end - start)
            commands.append(.members(group))
            start = end
        }
    }

    private func member(_ index: Int, of ticket: UnsafePointer<Muster__V1__Ticket>) -> Member {
        assert(index < ticket.pointee.n_players)
        guard let player = ticket.pointee.players[index] else {
            preconditionFailure("protobuf-c leaves no gap in a repeated field")
        }
        return Member(
            player: PlayerID(player.pointee.player_id),
            rating: Rating(points: player.pointee.rating))
    }

    private func refusal(_ error: WireError) -> IntakeRefusal {
        IntakeRefusal(
            reason: error.rejectCode, detail: error.description, ticket: nil, queue: "", lobby: "")
    }

    /// Names the sender as far as the message does so in valid fields.
    private func refusal(
        _ reason: RejectCode, _ detail: String, _ intake: UnsafePointer<Muster__V1__Intake>
    ) -> IntakeRefusal {
        var ticket: UnsafePointer<CChar>?
        var queue: UnsafePointer<CChar>?
        var lobby: UnsafePointer<CChar>?
        switch intake.pointee.body_case {
        case MUSTER__V1__INTAKE__BODY_TICKET:
            ticket = UnsafePointer(intake.pointee.ticket?.pointee.ticket_id)
            queue = UnsafePointer(intake.pointee.ticket?.pointee.queue)
            lobby = UnsafePointer(intake.pointee.ticket?.pointee.lobby)
        case MUSTER__V1__INTAKE__BODY_CANCEL:
            ticket = UnsafePointer(intake.pointee.cancel?.pointee.ticket_id)
            lobby = UnsafePointer(intake.pointee.cancel?.pointee.lobby)
        default: break
        }
        return IntakeRefusal(
            reason: reason, detail: detail, ticket: TicketID(uuidText: arena.string(ticket)),
            queue: Token.isValid(arena.text(queue)) ? arena.string(queue) : "",
            lobby: Token.isValid(arena.text(lobby)) ? arena.string(lobby) : "")
    }
}
