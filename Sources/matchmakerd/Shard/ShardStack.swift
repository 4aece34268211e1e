// Everything that runs for one owned shard: its core with the threads round it, from intake to
// announcement. Made by the main thread when a lease is granted, ended by it when the process stops
// or the lease is lost. What outlives a lease (names, metrics, connections) is in `ShardContext`.
import DaemonKit
import MatchCore
import QueueFile
import RecordLog
import Wire

/// The parts of the process that a shard's threads share with everything else.
struct ShardContext {
    let config: MatchmakerConfig
    let log: Log
    let counters: MatchmakerCounters
    let names: NamesBoard
    let regionNames: NameTable
    let lobbies: LobbyTable
    let board: PoolBoard
    let mailbox: RulesMailbox
    let desk: RefusalDesk
    let estimates: EstimateDesk
    /// Where intake and questions come from.
    let intake: NATSConnection
    /// Where all else is published, so that waiting for acknowledgements never holds up intake.
    let outgoing: NATSConnection

    /// As whom the streams are made; nil where it is done as ourselves.
    var bootSettings: NATSSettings? {
        config.bootKey.map {
            NATSSettings(
                url: config.natsURL, name: "muster-matchmakerd-boot",
                identity: NATSIdentity(key: $0, inboxPrefix: BrokerUser.boot.inboxPrefix))
        }
    }
}

/// One shard at work.
final class ShardStack {
    let lease: Lease
    private let context: ShardContext
    private let ownership: OwnershipStore
    private let book: QueueBook
    /// A session for each thread that speaks to the database.
    private let sessions: Sessions

    private struct Sessions {
        let start: DatabaseSession
        let commit: DatabaseSession
        let outbox: DatabaseSession
        let handOver: DatabaseSession

        init(_ database: PostgresConfiguration) {
            start = DatabaseSession(database.named("muster-matchmakerd-start"))
            commit = DatabaseSession(database.named("muster-matchmakerd-commit"))
            outbox = DatabaseSession(database.named("muster-matchmakerd-outbox"))
            handOver = DatabaseSession(database.named("muster-matchmakerd-hand-over"))
        }

        func close() { for session in [start, commit, outbox, handOver] { session.close() } }
    }

    private var explains: ExplainDesk?
    private var responder: EstimateResponder?
    private(set) var recordDesk: RecordDesk?
    private var runners: [AgentRunner] = []

    init(lease: Lease, ownership: OwnershipStore, book: QueueBook, _ context: ShardContext) {
        self.lease = lease
        self.ownership = ownership
        self.book = book
        self.context = context
        sessions = Sessions(context.config.database)
    }

    // MARK: - Start

    /// Restores what an earlier owner left, then takes in what is new.
    /// - Throws: `StartFailure`; then `stop` still has to be called.
    func start() throws(StartFailure) {
        do {
            // From the first moment: what follows may take longer than the lease.
            run(
                "lease", idle: ShardStack.slow,
                LeaseAgent(
                    lease: lease, store: ownership, log: context.log.named("lease")))
            let ended = try EndedTicketStore(session: sessions.start).read(
                seconds: context.config.streams.intakeAgeSeconds + 60)
            sessions.start.close()
            try startAgents(ended)
        } catch let error as PostgresError {
            throw StartFailure(.unavailable, error.description)
        } catch let error as NATSError {
            throw StartFailure(.unavailable, error.description)
        } catch let error as SystemError {
            throw StartFailure(.system, error.description)
        } catch {
            throw StartFailure(.system, "\(error)")
        }
    }

    private func startAgents(_ ended: [TicketID: MatchID]) throws {
        let begun = MonotonicClock.nowNanoseconds()
        let stream = try JetStream(context.intake)
        let streams = StreamStore(
            StreamSetup(context.config.streams), own: stream, boot: context.bootSettings)
        for (name, what) in try streams.ensure() where what != .unchanged {
            context.log.info("stream \(what)", ["stream": name])
        }
        let consumer = IngestConsumer(capacity: context.config.ingestRingCellCount)
        let producer = consumer.producer
        let handler = IntakeHandler(
            directory: EdgeDirectory(
                queues: context.names, regions: context.regionNames, lobbies: context.lobbies),
            tickMilliseconds: context.config.tickMilliseconds, producer: producer,
            desk: context.desk, estimates: context.estimates, counters: context.counters)
        let explains = ExplainDesk(
            producer: producer, counters: context.counters.explain, reply: reply)
        self.explains = explains
        run("estimate", idle: ShardStack.slow, EstimateAgent(desk: context.estimates))
        let found = try HistoryReader(stream: stream, handler: handler).read(ended: ended)
        let open = RecoveryPlan.open(found.history)
        try startCore(consumer, explains)
        let restorer = Restorer(stream: stream, handler: handler)
        let offences = OffencePlan.commands(
            found.history.offences, nowNanoseconds: WallClock.nowNanoseconds(),
            tickNanoseconds: UInt64(context.config.tickMilliseconds) * 1_000_000)
        restorer.restore(
            ended.map { .ended(EndedRequest(ticket: $0.key, match: $0.value)) } + offences)
        let restored = try restorer.restore(open, found.survey)
        context.counters.intake.ticketsRecovered.add(restored)
        handler.setCursor(found.intakeSequence)
        let ingest = IngestAgent(
            stream: stream, streams: streams, handler: handler, counters: context.counters,
            log: context.log.named("ingest"))
        try ingest.subscribe()
        try explains.open(on: context.intake)
        let responder = EstimateResponder(
            desk: context.estimates, names: context.names, regions: book.regions,
            tickMilliseconds: context.config.tickMilliseconds, reply: reply)
        try responder.open(on: context.intake)
        self.responder = responder
        run("ingest", idle: ShardStack.slow, ingest)
        let milliseconds = (MonotonicClock.nowNanoseconds() - begun) / 1_000_000
        context.log.info(
            "recovered",
            [
                "messages": restored, "ended": ended.count, "offences": offences.count,
                "history": found.history.intake.count, "ms": milliseconds,
            ])
    }

