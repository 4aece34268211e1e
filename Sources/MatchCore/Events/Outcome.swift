// What the core answers: the whole of its output besides the tick report.
// Every ticket that was let in ends in exactly one `seat` or one `closed`.

/// One step of output. A match is a `matched`, then for each of its tickets a `seat` followed by
/// as many `players` as its members need. The records of one match are published together.
package enum Outcome: BitwiseCopyable, Sendable {
    case matched(MatchRecord)
    case seat(SeatRecord)
    case players(PlayerGroup)
    case closed(ClosedRecord)
    case rejected(RejectedRecord)
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
    package var quality: MatchQuality
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
    package var memberCount: UInt16
    package var latencyMilliseconds: UInt16
}

/// Up to eight players of the seat just announced, in the order in which the ticket named them.
package struct PlayerGroup: BitwiseCopyable, Sendable {
    package static let capacity = 8
    package var count: UInt16
    package var players: InlineArray<8, PlayerID>

    init() {
        count = 0
        players = InlineArray(repeating: PlayerID(0))
    }

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
}

/// A command was refused; nothing changed.
package struct RejectedRecord: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    package var queue: QueueIndex
    package var lobby: LobbyIndex
    package var reason: RejectReason
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
}
