// Matches that wait for their tickets' answers: for each a row with its seats, and the line of rows
// on which there is something to do. Seats come in blocks, as many as the match's tickets need.
// Fixed capacity. Owner: the matchmaker's thread. Does not know tickets beyond their slots.

/// A ticket's part in a proposed match.
struct ProposalSeat: BitwiseCopyable {
    /// The ticket's entry in the match's queue, or `TicketRecord.noSlot` while the seat is open.
    var slot: Int32
    /// Rating in steps with which the ticket is seated, or last was.
    var rating: Int32
    /// Half width of its window in steps, the widest that it had while others were seated.
    var window: Int32
    /// Tick until which the ticket may answer; for an open seat, until which somebody is sought.
    var until: Int32
    var team: UInt8
    /// Players of the ticket; a war party brings more than it fields.
    var size: UInt8
    /// Players of it that play.
    var memberCount: UInt8
    /// Where their roles begin in the match's.
    var firstPlayer: UInt8
    var isMercenary: Bool
}

extension ProposalSeat {
    /// Its ticket is, or was, a war party. Only for matches of a queue for war parties.
    var isOfWarParty: Bool { !isMercenary }
}

/// The blocks in which a match's seats stand, in order.
struct SeatBlocks: BitwiseCopyable {
    static let seatCount = 8
    static let countMax = Limits.ticketsPerMatchMax / seatCount
    var blocks = InlineArray<16, Int32>(repeating: 0)
    var count = 0

    /// Blocks that so many seats need.
    @inline(__always) static func needed(seatCount: Int) -> Int {
        (seatCount + SeatBlocks.seatCount - 1) / SeatBlocks.seatCount
    }
}

/// A match that waits for answers.
struct Proposal: BitwiseCopyable {
    var record: MatchRecord
    var shape: TeamShape
    /// Ticks that a ticket has to answer, and that an open seat waits for somebody: those of the
    /// rules that formed the match.
    var acceptTicks: Int32
    var substituteTicks: Int32
    var seatCount: Int32 = 0
    var playerCount: Int32 = 0
    var acceptedCount: Int32 = 0
    /// Seats whose ticket has left.
    var openCount: Int32 = 0
    /// Its players have roles.
    var hasRoles = false
    /// Its queue was one for war parties: whoever is no war party is a mercenary.
    let isWar: Bool
    /// It stands in the line of those with something to do.
    var isPending = false
    /// In a free row, the next free one.
    var nextFree = TicketRecord.noSlot

    init(_ record: MatchRecord, _ shape: TeamShape, _ queue: CompiledQueue) {
        self.record = record
        self.shape = shape
        acceptTicks = queue.acceptTicks
        substituteTicks = queue.features.pointee.substituteTicks
        isWar = queue.lanes.hasWarParties
    }

    /// Everybody is there and has accepted.
    var isAgreed: Bool { acceptedCount == seatCount }
}

struct ProposalTable {
    /// Blocks of seats reserved for each row: sixteen tickets.
    static let blocksPerRow = 2

    let rows: FixedArray<Proposal>
    private let seats: FixedArray<ProposalSeat>
    private let blocks: FixedArray<SeatBlocks>
    /// By block, the row that has it.
    private let blockRows: FixedArray<Int32>
    /// The first `freeBlockCount` are free.
    private let freeBlocks: FixedArray<Int32>
    private var freeBlockCount: Int
    private let roles: FixedArray<UInt8>
    /// A ring: the line of rows with something to do.
    private let pending: FixedArray<Int32>
    private var pendingHead = 0
    private(set) var pendingCount = 0
    private(set) var count = 0
    private var highWater = 0
    private var freeHead = TicketRecord.noSlot

