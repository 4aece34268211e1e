// What the core answers: the whole of its output besides the tick report.
// Every ticket that was let in ends in exactly one `seat` or one `closed`.

/// One step of output. A match is a `matched`, then for each of its tickets a `seat` followed by
/// as many `players` as its members need; where the ticket gave ratings by role, by as many
/// `ratings` before those. The records of one match are published together.
package enum Outcome: BitwiseCopyable, Sendable {
    case matched(MatchRecord)
    case seat(SeatRecord)
    /// The ratings in their roles of the players of the seat just before, who follow.
    case ratings(RatingGroup)
    case players(PlayerGroup)
    case closed(ClosedRecord)
    case rejected(RejectedRecord)
    /// A match that its tickets are asked to accept; seats and players follow as in `matched`.
    case proposed(MatchRecord)
    /// A substitute joined a proposed match; one seat with its players follows.
    case substituted(MatchRecord)
    /// A ticket of a proposed match waits again, with its wait and its place.
    case returned(ReturnedRecord)
    /// Tickets join a running match; seats and players follow.
    case backfilled(BackfilledRecord)
    /// A running match's request for players ended, or was refused.
    case backfillEnded(BackfillEndedRecord)
    /// The answer to `Command.explain`.
    case explained(ExplainedRecord)
}

/// A match was formed.
package struct MatchRecord: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var rulesVersion: UInt64
    package var tick: Tick
    package var queue: QueueIndex
    package var region: RegionIndex
    package var teamCount: UInt16
    package var ticketCount: UInt16
    package var playerCount: UInt16
    /// Position of the map that all tickets accept; 0 in queues without a choice of maps.
    package var map: UInt8 = 0
    package var quality: MatchQuality
    /// To be given back in `Command.settle`; below 0 where nothing is settled, and of a match that
    /// is only proposed.
    package var reservation: Int32 = -1
}

/// How good a match is; every score is 0...1, higher is better.
package struct MatchQuality: BitwiseCopyable, Sendable, Equatable {
    /// k times the weakest team's chance to win: 1 when all are equal.
    package var fairness: Float
    /// exp(-(s/s0)²) of the standard deviation s of the members' ratings.
    package var spread: Float
    /// Share of members whose ping is within the cap and close to their best.
    package var latency: Float
    /// Symmetry of premade parties between the teams (roles follow).
    package var roles: Float
    /// F^½ · S^¼ · L^⅛ · R^⅛.
    package var composite: Float
    /// Standard deviation of the members' ratings in points.
    package var ratingDeviationPoints: Float
    /// Highest minus lowest ticket rating in points.
    package var ratingRangePoints: Float
    /// Difference between the strongest and weakest team's mean rating in points.
    package var teamGapPoints: Float
    /// Worst member's ping in milliseconds.
    package var latencyMillisecondsMax: UInt16
}

/// A ticket's place in the match just announced.
package struct SeatRecord: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    package var rating: Rating
    package var waitTicks: Int32
    package var lobby: LobbyIndex
    package var team: UInt16
    /// Players that play, and that follow; a war party may bring more than are fielded.
    package var memberCount: UInt16
    package var latencyMilliseconds: UInt16
    /// How far from its own rating the ticket accepted others when it was chosen, in steps.
    package var window: Int32 = 0
    /// Plays for the side that is not its own.
    package var isMercenary = false
}

/// Up to seven players of the seat just announced, in the order in which the ticket named them.
package struct PlayerGroup: BitwiseCopyable, Sendable {
    package static let capacity = 7
    package var count: UInt8
    /// The role that each plays; `RoleSet.noPreference` in queues without roles.
    package var roles: InlineArray<7, UInt8>
    package var players: InlineArray<7, PlayerID>

    init() {
        count = 0
        roles = InlineArray(repeating: RoleSet.noPreference)
        players = InlineArray(repeating: PlayerID(0))
    }

    /// Groups that a ticket of `memberCount` needs.
    package static func groupCount(memberCount: Int) -> Int {
        (memberCount + capacity - 1) / capacity
    }
}

/// Up to sixteen players' ratings in the roles that they were given, in the order of the players.
package struct RatingGroup: BitwiseCopyable, Sendable {
    package static let capacity = 16
    package var count: UInt8 = 0
    package var ratings: InlineArray<16, Rating>

    init() { ratings = InlineArray(repeating: Rating(steps: 0)) }

    /// Groups that a ticket of `memberCount` needs.
    package static func groupCount(memberCount: Int) -> Int {
        (memberCount + capacity - 1) / capacity
    }
}

/// A waiting ticket left without a match.
package struct ClosedRecord: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    package var waitTicks: Int32
    package var queue: QueueIndex
    package var lobby: LobbyIndex
    package var reason: CloseReason

    package init(
        ticket: TicketID, waitTicks: Int32, queue: QueueIndex, lobby: LobbyIndex,
        reason: CloseReason
    ) {
        self.ticket = ticket
        self.waitTicks = waitTicks
        self.queue = queue
        self.lobby = lobby
        self.reason = reason
    }
}

/// Why a waiting ticket left.
package enum CloseReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Its lobby took it back.
    case cancelled
    /// It waited as long as its queue allows.
    case expired
    /// Its queue was taken out of the rules.
    case queueRemoved
    /// New rules no longer admit it (a party larger than now allowed).
    case rulesChanged
    /// It refused a proposed match.
    case declined
    /// It let the time to accept a proposed match go by.
    case notAccepted
    /// One of its players is in another match.
    case playerBusy
}

/// A command was refused; nothing changed.
package struct RejectedRecord: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    package var queue: QueueIndex
    package var lobby: LobbyIndex
    package var reason: RejectReason
    /// `onCooldown`: ticks until the last of the party's marks ends. 0 for other reasons.
    package var ticksLeft: Int32 = 0
    /// `tooLate` and `ticketEnded`: the match in which the ticket plays; else the nil UUID.
    package var match = MatchID(high: 0, low: 0)
}

/// Why a command was refused.
package enum RejectReason: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case unknownQueue
    case oversizeParty
    /// A ticket with this id waits already; the first one stands.
    case duplicateTicket
    /// A member waits already in another ticket; that one stands.
    case duplicatePlayer
    /// The ticket names one player twice.
    case repeatedMember
    /// No region's latency lies within the largest cap that the queue will ever allow.
    case noReachableRegion
    /// The table of tickets, players or places is full.
    case tableFull
    /// Cancel: no such ticket waits (never came, or has ended).
    case unknownTicket
    /// Members without their ticket, or a ticket without all of its members.
    case malformedParty
    /// The edge could not hand the command to the core because the ingest ring was full.
    case overloaded
    /// The party's rating with its premade offset lies outside the allowed range.
    case ratingOutOfRange
    /// The party is smaller than the queue allows.
    case undersizeParty
    /// A member bears a mark of the queue's scope; `ticksLeft` says for how long.
    case onCooldown
    /// A member has no role that the queue knows, or the party fits no team's composition.
    case impossibleRoles
    /// The ticket names a queue twice, or a queue that cannot stand beside its others.
    case conflictingQueues
    /// The queue is made for war parties and mercenaries, and the ticket is neither.
    case notAdmitted
    /// An answer to a match that is not proposed, or that does not hold the ticket.
    case unknownProposal
    /// Cancel: the ticket plays in `RejectedRecord.match`.
    case tooLate
    /// A repetition of a ticket that has ended.
    case ticketEnded
}
