// Counts whether tickets could fill all teams, without looking at who takes which place: a no is
// certain, a yes only perhaps. Cheap enough to be asked of every range of ratings, so that a crowd
// in which a role is scarce is searched only where that role is. Plain value.

struct TeamSupply {
    private let roleCount: Int
    /// By role, players that the teams need and nobody counted so far can be.
    private var lacking = InlineArray<6, Int32>(repeating: 0)
    /// The same by team.
    private var lackingFirst: Int32 = 0
    private var lackingSecond: Int32 = 0

    /// What a queue's full teams need of roles; sides are left aside.
    /// - Parameter isRelaxed: the relaxed counts may hold.
    @inline(__always) init(_ queue: CompiledQueue, isRelaxed: Bool) {
        roleCount = queue.hasTeamRules ? Int(queue.features.pointee.roleCount) : 0
        if roleCount > 0 { need(queue, teamCount: queue.teamCount, isRelaxed: isRelaxed) }
    }

    /// What teams of a shape need of roles and sides.
    /// - Precondition: the queue has team rules.
    @inline(__always) init(_ queue: CompiledQueue, _ shape: TeamShape) {
        roleCount = Int(queue.features.pointee.roleCount)
        need(queue, teamCount: shape.teamCount, isRelaxed: shape.isRelaxed)
        if shape.teamCount != 2 { return }
        lackingFirst = shape.firstSize
        lackingSecond = shape.otherSize
    }

    @inline(__always) private mutating func need(
        _ queue: CompiledQueue, teamCount: Int32, isRelaxed: Bool
    ) {
        let features = queue.features
        for role in 0..<roleCount {
            let need =
                isRelaxed
                ? features.pointee.relaxedRoleNeeds[role] : features.pointee.roleNeeds[role]
            lacking[role] = Int32(need) * teamCount
        }
    }

    @inline(__always) mutating func add(_ candidate: Candidate) {
        let players = Int32(candidate.size)
        if candidate.sides & 1 != 0 { lackingFirst -= players }
        if candidate.sides & 2 != 0 { lackingSecond -= players }
        add(roles: candidate.roles, players: players)
    }

    /// Counts players who may play these roles, in any team.
    @inline(__always) mutating func add(roles: UInt8, players: Int32) {
        for role in 0..<roleCount where roles & (1 << UInt8(role)) != 0 {
            lacking[role] -= players
        }
    }

    @inline(__always) var isEnough: Bool {
        lackingFirst <= 0 && lackingSecond <= 0 && missingRoles == 0
    }

    /// Roles of which more players are needed than were counted.
    @inline(__always) var missingRoles: UInt8 {
        var roles: UInt8 = 0
        for role in 0..<roleCount where lacking[role] > 0 { roles |= 1 << UInt8(role) }
        return roles
    }
}
