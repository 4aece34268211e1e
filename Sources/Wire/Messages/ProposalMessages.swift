// What lobbies are told about matches that are not certain yet, and about requests for players,
// as values.

import MatchCore

/// `Proposed` of proto/muster/v1/event.proto.
package struct ProposedMessage: Equatable, Sendable {
    package var match: MatchMessage
    /// From `match.formedAtMilliseconds`.
    package var acceptMilliseconds: UInt32

    package init(match: MatchMessage, acceptMilliseconds: UInt32) {
        self.match = match
        self.acceptMilliseconds = acceptMilliseconds
    }
}

/// `Substituted` of proto/muster/v1/event.proto.
package struct SubstitutedMessage: Equatable, Sendable {
    package var match: MatchID
    package var queue: String
    package var region: String
    /// Empty in queues without a choice of maps.
    package var map: String
    /// Position of the team, from 0.
    package var team: UInt32
    package var seat: SeatMessage
    /// From `formedAtMilliseconds`.
    package var acceptMilliseconds: UInt32
    /// Wall clock in milliseconds since 1970-01-01 UTC.
    package var formedAtMilliseconds: UInt64

    package init(
        match: MatchID, queue: String, region: String, map: String, team: UInt32,
        seat: SeatMessage, acceptMilliseconds: UInt32, formedAtMilliseconds: UInt64
    ) {
        self.match = match
        self.queue = queue
        self.region = region
        self.map = map
        self.team = team
        self.seat = seat
        self.acceptMilliseconds = acceptMilliseconds
        self.formedAtMilliseconds = formedAtMilliseconds
    }
}

/// `Returned` of proto/muster/v1/event.proto.
package struct ReturnedMessage: Equatable, Sendable {
    package var match: MatchID
    package var ticket: TicketID
    package var queue: String
    package var lobby: String
    package var reason: ReturnCode

    package init(
        match: MatchID, ticket: TicketID, queue: String, lobby: String, reason: ReturnCode
    ) {
        self.match = match
        self.ticket = ticket
        self.queue = queue
        self.lobby = lobby
        self.reason = reason
    }
}

/// `BackfillEnded` of proto/muster/v1/event.proto.
package struct BackfillEndedMessage: Equatable, Sendable {
    package var match: MatchID
    /// Empty if no such request stood.
    package var queue: String
    package var lobby: String
    package var generation: UInt32
    package var reason: BackfillEndCode

    package init(
        match: MatchID, queue: String, lobby: String, generation: UInt32, reason: BackfillEndCode
    ) {
        self.match = match
        self.queue = queue
        self.lobby = lobby
        self.generation = generation
        self.reason = reason
    }
}
