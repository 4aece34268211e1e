// The table of worldd's settings: flag, environment variable, file field, default, range and help
// of each. The only place that names them; parser, help and report are made from it.
import DaemonKit
import Wire

/// The settings of worldd.
enum WorldOptions {
    static let table = OptionTable(
        program: "worldd",
        summary: "A game server: takes matches from the matchmaker over NATS, lets players in by "
            + "their tokens, fights and reports the results. Flags go before environment, "
            + "environment before file, file before defaults.",
        options: commands + server + play + broker + service, epilogue: epilogue)

    private static let commands = [
        ConfigOption(
            key: "help", flag: "help", environment: nil, isInFile: false, kind: .toggle,
            standard: "false", help: "Print this text and exit."),
        ConfigOption(
            key: "checkConfig", flag: "check-config", environment: nil, isInFile: false,
            kind: .toggle, standard: "false",
            help: "Check settings, keys and content file, print every mistake or 'ok' and the "
                + "effective settings, and exit with 0 or 78."),
        ConfigOption(
            key: "configFile", flag: "config", environment: "MUSTER_WORLD_CONFIG",
            isInFile: false, kind: .text, standard: "", unit: "FILE",
            help: "Settings file in JSON5."),
    ]

    private static let server = [
        ConfigOption(
            key: "serverID", flag: "server-id", environment: "MUSTER_SERVER_ID", kind: .text,
            standard: "world-1", unit: "NAME",
            help: "Name of this server, its own and the same after a restart."),
        ConfigOption(
            key: "region", flag: "region", environment: "MUSTER_REGION", kind: .text,
            standard: "eu", unit: "NAME", help: "Region in which this server stands."),
        ConfigOption(
            key: "keyFile", flag: "key-file", environment: "MUSTER_SERVER_KEY_FILE",
            kind: .text, standard: "", unit: "FILE",
            help: "This server's key, made by scripts/server-key: it checks join tokens and signs "
                + "reports. Others may not read the file."),
        ConfigOption(
            key: "formerKeyFile", flag: "former-key-file",
            environment: "MUSTER_FORMER_SERVER_KEY_FILE", kind: .text, standard: "",
            unit: "FILE",
            help: "The key before it, whose tokens are still good; for a change of keys."),
        ConfigOption(
            key: "spoolFolder", flag: "spool", environment: "MUSTER_SPOOL", kind: .text,
            standard: "worldd-spool", unit: "FOLDER",
            help: "Where accepted matches and results wait until they are stored; made if it is "
                + "not there, used by one process at a time."),
        ConfigOption(
            key: "build", flag: "build", environment: nil, kind: .text, standard: "worldd",
            unit: "TEXT", help: "Build of the game, as the heartbeat tells it."),
    ]

    private static let play = [
        ConfigOption(
            key: "capacityMatches", flag: "capacity", environment: "MUSTER_CAPACITY",
            kind: .integer(1...WireLimits.sessionCountMax), standard: "64", unit: "MATCHES",
            help: "Matches at one time."),
        ConfigOption(
            key: "contentFile", flag: "content", environment: "MUSTER_WORLD_CONTENT",
            kind: .text, standard: "config/worldd-content.json5", unit: "FILE",
            help: "Classes of fighters and kinds of fights."),
        ConfigOption(
            key: "tickMilliseconds", flag: "tick-ms", environment: nil, kind: .integer(1...1_000),
            standard: "100", unit: "MS",
            help: "Length of a tick. A fight counts ten ticks as a second, so that below 100 it "
                + "runs faster."),
        ConfigOption(
            key: "playersSeconds", flag: "players-seconds", environment: nil,
            kind: .integer(0...3_600), standard: "30", unit: "SECONDS",
            help: "Time for players to join where the claim leaves it open; then bots play for "
                + "those who are missing."),
        ConfigOption(
            key: "autoplay", flag: "autoplay", environment: "MUSTER_AUTOPLAY", kind: .toggle,
            standard: "false",
            help: "All players are bots: nobody is waited for, and all count as having played. "
                + "For demonstrations."),
        ConfigOption(
            key: "drainSeconds", flag: "drain-seconds", environment: nil,
            kind: .integer(0...86_400), standard: "60", unit: "SECONDS",
            help: "How long running matches may go on after SIGTERM; then they are failed."),
    ]

    private static let broker =
        [
            ConfigOption(
                key: "natsURL", flag: "nats", environment: "MUSTER_NATS_URL", kind: .text,
                standard: "nats://127.0.0.1:4222", unit: "URL",
                help: "NATS server; several with commas.", secrecy: .url)
        ]
        + NATSIdentity.options(
            user: BrokerUser.world.name, inboxPrefix: BrokerUser.world.inboxPrefix)

    private static let service = [
        ConfigOption(
            key: "connectSeconds", flag: "connect-seconds",
            environment: "MUSTER_CONNECT_SECONDS", kind: .integer(0...3_600), standard: "30",
            unit: "SECONDS", help: "How long to wait for the NATS server at the start."),
        ConfigOption(
            key: "playersListen", flag: "players", environment: "MUSTER_PLAYERS", kind: .text,
            standard: "127.0.0.1:7400", unit: "ADDRESS:PORT",
            help: "Where players connect; port 0 lets the system choose."),
        ConfigOption(
            key: "publicAddress", flag: "public-address", environment: "MUSTER_PUBLIC_ADDRESS",
            kind: .text, standard: "", unit: "HOST:PORT",
            help: "Where players reach this server from outside, if that is another address."),
        ConfigOption(
            key: "connectionsMax", flag: "connections-max", environment: nil,
            kind: .integer(1...65_535), standard: "4096", unit: "COUNT",
            help: "Players' connections at one time."),
        ConfigOption(
            key: "httpListen", flag: "http", environment: "MUSTER_WORLD_HTTP", kind: .text,
            standard: "127.0.0.1:9465", unit: "ADDRESS:PORT",
            help: "Where /metrics, /healthz and /readyz are served; port 0 lets the system "
                + "choose."),
        ConfigOption(
            key: "httpPortFile", flag: "http-port-file",
            environment: "MUSTER_WORLD_HTTP_PORT_FILE", kind: .text, standard: "",
            unit: "FILE", help: "Write the port that is served to this file."),
        ConfigOption(
            key: "reportForm", flag: "report-form", environment: "MUSTER_REPORT_FORM",
            kind: .choice(["protobuf", "json"]), standard: "protobuf", unit: "FORM",
            help: "Form of heartbeats and reports."),
        ConfigOption(
            key: "logLevel", flag: "log-level", environment: "MUSTER_LOG_LEVEL",
            kind: .choice(["debug", "info", "warning", "error"]), standard: "info",
            unit: "LEVEL", help: "Least level of log lines on standard error."),
    ]

    private static let epilogue = """
        Signals: SIGTERM and SIGINT drain (no new matches, running ones end or are failed after
        drainSeconds, results are stored); a second one fails them at once.
        Exit codes: 0 stopped as asked, 64 wrong command line, 69 NATS cannot be reached,
        71 the system refused a folder, a thread or a port, 78 wrong settings, key or content.
        """
}
