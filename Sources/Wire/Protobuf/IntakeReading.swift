// An unpacked intake message as a value. Copies everything out of the arena.

import CWire
import MatchCore

extension IntakeMessage {
    /// - Parameter shape: issues that were found before, while a JSON text was read.
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let intake = try Unpacked.intake(bytes, &arena)
        try Unpacked.checkVersion(intake.pointee.version, shape)
        var issues = shape
        IntakeCheck.check(intake, arena, &issues)
        try issues.finish()
        if intake.pointee.body_case == MUSTER__V1__INTAKE__BODY_CANCEL {
            self = .cancel(CancelMessage(intake.pointee.cancel, arena))
        } else {
            self = .ticket(TicketMessage(intake.pointee.ticket, arena))
        }
    }
}

extension TicketMessage {
    /// - Precondition: the ticket has passed `IntakeCheck`.
    fileprivate init(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena
    ) {
        var players: [PlayerEntry] = []
        players.reserveCapacity(ticket.pointee.n_players)
        for index in 0..<ticket.pointee.n_players {
            guard let player = ticket.pointee.players[index] else { continue }
            players.append(
                PlayerEntry(
                    player: PlayerID(player.pointee.player_id), rating: player.pointee.rating))
        }
        var latencies: [RegionLatency] = []
        latencies.reserveCapacity(ticket.pointee.n_latency_ms)
        for index in 0..<ticket.pointee.n_latency_ms {
            guard let entry = ticket.pointee.latency_ms[index] else { continue }
            latencies.append(
                RegionLatency(
                    region: arena.string(entry.pointee.key), milliseconds: entry.pointee.value))
        }
        self.init(
            ticket: arena.ticketID(ticket.pointee.ticket_id),
            queue: arena.string(ticket.pointee.queue),
            lobby: arena.string(ticket.pointee.lobby), players: players, latencies: latencies,
            waitedMilliseconds: ticket.pointee.waited_ms)
    }
}

extension CancelMessage {
    /// - Precondition: the cancel has passed `IntakeCheck`.
    fileprivate init(
        _ cancel: UnsafePointer<Muster__V1__Cancel>, _ arena: borrowing MessageArena
    ) {
        self.init(
            ticket: arena.ticketID(cancel.pointee.ticket_id),
            lobby: arena.string(cancel.pointee.lobby))
    }
}

extension MessageArena {
    /// A copy of a text that has been checked to be UTF-8.
    func string(_ pointer: UnsafePointer<CChar>?) -> String {
        String(decoding: text(pointer), as: UTF8.self)
    }

    /// - Precondition: the text has passed `IntakeCheck.uuid`.
    func ticketID(_ pointer: UnsafePointer<CChar>?) -> TicketID {
        guard let id = UUIDText.parse(text(pointer)) else {
            preconditionFailure("a ticket id was read before it was checked")
        }
        return TicketID(high: id.high, low: id.low)
    }
}
