// The announcing thread: takes outcomes from the ring and refusals from the side queues, publishes
// them, and takes no more until all are stored. While the broker does not take them the outcome
// ring fills and the core stops forming matches: memory stays bounded and nothing is lost.
import DaemonKit
import MatchCore
import Wire

/// Publishes decisions.
final class AnnounceAgent: Agent {
    private let outcomes: OutcomeConsumer
    private let desk: RefusalDesk
    private let publisher: StreamPublisher
    private let names: OutcomeNames
    private let board: PoolBoard
    private let counters: MatchmakerCounters
    private let allocationForm: ContentType
    /// Makes the ids of rejections differ between runs.
    private let epoch: UInt64
    private var rejectionCount: UInt64 = 0
    private var assembler = MatchAssembler()
    private var announcement: Announcement
    private var deadLetterAttempts = 0
    private var retryAt: UInt64 = 0
    private var retryWait: UInt64 = 0

    /// Records of one round. Each makes at most one message of a stage, so a round fits a batch.
    private static let recordCountPerRound = 2_048
    private static let refusalCountPerRound = 1_024
    private static let retryWaitMin: UInt64 = 50_000_000
    private static let retryWaitMax: UInt64 = 1_000_000_000
    /// Time for the last messages at a stop, below the 3 s within which the process must end.
    private static let finishNanoseconds: UInt64 = 1_800_000_000

    /// - Parameter first: messages that an earlier run left unpublished.
    init(
        outcomes: consuming OutcomeConsumer, desk: RefusalDesk, publisher: StreamPublisher,
        names: OutcomeNames, board: PoolBoard, counters: MatchmakerCounters,
        allocationForm: ContentType, epoch: UInt64, first: Announcement = Announcement()
    ) {
        self.outcomes = outcomes
        self.desk = desk
        self.publisher = publisher
        self.names = names
        self.board = board
        self.counters = counters
        self.allocationForm = allocationForm
        self.epoch = epoch
        announcement = first
    }

    /// Publishes one round; 0 when there was nothing to do or the broker must be given time.
    func step(nowNanoseconds: UInt64) -> Int {
        if nowNanoseconds < retryAt { return 0 }
        if announcement.isEmpty { collect() }
        if announcement.isEmpty { return 0 }
        return publish()
    }

    /// Publishes what is left, within the time for a stop.
    func finish() {
        let deadline = MonotonicClock.nowNanoseconds() + AnnounceAgent.finishNanoseconds
        var now = MonotonicClock.nowNanoseconds()
        while now < deadline {
            if announcement.isEmpty { collect() }
            if announcement.isEmpty { return }
            if publish(timeoutMilliseconds: 500) == 0 {
                // The stop has its own deadline; a short pause instead of the growing one.
                MonotonicClock.sleep(until: MonotonicClock.nowNanoseconds() + 20_000_000)
            }
            now = MonotonicClock.nowNanoseconds()
        }
    }

    // MARK: - Collecting

    private func collect() {
        let formedAt = WallClock.nowMilliseconds()
        outcomes.drain(max: AnnounceAgent.recordCountPerRound) { outcome in
            take(outcome, formedAtMilliseconds: formedAt)
        }
        collectRefusals()
        deadLetterAttempts = 0
    }

    private func take(_ outcome: borrowing Outcome, formedAtMilliseconds: UInt64) {
        switch copy outcome {
        case .matched(let record): assembler.begin(record)
        case .seat(let record): assembler.add(record, names: names)
        case .players(let group):
            let assembled = assembler.add(
                group, names: names, formedAtMilliseconds: formedAtMilliseconds)
            if let assembled { announce(assembled) }
        case .closed(let record): announce(record)
        case .rejected(let record): announce(record)
        case .proposed, .substituted, .returned, .backfilled, .backfillEnded, .explained: break
        }
    }

    private func announce(_ assembled: MatchAssembler.Assembled) {
        let match = assembled.message
        announcement.add(match, allocationForm: allocationForm) { names.lobbies.form(of: $0) }
        board.noteAnswered(assembled.queue, count: assembled.ticketCount)
        observe(match)
        let series = counters.announce.queueMatches.current
        if Int(assembled.queue.raw) < series.count { series[Int(assembled.queue.raw)].add() }
    }

