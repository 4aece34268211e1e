// The process: makes its parts, starts them in order, owns the shard or stands by for it, reloads
// the queues, stops in reverse. Runs on the main thread, which otherwise waits for signals. What
// runs for an owned shard is in `ShardStack`.
import DaemonKit
import MatchCore
import QueueFile
import RecordLog
import Synchronization
import Wire

/// matchmakerd in one piece.
final class Wiring {
    private let config: MatchmakerConfig
    private let log: Log
    private let counters: MatchmakerCounters
    private let names: NamesBoard
    private let regionNames: NameTable
    private let lobbies: LobbyTable
    private let board: PoolBoard
    private let mailbox: RulesMailbox
    private let desk: RefusalDesk
    private let estimates: EstimateDesk
    private let ownership: OwnershipStore
    /// What runs for the shard while this process owns it.
    private var stack: ShardStack?
    private var claim: OwnershipStore.Claim?
    private var nextClaim: UInt64 = 0
    private var standsBy = false
    private let health = Health()
    private let readiness = Readiness()
    private var book: QueueBook
    private var endpoint: HTTPEndpoint?
    private var connections: [NATSConnection] = []
    private var reporter: AgentRunner?

    init(_ config: MatchmakerConfig, log: Log) {
        self.config = config
        self.log = log
        counters = MatchmakerCounters(registry: MetricsRegistry())
        let version = WallClock.nowMilliseconds()
        book = QueueBook(file: config.queueFile, version: version)
        names = NamesBoard(book.names)
        regionNames = NameTable(capacity: LatencyVector.capacity)
        lobbies = LobbyTable(capacity: config.lobbyCountMax)
        board = PoolBoard(
            queueCountMax: config.limits.queueCountMax, regionCount: config.limits.regionCount)
        mailbox = RulesMailbox(appliedVersion: version)
        desk = RefusalDesk(counters: counters)
        estimates = EstimateDesk(
            tickMilliseconds: config.tickMilliseconds, registry: counters.registry,
            limits: EstimateLimits(openCountMax: config.limits.ticketCountMax))
        ownership = OwnershipStore(
            session: DatabaseSession(config.database.named("muster-matchmakerd-lease")),
            owner: config.ownerName)
        for name in book.regions { _ = regionNames.add(name) }
        declareFamilies()
        declareChecks()
        declareFigures()
    }

    // MARK: - Start

    /// The parts in the order of their start.
    func daemon() -> Daemon {
        Daemon(parts: [
            DaemonPart("http", start: startEndpoint, stop: { self.endpoint?.stop() }),
            DaemonPart("nats", start: connect, stop: disconnect),
            DaemonPart("shard", start: startShard, stop: stopShard),
        ])
    }

    private func startEndpoint() throws(StartFailure) {
        let settings = HTTPEndpointConfiguration(
            address: config.httpAddress, port: config.httpPort)
        let health = self.health
        let registry = counters.registry
        do throws(HTTPEndpointError) {
            let endpoint = try HTTPEndpoint(
                configuration: settings,
                routes: [
                    "/metrics": { registry.response() },
                    "/healthz": { health.response(.live) },
                    "/readyz": { health.response(.ready) },
                ])
            self.endpoint = endpoint
            log.info("http", ["address": config.httpAddress, "port": endpoint.port])
        } catch {
            throw StartFailure(.system, error.description)
        }
        guard !config.httpPortFile.isEmpty, let port = endpoint?.port else { return }
        do throws(SystemError) {
            try TextFile.write("\(port)\n", to: config.httpPortFile)
        } catch {
            throw StartFailure(.system, error.description)
        }
    }

    private func connect() throws(StartFailure) {
        // Two connections, so that waiting for acknowledgements never holds up intake.
        for name in ["muster-matchmakerd-intake", "muster-matchmakerd-announce"] {
            let connection = try connection(name)
            connections.append(connection)
            readiness.add(connection.state)
        }
    }

    /// Connects, waiting for the server as long as the settings say.
    private func connection(_ name: String) throws(StartFailure) -> NATSConnection {
        let settings = NATSSettings(
            url: config.natsURL, name: name, identity: config.natsIdentity)
        let deadline =
            MonotonicClock.nowNanoseconds() + UInt64(config.connectSeconds) * 1_000_000_000
        while true {
            let reason: String
            do throws(NATSError) {
                let connection = try NATSConnection(settings)
                guard connection.payloadByteCountMax >= WireLimits.outputByteCountMax else {
                    throw NATSError(
                        operation: "connect", status: 0,
                        detail: "the server's max_payload must be at least "
                            + "\(WireLimits.outputByteCountMax) bytes")
                }
                return connection
            } catch {
                reason = error.description
            }
            if MonotonicClock.nowNanoseconds() >= deadline {
                throw StartFailure(.unavailable, reason)
            }
            if Signals.wait(milliseconds: 250) == .stop {
                throw StartFailure(.success, "stopped before it was connected")
            }
        }
    }

