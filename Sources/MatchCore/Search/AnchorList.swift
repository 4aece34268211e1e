// The tick's anchors: tickets that arrived or whose window grew, to be searched round in rating
// order, best regions first. When the list is full, whole buckets are searched in order instead.

final class AnchorList {
    static let capacity = 65_536
    private let rows: FixedArray<AnchorRow>
    private let scratch: FixedArray<AnchorRow>
    private let histogram: FixedArray<Int32>
    private(set) var count = 0
    /// The next row to be worked on.
    var position = 0

    init(limits: Limits, arena: inout Arena) {
        let capacity = min(
            AnchorList.capacity, max(64, limits.ticketCountMax * limits.regionCount))
        rows = arena.take(AnchorRow.self, count: capacity)
        scratch = arena.take(AnchorRow.self, count: capacity)
        histogram = arena.take(Int32.self, count: 256)
    }

    var isFull: Bool { count == rows.count }

    func clear() {
        count = 0
        position = 0
    }

    /// - Precondition: not full.
    @inline(__always) func append(_ row: AnchorRow) {
        rows[count] = row
        count += 1
    }

    @inline(__always) func row(_ position: Int) -> AnchorRow { rows[position] }

    func sort() {
        radixSort(
            UnsafeMutableBufferPointer(start: rows.base, count: count),
            scratch: UnsafeMutableBufferPointer(start: scratch.base, count: scratch.count),
            histogram: histogram)
    }

    /// The order of work: best regions before others, then bucket, rating, arrival.
    @inline(__always) static func order(bucket: Int, key: UInt64, isBestRegion: Bool) -> UInt64 {
        assert(bucket < 1 << 20)
        let pass: UInt64 = isBestRegion ? 0 : 1
        return pass << 63 | UInt64(bucket) << 43 | (key >> RatingKey.sequenceBits) << 19
            | (key & 0x7_FFFF)
    }

    @inline(__always) static func bucket(of order: UInt64) -> Int {
        Int((order >> 43) & 0xF_FFFF)
    }
}
