// What game servers and the platform say to each other about servers and claims, as values.

import MatchCore

/// `ServerSession` of proto/muster/v1/server.proto.
package struct ServerSession: Equatable, Sendable {
    package var match: MatchID
    /// At least 1.
    package var attempt: UInt32
    package var state: SessionState
    /// Players who are connected.
    package var playerCount: UInt32

    package init(match: MatchID, attempt: UInt32, state: SessionState, playerCount: UInt32) {
        self.match = match
        self.attempt = attempt
        self.state = state
        self.playerCount = playerCount
    }
}

/// `ServerHeartbeat` of proto/muster/v1/server.proto.
package struct HeartbeatMessage: Equatable, Sendable {
    package var server: String
    /// At least 1; higher with each start.
    package var incarnation: UInt64
    package var region: String
    /// `host:port`.
    package var address: String
    /// May be empty.
    package var build: String
    /// 0...512.
    package var matchCountMax: UInt32
    package var isDraining: Bool
    /// At most 512.
    package var sessions: [ServerSession]
    /// At most 64; empty for any.
    package var queues: [String]

    package init(
        server: String, incarnation: UInt64, region: String, address: String, build: String = "",
        matchCountMax: UInt32, isDraining: Bool = false, sessions: [ServerSession] = [],
        queues: [String] = []
    ) {
        self.server = server
        self.incarnation = incarnation
        self.region = region
        self.address = address
        self.build = build
        self.matchCountMax = matchCountMax
        self.isDraining = isDraining
        self.sessions = sessions
        self.queues = queues
    }
}

/// Who owns a shard, as the owner says: the fence of claims and releases.
package struct ShardOwner: Equatable, Sendable {
    package var shard: String
    /// At least 1.
    package var epoch: UInt64

    package init(shard: String, epoch: UInt64) {
        self.shard = shard
        self.epoch = epoch
    }
}

/// `Claim` of proto/muster/v1/server.proto.
package struct ClaimMessage: Equatable, Sendable {
    /// No player is in it twice.
    package var match: MatchMessage
    /// At least 1.
    package var attempt: UInt32
    package var owner: ShardOwner
    package var claimMilliseconds: UInt32
    package var readyMilliseconds: UInt32
    /// 0 leaves it to the server.
    package var playersMilliseconds: UInt32

    package init(
        match: MatchMessage, attempt: UInt32, owner: ShardOwner, claimMilliseconds: UInt32 = 3_000,
        readyMilliseconds: UInt32 = 20_000, playersMilliseconds: UInt32 = 0
    ) {
        self.match = match
        self.attempt = attempt
        self.owner = owner
        self.claimMilliseconds = claimMilliseconds
        self.readyMilliseconds = readyMilliseconds
        self.playersMilliseconds = playersMilliseconds
    }
}

/// `ClaimReply` of proto/muster/v1/server.proto.
package struct ClaimReplyMessage: Equatable, Sendable {
    /// Nil if the claim could not be read.
    package var match: MatchID?
    /// 0 if the claim could not be read.
    package var attempt: UInt32
    package var server: String
    package var incarnation: UInt64
    package var status: ClaimStatus
    /// For a person; written up to `WireLimits.detailByteCountMax` bytes.
    package var detail: String
    /// `host:port`; empty unless accepted.
    package var address: String

    package init(
        match: MatchID?, attempt: UInt32, server: String, incarnation: UInt64,
        status: ClaimStatus, detail: String = "", address: String = ""
    ) {
        self.match = match
        self.attempt = attempt
        self.server = server
        self.incarnation = incarnation
        self.status = status
        self.detail = detail
        self.address = address
    }
}

/// `Release` of proto/muster/v1/server.proto.
package struct ReleaseMessage: Equatable, Sendable {
    package var match: MatchID
    /// At least 1.
    package var attempt: UInt32
    package var owner: ShardOwner
    package var reason: ReleaseReason

    package init(match: MatchID, attempt: UInt32, owner: ShardOwner, reason: ReleaseReason) {
        self.match = match
        self.attempt = attempt
        self.owner = owner
        self.reason = reason
    }
}

/// `ReleaseReply` of proto/muster/v1/server.proto.
package struct ReleaseReplyMessage: Equatable, Sendable {
    /// Nil if the release could not be read.
    package var match: MatchID?
    /// 0 if the release could not be read.
    package var attempt: UInt32
    package var server: String
    package var incarnation: UInt64
    package var status: ReleaseStatus
    /// For a person; written up to `WireLimits.detailByteCountMax` bytes.
    package var detail: String

    package init(
        match: MatchID?, attempt: UInt32, server: String, incarnation: UInt64,
        status: ReleaseStatus, detail: String = ""
    ) {
        self.match = match
        self.attempt = attempt
        self.server = server
        self.incarnation = incarnation
        self.status = status
        self.detail = detail
    }
}
