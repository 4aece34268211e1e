// The queues in force: names, their indices and the rules of one version. A queue keeps its index
// for the life of the process; one taken out of the file keeps it too, without rules.
// Immutable value; the main thread makes a new one at each reload.
import DaemonKit
import MatchCore

/// Names and rules of all queues ever configured in this process.
struct QueueBook: Sendable {
    let regions: [String]
    /// By queue index.
    let names: [String]
    let rules: Rules

    /// The book of the first file.
    init(file: QueueFile, version: UInt64) {
        regions = file.regions
        names = file.queues.map(\.name)
        rules = Rules(version: version, queues: file.queues.map(\.rules))
    }

    private init(regions: [String], names: [String], rules: Rules) {
        self.regions = regions
        self.names = names
        self.rules = rules
    }

    /// The book after a reload: known names keep their index, new ones follow, missing ones lose
    /// their rules.
    /// - Parameter queueCountMax: indices that the core has room for.
    /// - Throws: `QueueFileErrors` if the regions changed or indices ran out.
    func updated(
        with file: QueueFile, path: String, version: UInt64, queueCountMax: Int
    ) throws(QueueFileErrors) -> QueueBook {
        var problems: [ConfigProblem] = []
        if file.regions != regions {
            problems.append(
                ConfigProblem(
                    file: path, path: "regions",
                    why: "cannot change while running (every ticket's latencies are kept by "
                        + "region index); restart to change them"))
        }
        var names = self.names
        var queues: [QueueRules?] = names.map { _ in nil }
        for definition in file.queues {
            if let index = names.firstIndex(of: definition.name) {
                queues[index] = definition.rules
            } else {
                names.append(definition.name)
                queues.append(definition.rules)
            }
        }
        if names.count > queueCountMax {
            problems.append(
                ConfigProblem(
                    file: path, path: "queues",
                    why: "\(names.count) names were used since the start, at most "
                        + "\(queueCountMax) are possible; restart to forget the old ones"))
        }
        if !problems.isEmpty { throw QueueFileErrors(list: problems) }
        return QueueBook(
            regions: regions, names: names, rules: Rules(version: version, queues: queues))
    }
}
