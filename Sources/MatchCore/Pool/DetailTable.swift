// What few tickets carry: further queues, chosen maps, a team's identity, avoid lists, ratings by
// role. Rows of one pool, so that a plain ticket pays nothing for them. Owner: the matchmaker's
// thread.

/// What a ticket carries beyond its record. Its entries, one in each of its queues, share the row.
struct DetailRecord: BitwiseCopyable {
    /// Lasting identity of a premade or war party; 0 if it has none.
    var team: UInt64 = 0
    var maps = MapSet.any.bits
    var entryCount: UInt8 = 0
    var avoidedCount: UInt8 = 0
    /// Records of the ticket, one a queue.
    var entries = InlineArray<8, Int32>(repeating: TicketRecord.noSlot)
    /// The party's rating by entry where the ticket gave one for the queue, else `sameRating`.
    var ratings = InlineArray<8, Int32>(repeating: QueueChoice.sameRating.steps)
    /// The first of the avoided players; in a free row, the next free one.
    var avoidedHead = TicketRecord.noSlot
    /// The first of the members with ratings by role, in the party's order.
    var ratedHead = TicketRecord.noSlot
}

/// A player whom a ticket avoids.
struct AvoidedPlayer: BitwiseCopyable {
    var player: PlayerID
    var next: Int32
}

/// A member with ratings by role, as a node of his ticket's list.
struct RatedNode: BitwiseCopyable {
    var member: RatedMember
    var next: Int32
}

struct DetailTable {
    let records: FixedArray<DetailRecord>
    private let avoided: FixedArray<AvoidedPlayer>
    private var count = 0
    private var highWater = 0
    private var freeHead = TicketRecord.noSlot
    private var avoidedCount = 0
    private var avoidedHighWater = 0
    private var avoidedFreeHead = TicketRecord.noSlot
    private let rated: FixedArray<RatedNode>
    /// Members with ratings by role in all rows.
    private(set) var ratedCount = 0
    private var ratedHighWater = 0
    private var ratedFreeHead = TicketRecord.noSlot

    init(limits: Limits, arena: inout Arena) {
        records = arena.take(DetailRecord.self, count: limits.detailCountMax)
        avoided = arena.take(AvoidedPlayer.self, count: limits.avoidedPlayerCountMax)
        rated = arena.take(RatedNode.self, count: limits.ratedPlayerCountMax)
    }

    /// True if there is room for one more row with so many avoided players and rated members.
    func hasRoom(avoided more: Int, rated members: Int) -> Bool {
        count < records.count && avoidedCount + more <= avoided.count
            && ratedCount + members <= rated.count
    }

    /// An empty row.
    /// - Precondition: there is room for one.
    mutating func allocate() -> Int {
        precondition(count < records.count)
        count += 1
        let row: Int
        if freeHead != TicketRecord.noSlot {
            row = Int(freeHead)
            freeHead = records[row].avoidedHead
        } else {
            row = highWater
            highWater += 1
        }
        records[row] = DetailRecord()
        return row
    }

    /// Puts a player at the head of the row's avoid list.
    /// - Precondition: there is room for one.
    mutating func avoid(_ player: PlayerID, row: Int) {
        precondition(avoidedCount < avoided.count)
        avoidedCount += 1
        let node: Int
        if avoidedFreeHead != TicketRecord.noSlot {
            node = Int(avoidedFreeHead)
            avoidedFreeHead = avoided[node].next
        } else {
            node = avoidedHighWater
            avoidedHighWater += 1
        }
        avoided[node] = AvoidedPlayer(player: player, next: records[row].avoidedHead)
        records[row].avoidedHead = Int32(node)
        records[row].avoidedCount += 1
    }

    /// Puts a member at the head of the row's list of those with ratings by role.
    /// - Precondition: there is room for one.
    mutating func rate(_ member: RatedMember, row: Int) {
        precondition(ratedCount < rated.count)
        ratedCount += 1
        let node: Int
        if ratedFreeHead != TicketRecord.noSlot {
            node = Int(ratedFreeHead)
            ratedFreeHead = rated[node].next
        } else {
            node = ratedHighWater
            ratedHighWater += 1
        }
        rated[node] = RatedNode(member: member, next: records[row].ratedHead)
        records[row].ratedHead = Int32(node)
    }

    /// Calls `body` with the row's members who have ratings by role, in the party's order.
    @inline(__always) func forEachRated(row: Int, _ body: (RatedMember) -> Void) {
        var node = records[row].ratedHead
        while node != TicketRecord.noSlot {
            body(rated[Int(node)].member)
            node = rated[Int(node)].next
        }
    }

    private mutating func releaseRated(_ row: Int) {
        var node = records[row].ratedHead
        while node != TicketRecord.noSlot {
            let next = rated[Int(node)].next
            rated[Int(node)].next = ratedFreeHead
            ratedFreeHead = node
            ratedCount -= 1
            node = next
        }
    }

    mutating func release(_ row: Int) {
        precondition(count > 0)
        var node = records[row].avoidedHead
        while node != TicketRecord.noSlot {
            let next = avoided[Int(node)].next
            avoided[Int(node)].next = avoidedFreeHead
            avoidedFreeHead = node
            avoidedCount -= 1
            node = next
        }
        releaseRated(row)
        records[row].avoidedHead = freeHead
        records[row].entryCount = 0
        freeHead = Int32(row)
        count -= 1
    }

    /// True if one of the first `countMax` of the row's avoid list is the player.
    func avoids(_ player: PlayerID, row: Int, countMax: Int) -> Bool {
        var node = records[row].avoidedHead
        var left = countMax
        while node != TicketRecord.noSlot, left > 0 {
            if avoided[Int(node)].player == player { return true }
            node = avoided[Int(node)].next
            left -= 1
        }
        return false
    }
}
