// What one tick did, in counts: the source of every metric and of the tests' bookkeeping.

/// Counts of one tick.
package struct TickReport: Sendable, Equatable {
    /// Commands taken from the batch; fewer than given if the outbox was nearly full.
    package var commandsTaken = 0
    package var ticketsEnqueued = 0
    package var ticketsMatched = 0
    package var ticketsCancelled = 0
    /// Closed for any reason but a cancel.
    package var ticketsExpired = 0
    package var commandsRejected = 0
    package var matches = 0
    package var playersMatched = 0
    /// Matches proposed to their tickets.
    package var proposals = 0
    /// Tickets that accepted, declined, did not answer in time, or were never asked.
    package var accepted = 0
    package var declined = 0
    package var silent = 0
    package var undelivered = 0
    /// Tickets that took the seat of one that left a proposed match.
    package var substitutes = 0
    /// Proposed matches given up, and their tickets that wait again.
    package var proposalsDissolved = 0
    package var ticketsReturned = 0
    /// Tickets refused because a member bears a mark.
    package var cooldownsRefused = 0
    /// Marks or offences forgotten before their time because the table was full.
    package var marksDropped = 0
    /// Requests of running matches taken, and requests that ended or were refused.
    package var backfillRequests = 0
    package var backfillsEnded = 0
    /// Looks for players to join a running match, and those that found some.
    package var backfillLooks = 0
    package var backfills = 0
    /// Tickets and players who joined a running match; not among `ticketsMatched`.
    package var ticketsBackfilled = 0
    package var playersBackfilled = 0
    /// Formed matches that came about, and that did not.
    package var matchesCommitted = 0
    package var matchesRefused = 0
    /// Tickets of refused matches that wait again.
    package var ticketsReleased = 0
    /// Settlements of matches that are not reserved.
    package var settlementsUnknown = 0
    /// Searches for a lobby round a ticket.
    package var searches = 0
    /// Searches stopped by a bound before they had looked at every candidate.
    package var searchesCutShort = 0
    /// Overdue tickets that got the place of tickets that came later, or an open seat first.
    package var overdueSeated = 0
    /// Matches, substitutes and joiners for which a bound ended the look for overdue tickets.
    package var overdueCutShort = 0
    /// Timed wakes: a window or latency cap grew, or a ticket expired.
    package var wakes = 0
    /// Searches and wakes that were due but left to the next tick by a bound.
    package var carriedOver = 0
    /// Places in the rating index that a ticket did not get because the index was full.
    package var placesRefused = 0
    /// As many matches were unsettled as may be: no more were formed.
    package var reservationsFull = false
    /// The outbox was too full to go on.
    package var outboxFull = false

    package init() {}
}
