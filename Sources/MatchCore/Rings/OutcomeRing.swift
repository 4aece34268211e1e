// The bounded ring by which the tick thread hands outcomes to one announcing thread.
// Records are staged and published together, so that a match is seen whole or not at all. The
// writer asks for room first; when there is none it stops making outcomes. No lock, no wait.

import Synchronization

// SAFETY: cells from head to tail belong to the consumer, all others to the producer.
final class OutcomeStorage: @unchecked Sendable {
    let head = PaddedCursor()
    let tail = PaddedCursor()
    let mask: Int
    let cells: UnsafeMutablePointer<Outcome>

    init(capacity: Int) {
        precondition(capacity >= 1024 && capacity & (capacity - 1) == 0)
        mask = capacity - 1
        cells = .allocate(capacity: capacity)
        // Written once now, so that no page fault falls into a tick.
        cells.initialize(repeating: .players(PlayerGroup()), count: capacity)
    }

    deinit { cells.deallocate() }
}

/// The sending end: exactly one, used by the tick thread.
package struct OutcomeProducer: ~Copyable, Sendable {
    private let storage: OutcomeStorage
    private var tailStaged = 0
    private var headSeen = 0
    private var isConsumerTaken = false

    /// A new ring; this is its only sending end.
    /// - Precondition: `capacity` is a power of two, at least 1,024 (a whole match must fit).
    package init(capacity: Int) { storage = OutcomeStorage(capacity: capacity) }

    /// The only receiving end.
    /// - Precondition: not taken before.
    package mutating func takeConsumer() -> OutcomeConsumer {
        precondition(!isConsumerTaken)
        isConsumerTaken = true
        return OutcomeConsumer(storage: storage)
    }

    /// True if `count` more records fit now.
    @inline(__always) package mutating func hasRoom(for count: Int) -> Bool {
        if tailStaged + count - headSeen <= storage.mask + 1 { return true }
        // Acquire pairs with the consumer's release: what lies below head has been read.
        headSeen = storage.head.position.load(ordering: .acquiring)
        return tailStaged + count - headSeen <= storage.mask + 1
    }

    /// Stages a record; it shows with the next `publish`.
    /// - Precondition: there is room for it.
    @inline(__always) package mutating func write(_ outcome: Outcome) {
        precondition(tailStaged - headSeen <= storage.mask)
        storage.cells[tailStaged & storage.mask] = outcome
        tailStaged += 1
    }

    /// Shows everything staged to the consumer.
    package mutating func publish() {
        // Release pairs with the consumer's acquire: the records are written before they show.
        storage.tail.position.store(tailStaged, ordering: .releasing)
    }
}

/// The receiving end: exactly one, used by the announcing thread.
package struct OutcomeConsumer: ~Copyable, Sendable {
    fileprivate let storage: OutcomeStorage

    /// Calls `body` with published records in order, at most `max`, then gives their room back.
    /// - Returns: how many were handed to `body`.
    @discardableResult
    package func drain(max: Int, _ body: (borrowing Outcome) -> Void) -> Int {
        let head = storage.head.position.load(ordering: .relaxed)
        // Acquire pairs with the producer's release of tail.
        let tail = storage.tail.position.load(ordering: .acquiring)
        let count = min(tail - head, max)
        for offset in 0..<count { body(storage.cells[(head + offset) & storage.mask]) }
        // Release pairs with the producer's acquire: the records are read before they are reused.
        if count > 0 { storage.head.position.store(head + count, ordering: .releasing) }
        return count
    }

    /// Records published and not yet taken; a moment's estimate for metrics.
    package var depth: Int {
        storage.tail.position.load(ordering: .relaxed)
            - storage.head.position.load(ordering: .relaxed)
    }
}
