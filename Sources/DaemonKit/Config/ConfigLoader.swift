// Flags over environment over file over defaults. Every mistake in any of them is gathered;
// mistakes in flags are told apart because they are the caller's and exit with another code.

/// The settings in force, each with its origin.
package struct EffectiveConfig: Sendable {
    /// Where a value came from.
    package enum Origin: Sendable, Equatable, CustomStringConvertible {
        case flag(String)
        case environment(String)
        case file(String)
        case standard

        package var description: String {
            switch self {
            case .flag(let name): "flag --\(name)"
            case .environment(let name): "env \(name)"
            case .file(let name): "file \(name)"
            case .standard: "default"
            }
        }
    }

    package let table: OptionTable
    private var values: [String: (text: String, origin: Origin)] = [:]

    init(table: OptionTable) {
        self.table = table
        for option in table.options { values[option.key] = (option.standard, .standard) }
    }

    mutating func set(_ key: String, _ text: String, origin: Origin) {
        precondition(values[key] != nil)
        values[key] = (text, origin)
    }

    /// The value of a setting of the table.
    package func text(_ key: String) -> String {
        guard let value = values[key] else { preconditionFailure("no setting \(key)") }
        return value.text
    }

    /// The value of an `.integer` setting.
    package func integer(_ key: String) -> Int {
        guard let number = Int(text(key)) else { preconditionFailure("\(key) is no integer") }
        return number
    }

    /// The value of a `.number` setting.
    package func number(_ key: String) -> Double {
        guard let number = Double(text(key)) else { preconditionFailure("\(key) is no number") }
        return number
    }

    /// The value of a `.toggle` setting.
    package func isOn(_ key: String) -> Bool { text(key) == "true" }

    package func origin(_ key: String) -> Origin {
        guard let value = values[key] else { preconditionFailure("no setting \(key)") }
        return value.origin
    }
}

/// What reading a program's settings gave.
package struct LoadedConfig: Sendable {
    package let config: EffectiveConfig
    /// Mistakes of the command line; the program should exit with `ExitCode.usage`.
    package let usageProblems: [ConfigProblem]
    /// Mistakes of environment and file; `ExitCode.configuration`.
    package let problems: [ConfigProblem]
}

/// Reads a program's settings from all their sources.
package enum ConfigLoader {
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - fileKey: the setting that names the configuration file; "" for none.
    package static func load(
        table: OptionTable, arguments: [String], environment: [String: String], fileKey: String
    ) -> LoadedConfig {
        var config = EffectiveConfig(table: table)
        let usage = ConfigProblems()
        let problems = ConfigProblems()
        let flags = FlagParser.parse(table: table, arguments: arguments, problems: usage)
        let variables = readEnvironment(table: table, environment, problems: problems)
        let file =
            flags[fileKey] ?? variables[fileKey]
            ?? table.options.first { $0.key == fileKey }?.standard ?? ""
        if !file.isEmpty { readFile(file, into: &config, problems: problems) }
        for option in table.options {
            if let value = flags[option.key] {
                config.set(option.key, value, origin: .flag(option.flag))
            } else if let value = variables[option.key], let name = option.environment {
                config.set(option.key, value, origin: .environment(name))
            }
        }
        return LoadedConfig(config: config, usageProblems: usage.list, problems: problems.list)
    }

    private static func readEnvironment(
        table: OptionTable, _ environment: [String: String], problems: ConfigProblems
    ) -> [String: String] {
        var values: [String: String] = [:]
        for option in table.options {
            guard let name = option.environment, let value = environment[name] else { continue }
            if let why = option.refusal(of: value) {
                problems.add(
                    file: "environment", path: name, option.secrecy == .secret ? "bad" : why)
            } else {
                values[option.key] = value
            }
        }
        return values
    }

    private static func readFile(
        _ file: String, into config: inout EffectiveConfig, problems: ConfigProblems
    ) {
        do {
            let tree = try ConfigTree.load(file: file)
            readObject(
                ConfigNode(tree, file: file, problems: problems), prefix: "", into: &config)
        } catch {
            problems.add(error)
        }
    }

    /// Reads the fields of the object at `prefix`; a key with dots is a field of a nested object.
    private static func readObject(
        _ node: ConfigNode, prefix: String, into config: inout EffectiveConfig
    ) {
        let below = config.table.options.filter { $0.isInFile && $0.key.hasPrefix(prefix) }
        var leaves: [String: ConfigOption] = [:]
        var groups: Set<String> = []
        for option in below {
            let rest = option.key.dropFirst(prefix.count)
            if let dot = rest.firstIndex(of: ".") {
                groups.insert(String(rest[..<dot]))
            } else {
                leaves[String(rest)] = option
            }
        }
        let names = leaves.keys.sorted() + groups.sorted()
        guard let fields = node.object(known: names) else { return }
        for name in leaves.keys.sorted() {
            guard let option = leaves[name], let value = fields[name] else { continue }
            if let text = scalar(value, option) {
                config.set(option.key, text, origin: .file(node.file))
            }
        }
        for name in groups.sorted() {
            guard let value = fields[name] else { continue }
            readObject(value, prefix: "\(prefix)\(name).", into: &config)
        }
    }

    /// The value of a field as text, or nil with the mistake noted.
    private static func scalar(_ node: ConfigNode, _ option: ConfigOption) -> String? {
        let countBefore = node.problems.list.count
        let text: String
        switch option.kind {
        case .toggle: text = node.bool() ? "true" : "false"
        case .integer(let range): text = String(node.integer(in: range))
        case .number(let range): text = String(node.number(in: range))
        case .text, .choice: text = node.text()
        }
        guard node.problems.list.count == countBefore else { return nil }
        if let why = option.refusal(of: text) {
            node.problem(why)
            return nil
        }
        return text
    }
}
