// The players of all waiting tickets, each ticket's a linked list in the order of its message.
// Owner: the matchmaker's thread.

struct MemberRecord: BitwiseCopyable {
    var player: PlayerID
    var rating: Rating
    var next: Int32
}

struct MemberTable {
    let records: FixedArray<MemberRecord>
    private(set) var count = 0
    private var highWater = 0
    private var freeHead = TicketRecord.noSlot

    init(limits: Limits, arena: inout Arena) {
        records = arena.take(MemberRecord.self, count: limits.playerCountMax)
    }

    func hasRoom(for more: Int) -> Bool { count + more <= records.count }

    /// Stores a member in front of `next`.
    mutating func allocate(_ member: Member, next: Int32) -> Int {
        precondition(hasRoom(for: 1))
        count += 1
        let index: Int
        if freeHead != TicketRecord.noSlot {
            index = Int(freeHead)
            freeHead = records[index].next
        } else {
            index = highWater
            highWater += 1
        }
        records[index] = MemberRecord(player: member.player, rating: member.rating, next: next)
        return index
    }

    /// Frees one member and returns the one behind it.
    mutating func release(_ index: Int) -> Int32 {
        precondition(count > 0)
        let next = records[index].next
        records[index].next = freeHead
        freeHead = Int32(index)
        count -= 1
        return next
    }
}
