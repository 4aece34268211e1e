// Reasons and kinds beyond closes and rejections as numbers on the wire, and how the core's map to
// them. A number once given is never reused.

import MatchCore

/// `ReturnReason` of proto/muster/v1/event.proto.
package enum ReturnCode: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case noSubstitute = 1
    case rulesChanged = 2

    package init(_ reason: ReturnReason) {
        switch reason {
        case .noSubstitute: self = .noSubstitute
        case .rulesChanged: self = .rulesChanged
        }
    }

    /// The value's name in the JSON form.
    package var name: String {
        switch self {
        case .unspecified: "RETURN_REASON_UNSPECIFIED"
        case .noSubstitute: "RETURN_REASON_NO_SUBSTITUTE"
        case .rulesChanged: "RETURN_REASON_RULES_CHANGED"
        }
    }
}

/// `BackfillEndReason` of proto/muster/v1/event.proto.
package enum BackfillEndCode: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case filled = 1
    case withdrawn = 2
    case expired = 3
    case staleGeneration = 4
    case notAllowed = 5
    case tableFull = 6
    case unknownMatch = 7
    case joinersLost = 8

    package init(_ reason: BackfillEndReason) {
        switch reason {
        case .filled: self = .filled
        case .withdrawn: self = .withdrawn
        case .expired: self = .expired
        case .staleGeneration: self = .staleGeneration
        case .notAllowed: self = .notAllowed
        case .tableFull: self = .tableFull
        case .unknownMatch: self = .unknownMatch
        case .joinersLost: self = .joinersLost
        }
    }

    /// The value's name in the JSON form.
    package var name: String {
        switch self {
        case .unspecified: "BACKFILL_END_REASON_UNSPECIFIED"
        case .filled: "BACKFILL_END_REASON_FILLED"
        case .withdrawn: "BACKFILL_END_REASON_WITHDRAWN"
        case .expired: "BACKFILL_END_REASON_EXPIRED"
        case .staleGeneration: "BACKFILL_END_REASON_STALE_GENERATION"
        case .notAllowed: "BACKFILL_END_REASON_NOT_ALLOWED"
        case .tableFull: "BACKFILL_END_REASON_TABLE_FULL"
        case .unknownMatch: "BACKFILL_END_REASON_UNKNOWN_MATCH"
        case .joinersLost: "BACKFILL_END_REASON_JOINERS_LOST"
        }
    }

    /// True where the request that the message was about never came to stand.
    package var isRefusal: Bool {
        switch self {
        case .staleGeneration, .notAllowed, .tableFull, .unknownMatch: true
        case .unspecified, .filled, .withdrawn, .expired, .joinersLost: false
        }
    }
}

/// `Obstacle` of proto/muster/v1/rpc.proto.
package enum ObstacleCode: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case none = 1
    case tooFewPlayers = 2
    case ratingWindow = 3
    case region = 4
    case roles = 5
    case factions = 6
    case partySizes = 7
    case exclusions = 8
    case proposed = 9
    case warParties = 10
    case mercenaries = 11

    package init(_ obstacle: Obstacle) {
        switch obstacle {
        case .none: self = .none
        case .tooFewPlayers: self = .tooFewPlayers
        case .ratingWindow: self = .ratingWindow
        case .region: self = .region
        case .roles: self = .roles
        case .factions: self = .factions
        case .partySizes: self = .partySizes
        case .exclusions: self = .exclusions
        case .proposed: self = .proposed
        case .warParties: self = .warParties
        case .mercenaries: self = .mercenaries
        }
    }
}

extension ProposalAnswer {
    /// The value's number in proto/muster/v1/intake.proto.
    var wireValue: UInt32 {
        switch self {
        case .accepted: 1
        case .declined: 2
        case .undelivered: 3
        }
    }

    /// Nil for a number that is no answer.
    init?(wireValue: UInt32) {
        switch wireValue {
        case 1: self = .accepted
        case 2: self = .declined
        case 3: self = .undelivered
        default: return nil
        }
    }
}
