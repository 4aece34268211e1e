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
    /// Searches for a lobby round a ticket.
    package var searches = 0
    /// Searches stopped by a bound before they had looked at every candidate.
    package var searchesCutShort = 0
    /// Timed wakes: a window or latency cap grew, or a ticket expired.
    package var wakes = 0
    /// Searches and wakes that were due but left to the next tick by a bound.
    package var carriedOver = 0
    /// Places in the rating index that a ticket did not get because the index was full.
    package var placesRefused = 0
    /// The outbox was too full to go on.
    package var outboxFull = false

    package init() {}
}
