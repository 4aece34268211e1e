// Questions and their answers as values.

import MatchCore

/// `ReplyStatus` of proto/muster/v1/rpc.proto.
package enum ReplyStatus: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case ok = 1
    case invalid = 2
    case unknown = 3
    case unavailable = 4
}

/// `Explain` of proto/muster/v1/rpc.proto.
package struct ExplainMessage: Equatable, Sendable {
    package var ticket: TicketID

    package init(ticket: TicketID) { self.ticket = ticket }
}

/// `QueueExplanation` of proto/muster/v1/rpc.proto.
package struct QueueExplanation: Equatable, Sendable {
    package var queue: String
    package var region: String
    package var obstacle: ObstacleCode
    package var missingRoles: [String] = []
    package var waitMilliseconds: UInt32 = 0
    /// Half width of the window in points.
    package var windowPoints: Double = 0
    package var playersNeeded: UInt32 = 0
    package var playersWaiting: UInt32 = 0
    package var playersWithin: UInt32 = 0
    /// To the nearest ticket outside of the window, in points; nil if there is none.
    package var nextDistancePoints: Double?
    /// Until window or latency cap next grow to somebody; nil if they never do.
    package var nextWideningMilliseconds: UInt32?
    package var expiresMilliseconds: UInt32 = 0
    /// In queues of war parties; else 0. The last two are 0 too if no smaller team ever will do.
    package var ownPlayers: UInt32 = 0
    package var mercenariesMissing: UInt32 = 0
    package var teamSize: UInt32 = 0
    package var nextTeamSize: UInt32 = 0
    package var nextTeamSizeMilliseconds: UInt32 = 0

    package init(queue: String, region: String, obstacle: ObstacleCode) {
        self.queue = queue
        self.region = region
        self.obstacle = obstacle
    }
}

/// `Explanation` of proto/muster/v1/rpc.proto.
package struct ExplanationMessage: Equatable, Sendable {
    /// Nil if the question named none that could be read.
    package var ticket: TicketID?
    package var status: ReplyStatus
    /// For a person; written up to `WireLimits.detailByteCountMax` bytes.
    package var detail: String
    /// At most 8; empty unless `status` is `ok`.
    package var queues: [QueueExplanation]

    package init(
        ticket: TicketID?, status: ReplyStatus, detail: String = "",
        queues: [QueueExplanation] = []
    ) {
        self.ticket = ticket
        self.status = status
        self.detail = detail
        self.queues = queues
    }
}

/// `Estimate` of proto/muster/v1/rpc.proto.
package struct EstimateMessage: Equatable, Sendable {
    package var queue: String
    /// Points within `WireLimits.ratingPoints`.
    package var rating: Double
    package var region: String
    /// Empty for any.
    package var role: String
    /// 1...80; 0 reads as 1.
    package var partySize: UInt32
    /// 0 for none.
    package var level: UInt32
    /// Player 0 for none.
    package var leader: PlayerID

    package init(
        queue: String, rating: Double, region: String, role: String = "", partySize: UInt32 = 1,
        level: UInt32 = 0, leader: PlayerID = PlayerID(0)
    ) {
        self.queue = queue
        self.rating = rating
        self.region = region
        self.role = role
        self.partySize = partySize
        self.level = level
        self.leader = leader
    }
}

/// `SampleBasis` of proto/muster/v1/rpc.proto.
package enum SampleBasis: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case alike = 1
    case region = 2
    case queue = 3
    case none = 4
}

/// `Estimation` of proto/muster/v1/rpc.proto.
package struct EstimationMessage: Equatable, Sendable {
    package var status: ReplyStatus
    package var detail: String
    package var p10Seconds: Double
    package var p50Seconds: Double
    package var p90Seconds: Double
    package var sampleCount: UInt32
    package var basis: SampleBasis

    package init(
        status: ReplyStatus, detail: String = "", p10Seconds: Double = 0, p50Seconds: Double = 0,
        p90Seconds: Double = 0, sampleCount: UInt32 = 0, basis: SampleBasis = .unspecified
    ) {
        self.status = status
        self.detail = detail
        self.p10Seconds = p10Seconds
        self.p50Seconds = p50Seconds
        self.p90Seconds = p90Seconds
        self.sampleCount = sampleCount
        self.basis = basis
    }
}
