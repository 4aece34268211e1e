// The players of all waiting tickets, each ticket's a linked list in the order of its message.
// Owner: the matchmaker's thread.

struct MemberRecord: BitwiseCopyable {
    var player: PlayerID
    /// Rating above the lowest possible in the lower 24 bits, roles above.
    private var ratingAndRoles: UInt32
    /// The next member + 1 in the lower 28 bits, the preferred role above.
    private var nextAndPreference: UInt32

    init(_ member: Member, next: Int32) {
        player = member.player
        let rating = UInt32(bitPattern: member.rating.steps &+ RatingKey.bias)
        ratingAndRoles = rating & 0xFF_FFFF | UInt32(member.roles.bits) << 24
        nextAndPreference = UInt32(next + 1) | UInt32(member.preferredRole & 15) << 28
    }

    var rating: Rating {
        Rating(steps: Int32(bitPattern: ratingAndRoles & 0xFF_FFFF) &- RatingKey.bias)
    }
    var roles: UInt8 { UInt8(truncatingIfNeeded: ratingAndRoles >> 24) }
    var preferredRole: UInt8 { UInt8(truncatingIfNeeded: nextAndPreference >> 28) }
    var next: Int32 {
        get { Int32(nextAndPreference & 0xFFF_FFFF) - 1 }
        set { nextAndPreference = nextAndPreference & 0xF000_0000 | UInt32(newValue + 1) }
    }
}

struct MemberTable {
    let records: FixedArray<MemberRecord>
    private(set) var count = 0
    private var highWater = 0
    private var freeHead = TicketRecord.noSlot

    init(limits: Limits, arena: inout Arena) {
        precondition(limits.playerCountMax < 1 << 28)
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
        records[index] = MemberRecord(member, next: next)
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
