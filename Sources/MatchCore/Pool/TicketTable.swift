// Fixed-capacity store of waiting tickets. A slot is reused; what tells its tickets apart is the
// arrival number in their key, which serves as the slot's generation.
// Owner: the matchmaker's thread. Does not know queues or indexes.

struct TicketTable {
    let records: FixedArray<TicketRecord>
    /// Round-trip times, `regionCount` to a slot.
    let latencies: FixedArray<UInt16>
    let regionCount: Int
    private(set) var count = 0
    /// Slots below it have been used at least once; the rest is untouched memory.
    private var highWater = 0
    private var freeHead = TicketRecord.noSlot

    init(limits: Limits, arena: inout Arena) {
        regionCount = limits.regionCount
        records = arena.take(TicketRecord.self, count: limits.ticketCountMax)
        latencies = arena.take(UInt16.self, count: limits.ticketCountMax * limits.regionCount)
    }

    var isFull: Bool { count == records.count }

    func hasRoom(for more: Int) -> Bool { count + more <= records.count }

    /// A free slot, marked waiting. The caller fills all other fields.
    /// - Precondition: not full.
    mutating func allocate() -> Int {
        precondition(!isFull)
        count += 1
        if freeHead != TicketRecord.noSlot {
            let slot = Int(freeHead)
            freeHead = records[slot].wheelNext
            assert(records[slot].state == .free)
            records[slot].state = .waiting
            return slot
        }
        let slot = highWater
        highWater += 1
        records[slot].state = .waiting
        return slot
    }

    mutating func release(_ slot: Int) {
        precondition(records[slot].state != .free)
        records[slot].state = .free
        records[slot].wheelNext = freeHead
        freeHead = Int32(slot)
        count -= 1
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
