// The tick's anchors: tickets that arrived, or whose window or regions grew, to be indexed and
// searched round in rating order, best regions first. Sorted work touches each page of the index
// once. When the list runs full it is indexed at once and its buckets are swept whole instead.

/// A ticket in a bucket that this tick must look at.
struct AnchorRow: BitwiseCopyable {
    /// Best regions before others, then bucket, then rating; below that, unsorted, lane and
    /// whether the ticket is new to the bucket's index. Rows come in order of arrival and the sort
    /// is stable, so equal ratings stay in that order.
    var order: UInt64
    /// The ticket's arrival number above its slot: with the rating in `order`, its key.
    private var arrivalAndSlot: UInt64

    static let ratingShift: UInt64 = 16
    private static let bucketShift: UInt64 = 40
    private static let newcomerBit: UInt64 = 1 << 8
    private static let slotBits: UInt64 = 24
    private static let slotMax: UInt64 = (1 << slotBits) - 1

    init(
        _ record: TicketRecord, slot: Int, bucket: Int, isBestRegion: Bool, isNewcomer: Bool
    ) {
        assert(bucket < 1 << 20 && UInt64(slot) <= AnchorRow.slotMax)
        let pass: UInt64 = isBestRegion ? 0 : 1
        order =
            pass << 63 | UInt64(bucket) << AnchorRow.bucketShift
            | (record.key >> RatingKey.sequenceBits) << AnchorRow.ratingShift
            | (isNewcomer ? AnchorRow.newcomerBit : 0) | UInt64(record.lane)
        arrivalAndSlot = record.key << AnchorRow.slotBits | UInt64(slot)
    }

    var slot: Int32 { Int32(truncatingIfNeeded: arrivalAndSlot & AnchorRow.slotMax) }
    /// The ticket's key.
    var key: UInt64 {
        let rating = order >> AnchorRow.ratingShift & RatingKey.ratingMax
        return rating << RatingKey.sequenceBits | arrivalAndSlot >> AnchorRow.slotBits
    }
    var bucket: Int { Int((order >> AnchorRow.bucketShift) & 0xF_FFFF) }
    var lane: Int { Int(order & 0xFF) }
    /// The ticket does not stand in the bucket's index yet.
    var isNewcomer: Bool { order & AnchorRow.newcomerBit != 0 }
}

struct AnchorList {
    static let capacity = 120_000
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

    mutating func clear() {
        count = 0
        position = 0
    }

    /// - Precondition: not full.
    @inline(__always) mutating func append(_ row: AnchorRow) {
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
}
