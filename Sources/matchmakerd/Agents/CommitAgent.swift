// The committing thread: takes outcomes from the ring, brings what was formed into the books, one
// round trip a tick, and hands on what may be told. While tick N is committed, N+1 is computed; its
// tickets are reserved in the core until the word goes back by `Command.settle`. Without the
// database no match comes into being: reservations fill up, the core forms no more, and nothing is
// lost.
import DaemonKit
import MatchCore
import Wire

/// Commits decisions.
final class CommitAgent: Agent {
    private let outcomes: OutcomeConsumer
    private let settlements: IngestProducer
    private let store: CommitStore
    private let lease: Lease
    private let desk: HandoffQueue<Announcement>
    private let explains: ExplainDesk
    private let counters: MatchmakerCounters
    private let log: Log
    private var queueNames: NamesReader
    private var teller: OutcomeTeller
    /// Decisions that are not in the books yet, in order.
    private var groups: ArraySlice<FormedGroup> = []
    /// Rises with each batch; a repetition keeps its batch's.
    private var serial: UInt64 = 1
    /// What may be told, to be handed on.
    private var told = Announcement()
    /// Words to the core that the ring had no room for.
    private var commands: [Command] = []
    private var retryAt: UInt64 = 0
    private var retryWait: UInt64 = 0
    /// Refusals in a row that are nobody's clash: of a message that the database cannot take.
    private var mistakeCount = 0

    /// Records of one round: some ticks' worth, so that a backlog is worked off in few commits.
    private static let recordCountPerRound = 8_192
    /// Groups of one call, at most.
    private static let groupCountMax = 512
    private static let retryWaitMin: UInt64 = 20_000_000
    private static let retryWaitMax: UInt64 = 500_000_000
    private static let mistakeCountMax = 3
    /// Time for the last commits at a stop, below the 3 s within which the process must end.
    private static let finishNanoseconds: UInt64 = 1_200_000_000

    init(
        outcomes: consuming OutcomeConsumer, settlements: IngestProducer, store: CommitStore,
        lease: Lease, teller: OutcomeTeller, queueNames: NamesBoard,
        desk: HandoffQueue<Announcement>, explains: ExplainDesk, counters: MatchmakerCounters,
        log: Log
    ) {
        self.outcomes = outcomes
        self.settlements = settlements
        self.store = store
        self.lease = lease
        self.teller = teller
        self.queueNames = NamesReader(queueNames)
        self.desk = desk
        self.explains = explains
        self.counters = counters
        self.log = log
    }

    /// Commits one batch or hands on what needs no commit; 0 when there is nothing to do or the
    /// database must be given time.
    func step(nowNanoseconds: UInt64) -> Int {
        explains.expire(nowNanoseconds: nowNanoseconds)
        if !lease.isHeld { return 0 }
        guard sendCommands(), handOn() else { return 0 }
        if nowNanoseconds < retryAt { return 0 }
        if groups.isEmpty { collect() }
        if groups.isEmpty { return handOn() && told.isEmpty ? 0 : 1 }
        return commit()
    }

    /// Commits what is left, within the time for a stop; the core's last tick is over.
    func finish() {
        // At the end, when the last tick's explanations have been taken too.
        defer { explains.close() }
        let deadline = MonotonicClock.nowNanoseconds() + CommitAgent.finishNanoseconds
        while lease.isHeld, MonotonicClock.nowNanoseconds() < deadline {
            // Nobody takes words to the core any more.
            commands = []
            let isHandedOn = handOn()
            if groups.isEmpty { collect() }
            if groups.isEmpty && told.isEmpty && isHandedOn { return }
            if groups.isEmpty || commit() == 0 {
                MonotonicClock.sleep(until: MonotonicClock.nowNanoseconds() + 5_000_000)
            }
        }
    }

    // MARK: - Collecting

    private func collect() {
        let formedAt = WallClock.nowMilliseconds()
        teller.names.queues = queueNames.current()
        var decisions = Decisions()
        outcomes.drain(max: CommitAgent.recordCountPerRound) { outcome in
            teller.take(copy outcome, formedAtMilliseconds: formedAt, into: &decisions)
        }
        groups = decisions.groups[...]
        told.append(decisions.rest)
    }

