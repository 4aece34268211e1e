// What lobbies and game servers send, as values: what clients, load and tests build. The daemon's
// own way in is IntakeDecoder, which makes none of these.

import MatchCore

/// One entry of a player's `role_ratings`.
package struct RoleRating: Equatable, Sendable {
    /// A token.
    package var role: String
    /// Points within `WireLimits.ratingPoints`, near the player's rating.
    package var rating: Double

    package init(role: String, rating: Double) {
        self.role = role
        self.rating = rating
    }
}

/// `Player` of proto/muster/v1/intake.proto.
package struct PlayerEntry: Equatable, Sendable {
    /// 1...Int64.max.
    package var player: PlayerID
    /// Points within `WireLimits.ratingPoints`.
    package var rating: Double
    /// Names of the roles that he plays, the best liked first, at most 6; empty for any.
    package var roles: [String]
    /// Empty for the ticket's.
    package var faction: String
    /// 1...10000; 0 for none.
    package var level: UInt32
    /// At most 6, each role once, in the order of the message.
    package var roleRatings: [RoleRating]

    package init(
        player: PlayerID, rating: Double, roles: [String] = [], faction: String = "",
        level: UInt32 = 0, roleRatings: [RoleRating] = []
    ) {
        self.player = player
        self.rating = rating
        self.roles = roles
        self.faction = faction
        self.level = level
        self.roleRatings = roleRatings
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

/// `QueueChoice` of proto/muster/v1/intake.proto: one more queue of a ticket.
package struct FurtherQueue: Equatable, Sendable {
    package var queue: String
    /// The party's rating there in points within `WireLimits.ratingPoints`; nil if it is the same.
    package var rating: Double?

    package init(queue: String, rating: Double? = nil) {
        self.queue = queue
        self.rating = rating
    }
}

/// `Ticket` of proto/muster/v1/intake.proto.
package struct TicketMessage: Equatable, Sendable {
    package var ticket: TicketID
    package var queue: String
    package var lobby: String
    /// 1...80, the leader first.
    package var players: [PlayerEntry]
    /// 1...16, each region once, in the order of the message.
    package var latencies: [RegionLatency]
    /// 0...86400000 milliseconds.
    package var waitedMilliseconds: UInt32
    /// At most 7, each queue once.
    package var furtherQueues: [FurtherQueue] = []
    /// The faction of players who name none; may be empty.
    package var faction = ""
    package var isMercenary = false
    package var isWarParty = false
    /// 0 if the party has no lasting identity.
    package var team: UInt64 = 0
    /// At most 32; empty for any.
    package var maps: [String] = []
    /// At most 30.
    package var avoided: [PlayerID] = []

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

/// What a lobby or game server sends.
package enum IntakeMessage: Equatable, Sendable {
    case ticket(TicketMessage)
    case cancel(CancelMessage)
    case answer(AnswerMessage)
    case backfill(BackfillMessage)
    case backfillEnd(BackfillEndMessage)
    case mark(MarkMessage)
}
