// Counts whether tickets could fill all teams, without looking at who takes which place: a no is
// certain, a yes only perhaps. Cheap enough to be asked of every range of ratings, so that a crowd
// in which a role is scarce is searched only where that role is. Plain value.

struct TeamSupply {
    /// Players that are needed beyond those counted so far: by role in lanes 0 to 5, by team in
    /// lanes 6 and 7.
    private var lacking = SIMD8<Int32>()

    /// What a queue's full teams need of roles; sides are left aside.
    /// - Parameter isRelaxed: the relaxed counts may hold.
    @inline(__always) init(_ queue: CompiledQueue, isRelaxed: Bool) {
        if !queue.hasTeamRules { return }
        need(queue.features, teamCount: queue.teamCount, isRelaxed: isRelaxed)
    }

    /// What teams of a shape need of roles and sides.
    @inline(__always) init(_ features: UnsafePointer<Features>, _ shape: TeamShape) {
        need(features, teamCount: shape.teamCount, isRelaxed: shape.isRelaxed)
        if shape.teamCount != 2 { return }
        lacking[6] = shape.firstSize
        lacking[7] = shape.otherSize
    }

    private mutating func need(
        _ features: UnsafePointer<Features>, teamCount: Int32, isRelaxed: Bool
    ) {
        for role in 0..<Int(features.pointee.roleCount) {
            let need =
                isRelaxed
                ? features.pointee.relaxedRoleNeeds[role] : features.pointee.roleNeeds[role]
            lacking[role] = Int32(need) * teamCount
        }
    }

    @inline(__always) mutating func add(_ candidate: Candidate) {
        add(
            roles: candidate.roles, sides: candidate.sides, players: Int32(candidate.size))
    }

    /// Counts players who may play these roles in these teams, a bit each.
    @inline(__always) mutating func add(roles: UInt8, sides: UInt8 = 3, players: Int32) {
        let all = Int32(roles & 63) | Int32(sides & 3) << 6
        let bits = SIMD8<Int32>(1, 2, 4, 8, 16, 32, 64, 128)
        let isOther = (SIMD8(repeating: all) & bits) .== SIMD8()
        lacking &-= SIMD8(repeating: players).replacing(with: SIMD8(), where: isOther)
    }

    @inline(__always) var isEnough: Bool { lacking.max() <= 0 }

    /// Roles of which more players are needed than were counted.
    var missingRoles: UInt8 {
        var roles: UInt8 = 0
        for role in 0..<Limits.roleCountMax where lacking[role] > 0 { roles |= 1 << UInt8(role) }
        return roles
    }
}
