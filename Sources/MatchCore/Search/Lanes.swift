// The lanes of a queue: classes of tickets that the search must tell apart, each with a rating tree
// of its own in every region. A lane fixes the party's size, its faction, whether it fills the
// other side too, and for a player alone the roles that he plays. A scarce kind is then found, or
// known to be absent, without walking through the common one. Plain value; made by CompiledQueue.

struct Lanes: BitwiseCopyable {
    /// Lanes that one queue may have: a set of them is one word.
    static let countMax = 64

    private(set) var count: Int32 = 0
    /// 4 with factions (each faction's own and its mercenaries), else 1.
    private var classCount: Int32 = 1
    /// Sets of roles that a player alone may bring, else 1.
    private var roleSetCount: Int32 = 1
    private var sizeMax: Int32 = 1
    private(set) var hasWarParties = false

    init() {}

    /// - Precondition: the rules make at most `countMax` lanes.
    init(_ rules: QueueRules) {
        let roleCount = rules.roles?.roles.count ?? 0
        precondition(roleCount <= Limits.roleCountMax)
        classCount = rules.factions == nil ? 1 : 4
        roleSetCount = roleCount == 0 ? 1 : (1 << Int32(roleCount)) - 1
        sizeMax = Int32(rules.partySizeMax)
        hasWarParties = rules.warParties != nil
        count = classCount * (roleSetCount + sizeMax - 1) + (hasWarParties ? 1 : 0)
        precondition(count <= Lanes.countMax)
    }

    /// The lane of a ticket.
    /// - Parameter roles: of a player alone, among the queue's roles and not empty.
    @inline(__always) func lane(
        size: Int32, roles: UInt8, faction: UInt8, isMercenary: Bool
    ) -> Int {
        let side = classCount == 1 ? 0 : Int32(faction) * 2 + (isMercenary ? 1 : 0)
        if size == 1 {
            let roleSet = roleSetCount == 1 ? 0 : Int32(roles) - 1
            return Int(side * roleSetCount + roleSet)
        }
        return Int(classCount * roleSetCount + side * (sizeMax - 1) + size - 2)
    }

    /// The lanes of tickets with fewer players than `size`, a bit each.
    func lanes(below size: Int32) -> UInt64 {
        var found: UInt64 = 0
        for lane in 0..<Int(count) where Int32(self[lane].size) < size {
            found |= 1 << UInt64(lane)
        }
        return found
    }

    var warPartyLane: Int { Int(count) - 1 }

    /// What all tickets of a lane have in common.
    @inline(__always) subscript(lane: Int) -> Lane {
        let lane = Int32(lane)
        if hasWarParties && lane == count - 1 { return Lane(size: 0, isWarParty: true) }
        let solos = classCount * roleSetCount
        if lane < solos {
            return Lane(
                size: 1, roles: roleSetCount == 1 ? 0 : UInt8(lane % roleSetCount + 1),
                side: classCount == 1 ? 0 : UInt8(lane / roleSetCount), isWarParty: false)
        }
        let rest = lane - solos
        return Lane(
            size: UInt8(rest % max(sizeMax - 1, 1) + 2),
            side: classCount == 1 ? 0 : UInt8(rest / max(sizeMax - 1, 1)), isWarParty: false)
    }
}

/// What all tickets of a lane have in common.
struct Lane: BitwiseCopyable {
    /// Players of the ticket; 0 where they differ (war parties).
    var size: UInt8
    /// A player alone: his roles; 0 for parties, and in queues without roles.
    var roles: UInt8 = 0
    /// Faction × 2, + 1 if willing to play for the other; 0 in queues without factions.
    var side: UInt8 = 0
    var isWarParty: Bool

    /// Roles that a ticket may bring; any where they are not known.
    var rolesBrought: UInt8 { roles == 0 ? .max : roles }
    var faction: UInt8 { side >> 1 }
    var isMercenary: Bool { side & 1 == 1 }
}
