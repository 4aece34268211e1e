// What a reader finds after the header, in the order in which it happened.
import MatchCore

/// One step of a recorded run.
package enum RecordEntry: Sendable, Equatable {
    /// New rules came into force, before the next tick.
    case rules(RecordedRules)
    /// A tick ran; `RecordReader.commands` holds what it took.
    case tick(Tick)
    /// What the core looked like after the last tick.
    case checkpoint(Checkpoint)
    /// The last entry of a whole record.
    case end(RecordEnd)
}

/// What the core looked like after a tick.
package struct Checkpoint: BitwiseCopyable, Sendable, Equatable {
    package var stateHash: UInt64
    /// Matches formed since the start.
    package var matchCount: UInt64
    /// Tickets that wait.
    package var waitingCount: UInt32

    package init(stateHash: UInt64, matchCount: UInt64, waitingCount: UInt32) {
        self.stateHash = stateHash
        self.matchCount = matchCount
        self.waitingCount = waitingCount
    }
}

/// Why recording ended.
package enum RecordEnd: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// With the process.
    case stopped
    /// The disk was too slow for what came; matching went on.
    case fellBehind
    /// Outcomes were not taken in time: from here on the run depended on the broker's speed, which
    /// no record holds.
    case outboxFull
    /// The text of new rules was not at hand.
    case rulesMissing

    /// In words, for logs and reports.
    package var words: String {
        switch self {
        case .stopped: "the run stopped"
        case .fellBehind: "the disk was too slow"
        case .outboxFull: "outcomes were not published in time"
        case .rulesMissing: "the text of new rules was missing"
        }
    }
}
