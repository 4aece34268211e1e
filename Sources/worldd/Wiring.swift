// The only file that names the concrete parts together: makes them, starts them in order, drains
// them, stops them in reverse. Runs on the main thread, which otherwise waits for signals.
import DaemonKit
import ServerTrust
import Wire

/// worldd in one piece.
final class Wiring {
    private let config: WorldConfig
    private let log: Log
    private let counters = WorldCounters(registry: MetricsRegistry())
    private let board = WorldBoard()
    private let desk = WorldDesk()
    private let health = Health()
    private let connectionStates = Locked<[NATSConnectionState]>([])
    private var endpoint: HTTPEndpoint?
    private var connections: [NATSConnection] = []
    private var handler: RequestHandler?
    private var sessions: AgentRunner?
    private var world: AgentRunner?
    private var reports: AgentRunner?

    init(_ config: WorldConfig, log: Log) {
        self.config = config
        self.log = log
        declareChecks()
        declareFigures()
    }

    // MARK: - Start

    /// The parts in the order of their start. Stopping in reverse ends the world first, which the
    /// drain has emptied, then the players' connections, then the reports when all are stored.
    func daemon() -> Daemon {
        Daemon(parts: [
            DaemonPart("http", start: startEndpoint, stop: { self.endpoint?.stop() }),
            DaemonPart("nats", start: connect, stop: disconnect),
            DaemonPart("play", start: startPlay, stop: stopPlay),
        ])
    }

    private func startEndpoint() throws(StartFailure) {
        guard let listen = config.httpListen else { preconditionFailure("settings are checked") }
        let endpoint = try StartSteps.serve(
            counters.registry, health, on: listen, portFile: config.httpPortFile)
        self.endpoint = endpoint
        log.info("http", ["address": listen.address, "port": endpoint.port])
    }

    private func connect() throws(StartFailure) {
        // Two connections: answers to claims go out at once, and never wait behind reports.
        for (name, isPrompt) in [("muster-worldd-claims", true), ("muster-worldd-reports", false)] {
            var settings = NATSSettings(
                url: config.natsURL, name: name, identity: config.natsIdentity)
            settings.sendsAsap = isPrompt
            let connection = try StartSteps.connect(
                settings, waitSeconds: config.connectSeconds,
                payloadByteCountMin: WireLimits.outputByteCountMax)
            connections.append(connection)
            connectionStates.withLock { $0.append(connection.state) }
        }
    }

    private func startPlay() throws(StartFailure) {
        guard let keys = config.keys, let listen = config.playersListen else {
            preconditionFailure("settings are checked")
        }
        let spool: ReportSpool
        let left: SpoolContents
        let listener: LineListener
        do throws(SystemError) {
            spool = try ReportSpool(config.spoolPath)
            left = try spool.open(nowMilliseconds: WallClock.nowMilliseconds())
            var limits = LineLimits()
            limits.connectionCountMax = config.connectionCountMax
            listener = try LineListener(
                address: listen.address, port: listen.port, limits: limits)
        } catch {
            throw StartFailure(.system, error.description)
        }
        let address =
            config.publicAddress.isEmpty
            ? "\(listen.address):\(listener.port)" : config.publicAddress
        let identity = ServerIdentity(
            server: config.server, incarnation: left.incarnation, address: address)
        noteLeft(left)
        do throws(NATSError) {
            try startAgents(identity, spool, left, keys, listener)
        } catch {
            throw StartFailure(.unavailable, error.description)
        }
        log.info(
            "taking matches",
            [
                "server": config.server, "incarnation": left.incarnation, "players": address,
                "capacity": config.matchCountMax,
            ])
    }

