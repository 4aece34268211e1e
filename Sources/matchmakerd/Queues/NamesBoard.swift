// The names in force on their way from the main thread to the threads of the edge. A reader keeps
// the names that it has seen and looks at one number to learn of newer ones; only after a reload
// does it take the lock.
import DaemonKit
import QueueFile
import Synchronization

/// Where the main thread hangs out the names.
final class NamesBoard: Sendable {
    private let names: Locked<QueueNames>
    private let edition = Atomic<UInt64>(0)

    init(_ names: QueueNames) { self.names = Locked(names) }

    /// Puts newer names in place of the last ones.
    func post(_ newer: QueueNames) {
        names.withLock { $0 = newer }
        // Release pairs with the acquire in `NamesReader.current`: who sees the new edition finds
        // these names or newer ones.
        edition.wrappingAdd(1, ordering: .releasing)
    }

    fileprivate func editionNow() -> UInt64 { edition.load(ordering: .acquiring) }
    fileprivate func take() -> QueueNames { names.withLock { $0 } }
}

/// One thread's view of a board.
struct NamesReader {
    private let board: NamesBoard
    private var edition: UInt64
    private var names: QueueNames

    init(_ board: NamesBoard) {
        self.board = board
        // The number first: names posted in between are then taken once more.
        edition = board.editionNow()
        names = board.take()
    }

    /// The names in force; nothing but one load unless they have changed.
    mutating func current() -> QueueNames {
        let now = board.editionNow()
        if now != edition {
            names = board.take()
            edition = now
        }
        return names
    }
}
