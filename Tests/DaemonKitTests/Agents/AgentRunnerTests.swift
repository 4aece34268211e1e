// An agent's life: steps on its own thread, the last word in finish, joined by stop.
import DaemonKit
import Synchronization
import Testing

@Suite struct AgentRunnerTests {
    private final class Log: Sendable {
        let steps = Atomic<Int>(0)
        let finishes = Atomic<Int>(0)
    }

    private final class Counting: Agent {
        let log: Log
        init(_ log: Log) { self.log = log }
        func step(nowNanoseconds: UInt64) -> Int {
            log.steps.wrappingAdd(1, ordering: .relaxed)
            return log.steps.load(ordering: .relaxed) <= 10 ? 1 : 0
        }
        func finish() { log.finishes.wrappingAdd(1, ordering: .relaxed) }
    }

    @Test(arguments: [
        IdleStrategy.standard,
        .backoff(spinCount: 100, yieldCount: 0, parkMin: 100, parkMax: 200),
    ])
    func stepsRunUntilStopAndFinishRunsOnce(_ idle: IdleStrategy) throws {
        let log = Log()
        let runner = AgentRunner(name: "a-name-that-is-too-long", idle: idle, agent: Counting(log))
        try runner.start()
        while log.steps.load(ordering: .relaxed) < 50 {
            MonotonicClock.sleep(until: MonotonicClock.nowNanoseconds() + 1_000_000)
        }
        runner.stop()
        let steps = log.steps.load(ordering: .relaxed)
        #expect(log.finishes.load(ordering: .relaxed) == 1)
        #expect(runner.dutyCycle.workCount == 10)
        #expect(runner.dutyCycle.cycleCount == UInt64(steps))
        runner.stop()
        #expect(log.steps.load(ordering: .relaxed) == steps)
    }

    @Test func anIdleThreadSleeps() throws {
        let log = Log()
        let runner = AgentRunner(name: "idle", idle: .standard, agent: Counting(log))
        try runner.start()
        MonotonicClock.sleep(until: MonotonicClock.nowNanoseconds() + 200_000_000)
        runner.stop()
        // At 1 ms a nap: about 200 steps; a spinning thread would make millions.
        #expect(log.steps.load(ordering: .relaxed) < 5_000)
    }
}
