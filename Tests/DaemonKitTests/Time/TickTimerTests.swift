// The fixed schedule: due times, late ticks, overruns without a burst.
import DaemonKit
import Testing

@Suite struct TickTimerTests {
    private func timer() -> TickTimer {
        TickTimer(periodNanoseconds: 100, startNanoseconds: 1_000)
    }

    @Test func ticksAreDueOnTheSchedule() {
        var timer = timer()
        for number in 1...5 {
            let due = timer.plan(nowNanoseconds: 1_000 + UInt64(number) * 100 - 50)
            #expect(due.number == Int64(number))
            #expect(due.skippedCount == 0)
            #expect(due.dueNanoseconds == 1_000 + UInt64(number) * 100)
        }
    }

    @Test func aLateTickDoesNotMoveTheSchedule() {
        var timer = timer()
        #expect(timer.plan(nowNanoseconds: 1_000).number == 1)
        // Tick 1 took until 1,290: tick 2 was due at 1,200, is late by less than a period.
        let late = timer.plan(nowNanoseconds: 1_290)
        #expect(late.number == 2 && late.skippedCount == 0)
        let next = timer.plan(nowNanoseconds: 1_295)
        #expect(next.number == 3 && next.dueNanoseconds == 1_300)
    }

    @Test func swallowedTicksAreCountedAndNeverRunInABurst() {
        var timer = timer()
        #expect(timer.plan(nowNanoseconds: 1_000).number == 1)
        let after = timer.plan(nowNanoseconds: 1_760)
        #expect(after.number == 7 && after.skippedCount == 5)
        let next = timer.plan(nowNanoseconds: 1_770)
        #expect(next.number == 8 && next.skippedCount == 0 && next.dueNanoseconds == 1_800)
    }

    @Test func waitingEndsWhenTheTickIsDue() {
        var timer = TickTimer(periodNanoseconds: 5_000_000)
        for _ in 0..<5 {
            let due = timer.wait()
            #expect(MonotonicClock.nowNanoseconds() >= due.dueNanoseconds)
        }
    }

    @Test func clocksMoveForward() {
        let first = MonotonicClock.nowNanoseconds()
        MonotonicClock.sleep(until: first + 2_000_000)
        #expect(MonotonicClock.nowNanoseconds() >= first + 2_000_000)
        // After 2020: the wall clock is in milliseconds since 1970.
        #expect(WallClock.nowMilliseconds() > 1_577_836_800_000)
    }
}
