// One table describes every setting of a program: flag, environment variable, file field, range,
// default and help. Parser, help text and report are all made from it.

/// What values a setting takes.
package enum OptionKind: Sendable, Equatable {
    /// On or off; as a flag it takes no value.
    case toggle
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case text
    /// One of these words.
    case choice([String])
}

/// How a setting's value is shown.
package enum OptionSecrecy: Sendable, Equatable {
    case open
    /// A URL whose password is hidden.
    case url
    /// Never shown.
    case secret
}

/// One setting of a program.
package struct ConfigOption: Sendable {
    /// Field path in the file, also the name by which a value is asked for: `limits.players`.
    package let key: String
    /// Flag without its dashes: `limit-players`.
    package let flag: String
    /// Environment variable, or nil where there is none.
    package let environment: String?
    /// False for what only makes sense on the command line (`--help`).
    package let isInFile: Bool
    package let kind: OptionKind
    package let standard: String
    /// Unit or form of the value for the help text: `ms`, `FILE`.
    package let unit: String
    package let help: String
    package let secrecy: OptionSecrecy

    package init(
        key: String, flag: String, environment: String?, isInFile: Bool = true, kind: OptionKind,
        standard: String, unit: String = "", help: String, secrecy: OptionSecrecy = .open
    ) {
        self.key = key
        self.flag = flag
        self.environment = environment
        self.isInFile = isInFile
        self.kind = kind
        self.standard = standard
        self.unit = unit
        self.help = help
        self.secrecy = secrecy
    }

    /// Why `value` is no value of this setting, or nil if it is one.
    func refusal(of value: String) -> String? {
        switch kind {
        case .text: return nil
        case .toggle:
            return value == "true" || value == "false"
                ? nil : "is '\(value)', must be true or false"
        case .integer(let range):
            guard let number = Int(value) else { return "is '\(value)', must be a whole number" }
            return range.contains(number)
                ? nil : "is \(number), must be \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            guard let number = Double(value), number.isFinite else {
                return "is '\(value)', must be a number"
            }
            return range.contains(number)
                ? nil : "is \(number), must be \(range.lowerBound) to \(range.upperBound)"
        case .choice(let words):
            return words.contains(value)
                ? nil : "is '\(value)', must be one of \(words.joined(separator: ", "))"
        }
    }

    /// `value` as it may be shown.
    func shown(_ value: String) -> String {
        switch secrecy {
        case .open: value.isEmpty ? "\"\"" : value
        case .url: Redaction.url(value)
        case .secret: value.isEmpty ? "\"\"" : "***"
        }
    }
}

/// All settings of a program.
package struct OptionTable: Sendable {
    package let program: String
    /// One or two sentences on what the program does.
    package let summary: String
    package let options: [ConfigOption]
    /// Lines after the options: files, signals, exit codes.
    package let epilogue: String

    package init(program: String, summary: String, options: [ConfigOption], epilogue: String = "") {
        precondition(Set(options.map(\.key)).count == options.count)
        precondition(Set(options.map(\.flag)).count == options.count)
        self.program = program
        self.summary = summary
        self.options = options
        self.epilogue = epilogue
    }

    /// The text of `--help`.
    package var helpText: String {
        var lines = ["usage: \(program) [options]", "", summary, "", "Options:"]
        for option in options {
            let form = option.unit.isEmpty ? "VALUE" : option.unit
            lines.append("  --\(option.flag)" + (option.kind == .toggle ? "" : " \(form)"))
            for line in OptionTable.wrapped(option.help, columns: 84) {
                lines.append("        \(line)")
            }
            lines.append("        \(origins(of: option))")
        }
        if !epilogue.isEmpty { lines += ["", epilogue] }
        return lines.joined(separator: "\n")
    }

    private func origins(of option: ConfigOption) -> String {
        var parts: [String] = []
        switch option.kind {
        case .integer(let range): parts.append("\(range.lowerBound) to \(range.upperBound)")
        case .number(let range): parts.append("\(range.lowerBound) to \(range.upperBound)")
        case .choice(let words): parts.append(words.joined(separator: " | "))
        case .toggle, .text: break
        }
        if option.kind != .toggle && !option.standard.isEmpty {
            parts.append("default \(option.shown(option.standard))")
        }
        if let environment = option.environment { parts.append("env \(environment)") }
        if option.isInFile { parts.append("file \(option.key)") }
        return "[\(parts.joined(separator: "; "))]"
    }

    private static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count + 1 > columns { lines.append("") }
            let separator = lines[lines.count - 1].isEmpty ? "" : " "
            lines[lines.count - 1] += separator + word
        }
        return lines
    }
}
