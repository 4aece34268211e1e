// What is sent about matches that are proposed or run already, as values: answers, requests for
// players, marks.

import MatchCore

/// `Answer` of proto/muster/v1/intake.proto.
package struct AnswerMessage: Equatable, Sendable {
    package var match: MatchID
    package var ticket: TicketID
    package var lobby: String
    package var answer: ProposalAnswer
    /// Who is to blame for a refusal; player 0 for the whole party.
    package var player: PlayerID

    package init(
        match: MatchID, ticket: TicketID, lobby: String, answer: ProposalAnswer,
        player: PlayerID = PlayerID(0)
    ) {
        self.match = match
        self.ticket = ticket
        self.lobby = lobby
        self.answer = answer
        self.player = player
    }
}

/// One entry of a backfill team's `open_roles`.
package struct OpenRole: Equatable, Sendable {
    package var role: String
    /// 0...63.
    package var count: UInt32

    package init(role: String, count: UInt32) {
        self.role = role
        self.count = count
    }
}

/// `BackfillTeam` of proto/muster/v1/intake.proto.
package struct BackfillTeam: Equatable, Sendable {
    /// 0...63.
    package var playerCount: UInt32
    /// Mean of those players in points within `WireLimits.ratingPoints`.
    package var rating: Double
    /// 0...63.
    package var openPlaces: UInt32
    /// At most 6, each role once, in the order of the message; empty for any.
    package var openRoles: [OpenRole]

    package init(
        playerCount: UInt32, rating: Double, openPlaces: UInt32, openRoles: [OpenRole] = []
    ) {
        self.playerCount = playerCount
        self.rating = rating
        self.openPlaces = openPlaces
        self.openRoles = openRoles
    }
}

/// `Backfill` of proto/muster/v1/intake.proto.
package struct BackfillMessage: Equatable, Sendable {
    package var match: MatchID
    package var queue: String
    package var region: String
    package var lobby: String
    /// At least 1.
    package var generation: UInt32
    /// Two, in the order of the match.
    package var teams: [BackfillTeam]
    /// Empty in queues without a choice of maps.
    package var map: String
    /// 0...10000; 0 for none.
    package var level: UInt32
    /// Player 0 for none.
    package var leader: PlayerID

    package init(
        match: MatchID, queue: String, region: String, lobby: String, generation: UInt32,
        teams: [BackfillTeam], map: String = "", level: UInt32 = 0, leader: PlayerID = PlayerID(0)
    ) {
        self.match = match
        self.queue = queue
        self.region = region
        self.lobby = lobby
        self.generation = generation
        self.teams = teams
        self.map = map
        self.level = level
        self.leader = leader
    }
}

/// `BackfillEnd` of proto/muster/v1/intake.proto.
package struct BackfillEndMessage: Equatable, Sendable {
    package var match: MatchID
    package var lobby: String

    package init(match: MatchID, lobby: String) {
        self.match = match
        self.lobby = lobby
    }
}

/// `Mark` of proto/muster/v1/intake.proto.
package struct MarkMessage: Equatable, Sendable {
    package var player: PlayerID
    package var scope: String
    /// 0...2592000; 0 takes the mark back.
    package var seconds: UInt32
    package var lobby: String

    package init(player: PlayerID, scope: String, seconds: UInt32, lobby: String) {
        self.player = player
        self.scope = scope
        self.seconds = seconds
        self.lobby = lobby
    }
}
