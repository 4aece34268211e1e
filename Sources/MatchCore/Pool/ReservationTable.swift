// Matches that are formed and not yet settled: whoever keeps the books (the database) has to say
// whether they came about. A row a match, its tickets in a list through their records. Fixed
// capacity. Owner: the matchmaker's thread.

/// A match on its way into the books.
struct Reservation: BitwiseCopyable {
    var match: MatchID
    /// First of its tickets' slots, or `TicketRecord.noSlot`; the next stands in each record.
    var firstSlot = TicketRecord.noSlot
    /// For tickets that join a running match: its queue, who asked, and with which generation;
    /// generation 0 for a new match.
    var queue = QueueIndex(.max)
    var lobby = LobbyIndex(.max)
    var generation: UInt32 = 0
    var isUsed = true
    /// How often its row was used before: a part of its number.
    var useCount: Int32 = 0
    /// In a free row, the next free one.
    var nextFree = ReservationTable.noRow

    init(_ match: MatchID) { self.match = match }

    init(_ request: BackfillRequest) {
        match = request.match
        queue = request.queue
        lobby = request.lobby
        generation = request.generation
    }
}

struct ReservationTable {
    static let noRow: Int32 = -1

    let rows: FixedArray<Reservation>
    private(set) var count = 0
    private var highWater = 0
    private var freeHead = ReservationTable.noRow

    init(limits: Limits, arena: inout Arena) {
        precondition(limits.reservationCountMax >= 0)
        rows = arena.take(Reservation.self, count: limits.reservationCountMax)
    }

    /// True if no further match may be formed until one is settled.
    var isFull: Bool { rows.count > 0 && count == rows.count }

    /// Takes a row for a match.
    /// - Returns: the reservation's number, which does not come again before some billion others
    ///   have; `noRow` where matches need no settling.
    /// - Precondition: the table is not full.
    mutating func open(_ reservation: Reservation) -> Int32 {
        if rows.count == 0 { return ReservationTable.noRow }
        precondition(!isFull)
        count += 1
        var row = highWater
        var useCount: Int32 = 0
        if freeHead != ReservationTable.noRow {
            row = Int(freeHead)
            freeHead = rows[row].nextFree
            useCount = (rows[row].useCount + 1) % (Int32.max / Int32(rows.count))
        } else {
            highWater += 1
        }
        rows[row] = reservation
        rows[row].useCount = useCount
        return useCount * Int32(rows.count) + Int32(row)
    }

    /// The row of the reservation with this number, if it is this match's and not settled. A match
    /// alone does not tell: a running one may have been filled more than once.
    func row(_ number: Int32, of match: MatchID) -> Int? {
        guard number >= 0, highWater > 0 else { return nil }
        let row = row(number)
        guard row < highWater, rows[row].isUsed, rows[row].match == match,
            rows[row].useCount == number / Int32(rows.count)
        else { return nil }
        return row
    }

    private func row(_ number: Int32) -> Int { Int(number) % rows.count }

    /// - Precondition: the row is in use.
    mutating func close(_ row: Int) {
        precondition(rows[row].isUsed && count > 0)
        rows[row].isUsed = false
        rows[row].nextFree = freeHead
        freeHead = Int32(row)
        count -= 1
    }

    // MARK: - The match's tickets

    /// - Precondition: the ticket stands in no index and in no list of the wheel.
    func add(_ slot: Int, to number: Int32, _ records: FixedArray<TicketRecord>) {
        let row = row(number)
        assert(records[slot].wakeAt == TicketRecord.notScheduled && records[slot].regions == 0)
        records[slot].wheelNext = rows[row].firstSlot
        rows[row].firstSlot = Int32(slot)
    }

    /// Takes the first ticket off the match's list, or nil.
    func takeFirst(of row: Int, _ records: FixedArray<TicketRecord>) -> Int? {
        let slot = rows[row].firstSlot
        if slot == TicketRecord.noSlot { return nil }
        rows[row].firstSlot = records[Int(slot)].wheelNext
        return Int(slot)
    }

    /// Takes one ticket off the match's list.
    /// - Returns: its entry in the match's queue; nil if it is not on the list.
    func take(
        _ ticket: TicketID, of row: Int, _ records: FixedArray<TicketRecord>
    ) -> Int? {
        var before = TicketRecord.noSlot
        var slot = rows[row].firstSlot
        while slot != TicketRecord.noSlot {
            let next = records[Int(slot)].wheelNext
            if records[Int(slot)].ticket == ticket {
                if before == TicketRecord.noSlot {
                    rows[row].firstSlot = next
                } else {
                    records[Int(before)].wheelNext = next
                }
                return Int(slot)
            }
            before = slot
            slot = next
        }
        return nil
    }
}