    // MARK: - The shard

    /// Starts the shard if its lease can be had, or stands by until it can.
    private func startShard() throws(StartFailure) {
        let reporter = StateReporter(
            board: board, counters: counters, connections: connections.map(\.state),
            log: log.named("state"))
        let runner = AgentRunner(
            name: "report",
            idle: .backoff(spinCount: 0, yieldCount: 0, parkMin: 10_000, parkMax: 50_000),
            agent: reporter)
        do throws(SystemError) {
            try runner.start()
        } catch {
            throw StartFailure(.system, error.description)
        }
        self.reporter = runner
        try waitForDatabase()
        try takeUp()
    }

    /// The database must answer once before anything begins, as the broker must.
    private func waitForDatabase() throws(StartFailure) {
        let deadline =
            MonotonicClock.nowNanoseconds() + UInt64(config.connectSeconds) * 1_000_000_000
        while true {
            let reason: String
            do throws(PostgresError) {
                claim = try ownership.acquire(Wiring.shard)
                return
            } catch {
                reason = error.description
                // It answers, but not as it should: waiting does not help.
                if case .refused = error { throw StartFailure(.unavailable, reason) }
            }
            if MonotonicClock.nowNanoseconds() >= deadline {
                throw StartFailure(.unavailable, reason)
            }
            if Signals.wait(milliseconds: 250) == .stop {
                throw StartFailure(.success, "stopped before it was connected")
            }
        }
    }

    /// Looks after the ownership: called a few times a second by the main thread. Takes the shard
    /// when it is free; ends what runs for it when the lease is lost.
    func watch() {
        do throws(StartFailure) {
            try takeUp()
        } catch {
            log.error("cannot take up the shard", ["why": error.reason])
        }
    }

    private func takeUp() throws(StartFailure) {
        if let stack {
            if stack.lease.isHeld { return }
            log.error("the lease is lost: standing by", ["epoch": stack.lease.epoch])
            end(stack)
            nextClaim = 0
        }
        if claim == nil {
            let now = MonotonicClock.nowNanoseconds()
            if now < nextClaim { return }
            nextClaim = now + Wiring.claimNanoseconds
            claim = try? ownership.acquire(Wiring.shard)
        }
        guard let claimed = claim else { return }
        claim = nil
        guard let lease = claimed.lease else {
            standBy(claimed)
            return
        }
        try begin(lease)
    }

    private func standBy(_ claim: OwnershipStore.Claim) {
        if standsBy { return }
        standsBy = true
        log.info(
            "standing by",
            ["owner": claim.owner, "lease_ms": claim.remainingMilliseconds])
    }

    private func begin(_ lease: Lease) throws(StartFailure) {
        standsBy = false
        log.info("owner of the shard", ["shard": lease.shard, "epoch": lease.epoch])
        let stack = ShardStack(lease: lease, ownership: ownership, book: book, context)
        self.stack = stack
        mailbox.reset(appliedVersion: book.rules.version)
        do throws(StartFailure) {
            try stack.start()
        } catch {
            end(stack)
            throw error
        }
        readiness.isRecovered.store(true, ordering: .releasing)
        log.info("taking tickets", ["queues": book.labels.count, "regions": book.regions.count])
    }

    private func end(_ stack: ShardStack) {
        readiness.isRecovered.store(false, ordering: .releasing)
        stack.stop()
        board.reset()
        self.stack = nil
    }

    private var context: ShardContext {
        ShardContext(
            config: config, log: log, counters: counters, names: names, regionNames: regionNames,
            lobbies: lobbies, board: board, mailbox: mailbox, desk: desk, estimates: estimates,
            intake: connections[0], outgoing: connections[1])
    }

    /// The only shard so far: all queues.
    private static let shard = "main"

    /// Between two requests for a shard that somebody else owns.
    private static let claimNanoseconds: UInt64 = 400_000_000

    // MARK: - Reload

