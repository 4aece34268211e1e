// A queue file's content after every check: names and the rules in the core's units.
// Plain values.
import MatchCore

/// One queue of a queue file.
struct QueueDefinition: Equatable, Sendable {
    let name: String
    let rules: QueueRules
}

/// A queue file.
struct QueueFile: Equatable, Sendable {
    /// Region names; a region's index is its place here.
    let regions: [String]
    let queues: [QueueDefinition]
}

/// What the checks of a queue file depend on besides the file.
struct QueueFileContext: Sendable {
    /// Length of a tick, 1...1,000 ms.
    var tickMilliseconds: Int
    var queueCountMax: Int
    /// A queue's timeout may not be longer: an older ticket would have left the intake stream and
    /// be lost at a restart.
    var timeoutSecondsMax: Int
}
