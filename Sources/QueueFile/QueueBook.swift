// The queues in force: labels, their indices and the rules of one version. A label keeps its index
// for the life of the process; one taken out of the file keeps it too, without rules. What waiting
// tickets carry as positions (roles, factions, maps, scopes) keeps its position as well.
// Immutable value; the main thread makes a new one at each reload.
import DaemonKit
import MatchCore

/// Labels and rules of all queues ever configured in this process.
package struct QueueBook: Sendable {
    package let regions: [String]
    package let cooldownScopes: [String]
    /// By queue index.
    package let labels: [QueueLabel]
    package let rules: Rules
    /// The same for the threads of the edge.
    package let names: QueueNames
    /// By queue index: names by position.
    let positions: [QueuePositions]

    /// The book of the first file.
    package init(file: QueueFile, version: UInt64) {
        var update = QueueBookUpdate(before: nil, path: "")
        update.enter(file)
        precondition(update.problems.isEmpty, "only a change can clash")
        self.init(update, file, version: version)
    }

    private init(_ update: QueueBookUpdate, _ file: QueueFile, version: UInt64) {
        regions = file.regions
        cooldownScopes = update.scopes
        labels = update.labels
        positions = update.positions
        rules = Rules(version: version, queues: update.queues)
        names = update.names(file)
    }

    /// The labels as words, by queue index.
    package var labelTexts: [String] { labels.map(\.description) }

    /// The book after a reload: known labels keep their index, new ones follow, missing ones lose
    /// their rules.
    /// - Parameter queueCountMax: indices that the core has room for.
    /// - Throws: `QueueFileErrors` if something changed that waiting tickets refer to, or indices
    ///   ran out.
    package func updated(
        with file: QueueFile, path: String, version: UInt64, queueCountMax: Int
    ) throws(QueueFileErrors) -> QueueBook {
        var update = QueueBookUpdate(before: self, path: path)
        update.enter(file)
        if update.labels.count > queueCountMax {
            update.note(
                "queues",
                "\(update.labels.count) names were used since the start, at most "
                    + "\(queueCountMax) are possible; restart to forget the old ones")
        }
        if !update.problems.isEmpty { throw QueueFileErrors(list: update.problems) }
        return QueueBook(update, file, version: version)
    }
}

/// Names by position of one queue of the core; what tickets of it refer to.
struct QueuePositions: Equatable, Sendable {
    var roles: [String] = []
    var factions: [String] = []
    var maps: [String] = []
}
