// The only file that names the concrete parts together: makes them, starts them in order, reloads
// the queues, stops them in reverse. Runs on the main thread, which otherwise waits for signals.
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
    private var responder: EstimateResponder?
    private let health = Health()
    private let readiness = Readiness()
    private var book: QueueBook
    private var recordFile: RecordFile?
    private var recordDesk: RecordDesk?
    private var endpoint: HTTPEndpoint?
    private var connections: [NATSConnection] = []
    private var runners: [AgentRunner] = []

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
        for name in book.regions { _ = regionNames.add(name) }
        declareFamilies()
        declareChecks()
        declareFigures()
    }

    // MARK: - Start

    /// The parts in the order of their start. Stopping in reverse ends intake first, then the tick
    /// thread with one last tick, then the announcer when all that was decided is published.
    func daemon() -> Daemon {
        Daemon(parts: [
            DaemonPart("http", start: startEndpoint, stop: { self.endpoint?.stop() }),
            DaemonPart("nats", start: connect, stop: disconnect),
            DaemonPart("matching", start: startMatching, stop: stopMatching),
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
        let settings = NATSSettings(url: config.natsURL, name: name)
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

    private func startMatching() throws(StartFailure) {
        try openRecord()
        do throws(NATSError) {
            try startAgents(intake: connections[0], outgoing: connections[1])
        } catch {
            throw StartFailure(.unavailable, error.description)
        }
        readiness.isRecovered.store(true, ordering: .releasing)
        log.info("taking tickets", ["queues": book.labels.count, "regions": book.regions.count])
    }

    /// Restores what an earlier run left, then takes in what is new.
    private func startAgents(
        intake: NATSConnection, outgoing: NATSConnection
    ) throws(NATSError) {
        let begun = MonotonicClock.nowNanoseconds()
        let stream = try JetStream(intake)
        let streams = StreamSetup(config.streams)
        for (name, what) in try streams.ensure(stream) where what != .unchanged {
            log.info("stream \(what)", ["stream": name])
        }
        let consumer = IngestConsumer(capacity: config.ingestRingCellCount)
        let handler = IntakeHandler(
            directory: EdgeDirectory(queues: names, regions: regionNames, lobbies: lobbies),
            tickMilliseconds: config.tickMilliseconds, producer: consumer.producer, desk: desk,
            estimates: estimates, counters: counters)
        let reply: ExplainDesk.Reply = { subject, form, body in
            // Who asks waits for a time of his own; an answer that cannot be sent is none.
            try? outgoing.publish(
                subject: subject,
                headers: [
                    NATSHeader(HeaderName.contentType, form.rawValue),
                    NATSHeader(HeaderName.version, String(wireVersion)),
                ], body: body)
        }
        let explains = ExplainDesk(
            producer: consumer.producer, counters: counters.explain, reply: reply)
        run("estimate", idle: Wiring.slow, EstimateAgent(desk: estimates))
        let found = try HistoryReader(stream: stream, handler: handler).read()
        let open = RecoveryPlan.open(found.history)
        try startCore(consumer, explains, first: untold(found), outgoing)
        let restored = try Restorer(stream: stream, handler: handler).restore(open, found.survey)
        counters.intake.ticketsRecovered.add(restored)
        handler.setCursor(found.intakeSequence)
        let ingest = IngestAgent(
            stream: stream, streams: streams, handler: handler, counters: counters,
            log: log.named("ingest"))
        try ingest.subscribe()
        try explains.open(on: intake)
        let responder = EstimateResponder(
            desk: estimates, names: names, regions: book.regions,
            tickMilliseconds: config.tickMilliseconds, reply: reply)
        try responder.open(on: intake)
        self.responder = responder
        run("ingest", idle: Wiring.slow, ingest)
        let reporter = StateReporter(
            board: board, counters: counters, connections: connections.map(\.state),
            log: log.named("state"))
        run("report", idle: Wiring.slow, reporter)
        let milliseconds = (MonotonicClock.nowNanoseconds() - begun) / 1_000_000
        log.info(
            "recovered",
            [
                "messages": restored, "untold": found.untold.count,
                "history": found.history.intake.count, "ms": milliseconds,
            ])
    }

    /// Starts the announcer and the tick thread.
    private func startCore(
        _ consumer: consuming IngestConsumer, _ explains: ExplainDesk, first: Announcement,
        _ outgoing: NATSConnection
    ) throws(NATSError) {
        // Differs between runs, so that no run repeats another's match ids.
        let epoch = WallClock.nowNanoseconds()
        var outbox = OutcomeProducer(capacity: config.outcomeRingCellCount)
        let announcer = AnnounceAgent(
            outcomes: outbox.takeConsumer(), desk: desk,
            publisher: try StreamPublisher(outgoing),
            teller: OutcomeTeller(
                names: outcomeNames(), counters: counters,
                allocationForm: config.allocationForm, explains: explains, estimates: estimates,
                epoch: epoch),
            queueNames: names, explains: explains, counters: counters, first: first)
        run("announce", idle: .standard, announcer)
        let setup = TickAgent.Setup(
            limits: config.limits, rules: book.rules, seed: config.seed, epoch: epoch,
            tickMilliseconds: config.tickMilliseconds,
            commandCountPerTickMax: min(config.ingestRingCellCount, Wiring.commandCountPerTickMax))
        run("tick", idle: .none, try tickAgent(setup, consumer, outbox, recorder(setup)))
    }

    private func openRecord() throws(StartFailure) {
        if config.recordPath.isEmpty { return }
        do throws(SystemError) {
            recordFile = try RecordFile(config.recordPath)
        } catch {
            throw StartFailure(.system, error.description)
        }
    }

    /// Starts recording, if asked for. Before the tick thread, and so stopped after it.
    private func recorder(_ setup: TickAgent.Setup) -> TickRecorder {
        guard let file = recordFile else { return TickRecorder() }
        let desk = RecordDesk(counters.registry)
        recordDesk = desk
        let header = RecordHeader(
            limits: config.limits, tickMilliseconds: config.tickMilliseconds, seed: setup.seed,
            epoch: setup.epoch, firstTick: TickAgent.firstTick,
            timeoutSecondsMax: config.queueFileContext.timeoutSecondsMax,
            rules: RecordedRules(
                version: setup.rules.version, path: config.queueFilePath,
                text: config.queueText.bytes))
        var recorder = TickRecorder(cellCount: Wiring.recordCellCount)
        let agent = RecordAgent(
            header, tape: recorder.takeReader(), file: file, desk: desk, log: log.named("record"))
        run("record", idle: .standard, agent)
        log.info("recording", ["file": file.path])
        return recorder
    }

    /// Room for some seconds of a slow disk at 20,000 tickets a second; about 17 MiB.
    private static let recordCellCount = 1 << 17

    /// Bounds a tick after a stall: what lies beyond stays in the ring for the next one.
    private static let commandCountPerTickMax = 65_536

    private static let slow = IdleStrategy.backoff(
        spinCount: 0, yieldCount: 0, parkMin: 10_000, parkMax: 50_000)

    private func tickAgent(
        _ setup: TickAgent.Setup, _ consumer: consuming IngestConsumer,
        _ outbox: consuming OutcomeProducer, _ recorder: consuming TickRecorder
    ) throws(NATSError) -> sending TickAgent {
        do throws(SystemError) {
            return try TickAgent(
                setup, consumer: consumer, outbox: outbox, recorder: recorder, mailbox: mailbox,
                board: board, counters: counters)
        } catch {
            throw NATSError(operation: "tick thread", status: 0, detail: error.description)
        }
    }

    private func outcomeNames() -> OutcomeNames {
        OutcomeNames(
            queues: book.names, regions: book.regions, lobbies: lobbies,
            tickMilliseconds: config.tickMilliseconds)
    }

    /// Answers that an earlier run owed to lobbies.
    private func untold(_ found: FoundHistory) -> Announcement {
        var first = Announcement()
        for (allocation, missing) in found.untold {
            for lobby in missing {
                first.addMissing(allocation, lobby: lobby, form: lobbies.form(of: lobby))
            }
        }
        return first
    }

    private func run(_ name: String, idle: IdleStrategy, _ agent: sending any Agent) {
        let runner = AgentRunner(name: name, idle: idle, agent: agent)
        do throws(SystemError) {
            try runner.start()
        } catch {
            preconditionFailure("a thread cannot be had: \(error)")
        }
        runners.append(runner)
    }

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
            recordDesk?.keep(
                RecordedRules(version: version, path: config.queueFilePath, text: text.bytes))
            mailbox.post(updated.rules)
            waitUntilApplied(version)
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

    private func stopMatching() {
        readiness.isStopping.store(true, ordering: .releasing)
        responder?.close()
        // In reverse: report, ingest, tick, announce.
        for runner in runners.reversed() { runner.stop() }
        if !runners.isEmpty {
            log.info(
                "drained",
                [
                    "waiting": board.waitingTicketCount, "matches": counters.tick.matches.value,
                    "hash": String(board.stateHash, radix: 16),
                ])
        }
        runners = []
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
        health.add("recovered", scope: .ready) {
            readiness.isRecovered.load(ordering: .acquiring)
                ? .passing : .failing("still reading the streams")
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
