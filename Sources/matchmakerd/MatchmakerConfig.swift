// The settings of one run, checked and immutable. `conclude` is the only way to get one: it reads
// flags, environment, file and queue file and lists every mistake in all of them.
import DaemonKit
import MatchCore
import QueueFile
import Wire

/// The settings of one run.
struct MatchmakerConfig: Sendable {
    var natsURL: String
    var natsIdentity: NATSIdentity
    /// Makes the streams; nil where matchmakerd's own user may.
    var bootKey: NKey?
    var database: PostgresConfiguration
    /// The name under which this process owns shards.
    var ownerName: String
    var connectSeconds: Int
    var queueFilePath: String
    var queueText: QueueText
    /// IPv4 address and port; 0 lets the system choose.
    var httpAddress: String
    var httpPort: Int
    /// "" for none.
    var httpPortFile: String
    var tickMilliseconds: Int
    var seed: UInt64
    var allocationForm: ContentType
    /// Where the run is recorded; "" for nowhere.
    var recordPath: String
    var logLevel: LogLevel
    var limits: Limits
    var lobbyCountMax: Int
    var ingestRingCellCount: Int
    var outcomeRingCellCount: Int
    var streams: StreamSizes

    /// What the queue file says.
    var queueFile: QueueFile { queueText.file }

    /// What the checks of a queue file need to know of these settings.
    var queueFileContext: QueueFileContext {
        QueueFileContext(
            tickMilliseconds: tickMilliseconds, queueCountMax: limits.queueCountMax,
            timeoutSecondsMax: streams.intakeAgeSeconds)
    }
}

/// What the command line asks for.
enum MatchmakerRequest {
    case help(String)
    case check(report: [String])
    case run(MatchmakerConfig, report: [String])
}

/// Why a run cannot begin.
struct MatchmakerRefusal: Error, Equatable {
    let exitCode: ExitCode
    let problems: [ConfigProblem]
}

extension MatchmakerConfig {
    /// Reads and checks all settings.
    /// - Parameter arguments: without the program's name.
    /// - Throws: `MatchmakerRefusal` with every mistake.
    static func conclude(
        arguments: [String], environment: [String: String]
    ) throws(MatchmakerRefusal) -> MatchmakerRequest {
        let loaded = ConfigLoader.load(
            table: MatchmakerOptions.table, arguments: arguments, environment: environment,
            fileKey: "configFile")
        let values = loaded.config
        if values.isOn("help") && loaded.usageProblems.isEmpty {
            return .help(MatchmakerOptions.table.helpText)
        }
        if !loaded.usageProblems.isEmpty {
            throw MatchmakerRefusal(
                exitCode: .usage, problems: loaded.usageProblems + loaded.problems)
        }
        var problems = loaded.problems
        let config = MatchmakerConfig(values, &problems)
        if !problems.isEmpty {
            throw MatchmakerRefusal(exitCode: .configuration, problems: problems)
        }
        let report = ConfigReport.lines(values)
        return values.isOn("checkConfig") ? .check(report: report) : .run(config, report: report)
    }

