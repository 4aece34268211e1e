// What a game server tells about a match, as values.

import MatchCore

/// `PlayerResult` of proto/muster/v1/server.proto.
package struct PlayerResult: Equatable, Sendable {
    package var player: PlayerID
    package var kills: UInt32
    package var deaths: UInt32
    package var assists: UInt32
    package var damage: UInt64
    package var healing: UInt64
    package var presence: PlayerPresence

    package init(
        player: PlayerID, kills: UInt32 = 0, deaths: UInt32 = 0, assists: UInt32 = 0,
        damage: UInt64 = 0, healing: UInt64 = 0, presence: PlayerPresence
    ) {
        self.player = player
        self.kills = kills
        self.deaths = deaths
        self.assists = assists
        self.damage = damage
        self.healing = healing
        self.presence = presence
    }
}

/// `TeamResult` of proto/muster/v1/server.proto.
package struct TeamResult: Equatable, Sendable {
    package var score: UInt32
    /// 1...63, in the order of the match's seats.
    package var players: [PlayerResult]

    package init(score: UInt32, players: [PlayerResult]) {
        self.score = score
        self.players = players
    }
}

/// `MatchResult` of proto/muster/v1/server.proto.
package struct MatchResult: Equatable, Sendable {
    /// Position in `teams`; nil for a draw.
    package var winner: Int?
    /// 1...128, in the order of the match.
    package var teams: [TeamResult]
    package var durationMilliseconds: UInt32
    package var seed: UInt64

    package init(winner: Int?, teams: [TeamResult], durationMilliseconds: UInt32, seed: UInt64) {
        self.winner = winner
        self.teams = teams
        self.durationMilliseconds = durationMilliseconds
        self.seed = seed
    }
}

/// The body of a `ServerReport` of proto/muster/v1/server.proto.
package enum ReportBody: Equatable, Sendable {
    /// Players may join at `host:port`.
    case ready(address: String)
    /// It is played; so many had joined by then.
    case started(playerCount: UInt32)
    /// - Parameter detail: for a person; written up to `WireLimits.detailByteCountMax` bytes.
    case failed(FailReason, detail: String)
    case ended(MatchResult)

    package var kind: ReportKind {
        switch self {
        case .ready: .ready
        case .started: .started
        case .failed: .failed
        case .ended: .ended
        }
    }
}

/// `ServerReport` of proto/muster/v1/server.proto.
package struct ReportMessage: Equatable, Sendable {
    package var server: String
    /// At least 1.
    package var incarnation: UInt64
    package var match: MatchID
    /// At least 1.
    package var attempt: UInt32
    /// Wall clock in milliseconds since 1970-01-01 UTC.
    package var reportedAtMilliseconds: UInt64
    package var body: ReportBody

    package init(
        server: String, incarnation: UInt64, match: MatchID, attempt: UInt32,
        reportedAtMilliseconds: UInt64, body: ReportBody
    ) {
        self.server = server
        self.incarnation = incarnation
        self.match = match
        self.attempt = attempt
        self.reportedAtMilliseconds = reportedAtMilliseconds
        self.body = body
    }

    /// The id under which JetStream and readers recognise a repetition.
    package var messageIdentifier: String {
        MessageIdentifier.report(match, attempt: attempt, body.kind)
    }
}
