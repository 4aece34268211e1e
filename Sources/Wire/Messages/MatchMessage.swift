// A match as a value, as lobbies and game servers read it.

import MatchCore

/// `Quality` of proto/muster/v1/match.proto. Scores 0...1, higher is better.
package struct QualityMessage: Equatable, Sendable {
    package var fairness: Float
    package var spread: Float
    package var latency: Float
    package var roles: Float
    package var composite: Float
    package var ratingDeviationPoints: Float
    package var ratingRangePoints: Float
    package var teamGapPoints: Float
    package var latencyMillisecondsMax: UInt32

    package init(
        fairness: Float = 0, spread: Float = 0, latency: Float = 0, roles: Float = 0,
        composite: Float = 0, ratingDeviationPoints: Float = 0, ratingRangePoints: Float = 0,
        teamGapPoints: Float = 0, latencyMillisecondsMax: UInt32 = 0
    ) {
        self.fairness = fairness
        self.spread = spread
        self.latency = latency
        self.roles = roles
        self.composite = composite
        self.ratingDeviationPoints = ratingDeviationPoints
        self.ratingRangePoints = ratingRangePoints
        self.teamGapPoints = teamGapPoints
        self.latencyMillisecondsMax = latencyMillisecondsMax
    }

    package init(_ quality: MatchQuality) {
        fairness = quality.fairness
        spread = quality.spread
        latency = quality.latency
        roles = quality.roles
        composite = quality.composite
        ratingDeviationPoints = quality.ratingDeviationPoints
        ratingRangePoints = quality.ratingRangePoints
        teamGapPoints = quality.teamGapPoints
        latencyMillisecondsMax = UInt32(quality.latencyMillisecondsMax)
    }
}

/// `Seat` of proto/muster/v1/match.proto.
package struct SeatMessage: Equatable, Sendable {
    package var ticket: TicketID
    package var lobby: String
    /// The 1...63 who play, in the ticket's order.
    package var players: [PlayerID]
    /// Points, premade offset included.
    package var rating: Double
    package var waitMilliseconds: UInt32
    /// To the match's region.
    package var latencyMilliseconds: UInt32
    /// Plays for a side that is not its own.
    package var isMercenary: Bool
    /// By player, in the order of `players`; empty in queues without roles.
    package var roles: [String]
    /// By player, in the role that he plays, points; empty where the ticket gave no ratings by role
    /// or they do not count.
    package var roleRatings: [Double]

    package init(
        ticket: TicketID, lobby: String, players: [PlayerID], rating: Double,
        waitMilliseconds: UInt32, latencyMilliseconds: UInt32, isMercenary: Bool = false,
        roles: [String] = [], roleRatings: [Double] = []
    ) {
        self.ticket = ticket
        self.lobby = lobby
        self.players = players
        self.rating = rating
        self.waitMilliseconds = waitMilliseconds
        self.latencyMilliseconds = latencyMilliseconds
        self.isMercenary = isMercenary
        self.roles = roles
        self.roleRatings = roleRatings
    }
}

/// `Team` of proto/muster/v1/match.proto.
package struct TeamMessage: Equatable, Sendable {
    package var seats: [SeatMessage]

    package init(seats: [SeatMessage]) { self.seats = seats }
}

/// `Match` of proto/muster/v1/match.proto.
package struct MatchMessage: Equatable, Sendable {
    package var match: MatchID
    package var queue: String
    package var region: String
    package var rulesVersion: UInt64
    package var tick: UInt64
    package var quality: QualityMessage
    package var teams: [TeamMessage]
    /// Wall clock in milliseconds since 1970-01-01 UTC.
    package var formedAtMilliseconds: UInt64
    /// Empty in queues without a choice of maps.
    package var map = ""
    /// Both ends included; nil in queues without brackets.
    package var levels: ClosedRange<UInt32>?
    /// Empty where the queue's own rules formed the match.
    package var experiment = ""

    package init(
        match: MatchID, queue: String, region: String, rulesVersion: UInt64, tick: UInt64,
        quality: QualityMessage, teams: [TeamMessage], formedAtMilliseconds: UInt64
    ) {
        self.match = match
        self.queue = queue
        self.region = region
        self.rulesVersion = rulesVersion
        self.tick = tick
        self.quality = quality
        self.teams = teams
        self.formedAtMilliseconds = formedAtMilliseconds
    }
}

/// `BackfilledTeam` of proto/muster/v1/match.proto.
package struct BackfilledTeam: Equatable, Sendable {
    /// May be empty.
    package var seats: [SeatMessage]
    /// Places that are still free, 0...63.
    package var openPlaces: UInt32

    package init(seats: [SeatMessage], openPlaces: UInt32) {
        self.seats = seats
        self.openPlaces = openPlaces
    }
}

/// `Backfilled` of proto/muster/v1/match.proto: tickets that join a running match.
package struct BackfilledMessage: Equatable, Sendable {
    package var match: MatchID
    package var queue: String
    package var region: String
    /// Who asked for players.
    package var lobby: String
    package var generation: UInt32
    package var rulesVersion: UInt64
    package var tick: UInt64
    /// Two, in the order of the request.
    package var teams: [BackfilledTeam]
    /// Wall clock in milliseconds since 1970-01-01 UTC.
    package var formedAtMilliseconds: UInt64

    package init(
        match: MatchID, queue: String, region: String, lobby: String, generation: UInt32,
        rulesVersion: UInt64, tick: UInt64, teams: [BackfilledTeam], formedAtMilliseconds: UInt64
    ) {
        self.match = match
        self.queue = queue
        self.region = region
        self.lobby = lobby
        self.generation = generation
        self.rulesVersion = rulesVersion
        self.tick = tick
        self.teams = teams
        self.formedAtMilliseconds = formedAtMilliseconds
    }

    /// All tickets that join, first team first.
    package var seats: [SeatMessage] { teams.flatMap(\.seats) }
}

/// `Allocation` of proto/muster/v1/allocation.proto.
package enum AllocationMessage: Equatable, Sendable {
    /// A match that wants a server.
    case match(MatchMessage)
    /// Players for a match that runs.
    case backfill(BackfilledMessage)
}
