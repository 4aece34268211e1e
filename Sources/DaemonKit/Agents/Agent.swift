// An agent is a single-threaded duty cycle: its thread calls `step` again and again and nothing
// else touches its state. Agents talk through bounded rings and atomics only.

/// One thread's work.
package protocol Agent: AnyObject {
    /// Does what is due and returns how much was done; 0 lets the runner idle.
    func step(nowNanoseconds: UInt64) -> Int
    /// Runs once on the agent's thread after the last step.
    func finish()
}

extension Agent {
    package func finish() {}
}
