// Tickets and cancels as values: what clients, load and tests build. The daemon's own way in is
// IntakeDecoder, which makes none of these.

import MatchCore

/// `Player` of proto/muster/v1/intake.proto.
package struct PlayerEntry: Equatable, Sendable {
    /// 1...Int64.max.
    package var player: PlayerID
    /// Points within `WireLimits.ratingPoints`.
    package var rating: Double

    package init(player: PlayerID, rating: Double) {
        self.player = player
        self.rating = rating
    }
}

/// One entry of a ticket's `latency_ms`.
package struct RegionLatency: Equatable, Sendable {
    /// A token.
    package var region: String
    /// 0...10000.
    package var milliseconds: UInt32

    package init(region: String, milliseconds: UInt32) {
        self.region = region
        self.milliseconds = milliseconds
    }
}

/// `Ticket` of proto/muster/v1/intake.proto.
package struct TicketMessage: Equatable, Sendable {
    package var ticket: TicketID
    package var queue: String
    package var lobby: String
    /// 1...63, the leader first.
    package var players: [PlayerEntry]
    /// 1...16, each region once, in the order of the message.
    package var latencies: [RegionLatency]
    /// 0...86400000 milliseconds.
    package var waitedMilliseconds: UInt32

    package init(
        ticket: TicketID, queue: String, lobby: String, players: [PlayerEntry],
        latencies: [RegionLatency], waitedMilliseconds: UInt32 = 0
    ) {
        self.ticket = ticket
        self.queue = queue
        self.lobby = lobby
        self.players = players
        self.latencies = latencies
        self.waitedMilliseconds = waitedMilliseconds
    }
}

/// `Cancel` of proto/muster/v1/intake.proto.
package struct CancelMessage: Equatable, Sendable {
    package var ticket: TicketID
    package var lobby: String

    package init(ticket: TicketID, lobby: String) {
        self.ticket = ticket
        self.lobby = lobby
    }
}

/// What a lobby sends.
package enum IntakeMessage: Equatable, Sendable {
    case ticket(TicketMessage)
    case cancel(CancelMessage)
}
