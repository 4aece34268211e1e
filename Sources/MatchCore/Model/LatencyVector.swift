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

    /// The lowest latency among the first `regionCount` regions; `unreachable` if none is known.
    package func lowest(regionCount: Int) -> UInt16 {
        var best = LatencyVector.unreachable
        for index in 0..<min(regionCount, LatencyVector.capacity) {
            best = min(best, milliseconds[index])
        }
        return best
    }
}
