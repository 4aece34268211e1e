// Fixed-capacity store of waiting tickets. A slot is reused; what tells its tickets apart is the
// arrival number in their key, which serves as the slot's generation.
// Counts by queue what it holds. Owner: the matchmaker's thread. Does not know rules or indexes.

struct TicketTable {
    let records: FixedArray<TicketRecord>
    /// Round-trip times, `regionCount` to a slot.
    let latencies: FixedArray<UInt16>
    let regionCount: Int
    /// By queue: slots that hold a ticket of it, waiting or proposed.
    private let queueCounts: FixedArray<Int32>
    private(set) var count = 0
    /// Slots below it have been used at least once; the rest is untouched memory.
    private var highWater = 0
    private var freeHead = TicketRecord.noSlot

    init(limits: Limits, arena: inout Arena) {
        regionCount = limits.regionCount
        records = arena.take(TicketRecord.self, count: limits.ticketCountMax)
        latencies = arena.take(UInt16.self, count: limits.ticketCountMax * limits.regionCount)
        queueCounts = arena.take(Int32.self, count: limits.queueCountMax)
        if !arena.isMeasuring {
            queueCounts.base.update(repeating: 0, count: queueCounts.count)
        }
    }

    var isFull: Bool { count == records.count }

    func hasRoom(for more: Int) -> Bool { count + more <= records.count }

    /// Tickets in a queue; one that stands in several counts in each.
    func count(in queue: QueueIndex) -> Int {
        Int(queue.raw) < queueCounts.count ? Int(queueCounts[Int(queue.raw)]) : 0
    }

    /// A free slot, marked waiting in the queue. The caller fills all other fields.
    /// - Precondition: not full.
    mutating func allocate(in queue: QueueIndex) -> Int {
        precondition(!isFull)
        let slot = freeSlot()
        count += 1
        queueCounts[Int(queue.raw)] += 1
        records[slot].state = .waiting
        records[slot].queue = queue
        return slot
    }

    private mutating func freeSlot() -> Int {
        if freeHead != TicketRecord.noSlot {
            let slot = Int(freeHead)
            freeHead = records[slot].wheelNext
            assert(records[slot].state == .free)
            return slot
        }
        highWater += 1
        return highWater - 1
    }

    mutating func release(_ slot: Int) {
        precondition(records[slot].state != .free)
        records[slot].state = .free
        records[slot].wheelNext = freeHead
        freeHead = Int32(slot)
        count -= 1
        queueCounts[Int(records[slot].queue.raw)] -= 1
    }

    /// True if the slot still holds the ticket with this key: arrival numbers never repeat, so a
    /// key names one ticket for ever.
    @inline(__always) func isWaiting(_ slot: Int, key: UInt64) -> Bool {
        records[slot].state == .waiting && records[slot].key == key
    }

    /// Slots that may hold a ticket; for whole-table walks outside the tick.
    var slotsInUse: Range<Int> { 0..<highWater }

    @inline(__always) func latency(_ slot: Int, _ region: Int) -> UInt16 {
        latencies[slot * regionCount + region]
    }
}
