// A bounded queue from one thread to one other, for values of any kind off the hot path.
// Full means refused: the sender counts and goes on, nobody waits. No lock.
import Synchronization

/// A queue with one sending and one receiving thread.
package final class HandoffQueue<Element: Sendable>: @unchecked Sendable {
    // SAFETY: cells from head to tail belong to the receiver, all others to the sender; each end
    // is used by one thread at a time.
    private let cells: UnsafeMutablePointer<Element?>
    private let mask: Int
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)

    /// - Precondition: `capacity` is a power of two.
    package init(capacity: Int) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0)
        mask = capacity - 1
        cells = .allocate(capacity: capacity)
        cells.initialize(repeating: nil, count: capacity)
    }

    deinit {
        cells.deinitialize(count: mask + 1)
        cells.deallocate()
    }

    /// Hands over an element; false if the queue is full.
    package func push(_ element: Element) -> Bool {
        let position = tail.load(ordering: .relaxed)
        // Acquire pairs with the receiver's release of head: the cell has been emptied.
        guard position - head.load(ordering: .acquiring) <= mask else { return false }
        cells[position & mask] = element
        // Release pairs with the receiver's acquire of tail: the cell is written before it shows.
        tail.store(position + 1, ordering: .releasing)
        return true
    }

    /// The oldest element, or nil if there is none.
    package func pop() -> Element? {
        let position = head.load(ordering: .relaxed)
        guard position < tail.load(ordering: .acquiring) else { return nil }
        let element = cells[position & mask].take()
        head.store(position + 1, ordering: .releasing)
        return element
    }

    /// Elements waiting; a moment's estimate.
    package var count: Int {
        tail.load(ordering: .relaxed) - head.load(ordering: .relaxed)
    }
}
