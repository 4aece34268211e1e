// Whether one party's members can all play in one team of the queue's composition, by the strict
// counts or by the relaxed ones. Hall's theorem: the members who play nothing but roles of a set
// must not outnumber the most that a team has of those roles.

struct PartyRoles {
    private let roleCount: Int
    private let caps: InlineArray<6, UInt8>
    /// Members by the set of the queue's roles that they play.
    private var counts = InlineArray<64, UInt8>(repeating: 0)

    @inline(__always) init(_ features: borrowing Features) {
        roleCount = Int(features.roleCount)
        var loosest = features.roleCaps
        if features.rolesRelaxedAge != Int32.max {
            for role in 0..<roleCount {
                loosest[role] = max(loosest[role], features.relaxedRoleCaps[role])
            }
        }
        caps = loosest
    }

    mutating func add(_ roles: UInt8) {
        counts[Int(roles) & ((1 << roleCount) - 1)] += 1
    }

    /// False too if a member plays none of the queue's roles.
    var fitsOneTeam: Bool {
        for set in 0..<(1 << roleCount) {
            var players = 0
            var room = 0
            for part in 0...set where part & ~set == 0 { players += Int(counts[part]) }
            for role in 0..<roleCount where set & (1 << role) != 0 { room += Int(caps[role]) }
            if players > room { return false }
        }
        return true
    }
}