    private func startAgents(
        _ identity: ServerIdentity, _ spool: ReportSpool, _ left: SpoolContents, _ keys: KeyRing,
        _ listener: sending LineListener
    ) throws(NATSError) {
        reports = run(
            "report", idle: .standard,
            ReportAgent(
                region: config.region, form: config.reportForm, key: keys.present,
                publisher: try StreamPublisher(connections[1]), spool: spool, desk: desk,
                counters: counters, first: left.reports))
        sessions = run(
            "session", idle: .none,
            SessionAgent(
                listener: listener, tokens: JoinTokenReader(server: config.server, keys: keys),
                desk: desk, counters: counters))
        world = run(
            "world", idle: Wiring.worldIdle,
            WorldAgent(
                config, content: config.content, identity: identity, left: left,
                connection: connections[0], spool: spool, desk: desk, board: board,
                counters: counters))
        let handler = RequestHandler(
            server: config.server, incarnation: identity.incarnation, desk: desk,
            counters: counters, connection: connections[0])
        try handler.open()
        self.handler = handler
    }

    private func noteLeft(_ left: SpoolContents) {
        if !left.reports.isEmpty || !left.orphans.isEmpty {
            log.warning(
                "left by an earlier run",
                ["reports": left.reports.count, "matches": left.orphans.count])
        }
        for name in left.unreadable {
            log.error("a file of the spool cannot be read", ["file": name])
        }
    }

    /// A claim is seen within some milliseconds.
    private static let worldIdle = IdleStrategy.backoff(
        spinCount: 0, yieldCount: 1, parkMin: 500, parkMax: 4_000)

    private func run(_ name: String, idle: IdleStrategy, _ agent: sending any Agent) -> AgentRunner
    {
        let runner = AgentRunner(name: name, idle: idle, agent: agent)
        do throws(SystemError) {
            try runner.start()
        } catch {
            preconditionFailure("a thread cannot be had: \(error)")
        }
        return runner
    }

    // MARK: - Drain and stop

    /// Takes no new matches and waits until the present ones have ended, or are failed at the
    /// deadline or by a second signal.
    func drain() {
        board.drain()
        log.info("draining", ["matches": board.matchCount, "seconds": config.drainSeconds])
        while !board.isDrained {
            if Signals.wait(milliseconds: 20) == .stop {
                log.warning("asked again to stop: failing what runs")
                board.cutShort()
            }
        }
    }

    private func stopPlay() {
        handler?.close()
        world?.stop()
        sessions?.stop()
        reports?.stop()
        handler = nil
        if board.unreportedCount > 0 {
            log.info("drained", ["reports under way at the end": board.unreportedCount])
        }
    }

    private func disconnect() {
        // The last heartbeat is still in the library's buffer.
        for connection in connections {
            try? connection.flush(timeoutMilliseconds: 500)
            connection.close()
        }
        connections = []
    }

    // MARK: - Declarations

    private func declareChecks() {
        let board = self.board
        let states = connectionStates
        health.add("world", scope: .live) {
            guard let age = board.stepAge(nowNanoseconds: MonotonicClock.nowNanoseconds()) else {
                return .passing
            }
            return age < 5_000_000_000 ? .passing : .failing("no step for \(age / 1_000_000) ms")
        }
        health.add("started", scope: .ready) {
            board.stepAge(nowNanoseconds: MonotonicClock.nowNanoseconds()) == nil
                ? .failing("not started") : .passing
        }
        health.add("nats", scope: .ready) {
            let states = states.withLock { $0 }
            return !states.isEmpty && states.allSatisfy(\.isConnected)
                ? .passing : .failing("not connected")
        }
        health.add("spool", scope: .ready) {
            board.isSpoolWorking ? .passing : .failing("the disk takes no results")
        }
        health.add("accepting", scope: .ready) {
            board.isDraining ? .failing("draining") : .passing
        }
    }

    private func declareFigures() {
        let board = self.board
        let registry = counters.registry
        registry.gauge("mm_world_matches", help: "Matches that are played or wait for players.") {
            Double(board.matchCount)
        }
        registry.gauge("mm_world_players", help: "Players who are connected and joined.") {
            Double(board.playerCount)
        }
        registry.gauge(
            "mm_world_unreported", help: "Matches that are over and whose report is not stored."
        ) { Double(board.unreportedCount) }
    }
}
