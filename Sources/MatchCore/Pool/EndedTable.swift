// Tickets that have ended, remembered for a while, so that a late cancel learns of its match and a
// late repetition is not queued again. The oldest gives way to the newest. Fixed capacity. Owner:
// the matchmaker's thread.

/// What became of a ticket.
struct EndedTicket: BitwiseCopyable {
    var ticket: TicketID
    /// The match in which it plays; the nil UUID if it ended without one.
    var match: MatchID
    var at: Int32
    var hash: UInt32

    /// Of tickets that ended without a match.
    static let noMatch = MatchID(high: 0, low: 0)
}

struct EndedTable {
    private let rows: FixedArray<EndedTicket>
    private var map: IdentityMap
    private var count = 0
    private var next = 0
    /// Ticks for which a ticket is remembered at most.
    private let memoryTicks: Int

    init(limits: Limits, arena: inout Arena) {
        precondition(limits.endedCountMax >= 0 && limits.endedMemoryTicks >= 0)
        rows = arena.take(EndedTicket.self, count: limits.endedCountMax)
        map = IdentityMap(capacity: limits.endedCountMax, arena: &arena)
        memoryTicks = limits.endedMemoryTicks
    }

    /// What is remembered of the ticket at `now`, or nil.
    func find(_ ticket: TicketID, _ hash: UInt32, now: Int32) -> EndedTicket? {
        guard count > 0, let row = row(of: ticket, hash) else { return nil }
        return Int(now) - Int(rows[row].at) <= memoryTicks ? rows[row] : nil
    }

    /// Remembers the ticket. One that is remembered already keeps its place in the line.
    mutating func note(_ ended: EndedTicket) {
        if rows.count == 0 { return }
        if let row = row(of: ended.ticket, ended.hash) {
            rows[row] = ended
            return
        }
        if count == rows.count {
            map.remove(rows[next].hash, slot: next)
        } else {
            count += 1
        }
        rows[next] = ended
        map.insert(ended.hash, slot: next)
        next = next + 1 == rows.count ? 0 : next + 1
    }

    private func row(of ticket: TicketID, _ hash: UInt32) -> Int? {
        map.find(hash) { rows[$0].ticket == ticket }
    }
}
