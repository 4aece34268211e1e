// Reads the content file: JSON5 with comments, every mistake listed with its place. What each field
// means stands in config/worldd-content.json5.
import DaemonKit
import Wire
import WorldCore

/// Every mistake of a content file.
struct FightContentErrors: Error, Equatable {
    let list: [ConfigProblem]
}

/// Turns a configuration tree into content.
struct FightContentReader {
    private let problems = ConfigProblems()
    private var classes: [String: FighterClass] = [:]
    private var modes: [String: FightMode] = [:]
    private var content = FightContent()

    /// Reads the file at `path`.
    /// - Throws: `FightContentErrors` with every mistake.
    static func load(path: String) throws(FightContentErrors) -> FightContent {
        let tree: ConfigTree
        do throws(ConfigProblem) {
            tree = try ConfigTree.load(file: path)
        } catch {
            throw FightContentErrors(list: [error])
        }
        return try read(tree, file: path)
    }

    /// Reads a tree; `file` names it in messages.
    /// - Throws: `FightContentErrors` with every mistake.
    static func read(
        _ tree: ConfigTree, file: String
    ) throws(FightContentErrors) -> FightContent {
        var reader = FightContentReader()
        reader.readTop(ConfigNode(tree, file: file, problems: reader.problems))
        if !reader.problems.isEmpty { throw FightContentErrors(list: reader.problems.list) }
        return reader.content
    }

    private mutating func readTop(_ node: ConfigNode) {
        let known = ["version", "classes", "standardClass", "fights", "standardFight"]
        guard let fields = node.object(known: known) else { return }
        if let version = fields.required("version") {
            let number = version.integer(in: 0...Int.max)
            if number != 1 { version.problem("is \(number), this program reads version 1") }
        }
        for item in fields.required("classes")?.list(count: 1...64) ?? [] { readClass(item) }
        if let standard = fields.required("standardClass") {
            content.standardClass = named(standard, among: classes, "class")
        }
        for item in fields.required("fights")?.list(count: 1...256) ?? [] { readMode(item) }
        if let standard = fields["standardFight"] {
            content.standardMode = named(standard, among: modes, "fight")
        }
    }

    private mutating func readClass(_ node: ConfigNode) {
        let known = [
            "name", "roles", "health", "damage", "actionSeconds", "hit", "crit", "variance",
            "healing",
        ]
        guard let fields = node.object(known: known) else { return }
        let name = readName(fields, taken: classes.keys)
        let health = fields.required("health")?.integer(in: 1...1_000_000) ?? 1
        let damage = fields.required("damage")?.integer(in: 1...100_000) ?? 1
        let action = ticks(fields.required("actionSeconds"), in: 0.1...60)
        let fighterClass = FighterClass(
            name: name, healthMax: Int32(health), damage: Int32(damage),
            actionTicks: max(1, action), hitPerMille: perMille(fields.required("hit")),
            critPerMille: perMille(fields.required("crit")),
            variancePerMille: perMille(fields.required("variance")),
            healing: Int32(fields.integer("healing", in: 0...100_000, standard: 0)))
        classes[name] = fighterClass
        for role in fields["roles"]?.list(count: 0...64) ?? [] {
            guard let text = token(role) else { continue }
            if content.classesByRole.updateValue(fighterClass, forKey: text) != nil {
                role.problem("'\(text)' is played by another class already")
            }
        }
    }

    private mutating func readMode(_ node: ConfigNode) {
        let known = [
            "name", "queues", "timeLimitSeconds", "returnSeconds", "killsPerPlayer",
            "assistSeconds", "focus", "skillPer100Points", "away",
        ]
        guard let fields = node.object(known: known) else { return }
        let name = readName(fields, taken: modes.keys)
        let away = fields.required("away")?.number(in: 0.001...1) ?? 1
        let returns = fields["returnSeconds"].map { ticks($0, in: 0...600) } ?? 0
        let kills = fields.integer("killsPerPlayer", in: 0...1_000, standard: 0)
        if kills > 0 && returns == 0 {
            fields["killsPerPlayer"]?.problem(
                "needs returnSeconds: without returns the last team standing wins")
        }
        let mode = FightMode(
            rules: FightRules(
                name: name,
                timeLimitTicks: max(1, ticks(fields.required("timeLimitSeconds"), in: 0.1...7_200)),
                returnTicks: returns, killsToWin: 0,
                assistTicks: ticks(fields.required("assistSeconds"), in: 0...600),
                focusPerMille: perMille(fields.required("focus")),
                skillPerMillePer100Points: perMille(fields.required("skillPer100Points")),
                awayPerMille: Int32((away * 1_000).rounded())),
            killsPerPlayer: Int32(kills))
        modes[name] = mode
        for queue in fields["queues"]?.list(count: 0...1_024) ?? [] {
            guard let text = token(queue) else { continue }
            if content.modesByQueue.updateValue(mode, forKey: text) != nil {
                queue.problem("'\(text)' belongs to another fight already")
            }
        }
    }

    // MARK: - Single values

    private func readName(_ fields: ConfigFields, taken: some Collection<String>) -> String {
        guard let node = fields.required("name"), let name = token(node) else { return "" }
        if taken.contains(name) { node.problem("'\(name)' is there twice") }
        return name
    }

    /// A name that can also be a queue's or role's; nil, noted, otherwise.
    private func token(_ node: ConfigNode) -> String? {
        let countBefore = problems.list.count
        let text = node.text()
        guard problems.list.count == countBefore else { return nil }
        if Token.isValid(text) { return text }
        node.problem("'\(text)' must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -")
        return nil
    }

    private func named<Value>(
        _ node: ConfigNode, among values: [String: Value], _ what: String
    ) -> Value? {
        guard let name = token(node) else { return nil }
        if let value = values[name] { return value }
        node.problem("there is no \(what) '\(name)'" + NearestName.hint(name, among: values.keys))
        return nil
    }

    /// Seconds as ticks, to the nearest.
    private func ticks(_ node: ConfigNode?, in seconds: ClosedRange<Double>) -> Int32 {
        let value = node?.number(in: seconds) ?? seconds.lowerBound
        return Int32((value * FightContent.ticksPerSecond).rounded())
    }

    /// A share of 0 to 1 in thousandths, to the nearest.
    private func perMille(_ node: ConfigNode?) -> Int32 {
        Int32(((node?.number(in: 0...1) ?? 0) * 1_000).rounded())
    }
}
