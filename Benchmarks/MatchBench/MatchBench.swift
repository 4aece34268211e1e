// matchbench: measures the matchmaker. One file a subcommand; every figure stands beside a bare
// loop of the same run, so that it can be read as a ratio on a machine of any speed.

import DaemonKit

@main
enum MatchBench {
    // A nonisolated entry: code formed on the main actor pays a check in every hot closure.
    static func main() { run() }

    nonisolated private static func run() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let name = arguments.first, name != "--help", name != "help" else {
            print(overview)
            leave(arguments.isEmpty ? .usage : .success)
        }
        guard let command = BenchCommand.all.first(where: { $0.name == name }) else {
            printError("matchbench: unknown subcommand '\(name)'; see matchbench --help")
            leave(.usage)
        }
        command.start(Array(arguments.dropFirst()))
    }

    nonisolated private static var overview: String {
        var lines = ["usage: matchbench SUBCOMMAND [options]", "", "Measures the matchmaker.", ""]
        for command in BenchCommand.all {
            let padded = command.name + String(repeating: " ", count: 10 - command.name.count)
            lines.append("  \(padded)\(command.summary)")
        }
        lines += [
            "", "matchbench SUBCOMMAND --help lists its options. --json prints for machines.",
        ]
        return lines.joined(separator: "\n")
    }
}

/// One subcommand: its options and what it does.
struct BenchCommand: Sendable {
    let name: String
    let summary: String
    let options: [ConfigOption]
    /// Flag whose value may stand first without it: `replay FILE`.
    var subject: String?
    let run: @Sendable (EffectiveConfig) throws -> BenchReport

    static var all: [BenchCommand] {
        [
            Herd.command, Steady.command, Scaling.command, Queues.command, Rings.command,
            NATSBench.command, RuleCost.command, Scarce.command, Backfill.command,
            SimCommand.command,
            FrontierCommand.command, ReplayCommand.command,
        ]
    }

    func start(_ given: [String]) {
        var arguments = given
        if let subject, let first = given.first, !first.hasPrefix("--") {
            arguments.insert("--\(subject)", at: 0)
        }
        let table = OptionTable(
            program: "matchbench \(name)", summary: summary,
            options: options + BenchOption.shared)
        let loaded = ConfigLoader.load(
            table: table, arguments: arguments,
            environment: ProcessEnvironment.variables(), fileKey: "")
        if loaded.config.isOn("help") {
            print(table.helpText)
            leave(.success)
        }
        if !loaded.usageProblems.isEmpty {
            for problem in loaded.usageProblems { printError("matchbench \(name): \(problem)") }
            leave(.usage)
        }
        do {
            let report = try run(loaded.config)
            Progress.clear()
            print(BenchOption.printed(report, loaded.config))
        } catch {
            Progress.clear()
            printError("matchbench \(name): \(error)")
            leave(.failure)
        }
    }
}

/// Options that several subcommands share.
enum BenchOption {
    static func integer(
        _ name: String, _ standard: Int, _ range: ClosedRange<Int>, _ help: String,
        unit: String = "N"
    ) -> ConfigOption {
        ConfigOption(
            key: name, flag: name, environment: nil, isInFile: false, kind: .integer(range),
            standard: String(standard), unit: unit, help: help)
    }

    static func number(
        _ name: String, _ standard: Double, _ range: ClosedRange<Double>, _ help: String,
        unit: String
    ) -> ConfigOption {
        ConfigOption(
            key: name, flag: name, environment: nil, isInFile: false, kind: .number(range),
            standard: String(standard), unit: unit, help: help)
    }

    static func text(_ name: String, _ standard: String, _ help: String, unit: String)
        -> ConfigOption
    {
        ConfigOption(
            key: name, flag: name, environment: nil, isInFile: false, kind: .text,
            standard: standard, unit: unit, help: help)
    }

    static func toggle(_ name: String, _ help: String) -> ConfigOption {
        ConfigOption(
            key: name, flag: name, environment: nil, isInFile: false, kind: .toggle,
            standard: "false", help: help)
    }

    static let mode = ConfigOption(
        key: "mode", flag: "mode", environment: nil, isInFile: false,
        kind: .choice(BenchMode.all.map(\.name)), standard: "5v5", unit: "MODE",
        help: "Teams of a match.")
    static let regions = integer(
        "regions", 8, 1...16, "Regions; every ticket lives near one of them.")
    static let seed = integer("seed", 42, 0...Int.max, "Seed of the population and the core.")
    static let shared = [
        toggle("json", "Print one JSON object instead of a table."),
        toggle("markdown", "Print Markdown instead of a table."),
        toggle("help", "Print this help."),
    ]

    /// The report in the form that was asked for.
    static func printed(_ report: BenchReport, _ config: EffectiveConfig) -> String {
        if config.isOn("json") { return report.json }
        return config.isOn("markdown") ? report.markdown : report.table
    }
}
