// The way of a run from the tick thread to the thread that writes it down: a bounded ring. The tick
// thread never waits: if there is no room, recording is over, and matching goes on. No lock, no
// allocation.
import MatchCore
import Synchronization

/// What the tick thread hands over.
package enum TapeCell: BitwiseCopyable, Sendable {
    /// A tick; so many commands follow.
    case tick(Tick, commandCount: Int32)
    case command(Command)
    /// Rules of this version came into force.
    case rules(version: UInt64)
    case checkpoint(Checkpoint)
}

// SAFETY: cells from head to tail belong to the consumer, all others to the tick thread; `cells`
// lives as long as this object.
final class RecordTape: @unchecked Sendable {
    let cells: UnsafeMutablePointer<TapeCell>
    let mask: Int
    let head = Atomic<Int>(0)
    let tail = Atomic<Int>(0)
    /// 0 while open, else 1 + the raw `RecordEnd`; set by the tick thread.
    let ended = Atomic<UInt8>(0)
    /// Set by the writing thread when it cannot go on.
    let isRefused = Atomic<Bool>(false)

    init(cellCount: Int) {
        precondition(cellCount >= 64 && cellCount & (cellCount - 1) == 0)
        mask = cellCount - 1
        cells = .allocate(capacity: cellCount)
        // Written once now, so that no page fault falls into a tick.
        cells.initialize(repeating: .rules(version: 0), count: cellCount)
    }

    deinit { cells.deallocate() }
}

/// The tick thread's end.
package struct TickRecorder: ~Copyable, Sendable {
    private let tape: RecordTape?
    private var tail = 0
    private var isOpen: Bool
    private var isReaderTaken = false
    private var matchCount: UInt64 = 0
    private var ticksToCheckpoint = TickRecorder.checkpointTicks

    /// Ticks between two looks at the core: each costs about 12 bytes, and a difference at replay
    /// is placed to within so many ticks.
    package static let checkpointTicks = 100

    /// One that records nothing.
    package init() {
        tape = nil
        isOpen = false
    }

    /// One that records into a ring of its own.
    /// - Precondition: `cellCount` is a power of two, at least 64.
    package init(cellCount: Int) {
        tape = RecordTape(cellCount: cellCount)
        isOpen = true
    }

    /// The only reading end.
    /// - Precondition: this one records, and the end was not taken before.
    package mutating func takeReader() -> TapeReader {
        guard let tape, !isReaderTaken else { preconditionFailure("there is no end to take") }
        isReaderTaken = true
        return TapeReader(tape: tape)
    }

    /// Notes that rules came into force.
    package mutating func note(rulesVersion: UInt64) {
        guard let tape, hasRoom(1, tape) else { return }
        put(.rules(version: rulesVersion), tape)
        publish(tape)
    }

    /// Notes a tick with the commands that it took.
    package mutating func note(
        _ tick: Tick, _ commands: UnsafeBufferPointer<Command>, _ report: TickReport,
        stateHash: UInt64, waitingCount: Int
    ) {
        guard let tape, isOpen else { return }
        if report.outboxFull {
            end(.outboxFull)
            return
        }
        // Room for a checkpoint, and for the last one, beside the commands.
        guard hasRoom(commands.count + 3, tape) else { return }
        matchCount += UInt64(report.matches)
        put(.tick(tick, commandCount: Int32(commands.count)), tape)
        for command in commands { put(.command(command), tape) }
        ticksToCheckpoint -= 1
        if ticksToCheckpoint == 0 { checkpoint(stateHash, waitingCount, tape) }
        publish(tape)
    }

    /// Notes what the core looks like at the end and closes the record.
    package mutating func finish(stateHash: UInt64, waitingCount: Int) {
        guard let tape, isOpen else { return }
        if ticksToCheckpoint != TickRecorder.checkpointTicks, hasRoom(1, tape) {
            checkpoint(stateHash, waitingCount, tape)
            publish(tape)
        }
        end(.stopped)
    }

    private mutating func checkpoint(_ hash: UInt64, _ waitingCount: Int, _ tape: RecordTape) {
        ticksToCheckpoint = TickRecorder.checkpointTicks
        put(
            .checkpoint(
                Checkpoint(
                    stateHash: hash, matchCount: matchCount,
                    waitingCount: UInt32(clamping: waitingCount))), tape)
    }

    private mutating func end(_ reason: RecordEnd) {
        guard isOpen else { return }
        isOpen = false
        // Release pairs with the reader's acquire: all cells are written before the end shows.
        tape?.ended.store(reason.rawValue + 1, ordering: .releasing)
    }

    /// False, for good, if so many cells are not free.
    private mutating func hasRoom(_ count: Int, _ tape: RecordTape) -> Bool {
        guard isOpen else { return false }
        // Relaxed: it only makes this thread stop copying; nothing else is read by it.
        if tape.isRefused.load(ordering: .relaxed) {
            isOpen = false
            return false
        }
        // Acquire pairs with the reader's release of head: the cells below it have been read.
        let free = tape.mask + 1 - (tail - tape.head.load(ordering: .acquiring))
        if count <= free { return true }
        end(.fellBehind)
        return false
    }

    private mutating func put(_ cell: TapeCell, _ tape: RecordTape) {
        tape.cells[tail & tape.mask] = cell
        tail += 1
    }

    private func publish(_ tape: RecordTape) {
        // Release pairs with the reader's acquire of tail: the cells are written before they show.
        tape.tail.store(tail, ordering: .releasing)
    }
}

/// The writing thread's end: exactly one.
package struct TapeReader: ~Copyable, Sendable {
    fileprivate let tape: RecordTape

    /// Calls `body` with cells in order, at most `max`, then gives their room back.
    /// - Returns: how many there were.
    package func drain(max: Int, _ body: (borrowing TapeCell) -> Void) -> Int {
        let head = tape.head.load(ordering: .relaxed)
        // Acquire pairs with the recorder's release of tail.
        let count = min(tape.tail.load(ordering: .acquiring) - head, max)
        for offset in 0..<count { body(tape.cells[(head + offset) & tape.mask]) }
        // Release pairs with the recorder's acquire of head.
        if count > 0 { tape.head.store(head + count, ordering: .releasing) }
        return count
    }

    /// How the tick thread ended the record; nil while it goes on. What it wrote before is in the
    /// ring once this is not nil: ask first, drain then.
    package var end: RecordEnd? {
        let raw = tape.ended.load(ordering: .acquiring)
        return raw == 0 ? nil : RecordEnd(rawValue: raw - 1)
    }

    /// Tells the tick thread to hand over nothing more.
    package func refuse() { tape.isRefused.store(true, ordering: .relaxed) }
}
