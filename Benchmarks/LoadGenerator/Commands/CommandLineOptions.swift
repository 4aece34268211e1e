// What the commands have in common: options, their mistakes, connecting, waiting for the streams.
import DaemonKit
import Wire

/// Why a command ends early.
struct CommandFailure: Error {
    let exitCode: ExitCode
    let lines: [String]

    init(_ exitCode: ExitCode, _ lines: [String]) {
        self.exitCode = exitCode
        self.lines = lines
    }
}

/// Options that several commands have.
enum CommonOptions {
    static let help = ConfigOption(
        key: "help", flag: "help", environment: nil, isInFile: false, kind: .toggle,
        standard: "false", help: "Print this text.")
    private static let nats = ConfigOption(
        key: "nats", flag: "nats", environment: "MUSTER_NATS_URL", isInFile: false, kind: .text,
        standard: "nats://127.0.0.1:4222", unit: "URL", help: "The broker.", secrecy: .url)

    /// The broker, and as whom to talk to it.
    static func broker(as user: (name: String, inboxPrefix: String)) -> [ConfigOption] {
        [nats]
            + NATSIdentity.options(
                user: user.name, inboxPrefix: user.inboxPrefix, isInFile: false)
    }

    /// An option of the command line alone.
    static func option(
        _ name: String, _ kind: OptionKind, standard: String, unit: String = "", _ help: String
    ) -> ConfigOption {
        ConfigOption(
            key: name, flag: name, environment: nil, isInFile: false, kind: kind,
            standard: standard, unit: unit, help: help)
    }
}

/// Runs commands.
enum CommandRunner {
    /// Reads the options, prints the help where it is asked for, reports failures.
    static func run(
        _ table: OptionTable, arguments: [String], environment: [String: String],
        body: (EffectiveConfig) throws(CommandFailure) -> ExitCode
    ) -> ExitCode {
        let loaded = ConfigLoader.load(
            table: table, arguments: arguments, environment: environment, fileKey: "")
        let problems = loaded.usageProblems + loaded.problems
        if !problems.isEmpty {
            for problem in problems { Terminal.complain("\(table.program): \(problem)") }
            Terminal.complain("see \(table.program) --help")
            return .usage
        }
        if loaded.config.isOn("help") {
            Terminal.line(table.helpText)
            return .success
        }
        // Before the library starts its threads, so that all inherit the mask.
        Signals.block()
        do throws(CommandFailure) {
            return try body(loaded.config)
        } catch {
            for line in error.lines { Terminal.complain("\(table.program): \(line)") }
            return error.exitCode
        }
    }

    /// Connects as `CommonOptions.broker` says.
    static func connect(_ config: EffectiveConfig) throws(CommandFailure) -> NATSConnection {
        var problems: [ConfigProblem] = []
        let identity = NATSIdentity(config, &problems)
        if !problems.isEmpty {
            throw CommandFailure(.configuration, problems.map(\.description))
        }
        do throws(NATSError) {
            return try NATSConnection(
                NATSSettings(url: config.text("nats"), name: "loadgen", identity: identity))
        } catch {
            throw CommandFailure(.unavailable, [error.description])
        }
    }

    /// Opens the stream of events; waits for matchmakerd to make it.
    static func openFeed(
        _ connection: NATSConnection, lobby: String?, isFromStart: Bool = false
    ) throws(CommandFailure) -> EventFeed {
        let deadline = MonotonicClock.nowNanoseconds() + 10_000_000_000
        var hasSaid = false
        while true {
            do throws(NATSError) {
                return try EventFeed(connection, lobby: lobby, isFromStart: isFromStart)
            } catch {
                guard error.isNotFound, MonotonicClock.nowNanoseconds() < deadline else {
                    let hint = error.isNotFound ? ": is matchmakerd running on this broker?" : ""
                    throw CommandFailure(.unavailable, [error.description + hint])
                }
            }
            if !hasSaid { Terminal.complain("waiting for matchmakerd to make its streams") }
            hasSaid = true
            if Signals.wait(milliseconds: 250) == .stop {
                throw CommandFailure(.unavailable, ["stopped before the streams were there"])
            }
        }
    }

    static func sender(
        _ connection: NATSConnection, form: ContentType
    ) throws(CommandFailure) -> IntakeSender {
        do throws(NATSError) {
            return try IntakeSender(connection, form: form)
        } catch {
            throw CommandFailure(.unavailable, [error.description])
        }
    }
}
