// A fixed schedule: tick n is due at start + n × period, whatever the ticks before it cost.
// Owned by the thread that ticks. A tick that runs over its period makes the schedule skip the
// ticks that it swallowed; they are counted and never run in a burst.
import CPlatform

/// Waits for the ticks of a fixed schedule.
package struct TickTimer {
    /// A tick that is due now.
    package struct Due: Equatable, Sendable {
        /// Periods since the start; grows by one, or by more after an overrun.
        package let number: Int64
        /// Ticks left out just before this one.
        package let skippedCount: Int64
        /// When it was due on the monotonic clock, in nanoseconds.
        package let dueNanoseconds: UInt64
    }

    package let periodNanoseconds: UInt64
    private let startNanoseconds: UInt64
    private var nextNumber: Int64

    /// - Precondition: the period is positive.
    package init(
        periodNanoseconds: UInt64, startNanoseconds: UInt64 = MonotonicClock.nowNanoseconds(),
        firstNumber: Int64 = 1
    ) {
        precondition(periodNanoseconds > 0)
        precondition(firstNumber >= 0)
        self.periodNanoseconds = periodNanoseconds
        self.startNanoseconds = startNanoseconds
        nextNumber = firstNumber
    }

    /// Sleeps until the next tick is due and returns it.
    package mutating func wait() -> Due {
        let due = plan(nowNanoseconds: MonotonicClock.nowNanoseconds())
        let code = platform_sleep_until(due.dueNanoseconds)
        assert(code == 0)
        return due
    }

    /// The next tick as seen at `nowNanoseconds`, without sleeping. A tick that is late by less
    /// than a period still runs at once; with more the schedule moves on to the period running.
    package mutating func plan(nowNanoseconds: UInt64) -> Due {
        let elapsed = nowNanoseconds > startNanoseconds ? nowNanoseconds - startNanoseconds : 0
        let running = Int64(elapsed / periodNanoseconds)
        let number = max(nextNumber, running)
        let due = Due(
            number: number, skippedCount: number - nextNumber,
            dueNanoseconds: startNanoseconds + UInt64(number) * periodNanoseconds)
        nextNumber = number + 1
        return due
    }
}
