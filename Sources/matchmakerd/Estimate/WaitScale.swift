// The scale on which waits are counted: single ticks at first, then four steps to each doubling, so
// that a step is at most a quarter of the wait itself. Integer arithmetic.

/// Steps of waiting.
enum WaitScale {
    /// The last one begins at 458,752 ticks, six hours of 50 ms, and has no end.
    static let stepCount = 72

    /// The step in which a wait of `ticks` lies; below 0 counts as 0.
    static func step(of ticks: Int32) -> Int {
        if ticks < 4 { return max(0, Int(ticks)) }
        let value = UInt32(ticks)
        let power = 31 - value.leadingZeroBitCount
        let quarter = Int(value >> UInt32(power - 2)) & 3
        return min((power - 1) * 4 + quarter, stepCount - 1)
    }

    /// The first tick of a step.
    static func start(of step: Int) -> Int32 {
        if step < 4 { return Int32(step) }
        return Int32(4 + step % 4) << Int32(step / 4 - 1)
    }
}
