// Reads a queue file: JSON5 with comments, every mistake listed with its place. Layout and meaning
// of each field stand in docs/TUNING.md; the ranges in this folder are the ones stated there.
import DaemonKit
import MatchCore
import Wire

/// Turns a configuration tree into a queue file.
package struct QueueFileReader {
    let context: QueueFileContext
    let problems: ConfigProblems
    /// Names of the file's cooldown scopes.
    var scopes: [String] = []

    private init(context: QueueFileContext, problems: ConfigProblems) {
        self.context = context
        self.problems = problems
    }

    /// Reads the file at `path`.
    /// - Throws: `QueueFileErrors` with every mistake.
    package static func load(
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
    package static func read(
        _ tree: ConfigTree, file: String, context: QueueFileContext
    ) throws(QueueFileErrors) -> QueueFile {
        var reader = QueueFileReader(context: context, problems: ConfigProblems())
        let result = reader.readTop(ConfigNode(tree, file: file, problems: reader.problems))
        if !reader.problems.isEmpty { throw QueueFileErrors(list: reader.problems.list) }
        return result
    }

    /// Reads one queue that stands in another file, with the built-in defaults. Mistakes are noted
    /// in the node's problems; the result counts only if there are none.
    package static func readQueue(
        _ node: ConfigNode, scopes: [String] = [], context: QueueFileContext
    ) -> QueueDefinition? {
        var reader = QueueFileReader(context: context, problems: node.problems)
        reader.scopes = scopes
        return reader.readQueue(node, defaults: QueueSettings(), taken: [])
    }

    private mutating func readTop(_ node: ConfigNode) -> QueueFile {
        var file = QueueFile()
        let known = ["version", "regions", "cooldownScopes", "defaults", "queues"]
        guard let fields = node.object(known: known) else { return file }
        if let version = fields.required("version") {
            let number = version.integer(in: 0...Int.max)
            if number != 1 { version.problem("is \(number), this program reads version 1") }
        }
        if let node = fields.required("regions") {
            file.regions = readNames(node, count: 1...LatencyVector.capacity)
        }
        if let node = fields["cooldownScopes"] {
            file.cooldownScopes = readNames(node, count: 0...CooldownScope.capacity)
        }
        scopes = file.cooldownScopes
        var settings = QueueSettings()
        if let defaults = fields["defaults"],
            let given = defaults.object(known: QueueSettings.defaultNames)
        {
            settings.readTuning(given, self)
        }
        file.queues = readQueues(fields, defaults: settings)
        return file
    }

    private func readQueues(
        _ fields: ConfigFields, defaults: QueueSettings
    ) -> [QueueDefinition] {
        guard let node = fields.required("queues") else { return [] }
        var queues: [QueueDefinition] = []
        var names: Set<String> = []
        for item in node.list(count: 1...context.queueCountMax) {
            guard let queue = readQueue(item, defaults: defaults, taken: names) else { continue }
            names.insert(queue.name)
            queues.append(queue)
        }
        let count = queues.reduce(0) { $0 + $1.variants.count }
        if count > context.queueCountMax && queues.count <= context.queueCountMax {
            node.problem(
                "make \(count) queues with their level brackets and experiments, at most "
                    + "\(context.queueCountMax) are possible")
        }
        return queues
    }

    /// A list of different names.
    func readNames(_ node: ConfigNode, count: ClosedRange<Int>) -> [String] {
        var names: [String] = []
        for item in node.list(count: count) { names.append(readName(item, taken: names)) }
        return names
    }

    /// A name that is not among `taken`; "", noted, otherwise.
    func readName(_ node: ConfigNode, taken: some Collection<String>) -> String {
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

    /// What `read` makes, or `standard` if it noted a mistake: a stand-in must not cause others.
    func sound<Value>(_ standard: Value, _ read: () -> Value) -> Value {
        let countBefore = problems.list.count
        let value = read()
        return problems.list.count == countBefore ? value : standard
    }
}
