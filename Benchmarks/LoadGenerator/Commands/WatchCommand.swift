// `loadgen watch`: what the matchmaker tells the lobbies, as it happens.
import DaemonKit
import Wire

/// Prints events.
enum WatchCommand {
    static let table = OptionTable(
        program: "loadgen watch",
        summary: "Prints what the matchmaker tells one lobby, or all of them.",
        options: CommonOptions.broker(as: BrokerUser.operations) + [
            CommonOptions.option(
                "lobby", .text, standard: "", unit: "NAME", "Only this lobby; all by default."),
            CommonOptions.option(
                "json", .toggle, standard: "false", "One JSON object a line instead of sentences."),
            CommonOptions.option(
                "from-start", .toggle, standard: "false",
                "Begin with the oldest event that the stream still has."),
            CommonOptions.option(
                "duration", .number(0...10_000_000), standard: "0", unit: "SECONDS",
                "End after this long; 0 goes on until Ctrl-C."),
            CommonOptions.help,
        ])

    static func run(arguments: [String], environment: [String: String]) -> ExitCode {
        CommandRunner.run(table, arguments: arguments, environment: environment) {
            (config: EffectiveConfig) throws(CommandFailure) in
            let lobby = config.text("lobby")
            guard lobby.isEmpty || Token.isValid(lobby) else {
                throw CommandFailure(
                    .usage, ["--lobby: must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -"])
            }
            let connection = try CommandRunner.connect(config)
            let feed = try CommandRunner.openFeed(
                connection, lobby: lobby.isEmpty ? nil : lobby,
                isFromStart: config.isOn("from-start"))
            defer { feed.close() }
            watch(
                feed, isJSON: config.isOn("json"), namesLobby: lobby.isEmpty,
                durationSeconds: config.number("duration"))
            return .success
        }
    }

    private static func watch(
        _ feed: EventFeed, isJSON: Bool, namesLobby: Bool, durationSeconds: Double
    ) {
        let start = MonotonicClock.nowNanoseconds()
        while Signals.wait(milliseconds: 50) != .stop {
            for entry in (try? feed.take()) ?? [] {
                Terminal.line(isJSON ? json(entry) : sentence(entry, namesLobby: namesLobby))
            }
            let seconds = Double(MonotonicClock.nowNanoseconds() - start) / 1e9
            if durationSeconds > 0 && seconds >= durationSeconds { return }
        }
    }

    private static func sentence(_ entry: FeedEntry, namesLobby: Bool) -> String {
        let text = entry.event.map(EventWords.sentence) ?? "unreadable: \(entry.problem)"
        return namesLobby ? "\(entry.lobby)  \(text)" : text
    }

    private static func json(_ entry: FeedEntry) -> String {
        guard let event = entry.event else {
            return "{\"unreadable\": \(JSONText.quoted(entry.problem))}"
        }
        return String(decoding: JSONCodec.encode(event), as: UTF8.self)
    }
}
