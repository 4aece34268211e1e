// The announcing thread: takes what may be told from the committing thread and refusals from the
// side queues, publishes them, and takes no more until all are stored. While the broker does not
// take them the queue to it fills, then the outcome ring, and the core stops forming matches:
// memory stays bounded and nothing is lost.
import DaemonKit

/// Publishes decisions.
final class AnnounceAgent: Agent {
    private let decisions: HandoffQueue<Announcement>
    /// Ids of messages that the outbox need not keep any longer.
    private let stored: HandoffQueue<[String]>
    private let desk: RefusalDesk
    private let publisher: StreamPublisher
    private let lease: Lease
    private let counters: MatchmakerCounters
    private var announcement = Announcement()
    private var storedIDs: [String] = []
    private var deadLetterAttempts = 0
    private var retryAt: UInt64 = 0
    private var retryWait: UInt64 = 0

    /// Messages of one round, about: what the committing thread hands on at once is taken whole.
    private static let messageCountPerRound = 2_048
    private static let refusalCountPerRound = 1_024
    private static let retryWaitMin: UInt64 = 50_000_000
    private static let retryWaitMax: UInt64 = 1_000_000_000
    /// Time for the last messages at a stop, below the 3 s within which the process must end.
    private static let finishNanoseconds: UInt64 = 1_800_000_000

    init(
        decisions: HandoffQueue<Announcement>, stored: HandoffQueue<[String]>,
        desk: RefusalDesk, publisher: StreamPublisher, lease: Lease, counters: MatchmakerCounters
    ) {
        self.decisions = decisions
        self.stored = stored
        self.desk = desk
        self.publisher = publisher
        self.lease = lease
        self.counters = counters
    }

    /// Publishes one round; 0 when there was nothing to do or the broker must be given time.
    func step(nowNanoseconds: UInt64) -> Int {
        if nowNanoseconds < retryAt { return 0 }
        // What is committed stands in the outbox, all else is the new owner's to decide.
        if !lease.isHeld {
            announcement = Announcement()
            return 0
        }
        if announcement.isEmpty { collect() }
        if announcement.isEmpty { return 0 }
        return publish()
    }

    /// Publishes what is left, within the time for a stop.
    func finish() {
        let deadline = MonotonicClock.nowNanoseconds() + AnnounceAgent.finishNanoseconds
        var now = MonotonicClock.nowNanoseconds()
        while lease.isHeld, now < deadline {
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
        while announcement.count < AnnounceAgent.messageCountPerRound,
            let decided = decisions.pop()
        {
            announcement.append(decided)
        }
        storedIDs += announcement.takeOutboxIDs()
        collectRefusals()
        deadLetterAttempts = 0
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
        // Should the queue be full, they go with the next round.
        if !storedIDs.isEmpty, stored.push(storedIDs) { storedIDs = [] }
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
