// Matches that wait for their tickets' answers: for each a row with its seats, and the line of rows
// on which there is something to do. Fixed capacity. Owner: the matchmaker's thread. Does not know
// tickets beyond their slots.

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
    static let seatCountMax = Limits.ticketsPerMatchMax

    let rows: FixedArray<Proposal>
    private let seats: FixedArray<ProposalSeat>
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
        precondition(count >= 0 && count < Int(Int32.max) / ProposalTable.seatCountMax)
        rows = arena.take(Proposal.self, count: count)
        seats = arena.take(ProposalSeat.self, count: count * ProposalTable.seatCountMax)
        roles = arena.take(UInt8.self, count: count * Limits.playersPerMatchMax)
        pending = arena.take(Int32.self, count: count)
    }

    var isFull: Bool { count == rows.count }

    /// - Precondition: not full.
    mutating func allocate(_ proposal: Proposal) -> Int {
        precondition(!isFull)
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
        return row
    }

    /// - Precondition: the row does not stand in the line.
    mutating func release(_ row: Int) {
        precondition(count > 0 && !rows[row].isPending)
        rows[row].nextFree = freeHead
        freeHead = Int32(row)
        count -= 1
    }

    // MARK: - Seats

    @inline(__always) func seat(_ row: Int, _ position: Int) -> UnsafeMutablePointer<ProposalSeat> {
        assert(position < ProposalTable.seatCountMax)
        return seats.pointer(row * ProposalTable.seatCountMax + position)
    }

    /// The seat's place among all seats, by which its ticket knows it.
    @inline(__always) func place(_ row: Int, _ position: Int) -> Int32 {
        Int32(row * ProposalTable.seatCountMax + position)
    }

    @inline(__always) func row(ofPlace place: Int32) -> Int {
        Int(place) / ProposalTable.seatCountMax
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
