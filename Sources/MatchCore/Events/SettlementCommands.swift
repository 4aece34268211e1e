// The word of whoever keeps the books on matches that the core has formed.
// Values only; they come from the process itself, not from a message.

/// A formed match came about, or did not.
package struct SettleRequest: BitwiseCopyable, Sendable {
    package var match: MatchID
    /// As the match's record gave it.
    package var reservation: Int32
    package var isCommitted: Bool
    package init(match: MatchID, reservation: Int32, isCommitted: Bool) {
        self.match = match
        self.reservation = reservation
        self.isCommitted = isCommitted
    }
}

/// A ticket may not play: one of its players is in another match. Comes before the `settle` that
/// refuses the ticket's own match.
package struct ExpelRequest: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var reservation: Int32
    package var ticket: TicketID
    package init(match: MatchID, reservation: Int32, ticket: TicketID) {
        self.match = match
        self.reservation = reservation
        self.ticket = ticket
    }
}

/// A ticket that ended in an earlier run: cancels and repetitions of it may still come.
package struct EndedRequest: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    /// The match in which it plays; the nil UUID if it ended without one.
    package var match: MatchID
    package init(ticket: TicketID, match: MatchID) {
        self.ticket = ticket
        self.match = match
    }
}
