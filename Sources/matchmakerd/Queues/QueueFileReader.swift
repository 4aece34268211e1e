// Reads a queue file: JSON5 with comments, every mistake listed with its place. Layout and meaning
// of each field stand in docs/TUNING.md; the ranges here are the ones stated there.
import DaemonKit
import MatchCore
import Wire

/// Turns a configuration tree into a queue file.
struct QueueFileReader {
    private let context: QueueFileContext
    private let problems = ConfigProblems()

    private init(context: QueueFileContext) { self.context = context }

    /// Reads the file at `path`.
    /// - Throws: `QueueFileErrors` with every mistake.
    static func load(
        path: String, context: QueueFileContext
    ) throws(QueueFileErrors) -> QueueFile {
        let tree: ConfigTree
        do {
            tree = try ConfigTree.load(file: path)
        } catch {
            throw QueueFileErrors(list: [error])
        }
        return try read(tree, file: path, context: context)
    }

    /// Reads a tree; `file` names it in messages.
    /// - Throws: `QueueFileErrors` with every mistake.
    static func read(
        _ tree: ConfigTree, file: String, context: QueueFileContext
    ) throws(QueueFileErrors) -> QueueFile {
        precondition(context.tickMilliseconds >= 1 && context.tickMilliseconds <= 1_000)
        let reader = QueueFileReader(context: context)
        let result = reader.readTop(ConfigNode(tree, file: file, problems: reader.problems))
        if !reader.problems.isEmpty { throw QueueFileErrors(list: reader.problems.list) }
        return result
    }

    private func readTop(_ node: ConfigNode) -> QueueFile {
        guard let fields = node.object(known: ["version", "regions", "defaults", "queues"]) else {
            return QueueFile(regions: [], queues: [])
        }
        if let version = fields.required("version") {
            let number = version.integer(in: 0...Int.max)
            if number != 1 { version.problem("is \(number), this program reads version 1") }
        }
        let regions = readRegions(fields)
        var settings = QueueSettings()
        if let defaults = fields["defaults"],
            let given = defaults.object(known: QueueSettings.fieldNames)
        {
            settings.read(given, context: context)
        }
        return QueueFile(regions: regions, queues: readQueues(fields, defaults: settings))
    }

    private func readRegions(_ fields: ConfigFields) -> [String] {
        guard let node = fields.required("regions") else { return [] }
        var names: [String] = []
        for item in node.list(count: 1...LatencyVector.capacity) {
            names.append(readName(item, taken: names))
        }
        return names
    }

    private func readQueues(
        _ fields: ConfigFields, defaults: QueueSettings
    ) -> [QueueDefinition] {
        guard let node = fields.required("queues") else { return [] }
        var queues: [QueueDefinition] = []
        var names: Set<String> = []
        for item in node.list(count: 1...context.queueCountMax) {
            let known = ["name", "teams", "teamSize"] + QueueSettings.fieldNames
            guard let given = item.object(known: known) else { continue }
            let name = given.required("name").map { readName($0, taken: names) } ?? ""
            names.insert(name)
            let rules = readQueue(given, defaults: defaults)
            queues.append(QueueDefinition(name: name, rules: rules))
        }
        return queues
    }

    private func readName(_ node: ConfigNode, taken: some Collection<String>) -> String {
        let countBefore = problems.list.count
        let name = node.text()
        guard problems.list.count == countBefore else { return "" }
        if !Token.isValid(name) {
            node.problem("'\(name)' must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -")
        } else if taken.contains(name) {
            node.problem("'\(name)' is there twice")
        }
        return name
    }

    private func readQueue(_ fields: ConfigFields, defaults: QueueSettings) -> QueueRules {
        let teamCount =
            fields.required("teams")?.integer(in: 1...Limits.playersPerMatchMax) ?? 1
        let teamSize = fields.required("teamSize")?.integer(in: 1...Limits.teamSizeMax) ?? 1
        let playerCount = teamCount * teamSize
        if playerCount < 2 || playerCount > Limits.playersPerMatchMax {
            fields.place.problem(
                "teams × teamSize is \(playerCount), must be 2 to \(Limits.playersPerMatchMax)")
        }
        var settings = defaults
        // A default party limit is an upper bound for all queues; one of the queue's own must fit.
        settings.partyMax = min(defaults.partyMax, teamSize)
        settings.read(fields, context: context)
        if settings.partyMax > teamSize {
            fields["partyMax"]?.problem("is \(settings.partyMax), teamSize is \(teamSize)")
        }
        return settings.rules(
            teamCount: teamCount, teamSize: teamSize, tickMilliseconds: context.tickMilliseconds)
    }
}

/// Every mistake of a queue file; at least one.
struct QueueFileErrors: Error, Sendable, Equatable {
    let list: [ConfigProblem]
}