    /// Who asks waits for a time of his own; an answer that cannot be sent is none. It goes out
    /// where the question came in: the server lets only that connection answer.
    private var reply: ExplainDesk.Reply {
        let intake = context.intake
        return { subject, form, body in
            try? intake.publish(
                subject: subject, headers: Announcement.headers(form), body: body)
        }
    }

    /// Starts the threads from the core outwards: outbox, announcer, committer, tick.
    private func startCore(_ consumer: consuming IngestConsumer, _ explains: ExplainDesk) throws {
        let config = context.config
        let settlements = consumer.producer
        let decisions = HandoffQueue<Announcement>(capacity: 64)
        let stored = HandoffQueue<[String]>(capacity: 256)
        let outbox = OutboxAgent(
            store: OutboxStore(session: sessions.outbox),
            publisher: try StreamPublisher(context.outgoing), lease: lease, stored: stored,
            counters: context.counters, log: context.log.named("outbox"))
        run("outbox", idle: ShardStack.slow, outbox)
        let handOver = HandOverAgent(
            store: HandOverStore(session: sessions.handOver, lease: lease), lease: lease,
            log: context.log.named("hand-over"))
        run("hand-over", idle: ShardStack.slow, handOver)
        let announcer = AnnounceAgent(
            decisions: decisions, stored: stored, desk: context.desk,
            publisher: try StreamPublisher(context.outgoing), lease: lease,
            counters: context.counters)
        run("announce", idle: .standard, announcer)
        var outcomes = OutcomeProducer(capacity: config.outcomeRingCellCount)
        let committer = CommitAgent(
            outcomes: outcomes.takeConsumer(), settlements: settlements,
            store: CommitStore(
                session: sessions.commit, lease: lease,
                claimMilliseconds: ShardStack.claimMilliseconds),
            lease: lease, teller: teller(explains), queueNames: context.names, desk: decisions,
            explains: explains, counters: context.counters, log: context.log.named("commit"))
        run("commit", idle: .standard, committer)
        let setup = TickAgent.Setup(
            limits: config.limits, rules: book.rules, seed: config.seed, epoch: lease.epoch,
            tickMilliseconds: config.tickMilliseconds,
            commandCountPerTickMax: min(
                config.ingestRingCellCount, ShardStack.commandCountPerTickMax))
        let tick = try TickAgent(
            setup, consumer: consumer, outbox: outcomes, recorder: try recorder(setup),
            mailbox: context.mailbox, board: context.board, counters: context.counters)
        run("tick", idle: .none, tick)
    }

    private func teller(_ explains: ExplainDesk) -> OutcomeTeller {
        OutcomeTeller(
            names: OutcomeNames(
                queues: book.names, regions: book.regions, lobbies: context.lobbies,
                tickMilliseconds: context.config.tickMilliseconds),
            counters: context.counters,
            allocationForm: context.config.allocationForm, explains: explains,
            estimates: context.estimates, epoch: lease.epoch)
    }

    /// Starts recording, if asked for. Before the tick thread, and so stopped after it.
    private func recorder(_ setup: TickAgent.Setup) throws -> TickRecorder {
        if context.config.recordPath.isEmpty { return TickRecorder() }
        let file = try RecordFile(context.config.recordPath)
        let desk = RecordDesk(context.counters.registry)
        recordDesk = desk
        let header = RecordHeader(
            limits: context.config.limits, tickMilliseconds: context.config.tickMilliseconds,
            seed: setup.seed, epoch: setup.epoch, firstTick: TickAgent.firstTick,
            timeoutSecondsMax: context.config.queueFileContext.timeoutSecondsMax,
            rules: RecordedRules(
                version: setup.rules.version, path: context.config.queueFilePath,
                text: context.config.queueText.bytes))
        var recorder = TickRecorder(cellCount: ShardStack.recordCellCount)
        let agent = RecordAgent(
            header, tape: recorder.takeReader(), file: file, desk: desk,
            log: context.log.named("record"))
        run("record", idle: .standard, agent)
        context.log.info("recording", ["file": file.path])
        return recorder
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

    // MARK: - Stop

    /// Ends the threads in reverse: intake, tick with one last tick, committer, announcer when all
    /// that was decided is published, outbox, lease; then gives the shard back. With the lease lost
    /// nothing is emitted any more.
    func stop() {
        responder?.close()
        for runner in runners.reversed() { runner.stop() }
        runners = []
        explains?.close()
        if lease.isHeld {
            // Nobody waits for an answer: without one the lease ends by itself.
            do throws(PostgresError) {
                try ownership.release(lease)
            } catch {
                context.log.warning("the lease runs out by itself", ["why": error.description])
            }
        }
        sessions.close()
    }

    /// Room for some seconds of a slow disk at 20,000 tickets a second; about 17 MiB.
    private static let recordCellCount = 1 << 17

    /// Bounds a tick after a stall: what lies beyond stays in the ring for the next one.
    private static let commandCountPerTickMax = 65_536

    /// Time for a server to claim a match.
    private static let claimMilliseconds = 30_000

    private static let slow = IdleStrategy.backoff(
        spinCount: 0, yieldCount: 0, parkMin: 10_000, parkMax: 50_000)
}
