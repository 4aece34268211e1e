// A ticket's round-trip time to each region, one small integer a region.

/// Round-trip times in whole milliseconds, indexed by region; `unreachable` where none is known.
package struct LatencyVector: BitwiseCopyable, Sendable {
    /// How many regions one configuration may name.
    package static let capacity = 16
    /// Marks a region that the ticket gave no latency for and therefore never plays in.
    package static let unreachable = UInt16.max
    /// Highest latency in milliseconds that counts as reachable.
    package static let millisecondsMax: UInt16 = 10_000

    private var milliseconds: InlineArray<16, UInt16>

    /// A vector without any reachable region.
    package init() { milliseconds = InlineArray(repeating: LatencyVector.unreachable) }

    package subscript(region: RegionIndex) -> UInt16 {
        get { milliseconds[Int(region.raw)] }
        set { milliseconds[Int(region.raw)] = newValue }
    }

    /// True if some region is known and at most `cap` milliseconds away.
    package func hasRegion(within cap: Int32) -> Bool {
        for index in 0..<LatencyVector.capacity
        where milliseconds[index] != LatencyVector.unreachable && Int32(milliseconds[index]) <= cap
        {
            return true
        }
        return false
    }
}
