// The table of matchmakerd's settings: flag, environment variable, file field, default, range and
// help of each. The only place that names them; parser, help and report are made from it.
import DaemonKit
import Wire

/// The settings of matchmakerd.
enum MatchmakerOptions {
    static let table = OptionTable(
        program: "matchmakerd",
        summary: "Takes tickets from NATS JetStream, forms matches tick by tick and publishes "
            + "them. Flags go before environment, environment before file, file before defaults.",
        options: commands + broker + service + limits + streams, epilogue: epilogue)

    private static let commands = [
        ConfigOption(
            key: "help", flag: "help", environment: nil, isInFile: false, kind: .toggle,
            standard: "false", help: "Print this text and exit."),
        ConfigOption(
            key: "checkConfig", flag: "check-config", environment: nil, isInFile: false,
            kind: .toggle, standard: "false",
            help: "Check settings and queue file, print every mistake or 'ok' and the effective "
                + "settings, and exit with 0 or 78."),
        ConfigOption(
            key: "configFile", flag: "config", environment: "MUSTER_CONFIG", isInFile: false,
            kind: .text, standard: "", unit: "FILE", help: "Settings file in JSON5."),
    ]

    private static let broker =
        [
            ConfigOption(
                key: "natsURL", flag: "nats", environment: "MUSTER_NATS_URL", kind: .text,
                standard: "nats://127.0.0.1:4222", unit: "URL",
                help: "NATS server with JetStream; several with commas.", secrecy: .url)
        ]
        + NATSIdentity.options(
            user: BrokerUser.matchmaker.name, inboxPrefix: BrokerUser.matchmaker.inboxPrefix)
        + [
            ConfigOption(
                key: "nats.bootSeedFile", flag: "nats-boot-seed-file",
                environment: "MUSTER_NATS_BOOT_SEED_FILE", kind: .text, standard: "",
                unit: "FILE",
                help: "Secret key of the NATS user 'boot', who makes the streams; empty where "
                    + "they exist, or where the own user may make them.")
        ]

    private static let service = [
        ConfigOption(
            key: "databaseURL", flag: "database", environment: "MUSTER_DATABASE_URL", kind: .text,
            standard: "postgresql://127.0.0.1:5432/muster", unit: "URL",
            help: "PostgreSQL, in which matches come into being; a login of role mm.",
            secrecy: .url),
        ConfigOption(
            key: "owner", flag: "owner", environment: "MUSTER_OWNER", kind: .text, standard: "",
            unit: "NAME",
            help: "Name under which this process owns its shard, unique among all; empty for "
                + "host and process number."),
        ConfigOption(
            key: "connectSeconds", flag: "connect-seconds",
            environment: "MUSTER_CONNECT_SECONDS", kind: .integer(0...3_600), standard: "30",
            unit: "SECONDS", help: "How long to wait for NATS and PostgreSQL at the start."),
        ConfigOption(
            key: "queueFile", flag: "queues", environment: "MUSTER_QUEUES", kind: .text,
            standard: "config/queues.json5", unit: "FILE",
            help: "Queue file; read again on SIGHUP."),
        ConfigOption(
            key: "httpListen", flag: "http", environment: "MUSTER_HTTP", kind: .text,
            standard: "127.0.0.1:9464", unit: "ADDRESS:PORT",
            help: "Where /metrics, /healthz and /readyz are served; port 0 lets the system "
                + "choose."),
        ConfigOption(
            key: "httpPortFile", flag: "http-port-file", environment: "MUSTER_HTTP_PORT_FILE",
            kind: .text, standard: "", unit: "FILE",
            help: "Write the port that is served to this file."),
        ConfigOption(
            key: "tickMilliseconds", flag: "tick-ms", environment: "MUSTER_TICK_MS",
            kind: .integer(1...1_000), standard: "50", unit: "MS", help: "Length of a tick."),
        ConfigOption(
            key: "seed", flag: "seed", environment: "MUSTER_SEED", kind: .integer(0...Int.max),
            standard: "1", unit: "NUMBER", help: "Seed of every draw in the core."),
        ConfigOption(
            key: "allocationForm", flag: "allocation-form",
            environment: "MUSTER_ALLOCATION_FORM", kind: .choice(["protobuf", "json"]),
            standard: "protobuf", unit: "FORM", help: "Form of the messages to game servers."),
        ConfigOption(
            key: "recordFile", flag: "record", environment: "MUSTER_RECORD", kind: .text,
            standard: "", unit: "FILE",
            help: "Record the run into this file for 'matchbench replay'; a file of that name is "
                + "kept as FILE.before."),
        ConfigOption(
            key: "logLevel", flag: "log-level", environment: "MUSTER_LOG_LEVEL",
            kind: .choice(["debug", "info", "warning", "error"]), standard: "info",
            unit: "LEVEL", help: "Least level of log lines on standard error."),
    ]