    private func observe(_ match: MatchMessage) {
        counters.announce.quality.observe(Double(match.quality.composite))
        counters.announce.fairness.observe(Double(match.quality.fairness))
        counters.announce.spreadPoints.observe(Double(match.quality.ratingDeviationPoints))
        counters.announce.latencySeconds.observe(Double(match.quality.latencyMillisecondsMax) / 1e3)
        for team in match.teams {
            for seat in team.seats {
                counters.announce.waitSeconds.observe(Double(seat.waitMilliseconds) / 1e3)
            }
        }
    }

    private func announce(_ record: ClosedRecord) {
        let reason = CloseCode(record.reason)
        counters.announce.countClosed(reason)
        board.noteAnswered(record.queue)
        let closed = ClosedMessage(
            ticket: record.ticket, queue: names.queue(record.queue),
            lobby: names.lobby(record.lobby), reason: reason,
            waitMilliseconds: names.milliseconds(record.waitTicks))
        announcement.add(closed, form: names.lobbies.form(of: record.lobby))
    }

    private func announce(_ record: RejectedRecord) {
        let reason = RejectCode(record.reason)
        counters.intake.countRejection(reason)
        // A refused cancel names no queue and takes no ticket off the count.
        board.noteAnswered(record.queue)
        rejectionCount += 1
        let rejection = RejectionMessage(
            ticket: record.ticket, queue: names.queue(record.queue),
            lobby: names.lobby(record.lobby), reason: reason)
        let id = "\(record.ticket.uuidText):rejected:\(epoch).\(rejectionCount)"
        announcement.add(rejection, id: id, form: names.lobbies.form(of: record.lobby))
    }

    private func collectRefusals() {
        for _ in 0..<AnnounceAgent.refusalCountPerRound {
            guard let refusal = desk.refusals.pop() else { break }
            announcement.add(
                refusal.rejection, id: "\(refusal.sequence):rejected", form: refusal.form)
        }
        for _ in 0..<AnnounceAgent.refusalCountPerRound {
            guard let letter = desk.deadLetters.pop() else { break }
            counters.intake.countDeadLetter(letter.reason)
            announcement.add(letter)
        }
    }

    // MARK: - Publishing

    /// Publishes stage by stage; a later stage waits until the earlier one is stored.
    private func publish(timeoutMilliseconds: Int64 = 2_000) -> Int {
        var storedCount = 0
        for stage in PublishStage.allCases {
            let due = announcement[stage]
            if due.isEmpty { continue }
            let batch = Array(due.prefix(StreamPublisher.batchCountMax))
            let results = publisher.publish(batch, timeoutMilliseconds: timeoutMilliseconds)
            let rest = zip(batch, results).filter { !$0.1.isStored }.map(\.0)
            storedCount += batch.count - rest.count
            counters.announce.published[stage.rawValue].add(batch.count - rest.count)
            counters.announce.publishFailures[stage.rawValue].add(rest.count)
            announcement.replace(stage, with: rest + due.dropFirst(batch.count))
            if stage == .deadLetters && !rest.isEmpty { giveUpDeadLetters() }
            if !announcement[stage].isEmpty {
                if !rest.isEmpty { backOff() }
                return storedCount
            }
        }
        retryWait = 0
        retryAt = 0
        return storedCount
    }

    /// Dead letters are for inspection only: after three attempts they are counted and dropped, so
    /// that a full dead-letter stream does not stop matches.
    private func giveUpDeadLetters() {
        deadLetterAttempts += 1
        guard deadLetterAttempts >= 3 else { return }
        counters.intake.deadLettersDropped.add(announcement[.deadLetters].count)
        announcement.replace(.deadLetters, with: [])
    }

    private func backOff() {
        retryWait =
            retryWait == 0
            ? AnnounceAgent.retryWaitMin : min(retryWait * 2, AnnounceAgent.retryWaitMax)
        retryAt = MonotonicClock.nowNanoseconds() + retryWait
    }
}
