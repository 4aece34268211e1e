// Reads `--flag value` and `--flag=value` by the table of settings. Pure.

/// The command line.
enum FlagParser {
    /// Values by setting key; mistakes are noted and the flag left out.
    static func parse(
        table: OptionTable, arguments: [String], problems: ConfigProblems
    ) -> [String: String] {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument.count > 2 else {
                problems.add(
                    file: "command line", path: argument, "is no option; options start with --")
                continue
            }
            let parts = argument.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = table.options.first(where: { $0.flag == name }) else {
                let hint = NearestName.hint(name, among: table.options.map(\.flag))
                problems.add(file: "command line", path: "--\(name)", "unknown option" + hint)
                continue
            }
            var value = parts.count == 2 ? String(parts[1]) : nil
            if value == nil {
                value = option.kind == .toggle ? "true" : rest.popFirst()
            }
            guard let value else {
                problems.add(file: "command line", path: "--\(name)", "needs a value")
                continue
            }
            if let why = option.refusal(of: value) {
                problems.add(file: "command line", path: "--\(name)", why)
            } else if values.updateValue(value, forKey: option.key) != nil {
                problems.add(file: "command line", path: "--\(name)", "given twice")
            }
        }
        return values
    }
}
