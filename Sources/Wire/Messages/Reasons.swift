// The reasons of closes and rejections as numbers on the wire, and how the core's reasons map to
// them. A number once given is never reused.

import MatchCore

/// `CloseReason` of proto/muster/v1/event.proto.
package enum CloseCode: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case cancelled = 1
    case expired = 2
    case queueRemoved = 3
    case rulesChanged = 4
    case declined = 5
    case notAccepted = 6
    case playerBusy = 7

    package init(_ reason: CloseReason) {
        switch reason {
        case .cancelled: self = .cancelled
        case .expired: self = .expired
        case .queueRemoved: self = .queueRemoved
        case .rulesChanged: self = .rulesChanged
        case .declined: self = .declined
        case .notAccepted: self = .notAccepted
        case .playerBusy: self = .playerBusy
        }
    }

    /// The value's name in the JSON form.
    package var name: String {
        switch self {
        case .unspecified: "CLOSE_REASON_UNSPECIFIED"
        case .cancelled: "CLOSE_REASON_CANCELLED"
        case .expired: "CLOSE_REASON_EXPIRED"
        case .queueRemoved: "CLOSE_REASON_QUEUE_REMOVED"
        case .rulesChanged: "CLOSE_REASON_RULES_CHANGED"
        case .declined: "CLOSE_REASON_DECLINED"
        case .notAccepted: "CLOSE_REASON_NOT_ACCEPTED"
        case .playerBusy: "CLOSE_REASON_PLAYER_BUSY"
        }
    }
}

/// `RejectReason` of proto/muster/v1/event.proto: the core's own below 64, the edge's from there.
package enum RejectCode: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case unknownQueue = 1
    case oversizeParty = 2
    case duplicateTicket = 3
    case duplicatePlayer = 4
    case repeatedMember = 5
    case noReachableRegion = 6
    case tableFull = 7
    case unknownTicket = 8
    case malformedParty = 9
    case overloaded = 10
    case ratingOutOfRange = 11
    case undersizeParty = 12
    case onCooldown = 13
    case impossibleRoles = 14
    case conflictingQueues = 15
    case notAdmitted = 16
    case unknownProposal = 17
    case tooLate = 18
    case ticketEnded = 19
    case malformed = 64
    case unknownVersion = 65
    case invalidField = 66
    case unknownLobbyLimit = 67
    case wrongLevel = 68
    case wrongFaction = 69
    case unknownRole = 70
    case unknownMap = 71
    case unknownRegion = 72
    case unknownScope = 73

    package init(_ reason: RejectReason) {
        switch reason {
        case .unknownQueue: self = .unknownQueue
        case .oversizeParty: self = .oversizeParty
        case .duplicateTicket: self = .duplicateTicket
        case .duplicatePlayer: self = .duplicatePlayer
        case .repeatedMember: self = .repeatedMember
        case .noReachableRegion: self = .noReachableRegion
        case .tableFull: self = .tableFull
        case .unknownTicket: self = .unknownTicket
        case .malformedParty: self = .malformedParty
        case .overloaded: self = .overloaded
        case .ratingOutOfRange: self = .ratingOutOfRange
        case .undersizeParty: self = .undersizeParty
        case .onCooldown: self = .onCooldown
        case .impossibleRoles: self = .impossibleRoles
        case .conflictingQueues: self = .conflictingQueues
        case .notAdmitted: self = .notAdmitted
        case .unknownProposal: self = .unknownProposal
        case .tooLate: self = .tooLate
        case .ticketEnded: self = .ticketEnded
        }
    }

    /// True where the message itself is sound and the configuration of the moment refuses it.
    package var isByConfiguration: Bool {
        switch self {
        case .unknownQueue, .unknownLobbyLimit, .conflictingQueues, .wrongLevel, .wrongFaction,
            .unknownRole, .unknownMap, .unknownRegion, .unknownScope:
            true
        default: false
        }
    }

    /// The value's name in the JSON form.
    package var name: String {
        switch self {
        case .unspecified: "REJECT_REASON_UNSPECIFIED"
        case .unknownQueue: "REJECT_REASON_UNKNOWN_QUEUE"
        case .oversizeParty: "REJECT_REASON_OVERSIZE_PARTY"
        case .duplicateTicket: "REJECT_REASON_DUPLICATE_TICKET"
        case .duplicatePlayer: "REJECT_REASON_DUPLICATE_PLAYER"
        case .repeatedMember: "REJECT_REASON_REPEATED_MEMBER"
        case .noReachableRegion: "REJECT_REASON_NO_REACHABLE_REGION"
        case .tableFull: "REJECT_REASON_TABLE_FULL"
        case .unknownTicket: "REJECT_REASON_UNKNOWN_TICKET"
        case .malformedParty: "REJECT_REASON_MALFORMED_PARTY"
        case .overloaded: "REJECT_REASON_OVERLOADED"
        case .ratingOutOfRange: "REJECT_REASON_RATING_OUT_OF_RANGE"
        case .undersizeParty: "REJECT_REASON_UNDERSIZE_PARTY"
        case .onCooldown: "REJECT_REASON_ON_COOLDOWN"
        case .impossibleRoles: "REJECT_REASON_IMPOSSIBLE_ROLES"
        case .conflictingQueues: "REJECT_REASON_CONFLICTING_QUEUES"
        case .notAdmitted: "REJECT_REASON_NOT_ADMITTED"
        case .unknownProposal: "REJECT_REASON_UNKNOWN_PROPOSAL"
        case .tooLate: "REJECT_REASON_TOO_LATE"
        case .ticketEnded: "REJECT_REASON_TICKET_ENDED"
        case .malformed: "REJECT_REASON_MALFORMED"
        case .unknownVersion: "REJECT_REASON_UNKNOWN_VERSION"
        case .invalidField: "REJECT_REASON_INVALID_FIELD"
        case .unknownLobbyLimit: "REJECT_REASON_UNKNOWN_LOBBY_LIMIT"
        case .wrongLevel: "REJECT_REASON_WRONG_LEVEL"
        case .wrongFaction: "REJECT_REASON_WRONG_FACTION"
        case .unknownRole: "REJECT_REASON_UNKNOWN_ROLE"
        case .unknownMap: "REJECT_REASON_UNKNOWN_MAP"
        case .unknownRegion: "REJECT_REASON_UNKNOWN_REGION"
        case .unknownScope: "REJECT_REASON_UNKNOWN_SCOPE"
        }
    }
}
