// A refused intake message together with whom to tell, as far as that could be read.

import MatchCore

/// Why an intake message was refused, and by whom it was sent.
package struct IntakeRefusal: Error, Equatable, Sendable {
    package let reason: RejectCode
    /// For a person: what is wrong, every wrong field included.
    package let detail: String
    /// Nil if it could not be read.
    package let ticket: TicketID?
    /// The match that the message was about; nil for tickets, cancels and marks.
    package let match: MatchID?
    /// Empty if it could not be read, and for a cancel.
    package let queue: String
    /// Empty if it could not be read: then there is nobody to tell.
    package let lobby: String

    /// The answer to the sender, or nil if the message names none.
    package var rejection: RejectionMessage? {
        if lobby.isEmpty { return nil }
        return RejectionMessage(
            ticket: ticket, queue: queue, lobby: lobby, reason: reason, detail: detail,
            match: match)
    }
}