    private init(_ values: EffectiveConfig, _ problems: inout [ConfigProblem]) {
        func note(_ key: String, _ why: String) {
            problems.append(
                ConfigProblem(file: values.origin(key).description, path: key, why: why))
        }
        natsURL = values.text("natsURL")
        if natsURL.isEmpty { note("natsURL", "must not be empty") }
        natsIdentity = NATSIdentity(values, &problems)
        bootKey = NATSIdentity.key(values, "nats.bootSeedFile", &problems)
        database = MatchmakerConfig.database(values, note)
        let owner = values.text("owner")
        ownerName = owner.isEmpty ? "\(HostName.current)-\(ProcessID.current)" : owner
        if ownerName.utf8.count > 128 { note("owner", "is longer than 128 bytes") }
        connectSeconds = values.integer("connectSeconds")
        queueFilePath = values.text("queueFile")
        let listen = ListenAddress(values.text("httpListen"))
        if listen == nil {
            note("httpListen", "is '\(values.text("httpListen"))', must be IPv4-ADDRESS:PORT")
        }
        httpAddress = listen?.address ?? ""
        httpPort = listen?.port ?? 0
        httpPortFile = values.text("httpPortFile")
        tickMilliseconds = values.integer("tickMilliseconds")
        seed = UInt64(values.integer("seed"))
        allocationForm = values.text("allocationForm") == "json" ? .json : .protobuf
        recordPath = values.text("recordFile")
        logLevel = LogLevel(name: values.text("logLevel")) ?? .info
        lobbyCountMax = values.integer("limits.lobbies")
        ingestRingCellCount = values.integer("rings.ingest")
        outcomeRingCellCount = values.integer("rings.outcome")
        for key in ["rings.ingest", "rings.outcome"] where values.integer(key).nonzeroBitCount != 1
        {
            note(key, "is \(values.integer(key)), must be a power of two")
        }
        streams = StreamSizes(values)
        for key in ["event", "allocation", "deadLetter"] {
            let age = values.integer("streams.\(key)AgeSeconds")
            if age < streams.intakeAgeSeconds {
                note(
                    "streams.\(key)AgeSeconds",
                    "is \(age), must be at least streams.intakeAgeSeconds "
                        + "(\(streams.intakeAgeSeconds)): a restart tells by it which tickets ended"
                )
            }
        }
        let ticketCountMax = values.integer("limits.tickets")
        let playerCountMax = values.integer("limits.players")
        let placeCountMax = values.integer("limits.places")
        for (key, count) in [("limits.players", playerCountMax), ("limits.places", placeCountMax)]
        where count != 0 && count < ticketCountMax {
            note(key, "is \(count), must be 0 or at least limits.tickets (\(ticketCountMax))")
        }
        limits = Limits(
            ticketCountMax: ticketCountMax,
            playerCountMax: playerCountMax == 0 ? nil : playerCountMax,
            placeCountMax: placeCountMax == 0 ? nil : placeCountMax,
            queueCountMax: values.integer("limits.queues"),
            reservationCountMax: values.integer("limits.unsettled"),
            endedCountMax: values.integer("limits.ended"),
            endedMemoryTicks: 600_000 / max(tickMilliseconds, 1))
        queueText = QueueText()
        do throws(QueueFileErrors) {
            queueText = try QueueText.load(path: queueFilePath, context: queueFileContext)
        } catch {
            problems += error.list
        }
        limits.regionCount = max(queueFile.regions.count, 1)
    }

    private static func database(
        _ values: EffectiveConfig, _ note: (String, String) -> Void
    ) -> PostgresConfiguration {
        do throws(PostgresError) {
            return try PostgresConfiguration(
                connectionString: values.text("databaseURL"), applicationName: "matchmakerd")
        } catch {
            note("databaseURL", error.description)
            return PostgresConfiguration()
        }
    }
}

extension StreamSizes {
    fileprivate init(_ values: EffectiveConfig) {
        self.init(
            intakeMegabytes: values.integer("streams.intakeMegabytes"),
            intakeAgeSeconds: values.integer("streams.intakeAgeSeconds"),
            eventMegabytes: values.integer("streams.eventMegabytes"),
            eventAgeSeconds: values.integer("streams.eventAgeSeconds"),
            allocationMegabytes: values.integer("streams.allocationMegabytes"),
            allocationAgeSeconds: values.integer("streams.allocationAgeSeconds"),
            resultMegabytes: values.integer("streams.resultMegabytes"),
            resultAgeSeconds: values.integer("streams.resultAgeSeconds"),
            deadLetterMegabytes: values.integer("streams.deadLetterMegabytes"),
            deadLetterAgeSeconds: values.integer("streams.deadLetterAgeSeconds"),
            replicaCount: values.integer("streams.replicas"))
    }
}
