// A matchmaker with its memory, its outbox and a reader, driven tick by tick from a test.
// Owner: one test. The memory is filled with rubbish first: its content must not matter.

@testable import MatchCore

final class Rig {
    private let memory: UnsafeMutableRawBufferPointer
    var matchmaker: Matchmaker
    var outbox: OutcomeProducer
    private let consumer: OutcomeConsumer
    private var reader = OutcomeReader()
    /// The last tick that ran.
    private(set) var now: Int32

    init(
        _ rules: Rules, limits: Limits, seed: UInt64 = 1, epoch: UInt64 = 1, firstTick: Int32 = 0,
        outboxCapacity: Int = 1 << 14
    ) {
        let byteCount = Matchmaker.memoryByteCount(limits)
        memory = .allocate(byteCount: byteCount, alignment: 64)
        _ = memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
        matchmaker = Matchmaker(
            limits: limits, rules: rules, seed: seed, epoch: epoch, firstTick: Tick(firstTick),
            memory: memory)
        var outbox = OutcomeProducer(capacity: outboxCapacity)
        consumer = outbox.takeConsumer()
        self.outbox = outbox
        now = firstTick
    }

    deinit { memory.deallocate() }

    /// Runs the next tick and reads all of its outcomes.
    @discardableResult
    func tick(_ commands: [Command] = []) -> TickResult {
        let report = tickOnly(commands)
        return read(report)
    }

    /// Runs the tick of the given number.
    @discardableResult
    func tick(at tick: Int32, _ commands: [Command] = []) -> TickResult {
        precondition(tick > now)
        now = tick - 1
        return self.tick(commands)
    }

    /// Runs quiet ticks and gathers their outcomes.
    func run(ticks: Int) -> TickResult {
        var all = TickResult()
        for _ in 0..<ticks { all.append(tick()) }
        return all
    }

    /// Runs the next tick and leaves its outcomes in the outbox.
    func tickOnly(_ commands: [Command]) -> TickReport {
        now += 1
        return commands.withUnsafeBufferPointer {
            matchmaker.tick(Tick(now), commands: $0, outbox: &outbox)
        }
    }

    /// Reads at most `max` waiting outcomes; records of a match that is not complete yet are kept
    /// for the next reading.
    func read(_ report: TickReport = TickReport(), max: Int = .max) -> TickResult {
        consumer.drain(max: max) { reader.take($0) }
        return reader.result(report)
    }

    func discardOutcomes() { consumer.drain(max: .max) { _ in } }

    /// Outcomes that wait to be read.
    var unreadCount: Int { consumer.depth }
}
