// Wakes tickets at the tick that they asked for: a ring of lists, one list a tick.
// Insert, move and remove take constant time; a tick costs what is due in it. Moments beyond the
// ring's span wake early and are put back. Late wakes stay in order and are never lost.

struct TimingWheel {
    /// Ticks that the ring spans: 8,192 ticks of 50 ms are nearly seven minutes.
    static let span = 8192
    private let heads: FixedArray<Int32>
    /// The next tick whose list has not been emptied.
    private(set) var position: Int32

    init(at tick: Tick, arena: inout Arena) {
        heads = arena.take(Int32.self, count: TimingWheel.span)
        if !arena.isMeasuring {
            heads.base.update(repeating: TicketRecord.noSlot, count: heads.count)
        }
        position = tick.raw
    }

    @inline(__always) private func list(of tick: Int32) -> Int {
        Int(tick) & (TimingWheel.span - 1)
    }

    /// Asks for a wake of `slot` at `tick`, or at the ring's far end if that is nearer.
    /// - Precondition: the slot is in no list.
    @inline(__always) func insert(_ slot: Int, at tick: Int32, _ records: FixedArray<TicketRecord>)
    {
        let latest = position + Int32(TimingWheel.span - 1)
        let due = min(max(tick, position), latest)
        let head = heads[list(of: due)]
        records[slot].wakeAt = due
        records[slot].wheelNext = head
        records[slot].wheelPrevious = TicketRecord.noSlot
        if head != TicketRecord.noSlot { records[Int(head)].wheelPrevious = Int32(slot) }
        heads[list(of: due)] = Int32(slot)
    }

    @inline(__always) func remove(_ slot: Int, _ records: FixedArray<TicketRecord>) {
        let next = records[slot].wheelNext
        let previous = records[slot].wheelPrevious
        if previous == TicketRecord.noSlot {
            precondition(heads[list(of: records[slot].wakeAt)] == Int32(slot))
            heads[list(of: records[slot].wakeAt)] = next
        } else {
            records[Int(previous)].wheelNext = next
        }
        if next != TicketRecord.noSlot { records[Int(next)].wheelPrevious = previous }
    }

    /// Takes one ticket whose wake is due by `tick`, or nil when none is left.
    mutating func popDue(by tick: Int32, _ records: FixedArray<TicketRecord>) -> Int? {
        while position <= tick {
            let head = heads[list(of: position)]
            if head != TicketRecord.noSlot {
                remove(Int(head), records)
                return Int(head)
            }
            position += 1
        }
        return nil
    }
}
