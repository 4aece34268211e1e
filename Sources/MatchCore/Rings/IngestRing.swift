// The bounded ring by which any number of threads hand commands to the tick thread.
// Producers claim cells by compare-and-swap and publish each by its sequence number; the consumer
// takes whole parties only. Full means refused: nobody ever waits. No lock, no allocation.

import Synchronization

// SAFETY: cells between head and tail belong to the producer that claimed them until their
// sequence is published, then to the single consumer until head passes them.
final class IngestStorage: @unchecked Sendable {
    let head = PaddedCursor()
    let tail = PaddedCursor()
    let mask: Int
    let cells: UnsafeMutablePointer<Command>
    let sequences: UnsafeMutablePointer<Atomic<Int>>

    init(capacity: Int) {
        precondition(capacity >= 64 && capacity & (capacity - 1) == 0)
        mask = capacity - 1
        cells = .allocate(capacity: capacity)
        sequences = .allocate(capacity: capacity)
        for index in 0..<capacity { (sequences + index).initialize(to: Atomic(0)) }
    }

    deinit {
        sequences.deinitialize(count: mask + 1)
        sequences.deallocate()
        cells.deallocate()
    }
}

/// The sending end; copies may be used from any number of threads.
package struct IngestProducer: Sendable {
    fileprivate let storage: IngestStorage

    /// Hands over all of `commands`, in order and without others between them, or none of them.
    /// - Returns: false if the ring has too little room; the caller refuses and counts.
    /// - Precondition: `commands` is at most a quarter of the ring's capacity.
    package func push(_ commands: UnsafeBufferPointer<Command>) -> Bool {
        let ring = storage
        let count = commands.count
        precondition(count > 0 && count <= (ring.mask + 1) / 4)
        var tail = ring.tail.position.load(ordering: .relaxed)
        while true {
            // Acquire pairs with the consumer's release of head: cells below it are read.
            let head = ring.head.position.load(ordering: .acquiring)
            if tail + count - head > ring.mask + 1 { return false }
            let claim = ring.tail.position.weakCompareExchange(
                expected: tail, desired: tail + count, ordering: .relaxed)
            if claim.exchanged { break }
            tail = claim.original
        }
        // Last cell first: once the consumer sees the first one, all of the party is there.
        for offset in stride(from: count - 1, through: 0, by: -1) {
            let position = tail + offset
            ring.cells[position & ring.mask] = commands[offset]
            // Release pairs with the consumer's acquire: the cell is written before it shows.
            ring.sequences[position & ring.mask].store(position + 1, ordering: .releasing)
        }
        return true
    }

    /// Hands over one command. Same result as `push(_:)` of a buffer.
    package func push(_ command: Command) -> Bool {
        withUnsafePointer(to: command) { push(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Cells claimed and not yet taken; a moment's estimate for metrics.
    package var depth: Int {
        storage.tail.position.load(ordering: .relaxed)
            - storage.head.position.load(ordering: .relaxed)
    }
}

/// The receiving end: exactly one, used by the tick thread.
package struct IngestConsumer: ~Copyable, Sendable {
    private let storage: IngestStorage

    /// A new ring; this is its only receiving end.
    /// - Precondition: `capacity` is a power of two, at least 64.
    package init(capacity: Int) { storage = IngestStorage(capacity: capacity) }

    /// A sending end; any number of them may exist.
    package var producer: IngestProducer { IngestProducer(storage: storage) }

    /// Copies waiting commands to `buffer`, whole parties only.
    /// - Returns: how many cells were filled.
    package func drain(into buffer: UnsafeMutableBufferPointer<Command>) -> Int {
        let ring = storage
        let head = ring.head.position.load(ordering: .relaxed)
        var count = 0
        while count < buffer.count, isPublished(head + count) {
            let cell = ring.cells[(head + count) & ring.mask]
            var partyCells = 1
            if case .enqueue(let request) = cell { partyCells += request.followerCount }
            if count + partyCells > buffer.count { break }
            buffer[count] = cell
            for offset in 1..<max(partyCells, 1) {
                precondition(isPublished(head + count + offset))
                buffer[count + offset] = ring.cells[(head + count + offset) & ring.mask]
            }
            count += partyCells
        }
        // Release pairs with the producers' acquire: the cells are copied before they are reused.
        if count > 0 { ring.head.position.store(head + count, ordering: .releasing) }
        return count
    }

    private func isPublished(_ position: Int) -> Bool {
        // Acquire pairs with the producer's release of this cell.
        storage.sequences[position & storage.mask].load(ordering: .acquiring) == position + 1
    }
}
