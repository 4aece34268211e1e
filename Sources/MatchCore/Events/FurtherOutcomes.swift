// Outcomes beyond matches and ends: proposals, backfill, explanations.

/// A ticket of a proposed match waits again.
package struct ReturnedRecord: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var ticket: TicketID
    package var queue: QueueIndex
    package var lobby: LobbyIndex
    package var reason: ReturnReason
}

/// Why a proposed match did not come about for a ticket that would have played.
package enum ReturnReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Another ticket declined or stayed silent, and nobody could take its place.
    case noSubstitute
    /// New rules came into force.
    case rulesChanged
}

/// Tickets join a running match.
package struct BackfilledRecord: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var queue: QueueIndex
    package var region: RegionIndex
    package var lobby: LobbyIndex
    /// The generation of the request that was filled.
    package var generation: UInt32
    package var tick: Tick
    package var rulesVersion: UInt64
    package var ticketCount: UInt16
    package var playerCount: UInt16
    /// Places still free after these, by team.
    package var openPlaces: InlineArray<2, UInt8>
    /// As in `MatchRecord`.
    package var reservation: Int32 = -1
}

/// A request for players ended or was refused.
package struct BackfillEndedRecord: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var queue: QueueIndex
    package var lobby: LobbyIndex
    package var generation: UInt32
    package var reason: BackfillEndReason
}

/// Why a request for players ended or was refused.
package enum BackfillEndReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// All places are taken.
    case filled
    /// The match took it back or ended.
    case withdrawn
    /// Nobody renewed it.
    case expired
    /// Refused: a request of this or a later generation stands.
    case staleGeneration
    /// Refused: no such queue, or it allows no backfill (rated queues never do).
    case notAllowed
    /// Refused: more requests than the table holds.
    case tableFull
    /// Withdrawal: no such request.
    case unknownMatch
    /// Who was to join is in another match: nobody joins, and the match may ask again.
    case joinersLost
}

/// What keeps a ticket waiting.
package enum Obstacle: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Nothing: it is being matched, or has only just come.
    case none
    /// Too few players wait in its regions, whatever their ratings.
    case tooFewPlayers
    /// Enough wait, but not within reach of its window and of theirs.
    case ratingWindow
    /// Enough wait, but in regions that it does not accept yet.
    case region
    /// Enough are within reach, but `missingRoles` are lacking.
    case roles
    /// Enough are within reach, but not for each faction.
    case factions
    /// Enough are within reach, but their party sizes do not fill teams.
    case partySizes
    /// Enough would be within reach but for avoided players, recent opponents, maps or the premade
    /// pool.
    case exclusions
    /// It is part of a proposed match, or of a formed one that is not settled.
    case proposed
    /// No other war party that may meet it, or two of them for a mercenary.
    case warParties
    /// War parties are within reach, but `mercenariesMissing` players to fill both sides.
    case mercenaries
}

/// What holds a ticket at this tick, for each of its queues one record: in the nearest of its
/// regions in which enough players wait for a match; in its nearest if they do in none.
package struct ExplainedRecord: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    package var token: UInt64
    /// False: no such ticket waits, and the rest means nothing.
    package var isWaiting: Bool
    /// This is the last record for the token.
    package var isLast: Bool
    package var queue: QueueIndex
    package var region: RegionIndex
    package var obstacle: Obstacle
    package var missingRoles: RoleSet
    package var waitTicks: Int32
    /// Half width of the window now, in rating steps.
    package var window: Int32
    /// Players needed, players who wait in the bucket, and those within each other's windows.
    package var playersNeeded: UInt16
    /// In queues of war parties: mercenary players who are lacking for the match that is nearest to
    /// being complete.
    package var mercenariesMissing: UInt16 = 0
    package var playersWaiting: Int32
    package var playersWithin: UInt16
    /// In queues of war parties: members of its own that each side would field, equally many; 0 if
    /// there is no opponent.
    package var ownPlayers: UInt8 = 0
    /// In queues of war parties: the smallest team that will do by the longest wait about.
    package var teamSize: UInt8 = 0
    /// Distance to the nearest ticket outside the window, in steps; `Int32.max` if there is none.
    package var nextDistance: Int32
    /// Ticks until the window or latency cap next grows to somebody; -1 if it never does.
    package var ticksToWidening: Int32
    /// Ticks until the ticket expires.
    package var ticksToExpiry: Int32
    /// In queues of war parties: ticks until a smaller team will do; -1 if none ever will.
    package var ticksToSmaller: Int32 = -1
    /// Its size; 0 if none ever will.
    package var nextTeamSize: UInt8 = 0
}
