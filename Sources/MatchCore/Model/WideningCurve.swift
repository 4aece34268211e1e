// A limit that grows with a ticket's own wait: start, rate, cap. Never backwards.
// Integer arithmetic only: the same wait gives the same limit on any machine.

/// A limit that widens linearly with the wait up to a cap. The unit is the owner's: rating steps
/// for a rating window, milliseconds for a latency cap.
package struct WideningCurve: Sendable, Equatable, BitwiseCopyable {
    /// The limit at a wait of zero ticks.
    package let start: Int32
    /// Growth a tick, in 1/65536 of the unit, so that slow growth is not rounded away.
    package let growthPerTick: Int64
    /// The largest limit.
    package let max: Int32

    package static let growthUnit: Int64 = 65_536

    /// - Precondition: `0 <= start <= max`, `growthPerTick >= 0`.
    package init(start: Int32, growthPerTick: Int64, max: Int32) {
        precondition(start >= 0 && start <= max)
        precondition(growthPerTick >= 0)
        self.start = start
        self.growthPerTick = growthPerTick
        self.max = max
    }

    /// The limit after a wait of `age` ticks; a negative age counts as zero.
    package func limit(age: Int32) -> Int32 {
        let grown = Int64(start) + (Int64(Swift.max(age, 0)) &* growthPerTick) / Self.growthUnit
        return grown >= Int64(max) ? max : Int32(truncatingIfNeeded: grown)
    }

    /// The least wait in ticks at which the limit reaches `value`, or nil if it never does.
    package func age(reaching value: Int32) -> Int32? {
        if value <= start { return 0 }
        if value > max || growthPerTick == 0 { return nil }
        let need = Int64(value - start) &* Self.growthUnit
        let age = (need + growthPerTick - 1) / growthPerTick
        return age > Int64(Int32.max) ? nil : Int32(age)
    }

    /// Ticks in which the limit grows by `amount` while it is below its largest; 0 if it does not
    /// grow.
    package func ticks(growing amount: Int32) -> Int32 {
        if growthPerTick == 0 { return 0 }
        return Int32(clamping: Int64(amount) &* Self.growthUnit / growthPerTick)
    }
}
