// `loadgen demo`: a population over NATS, shown live. One thread: it steps the crowd twenty times a
// second, sends what they do, takes what the matchmaker answers, and draws.
import DaemonKit
import Wire

/// The demo.
enum DemoCommand {
    static let table = OptionTable(
        program: "loadgen demo",
        summary: "Publishes the tickets of a population that a workload file describes, and shows "
            + "queues, waits, quality and the last matches.",
        options: CommonOptions.broker(as: BrokerUser.lobby) + [
            CommonOptions.option(
                "workload", .text, standard: "Benchmarks/Workloads/demo.json5", unit: "FILE",
                "The population (JSON5; the file itself explains its fields)."),
            CommonOptions.option(
                "metrics", .text, standard: "", unit: "URL",
                "matchmakerd's metrics page, for its tick times; left out without it."),
            CommonOptions.option(
                "duration", .number(0...10_000_000), standard: "0", unit: "SECONDS",
                "End after this long; 0 goes on until Ctrl-C."),
            CommonOptions.option(
                "rate", .number(0.001...10_000), standard: "1", unit: "FACTOR",
                "Multiplies the workload's arrivals."),
            CommonOptions.option(
                "seed", .integer(0...Int.max), standard: "0", unit: "NUMBER",
                "Another population than the workload's seed gives; 0 keeps that."),
            CommonOptions.option(
                "lobby", .text, standard: "", unit: "NAME",
                "Name under which tickets are sent; by default a new one in each run."),
            CommonOptions.option(
                "plain", .toggle, standard: "false",
                "A line every few seconds instead of a screen; so too where there is no terminal."),
            CommonOptions.help,
        ],
        epilogue: "Ctrl-C takes back the tickets that still wait and prints a summary.")

    static func run(arguments: [String], environment: [String: String]) -> ExitCode {
        CommandRunner.run(table, arguments: arguments, environment: environment) {
            (config: EffectiveConfig) throws(CommandFailure) in
            let workload = try loadWorkload(config)
            let salt = WallClock.nowNanoseconds()
            let lobby = try lobbyName(config, salt: salt)
            let metrics = try metricsReader(config)
            let connection = try CommandRunner.connect(config)
            let feed = try CommandRunner.openFeed(connection, lobby: lobby)
            let sender = try CommandRunner.sender(connection, form: .protobuf)
            let isPainted =
                !config.isOn("plain") && Terminal.isInteractive(environment: environment)
            var demo = DemoRun(
                workload,
                crowd: Crowd(
                    workload, lobby: lobby, rate: config.number("rate"), salt: salt),
                connection: connection, feed: feed, sender: sender, metrics: metrics,
                isPainted: isPainted)
            return demo.run(durationSeconds: config.number("duration"))
        }
    }

    private static func loadWorkload(_ config: EffectiveConfig) throws(CommandFailure) -> Workload {
        do throws(WorkloadRefusal) {
            var workload = try WorkloadReader.load(file: config.text("workload"))
            if config.integer("seed") > 0 { workload.seed = UInt64(config.integer("seed")) }
            return workload
        } catch {
            throw CommandFailure(.configuration, error.problems.map(\.description))
        }
    }

    private static func lobbyName(
        _ config: EffectiveConfig, salt: UInt64
    ) throws(CommandFailure) -> String {
        let name = config.text("lobby")
        if name.isEmpty { return "demo-" + String(salt & 0xFF_FFFF, radix: 16) }
        guard Token.isValid(name) else {
            throw CommandFailure(
                .usage, ["--lobby: must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -"])
        }
        return name
    }

    private static func metricsReader(
        _ config: EffectiveConfig
    ) throws(CommandFailure) -> MetricsReader? {
        let url = config.text("metrics")
        if url.isEmpty { return nil }
        guard let reader = MetricsReader(url: url) else {
            throw CommandFailure(.usage, ["--metrics: must be http://host:port/path"])
        }
        return reader
    }
}
