// Every capacity of the core, fixed at start. Memory for all of it is reserved once.

/// Capacities of one `Matchmaker`. All are upper bounds that hold for its whole life.
package struct Limits: Sendable, Equatable {
    /// Tickets that may wait at one time.
    package var ticketCountMax: Int
    /// Players in those tickets.
    package var playerCountMax: Int
    /// Places in the rating index: a ticket takes one for each region that it accepts at present.
    package var placeCountMax: Int
    /// Queues in a rule set.
    package var queueCountMax: Int
    /// Regions in a rule set, at most `LatencyVector.capacity`.
    package var regionCount: Int
    /// Tickets with a `TicketDetail`, an avoid list or ratings by role.
    package var detailCountMax: Int
    /// Players on all avoid lists together.
    package var avoidedPlayerCountMax: Int
    /// Players in all tickets who give ratings of their own for roles.
    package var ratedPlayerCountMax: Int
    /// Tickets whose last opponents are remembered, in queues with a rematch delay.
    package var recentMatchCountMax: Int
    /// Matches that may be proposed at one time; one of more than sixteen tickets takes up the
    /// room of several.
    package var proposalCountMax: Int
    /// Running matches that may ask for players at one time.
    package var backfillCountMax: Int
    /// Players who may bear cooldown marks at one time.
    package var cooldownCountMax: Int
    /// Formed matches that may wait to be settled at one time. 0 where nobody settles: a formed
    /// match has come about.
    package var reservationCountMax: Int
    /// Ended tickets that are remembered, for late cancels and repetitions; 0 for none.
    package var endedCountMax: Int
    /// Ticks for which an ended ticket is remembered at most.
    package var endedMemoryTicks: Int
    /// Searches that one tick may run; what is left over is carried to the next tick and counted.
    package var searchCountPerTickMax: Int
    /// Timed wakes that one tick may handle; late ones are carried over and counted.
    package var wakeCountPerTickMax: Int

    /// Most tickets of any matchmaker: a slot has 24 bits.
    package static let ticketCountLimit = 1 << 24
    /// Players in one match: bounds the scratch space of the search.
    package static let playersPerMatchMax = 128
    /// Players in one team: a team's fill is kept as a bit set in 64 bits.
    package static let teamSizeMax = 63
    /// Players in one ticket: a war party's roster is the largest.
    package static let partySizeMax = 80
    /// Roles in one queue.
    package static let roleCountMax = 6
    /// Further queues that one ticket may stand in besides its first.
    package static let furtherQueueCountMax = 7
    /// Players whom one ticket may avoid.
    package static let avoidedCountMax = 30
    /// Tickets in one match cannot outnumber its players.
    package static let ticketsPerMatchMax = playersPerMatchMax

    package init(
        ticketCountMax: Int, playerCountMax: Int? = nil, placeCountMax: Int? = nil,
        queueCountMax: Int = 1024, regionCount: Int = 8, detailCountMax: Int = 8192,
        avoidedPlayerCountMax: Int? = nil, ratedPlayerCountMax: Int? = nil,
        recentMatchCountMax: Int = 8192,
        proposalCountMax: Int = 1024, backfillCountMax: Int = 1024, cooldownCountMax: Int = 8192,
        reservationCountMax: Int = 0, endedCountMax: Int = 0, endedMemoryTicks: Int = 12_000,
        searchCountPerTickMax: Int = 200_000, wakeCountPerTickMax: Int = 10_000
    ) {
        precondition(ticketCountMax <= Limits.ticketCountLimit)
        self.ticketCountMax = ticketCountMax
        self.playerCountMax = playerCountMax ?? ticketCountMax * 2
        self.placeCountMax = placeCountMax ?? ticketCountMax * 3
        self.queueCountMax = queueCountMax
        self.regionCount = regionCount
        self.detailCountMax = detailCountMax
        self.avoidedPlayerCountMax = avoidedPlayerCountMax ?? detailCountMax * 4
        self.ratedPlayerCountMax = ratedPlayerCountMax ?? detailCountMax * 2
        self.recentMatchCountMax = recentMatchCountMax
        self.proposalCountMax = proposalCountMax
        self.backfillCountMax = backfillCountMax
        self.cooldownCountMax = cooldownCountMax
        self.reservationCountMax = reservationCountMax
        self.endedCountMax = endedCountMax
        self.endedMemoryTicks = endedMemoryTicks
        self.searchCountPerTickMax = searchCountPerTickMax
        self.wakeCountPerTickMax = wakeCountPerTickMax
    }
}