    private static let limits = [
        ConfigOption(
            key: "limits.tickets", flag: "limit-tickets", environment: "MUSTER_LIMIT_TICKETS",
            kind: .integer(16...16_000_000), standard: "250000", unit: "COUNT",
            help: "Tickets that may wait at one time; memory for them is reserved at the start."),
        ConfigOption(
            key: "limits.players", flag: "limit-players", environment: "MUSTER_LIMIT_PLAYERS",
            kind: .integer(0...64_000_000), standard: "0", unit: "COUNT",
            help: "Players in those tickets; 0 means twice the tickets."),
        ConfigOption(
            key: "limits.places", flag: "limit-places", environment: "MUSTER_LIMIT_PLACES",
            kind: .integer(0...128_000_000), standard: "0", unit: "COUNT",
            help: "Places in the index, one for each region that a ticket accepts; 0 means "
                + "three times the tickets."),
        ConfigOption(
            key: "limits.queues", flag: "limit-queues", environment: "MUSTER_LIMIT_QUEUES",
            kind: .integer(1...4_096), standard: "1024", unit: "COUNT",
            help: "Queue names over the life of the process."),
        ConfigOption(
            key: "limits.unsettled", flag: "limit-unsettled",
            environment: "MUSTER_LIMIT_UNSETTLED", kind: .integer(16...1_000_000),
            standard: "16384", unit: "COUNT",
            help: "Formed matches that may wait for the database at one time."),
        ConfigOption(
            key: "limits.ended", flag: "limit-ended", environment: "MUSTER_LIMIT_ENDED",
            kind: .integer(0...16_000_000), standard: "262144", unit: "COUNT",
            help: "Ended tickets that are remembered for ten minutes, so that a late cancel "
                + "learns of its match."),
        ConfigOption(
            key: "limits.lobbies", flag: "limit-lobbies", environment: "MUSTER_LIMIT_LOBBIES",
            kind: .integer(1...65_535), standard: "4096", unit: "COUNT",
            help: "Lobby names over the life of the process."),
        ConfigOption(
            key: "rings.ingest", flag: "ring-ingest", environment: "MUSTER_RING_INGEST",
            kind: .integer(256...16_777_216), standard: "262144", unit: "CELLS",
            help: "Ring from intake to the tick thread; a power of two."),
        ConfigOption(
            key: "rings.outcome", flag: "ring-outcome", environment: "MUSTER_RING_OUTCOME",
            kind: .integer(1_024...16_777_216), standard: "65536", unit: "CELLS",
            help: "Ring from the tick thread to the announcer; a power of two."),
    ]

    private static let streams =
        stream("intake", "MMQ: tickets and cancels", megabytes: 512, age: 7_200)
        + stream("event", "MMEVT: answers to lobbies", megabytes: 512, age: 7_200)
        + stream("allocation", "MMALLOC: matches for game servers", megabytes: 512, age: 7_200)
        + stream("result", "MMRES: reports of game servers", megabytes: 256, age: 604_800)
        + stream("deadLetter", "MMDLQ: bad messages", megabytes: 64, age: 604_800)
        + [
            ConfigOption(
                key: "streams.replicas", flag: "stream-replicas",
                environment: "MUSTER_STREAM_REPLICAS", kind: .integer(1...5), standard: "1",
                unit: "COUNT", help: "Copies of each stream in a NATS cluster.")
        ]

    private static func stream(
        _ name: String, _ what: String, megabytes: Int, age: Int
    ) -> [ConfigOption] {
        let dashed = name == "deadLetter" ? "dead-letter" : name
        let variable = dashed.uppercased().replacing("-", with: "_")
        return [
            ConfigOption(
                key: "streams.\(name)Megabytes", flag: "stream-\(dashed)-mb",
                environment: "MUSTER_STREAM_\(variable)_MB", kind: .integer(1...1_048_576),
                standard: String(megabytes), unit: "MIB",
                help: "Largest size of stream \(what)."),
            ConfigOption(
                key: "streams.\(name)AgeSeconds", flag: "stream-\(dashed)-age",
                environment: "MUSTER_STREAM_\(variable)_AGE", kind: .integer(60...31_536_000),
                standard: String(age), unit: "SECONDS",
                help: "How long stream \(what) keeps a message."),
        ]
    }

    private static let epilogue = """
        Signals: SIGTERM and SIGINT stop (intake first, what is decided is published), SIGHUP
        reads the queue file again; a wrong file changes nothing.
        Exit codes: 0 stopped as asked, 64 wrong command line, 69 NATS or PostgreSQL cannot be
        reached, 71 the system refused memory, a thread or a port, 78 wrong settings or queue file.
        """
}