    // MARK: - Committing

    private func commit() -> Int {
        let batch = nextBatch()
        let start = MonotonicClock.nowNanoseconds()
        do throws(PostgresError) {
            let verdicts = try store.commit(batch, serial: serial)
            counters.commit.seconds.observe(
                Double(MonotonicClock.nowNanoseconds() - start) / 1e9)
            settle(batch, verdicts)
        } catch {
            return take(error, batch)
        }
        return batch.count
    }

    /// The first groups that one call can take.
    private func nextBatch() -> ArraySlice<FormedGroup> {
        let kind = groups.first?.batch
        // Halved after a mistake, until the group to blame stands alone.
        let most = max(1, CommitAgent.groupCountMax >> (mistakeCount * 4))
        return groups.prefix(most).prefix { $0.batch == kind }
    }

    private func settle(_ batch: ArraySlice<FormedGroup>, _ verdicts: [CommitVerdict]) {
        for (group, verdict) in zip(batch, verdicts) {
            switch verdict {
            case .committed:
                teller.confirm(group)
                told.append(group.announcement)
                commands.append(group.settle(isCommitted: true))
            case .refused(let busy):
                counters.commit.refused.add()
                commands += busy.map(group.expel)
                commands.append(group.settle(isCommitted: false))
            }
        }
        counters.commit.committed.add(verdicts.count { $0 == .committed })
        passOver(batch)
        _ = sendCommands()
        _ = handOn()
    }

    private func passOver(_ batch: ArraySlice<FormedGroup>) {
        groups = groups.dropFirst(batch.count)
        serial += 1
        retryAt = 0
        retryWait = 0
        mistakeCount = 0
    }

    // MARK: - Failures

    private func take(_ error: PostgresError, _ batch: ArraySlice<FormedGroup>) -> Int {
        counters.commit.failures.add()
        switch error.sqlState {
        case "MM001":
            log.error("no longer the owner", ["shard": lease.shard, "epoch": lease.epoch])
            counters.commit.fenced.add()
            lease.lose()
            return 0
        case let state? where state.hasPrefix("22") || state.hasPrefix("23") || state == "MM002":
            mistake(error, batch)
            return 1
        default:
            if retryWait == 0 {
                log.warning("cannot commit, tickets wait", ["why": error.description])
            }
            retryWait =
                retryWait == 0
                ? CommitAgent.retryWaitMin : min(retryWait * 2, CommitAgent.retryWaitMax)
            retryAt = MonotonicClock.nowNanoseconds() + retryWait
            return 0
        }
    }

    /// The database takes something for impossible: a mistake of ours. Nothing of the batch was
    /// committed. Smaller batches find the group; it is given up rather than everything be held.
    private func mistake(_ error: PostgresError, _ batch: ArraySlice<FormedGroup>) {
        log.error(
            "the database refuses a commit",
            ["why": error.description, "groups": batch.count, "attempt": mistakeCount + 1])
        // The number of a refused call is used up.
        serial += 1
        mistakeCount += 1
        guard mistakeCount > CommitAgent.mistakeCountMax, let group = batch.first else { return }
        commands += group.seats.map { group.expel($0.ticket) }
        commands.append(group.settle(isCommitted: false))
        passOver(batch.prefix(1))
    }

    // MARK: - Handing on

    /// False if the core's ring has no room.
    private func sendCommands() -> Bool {
        while !commands.isEmpty {
            // In pieces that always fit an empty ring.
            let piece = commands.prefix(64)
            let isSent = piece.withUnsafeBufferPointer { settlements.push($0) }
            if !isSent { return false }
            commands.removeFirst(piece.count)
        }
        return true
    }

    /// False if the announcer is behind.
    private func handOn() -> Bool {
        if told.isEmpty { return true }
        guard desk.push(told) else { return false }
        told = Announcement()
        return true
    }
}

extension FormedGroup {
    /// The word to the core that ends the reservation.
    fileprivate func settle(isCommitted: Bool) -> Command {
        .settle(SettleRequest(match: match, reservation: reservation, isCommitted: isCommitted))
    }

    fileprivate func expel(_ ticket: TicketID) -> Command {
        .expel(ExpelRequest(match: match, reservation: reservation, ticket: ticket))
    }
}
