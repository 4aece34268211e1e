// The tick thread: drains the ingest ring, ticks on a fixed schedule, publishes counters.
// Owns the matchmaker. It never logs, waits for another thread or touches a lock; it allocates
// only when new rules are put into force.
import DaemonKit
import MatchCore
import RecordLog
import Synchronization

/// Runs the matchmaker.
final class TickAgent: Agent {
    private var matchmaker: Matchmaker
    private let memory: HugeMemory
    private let consumer: IngestConsumer
    private var outbox: OutcomeProducer
    private var recorder: TickRecorder
    private var timer: TickTimer
    private let mailbox: RulesMailbox
    private let board: PoolBoard
    private let counters: MatchmakerCounters
    private let commands: UnsafeMutableBufferPointer<Command>
    /// Commands at the front of `commands` that the core has not taken yet.
    private var keptCount = 0
    private var queueCount: Int
    private var boardCursor = 0

    /// The tick before the first one.
    static let firstTick = Tick(0)

    /// What the tick thread works with.
    struct Setup {
        var limits: Limits
        var rules: Rules
        var seed: UInt64
        var epoch: UInt64
        var tickMilliseconds: Int
        /// Commands of one tick at most; the rest stay in the ring.
        var commandCountPerTickMax: Int
    }

    /// - Throws: `SystemError` if the memory cannot be had.
    init(
        _ setup: Setup, consumer: consuming IngestConsumer, outbox: consuming OutcomeProducer,
        recorder: consuming TickRecorder, mailbox: RulesMailbox, board: PoolBoard,
        counters: MatchmakerCounters
    ) throws(SystemError) {
        precondition(setup.commandCountPerTickMax >= 64)
        memory = try HugeMemory(byteCount: Matchmaker.memoryByteCount(setup.limits))
        // SAFETY: the block lives as long as this object, and so as long as the matchmaker.
        matchmaker = Matchmaker(
            limits: setup.limits, rules: setup.rules, seed: setup.seed, epoch: setup.epoch,
            firstTick: TickAgent.firstTick, memory: memory.buffer)
        self.consumer = consumer
        self.outbox = outbox
        self.recorder = recorder
        self.mailbox = mailbox
        self.board = board
        self.counters = counters
        queueCount = setup.rules.queues.count
        timer = TickTimer(periodNanoseconds: UInt64(setup.tickMilliseconds) * 1_000_000)
        commands = .allocate(capacity: setup.commandCountPerTickMax)
    }

    deinit { commands.deallocate() }

    /// Waits for the next tick and runs it.
    func step(nowNanoseconds: UInt64) -> Int {
        let due = timer.wait()
        if due.skippedCount > 0 { counters.tick.skipped.add(Int(due.skippedCount)) }
        run(Tick(Int32(truncatingIfNeeded: due.number)))
        return 1
    }

    /// One more tick for what still lies in the ring, so that a stop loses nothing of it.
    func finish() {
        let due = timer.plan(nowNanoseconds: MonotonicClock.nowNanoseconds())
        run(Tick(Int32(truncatingIfNeeded: due.number)))
        recorder.finish(
            stateHash: matchmaker.stateHash, waitingCount: matchmaker.waitingCount)
    }

    private func run(_ tick: Tick) {
        let start = MonotonicClock.nowNanoseconds()
        applyNewRules()
        let room = UnsafeMutableBufferPointer(rebasing: commands[keptCount...])
        let arrived = room.isEmpty ? 0 : consumer.drain(into: room)
        let batch = UnsafeBufferPointer(rebasing: commands[..<(keptCount + arrived)])
        let report = matchmaker.tick(tick, commands: batch, outbox: &outbox)
        recorder.note(
            tick, UnsafeBufferPointer(rebasing: batch[..<report.commandsTaken]), report,
            stateHash: matchmaker.stateHash, waitingCount: matchmaker.waitingCount)
        keep(batch.count, taken: report.commandsTaken)
        counters.tick.add(report)
        publishBoard()
        let end = MonotonicClock.nowNanoseconds()
        counters.tick.seconds.observe(Double(end - start) / 1e9)
        board.noteTick(nanoseconds: end, stateHash: matchmaker.stateHash)
    }

    private func applyNewRules() {
        guard let rules = mailbox.take() else { return }
        matchmaker.apply(rules)
        recorder.note(rulesVersion: rules.version)
        queueCount = rules.queues.count
        mailbox.confirm(version: rules.version)
    }

    /// Moves what the core did not take to the front.
    private func keep(_ count: Int, taken: Int) {
        precondition(taken >= 0 && taken <= count)
        keptCount = count - taken
        guard keptCount > 0 && taken > 0 else { return }
        for index in 0..<keptCount { commands[index] = commands[taken + index] }
    }

    /// Copies a part of the pool's figures each tick, so that the cost of a tick does not grow with
    /// the number of queues.
    private func publishBoard() {
        board.publish(tickets: matchmaker.waitingCount, players: matchmaker.waitingPlayerCount)
        let cellCount = queueCount * board.regionCount
        guard cellCount > 0 else { return }
        for _ in 0..<min(cellCount, PoolBoard.cellsPerTick) {
            boardCursor = boardCursor + 1 < cellCount ? boardCursor + 1 : 0
            let queue = QueueIndex(UInt16(boardCursor / board.regionCount))
            let region = RegionIndex(UInt8(boardCursor % board.regionCount))
            if region.raw == 0 {
                board.publish(waiting: matchmaker.waitingCount(queue), queue: Int(queue.raw))
            }
            board.publish(places: matchmaker.waitingCount(queue, region), at: boardCursor)
        }
    }
}
