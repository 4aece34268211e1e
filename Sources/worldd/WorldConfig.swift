// The settings of one run, checked and immutable. `conclude` is the only way to get one: it reads
// flags, environment, file, keys and content file and lists every mistake in all of them.
import DaemonKit
import ServerTrust
import Wire

/// The settings of one run.
struct WorldConfig: Sendable {
    var server: String
    var region: String
    /// Nil only if there is a problem with it.
    var keys: KeyRing?
    var spoolPath: String
    var build: String
    var matchCountMax: Int
    var content: FightContent
    var tickMilliseconds: Int
    var playersSeconds: Int
    var isAutoplay: Bool
    var drainSeconds: Int
    var natsURL: String
    var natsIdentity: NATSIdentity
    var connectSeconds: Int
    var playersListen: ListenAddress?
    /// "" for the address that is listened on.
    var publicAddress: String
    var connectionCountMax: Int
    var httpListen: ListenAddress?
    /// "" for none.
    var httpPortFile: String
    var reportForm: ContentType
    var logLevel: LogLevel
}

/// What the command line asks for.
enum WorldRequest {
    case help(String)
    case check(report: [String])
    case run(WorldConfig, report: [String])
}

/// Why a run cannot begin.
struct WorldRefusal: Error, Equatable {
    let exitCode: ExitCode
    let problems: [ConfigProblem]
}

extension WorldConfig {
    /// Reads and checks all settings.
    /// - Parameter arguments: without the program's name.
    /// - Throws: `WorldRefusal` with every mistake.
    static func conclude(
        arguments: [String], environment: [String: String]
    ) throws(WorldRefusal) -> WorldRequest {
        let loaded = ConfigLoader.load(
            table: WorldOptions.table, arguments: arguments, environment: environment,
            fileKey: "configFile")
        let values = loaded.config
        if values.isOn("help") && loaded.usageProblems.isEmpty {
            return .help(WorldOptions.table.helpText)
        }
        if !loaded.usageProblems.isEmpty {
            throw WorldRefusal(
                exitCode: .usage, problems: loaded.usageProblems + loaded.problems)
        }
        var problems = loaded.problems
        let config = WorldConfig(values, &problems)
        if !problems.isEmpty {
            throw WorldRefusal(exitCode: .configuration, problems: problems)
        }
        let report = ConfigReport.lines(values)
        return values.isOn("checkConfig") ? .check(report: report) : .run(config, report: report)
    }

    private init(_ values: EffectiveConfig, _ problems: inout [ConfigProblem]) {
        server = values.text("serverID")
        region = values.text("region")
        spoolPath = values.text("spoolFolder")
        build = values.text("build")
        matchCountMax = values.integer("capacityMatches")
        tickMilliseconds = values.integer("tickMilliseconds")
        playersSeconds = values.integer("playersSeconds")
        isAutoplay = values.isOn("autoplay")
        drainSeconds = values.integer("drainSeconds")
        natsURL = values.text("natsURL")
        natsIdentity = NATSIdentity(values, &problems)
        connectSeconds = values.integer("connectSeconds")
        playersListen = ListenAddress(values.text("playersListen"))
        publicAddress = values.text("publicAddress")
        connectionCountMax = values.integer("connectionsMax")
        httpListen = ListenAddress(values.text("httpListen"))
        httpPortFile = values.text("httpPortFile")
        reportForm = values.text("reportForm") == "json" ? .json : .protobuf
        logLevel = LogLevel(name: values.text("logLevel")) ?? .info
        content = FightContent()
        checkTexts(values, &problems)
        keys = WorldConfig.keys(values, &problems)
        do throws(FightContentErrors) {
            content = try FightContentReader.load(path: values.text("contentFile"))
        } catch {
            problems += error.list
        }
    }

    private func checkTexts(_ values: EffectiveConfig, _ problems: inout [ConfigProblem]) {
        func note(_ key: String, _ why: String) {
            problems.append(
                ConfigProblem(file: values.origin(key).description, path: key, why: why))
        }
        for (key, name) in [("serverID", server), ("region", region)]
        where !Token.isValid(name) {
            note(key, "is '\(name)', must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -")
        }
        for key in ["spoolFolder", "natsURL"] where values.text(key).isEmpty {
            note(key, "must not be empty")
        }
        if build.utf8.count > WireLimits.buildByteCountMax {
            note("build", "has more than \(WireLimits.buildByteCountMax) bytes")
        }
        for (key, listen) in [("playersListen", playersListen), ("httpListen", httpListen)]
        where listen == nil {
            note(key, "is '\(values.text(key))', must be IPv4-ADDRESS:PORT")
        }
        if !publicAddress.isEmpty && !ServerAddress.isValid(publicAddress) {
            note("publicAddress", "is '\(publicAddress)', must be HOST:PORT")
        }
        if publicAddress.isEmpty && playersListen?.address == "0.0.0.0" {
            note("publicAddress", "is needed where playersListen is all of this machine's")
        }
    }

    private static func keys(
        _ values: EffectiveConfig, _ problems: inout [ConfigProblem]
    ) -> KeyRing? {
        func load(_ key: String) -> NamedKey? {
            do throws(ConfigProblem) {
                return try NamedKey.load(values.text(key))
            } catch {
                problems.append(error)
                return nil
            }
        }
        if values.text("keyFile").isEmpty {
            problems.append(
                ConfigProblem(
                    file: values.origin("keyFile").description, path: "keyFile",
                    why: "must name a file; scripts/server-key makes one"))
            return nil
        }
        let present = load("keyFile")
        let former = values.text("formerKeyFile").isEmpty ? nil : load("formerKeyFile")
        if let present, let former, present.id == former.id {
            problems.append(
                ConfigProblem(
                    file: values.origin("formerKeyFile").description, path: "formerKeyFile",
                    why: "has the id '\(former.id)' of the present key"))
        }
        return present.map { KeyRing(present: $0, former: former) }
    }
}
