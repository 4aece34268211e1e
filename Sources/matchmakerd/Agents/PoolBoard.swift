// What the tick thread shows of its pool: plain figures in atomics of fixed number, written by it
// (and by the announcer for what has been answered), read by whoever wants to display them.
import DaemonKit
import MatchCore
import Synchronization

/// Figures of the waiting pool.
final class PoolBoard: @unchecked Sendable {
    // SAFETY: the arrays are memory of this object; their elements are atomics with one writer
    // each. All orders are relaxed: every figure stands for itself.
    private let offered: UnsafeMutablePointer<Atomic<Int>>
    private let answered: UnsafeMutablePointer<Atomic<Int>>
    private let places: UnsafeMutablePointer<Atomic<Int>>
    private let ticketCount = Atomic<Int>(0)
    private let playerCount = Atomic<Int>(0)
    private let lastTickNanoseconds = Atomic<UInt64>(0)
    private let lastStateHash = Atomic<UInt64>(0)
    let queueCountMax: Int
    let regionCount: Int

    /// Queue-and-region figures copied in one tick: all of a small configuration, and at most some
    /// microseconds' worth of a large one.
    static let cellsPerTick = 512

    init(queueCountMax: Int, regionCount: Int) {
        precondition(queueCountMax >= 1 && regionCount >= 1)
        self.queueCountMax = queueCountMax
        self.regionCount = regionCount
        offered = PoolBoard.cells(queueCountMax)
        answered = PoolBoard.cells(queueCountMax)
        places = PoolBoard.cells(queueCountMax * regionCount)
    }

    deinit {
        // Atomics of integers need no deinitialisation beyond their memory.
        offered.deallocate()
        answered.deallocate()
        places.deallocate()
    }

    private static func cells(_ count: Int) -> UnsafeMutablePointer<Atomic<Int>> {
        let cells = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: count)
        for index in 0..<count { (cells + index).initialize(to: Atomic(0)) }
        return cells
    }

    /// Forgets everything, when the pool is gone and neither of the two threads runs.
    func reset() {
        for queue in 0..<queueCountMax {
            offered[queue].store(0, ordering: .relaxed)
            answered[queue].store(0, ordering: .relaxed)
        }
        for cell in 0..<(queueCountMax * regionCount) { places[cell].store(0, ordering: .relaxed) }
        publish(tickets: 0, players: 0)
        lastTickNanoseconds.store(0, ordering: .relaxed)
    }

    // MARK: - Tick thread

    func publish(tickets: Int, players: Int) {
        ticketCount.store(tickets, ordering: .relaxed)
        playerCount.store(players, ordering: .relaxed)
    }

    func publish(places count: Int, at cell: Int) { places[cell].store(count, ordering: .relaxed) }

    func noteOffered(_ queue: QueueIndex) { PoolBoard.add(1, to: offered, queue, queueCountMax) }

    func noteTick(nanoseconds: UInt64, stateHash: UInt64) {
        lastStateHash.store(stateHash, ordering: .relaxed)
        lastTickNanoseconds.store(nanoseconds, ordering: .relaxed)
    }

    // MARK: - Announcer

    /// Counts tickets off that have been answered for good.
    func noteAnswered(_ queue: QueueIndex, count: Int = 1) {
        PoolBoard.add(count, to: answered, queue, queueCountMax)
    }

    /// One writer for each array, so a load and a store are enough.
    private static func add(
        _ count: Int, to cells: UnsafeMutablePointer<Atomic<Int>>, _ queue: QueueIndex, _ max: Int
    ) {
        guard Int(queue.raw) < max else { return }
        let cell = cells + Int(queue.raw)
        cell.pointee.store(cell.pointee.load(ordering: .relaxed) + count, ordering: .relaxed)
    }

    // MARK: - Readers

    /// Tickets in the core's pool.
    var waitingTicketCount: Int { ticketCount.load(ordering: .relaxed) }
    var waitingPlayerCount: Int { playerCount.load(ordering: .relaxed) }
    var stateHash: UInt64 { lastStateHash.load(ordering: .relaxed) }

    /// Tickets of a queue that have come to the tick thread and have not been answered.
    func waitingCount(queue: Int) -> Int {
        let ended = answered[queue].load(ordering: .relaxed)
        return max(0, offered[queue].load(ordering: .relaxed) - ended)
    }

    /// Tickets that accept this region of this queue at present.
    func placeCount(queue: Int, region: Int) -> Int {
        places[queue * regionCount + region].load(ordering: .relaxed)
    }

    /// Nanoseconds since the last tick ended; nil before the first.
    func tickAge(nowNanoseconds: UInt64) -> UInt64? {
        let last = lastTickNanoseconds.load(ordering: .relaxed)
        return last == 0 ? nil : nowNanoseconds - min(last, nowNanoseconds)
    }
}
