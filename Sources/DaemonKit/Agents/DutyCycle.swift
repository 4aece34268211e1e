// How busy an agent's thread is: cycles, work and the longest cycle. Written by the agent's thread
// alone, read by anyone.
import Synchronization

/// Counters of one agent's thread.
package final class DutyCycle: Sendable {
    // Relaxed everywhere: independent figures for display, nothing is ordered by them.
    private let cycles = Atomic<UInt64>(0)
    private let work = Atomic<UInt64>(0)
    private let longest = Atomic<UInt64>(0)

    package init() {}

    /// Steps run.
    package var cycleCount: UInt64 { cycles.load(ordering: .relaxed) }
    /// Sum of what the steps returned.
    package var workCount: UInt64 { work.load(ordering: .relaxed) }
    /// Longest step that did work, in nanoseconds.
    package var longestNanoseconds: UInt64 { longest.load(ordering: .relaxed) }

    /// Called by the agent's thread after a step.
    func record(workCount: Int, nanoseconds: UInt64) {
        cycles.store(cycleCount &+ 1, ordering: .relaxed)
        guard workCount > 0 else { return }
        work.store(self.workCount &+ UInt64(workCount), ordering: .relaxed)
        if nanoseconds > longestNanoseconds { longest.store(nanoseconds, ordering: .relaxed) }
    }
}