    init(limits: Limits, arena: inout Arena) {
        let count = limits.proposalCountMax
        precondition(count >= 0 && count < Int(Int32.max) / Limits.ticketsPerMatchMax)
        // The largest match fits at any rate.
        let blockCount =
            count == 0 ? 0 : max(count * ProposalTable.blocksPerRow, SeatBlocks.countMax)
        rows = arena.take(Proposal.self, count: count)
        seats = arena.take(ProposalSeat.self, count: blockCount * SeatBlocks.seatCount)
        blocks = arena.take(SeatBlocks.self, count: count)
        blockRows = arena.take(Int32.self, count: blockCount)
        freeBlocks = arena.take(Int32.self, count: blockCount)
        freeBlockCount = blockCount
        if !arena.isMeasuring {
            for block in 0..<blockCount { freeBlocks[block] = Int32(blockCount - 1 - block) }
        }
        roles = arena.take(UInt8.self, count: count * Limits.playersPerMatchMax)
        pending = arena.take(Int32.self, count: count)
    }

    /// True if a match of so many tickets has room.
    @inline(__always) func hasRoom(seatCount: Int) -> Bool {
        count < rows.count && SeatBlocks.needed(seatCount: seatCount) <= freeBlockCount
    }

    /// A row with seats for the tickets of the proposal's match.
    /// - Precondition: there is room for them.
    mutating func allocate(_ proposal: Proposal) -> Int {
        let seatCount = Int(proposal.record.ticketCount)
        precondition(hasRoom(seatCount: seatCount))
        count += 1
        let row: Int
        if freeHead != TicketRecord.noSlot {
            row = Int(freeHead)
            freeHead = rows[row].nextFree
        } else {
            row = highWater
            highWater += 1
        }
        rows[row] = proposal
        var taken = SeatBlocks()
        for position in 0..<SeatBlocks.needed(seatCount: seatCount) {
            freeBlockCount -= 1
            taken.blocks[position] = freeBlocks[freeBlockCount]
            blockRows[Int(freeBlocks[freeBlockCount])] = Int32(row)
            taken.count += 1
        }
        blocks[row] = taken
        return row
    }

    /// - Precondition: the row does not stand in the line.
    mutating func release(_ row: Int) {
        precondition(count > 0 && !rows[row].isPending)
        for position in 0..<blocks[row].count {
            freeBlocks[freeBlockCount] = blocks[row].blocks[position]
            freeBlockCount += 1
        }
        blocks[row].count = 0
        rows[row].nextFree = freeHead
        freeHead = Int32(row)
        count -= 1
    }

    // MARK: - Seats

    @inline(__always) func seat(_ row: Int, _ position: Int) -> UnsafeMutablePointer<ProposalSeat> {
        seats.pointer(Int(place(row, position)))
    }

    /// The seat's place among all seats, by which its ticket knows it.
    @inline(__always) func place(_ row: Int, _ position: Int) -> Int32 {
        assert(position / SeatBlocks.seatCount < blocks[row].count)
        let block = blocks.pointer(row).pointee.blocks[position / SeatBlocks.seatCount]
        return block * Int32(SeatBlocks.seatCount) + Int32(position % SeatBlocks.seatCount)
    }

    @inline(__always) func row(ofPlace place: Int32) -> Int {
        Int(blockRows[Int(place) / SeatBlocks.seatCount])
    }

    @inline(__always) func seat(atPlace place: Int32) -> UnsafeMutablePointer<ProposalSeat> {
        seats.pointer(Int(place))
    }

    /// The roles of the match's players from the seat's first on; nil in matches without roles.
    func roles(_ row: Int, _ position: Int) -> UnsafeMutablePointer<UInt8>? {
        if !rows[row].hasRoles { return nil }
        let first = Int(seat(row, position).pointee.firstPlayer)
        return roles.pointer(row * Limits.playersPerMatchMax + first)
    }

    // MARK: - The line

    /// Puts the row at the end of the line unless it stands there.
    mutating func pend(_ row: Int) {
        if rows[row].isPending { return }
        rows[row].isPending = true
        pending[(pendingHead + pendingCount) % pending.count] = Int32(row)
        pendingCount += 1
    }

    /// - Precondition: the line is not empty.
    var firstPending: Int { Int(pending[pendingHead]) }

    mutating func dropFirstPending() {
        precondition(pendingCount > 0)
        rows[firstPending].isPending = false
        pendingHead = pendingHead + 1 == pending.count ? 0 : pendingHead + 1
        pendingCount -= 1
    }
}