    /// Reads the queue file again and puts it into force between two ticks, or changes nothing.
    func reload() {
        do throws(QueueFileErrors) {
            let text = try QueueText.load(
                path: config.queueFilePath, context: config.queueFileContext)
            let file = text.file
            let version = max(WallClock.nowMilliseconds(), book.rules.version + 1)
            let updated = try book.updated(
                with: file, path: config.queueFilePath, version: version,
                queueCountMax: config.limits.queueCountMax)
            if let stack {
                stack.recordDesk?.keep(
                    RecordedRules(version: version, path: config.queueFilePath, text: text.bytes))
                mailbox.post(updated.rules)
                waitUntilApplied(version)
            }
            // New names only now: a ticket for a new queue must find the core prepared.
            names.post(updated.names)
            book = updated
            declareFamilies()
            counters.pool.reloads[0].add()
            log.info("queues reloaded", ["version": version, "queues": file.queues.count])
        } catch {
            counters.pool.reloads[1].add()
            for problem in error.list {
                log.error("queue file refused", ["problem": problem.description])
            }
        }
    }

    private func waitUntilApplied(_ version: UInt64) {
        let deadline = MonotonicClock.nowNanoseconds() + 5_000_000_000
        while mailbox.appliedVersion < version, MonotonicClock.nowNanoseconds() < deadline {
            MonotonicClock.sleep(until: MonotonicClock.nowNanoseconds() + 1_000_000)
        }
    }

    // MARK: - Stop

    private func stopShard() {
        readiness.isStopping.store(true, ordering: .releasing)
        if let stack {
            stack.stop()
            log.info(
                "drained",
                [
                    "waiting": board.waitingTicketCount, "matches": counters.tick.matches.value,
                    "hash": String(board.stateHash, radix: 16),
                ])
        }
        stack = nil
        reporter?.stop()
        reporter = nil
    }

    private func disconnect() {
        for connection in connections { connection.close() }
        connections = []
    }

    // MARK: - Declarations

    private func declareFamilies() {
        let labels = book.labelTexts
        counters.announce.queueMatches.replace(labels.map { [$0] })
        counters.pool.waitingTickets.replace(labels.map { [$0] })
        counters.pool.waitingPlaces.replace(
            labels.flatMap { queue in book.regions.map { [queue, $0] } })
    }

    private func declareChecks() {
        let readiness = self.readiness
        let board = self.board
        health.add("ticking", scope: .live) {
            // Before the first tick the recovery may take its time.
            guard let age = board.tickAge(nowNanoseconds: MonotonicClock.nowNanoseconds()) else {
                return .passing
            }
            return age < 5_000_000_000 ? .passing : .failing("no tick for \(age / 1_000_000) ms")
        }
        health.add("connections", scope: .live) {
            let isClosed = readiness.connections.contains { $0.isClosed }
            return isClosed && !readiness.isStopping.load(ordering: .acquiring)
                ? .failing("the broker refuses our key, and nobody asks again") : .passing
        }
        health.add("recovered", scope: .ready) {
            readiness.isRecovered.load(ordering: .acquiring)
                ? .passing : .failing("standing by, or still reading the streams")
        }
        health.add("nats", scope: .ready) {
            readiness.isConnected ? .passing : .failing("not connected")
        }
        health.add("accepting", scope: .ready) {
            readiness.isStopping.load(ordering: .acquiring) ? .failing("stopping") : .passing
        }
    }

    private func declareFigures() {
        let board = self.board
        let lobbies = self.lobbies
        let mailbox = self.mailbox
        let readiness = self.readiness
        let registry = counters.registry
        registry.gauge("mm_pool_tickets", help: "Tickets in the core's pool.") {
            Double(board.waitingTicketCount)
        }
        registry.gauge("mm_pool_players", help: "Players in the core's pool.") {
            Double(board.waitingPlayerCount)
        }
        registry.gauge("mm_lobbies", help: "Lobbies that have sent something.") {
            Double(lobbies.count)
        }
        registry.gauge("mm_rules_version", help: "Version of the rules in force.") {
            Double(mailbox.appliedVersion)
        }
        registry.gauge("mm_nats_connected", help: "1 while the broker is connected.") {
            readiness.isConnected ? 1 : 0
        }
        registry.counter("mm_nats_disconnects_total", help: "Times a connection was lost.") {
            Double(readiness.connections.reduce(0) { $0 + $1.disconnectCount })
        }
        registry.counter("mm_nats_errors_total", help: "Errors that the NATS library reported.") {
            Double(readiness.connections.reduce(0) { $0 + $1.errorCount })
        }
    }
}
