// A queue file's content after every check: names and the rules in the core's units. One queue of
// the file is one or several queues of the core: one for each level bracket, and each of these
// again for the other arm of an experiment. Plain values.
import DaemonKit
import MatchCore

/// A queue file.
package struct QueueFile: Equatable, Sendable {
    /// Region names; a region's index is its place here.
    package var regions: [String] = []
    /// Names of what a mark keeps a player from; a scope's number is its place here.
    package var cooldownScopes: [String] = []
    package var queues: [QueueDefinition] = []

    package init() {}
}

/// One queue of a queue file.
package struct QueueDefinition: Equatable, Sendable {
    package let name: String
    /// Gives a share of the players other rules; nil if there is none.
    package let experiment: Experiment?
    /// At least one: the brackets in rising order by the queue's own rules, then the same brackets
    /// by the experiment's.
    package let variants: [QueueVariant]
}

/// A second set of rules for a share of a queue's players.
package struct Experiment: Equatable, Sendable {
    package let name: String
    /// Share of the players who get it, 0...1.
    package let share: Double

    package init(name: String, share: Double) {
        self.name = name
        self.share = share
    }
}

/// One queue of the core: a bracket and an arm of a queue of the file.
package struct QueueVariant: Equatable, Sendable {
    package let label: QueueLabel
    package let rules: QueueRules
    /// Names by position; empty where the rules have none.
    package let roles: [String]
    package let factions: [String]
    package let maps: [String]
}

/// What tells a queue of the core from all others, to people.
package struct QueueLabel: Hashable, Sendable, CustomStringConvertible {
    package let queue: String
    /// Levels of the players; nil for all.
    package let levels: ClosedRange<Int>?
    /// Name of the experiment whose rules hold; nil for the queue's own.
    package let arm: String?

    package init(queue: String, levels: ClosedRange<Int>? = nil, arm: String? = nil) {
        self.queue = queue
        self.levels = levels
        self.arm = arm
    }

    /// `queue`, `queue/6-14`, `queue/50`, `queue@arm` or `queue/6-14@arm`.
    package var description: String {
        queue + (levelText.map { "/\($0)" } ?? "") + (arm.map { "@\($0)" } ?? "")
    }

    /// `6-14`, or `50` for a bracket of one level.
    package var levelText: String? {
        guard let levels else { return nil }
        return levels.count == 1
            ? "\(levels.lowerBound)" : "\(levels.lowerBound)-\(levels.upperBound)"
    }
}

/// What the checks of a queue file depend on besides the file.
package struct QueueFileContext: Sendable {
    /// Length of a tick, 1...1,000 ms.
    package var tickMilliseconds: Int
    /// Queues of the core that there may be, brackets and arms counted.
    package var queueCountMax: Int
    /// A queue's timeout may not be longer: an older ticket would have left the intake stream and
    /// be lost at a restart.
    package var timeoutSecondsMax: Int

    package init(tickMilliseconds: Int, queueCountMax: Int, timeoutSecondsMax: Int) {
        precondition(tickMilliseconds >= 1 && tickMilliseconds <= 1_000)
        self.tickMilliseconds = tickMilliseconds
        self.queueCountMax = queueCountMax
        self.timeoutSecondsMax = timeoutSecondsMax
    }
}

/// Every mistake of a queue file; at least one.
package struct QueueFileErrors: Error, Sendable, Equatable {
    package let list: [ConfigProblem]

    package init(list: [ConfigProblem]) { self.list = list }
}
