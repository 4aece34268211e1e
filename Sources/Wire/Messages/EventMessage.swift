// Answers to lobbies as values.

import MatchCore

/// `TicketClosed` of proto/muster/v1/event.proto.
package struct ClosedMessage: Equatable, Sendable {
    package var ticket: TicketID
    package var queue: String
    package var lobby: String
    package var reason: CloseCode
    package var waitMilliseconds: UInt32

    package init(
        ticket: TicketID, queue: String, lobby: String, reason: CloseCode,
        waitMilliseconds: UInt32
    ) {
        self.ticket = ticket
        self.queue = queue
        self.lobby = lobby
        self.reason = reason
        self.waitMilliseconds = waitMilliseconds
    }
}

/// `Rejection` of proto/muster/v1/event.proto.
package struct RejectionMessage: Equatable, Sendable {
    /// Nil if the message named none that could be read.
    package var ticket: TicketID?
    /// Empty for a cancel or if it could not be read.
    package var queue: String
    package var lobby: String
    package var reason: RejectCode
    /// For a person; written up to `WireLimits.detailByteCountMax` bytes.
    package var detail: String
    /// For `onCooldown`: until the last of the party's marks ends; 0 for other reasons.
    package var retryAfterMilliseconds: UInt32
    /// The match that an answer or a request for players was about.
    package var match: MatchID?

    package init(
        ticket: TicketID?, queue: String, lobby: String, reason: RejectCode, detail: String = "",
        retryAfterMilliseconds: UInt32 = 0, match: MatchID? = nil
    ) {
        self.ticket = ticket
        self.queue = queue
        self.lobby = lobby
        self.reason = reason
        self.detail = detail
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.match = match
    }
}

/// What the matchmaker tells a lobby.
package enum EventMessage: Equatable, Sendable {
    case matched(MatchMessage)
    case closed(ClosedMessage)
    case rejected(RejectionMessage)
    case proposed(ProposedMessage)
    case substituted(SubstitutedMessage)
    case returned(ReturnedMessage)
    case backfilled(BackfilledMessage)
    case backfillEnded(BackfillEndedMessage)
}
