// Kinds, states and reasons of game servers as numbers on the wire. A number once given is never
// reused; one that this code does not know reads as unspecified.

/// `SessionState` of proto/muster/v1/server.proto.
package enum SessionState: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case preparing = 1
    case ready = 2
    case running = 3
    case over = 4
}

/// `ClaimStatus` of proto/muster/v1/server.proto.
package enum ClaimStatus: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case accepted = 1
    case full = 2
    case draining = 3
    case unknownMode = 4
    case staleEpoch = 5
    case staleAttempt = 6
    case over = 7
    case invalid = 8
    case unavailable = 9
}

/// `ReleaseReason` of proto/muster/v1/server.proto.
package enum ReleaseReason: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case orphan = 1
    case superseded = 2
    case late = 3
    case cancelled = 4
}

/// `ReleaseStatus` of proto/muster/v1/server.proto.
package enum ReleaseStatus: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case released = 1
    case staleEpoch = 2
    case invalid = 3
}

/// `FailReason` of proto/muster/v1/server.proto.
package enum FailReason: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case crashed = 1
    case shutdown = 2
    case playersMissing = 3
    case `internal` = 4
}

/// `PlayerPresence` of proto/muster/v1/server.proto.
package enum PlayerPresence: UInt32, CaseIterable, Sendable {
    case unspecified = 0
    case played = 1
    case leftEarly = 2
    case neverJoined = 3
}

/// Which of the reports of one attempt; a part of the report's message id.
package enum ReportKind: String, CaseIterable, Sendable {
    case ready
    case started
    case failed
    case ended

    /// The last report of its attempt.
    package var isFinal: Bool { self == .failed || self == .ended }
}
