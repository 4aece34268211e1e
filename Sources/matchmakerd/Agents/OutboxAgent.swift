// The outbox thread: marks in the database what the broker has stored, and publishes what somebody
// committed and did not live to tell. A message may be published twice, under one id; never not.
import DaemonKit

/// Keeps the outbox short.
final class OutboxAgent: Agent {
    private let store: OutboxStore
    private let publisher: StreamPublisher
    private let lease: Lease
    /// Ids of stored messages, from the announcer.
    private let stored: HandoffQueue<[String]>
    private let counters: MatchmakerCounters
    private let log: Log
    private var unmarked: [String] = []
    private var nextSweep: UInt64 = 0
    private var retryAt: UInt64 = 0
    private var hasFailed = false

    /// The owner tells right after its commit; what is older was left by somebody.
    private static let olderMilliseconds = 2_000
    private static let holdMilliseconds = 5_000
    private static let limit = 512
    private static let sweepNanoseconds: UInt64 = 1_000_000_000
    private static let retryNanoseconds: UInt64 = 500_000_000
    /// Ids of one call, at most.
    private static let markCountMax = 4_096
    private static let finishNanoseconds: UInt64 = 500_000_000

    init(
        store: OutboxStore, publisher: StreamPublisher, lease: Lease,
        stored: HandoffQueue<[String]>, counters: MatchmakerCounters, log: Log
    ) {
        self.store = store
        self.publisher = publisher
        self.lease = lease
        self.stored = stored
        self.counters = counters
        self.log = log
    }

    func step(nowNanoseconds: UInt64) -> Int {
        if nowNanoseconds < retryAt { return 0 }
        do throws(PostgresError) {
            var workCount = try mark()
            if nowNanoseconds >= nextSweep, lease.isHeld {
                nextSweep = nowNanoseconds + OutboxAgent.sweepNanoseconds
                workCount += try sweep()
                let state = try store.state()
                counters.commit.unsent.set(Int(clamping: state.unsentCount))
            }
            hasFailed = false
            return workCount
        } catch {
            if !hasFailed { log.warning("the outbox waits", ["why": error.description]) }
            hasFailed = true
            retryAt = nowNanoseconds + OutboxAgent.retryNanoseconds
            return 0
        }
    }

    /// Marks what the announcer stored last. What is not marked the next owner tells once more.
    func finish() {
        let deadline = MonotonicClock.nowNanoseconds() + OutboxAgent.finishNanoseconds
        while MonotonicClock.nowNanoseconds() < deadline {
            guard let count = try? mark(), count > 0 else { return }
        }
    }

    private func mark() throws(PostgresError) -> Int {
        while unmarked.count < OutboxAgent.markCountMax, let ids = stored.pop() { unmarked += ids }
        if unmarked.isEmpty { return 0 }
        let batch = Array(unmarked.prefix(OutboxAgent.markCountMax))
        try store.markSent(batch)
        unmarked.removeFirst(batch.count)
        return batch.count
    }

    private func sweep() throws(PostgresError) -> Int {
        let left = try store.take(
            olderMilliseconds: OutboxAgent.olderMilliseconds,
            holdMilliseconds: OutboxAgent.holdMilliseconds, limit: OutboxAgent.limit)
        if left.isEmpty { return 0 }
        let results = publisher.publish(left, timeoutMilliseconds: 2_000)
        let ids = zip(left, results).filter { $0.1.isStored }.map(\.0.messageID)
        counters.commit.swept.add(ids.count)
        if !ids.isEmpty { try store.markSent(ids) }
        return left.count
    }
}
