// Gives every member of a team, or of a whole lobby, a role: the composition first, then as many
// preferred roles as possible, then the members' skill in their roles. Exact: members come in one
// by one, each along the cheapest chain of changes (shortest augmenting paths with the roles as
// nodes). Owner: the matchmaker's thread; the space is reserved once.

/// How well the roles given suit the members.
struct RoleScore: Equatable {
    /// 2 for a preferred role, or any allowed one where none is preferred; 1 for another allowed
    /// role; 0 for a role that the member does not play.
    var halfPoints = 0
    var memberCount = 0

    /// 0...1.
    var score: Double { memberCount == 0 ? 1 : Double(halfPoints) / Double(2 * memberCount) }
}

struct RoleAssignment {
    /// Roles that a member plays, a bit each, and the one he prefers or `RoleSet.noPreference`.
    let masks: FixedArray<UInt8>
    let preferred: FixedArray<UInt8>
    /// Skill of member m in role r beyond his rating, at `m * 6 + r`, in `RoleOffsets.unit`; read
    /// only where ratings by role count.
    let offsets: FixedArray<Int16>
    /// The role given to each member.
    let roles: FixedArray<UInt8>
    /// The members to be given roles; `assign` reads the first ones.
    let list: FixedArray<Int32>
    /// By position in `list` and role.
    private let costs: FixedArray<Int64>
    /// By two roles: the least cost of moving somebody from the one to the other, and whom.
    private let moveCosts: FixedArray<Int64>
    private let movers: FixedArray<Int32>
    private let positions: FixedArray<UInt8>

    /// One member less in a role that he does not play outweighs the composition, which outweighs
    /// all preferences, which outweigh all offsets: 128 members × 65,535 < 2^24, and so on.
    private static let preferenceCost: Int64 = 1 << 24
    private static let needBonus: Int64 = 1 << 32
    private static let outsideCost: Int64 = 1 << 40
    private static let none = Int64.max / 4
    private static let stride = Limits.roleCountMax

    init(arena: inout Arena) {
        let count = Limits.playersPerMatchMax
        let stride = RoleAssignment.stride
        masks = arena.take(UInt8.self, count: count)
        preferred = arena.take(UInt8.self, count: count)
        offsets = arena.take(Int16.self, count: count * stride)
        roles = arena.take(UInt8.self, count: count)
        list = arena.take(Int32.self, count: count)
        costs = arena.take(Int64.self, count: count * stride)
        moveCosts = arena.take(Int64.self, count: stride * stride)
        movers = arena.take(Int32.self, count: stride * stride)
        positions = arena.take(UInt8.self, count: count)
    }

    /// Writes `roles` of the first `count` members of `list`.
    /// - Returns: false if no assignment keeps to the composition and to what the members play;
    ///   the roles are then the nearest to it, unless the roles' most are fewer than the members.
    /// - Complexity: O(count × (roles³ + count)), in practice near count × roles².
    func assign(_ count: Int, to caps: RoleCaps, usesOffsets: Bool = false) -> Bool {
        let roleCount = caps.roleCount
        var counts = InlineArray<6, Int32>(repeating: 0)
        for cell in 0..<moveCosts.count { moveCosts[cell] = RoleAssignment.none }
        for position in 0..<count {
            price(position, roleCount, usesOffsets)
            guard insert(position, caps, &counts) else { return false }
        }
        var isKept = true
        for role in 0..<roleCount where counts[role] < Int32(caps.needs[role]) { isKept = false }
        for position in 0..<count {
            let member = Int(list[position])
            roles[member] = positions[position]
            isKept = isKept && masks[member] & (1 << positions[position]) != 0
        }
        return isKept
    }

    /// Adds a member's share to the score.
    @inline(__always) func note(_ member: Int, in score: inout RoleScore) {
        score.memberCount += 1
        guard masks[member] & (1 << roles[member]) != 0 else { return }
        let isLiked =
            preferred[member] == RoleSet.noPreference || preferred[member] == roles[member]
        score.halfPoints += isLiked ? 2 : 1
    }

    /// What each role costs the member at this position.
    @inline(__always) private func price(
        _ position: Int, _ roleCount: Int, _ usesOffsets: Bool
    ) {
        let member = Int(list[position])
        let mask = masks[member]
        let liked = preferred[member]
        for role in 0..<roleCount {
            var cost: Int64 = 0
            if liked != RoleSet.noPreference && Int(liked) != role {
                cost = RoleAssignment.preferenceCost
            }
            if mask & (1 << UInt8(role)) == 0 { cost += RoleAssignment.outsideCost }
            if usesOffsets { cost -= Int64(offsets[member * RoleAssignment.stride + role]) }
            costs[position * RoleAssignment.stride + role] = cost
        }
    }

    /// Brings one more member in along the cheapest chain of moves that ends in a role with room.
    @inline(__always) private func insert(
        _ position: Int, _ caps: RoleCaps, _ counts: inout InlineArray<6, Int32>
    ) -> Bool {
        let roleCount = caps.roleCount
        let stride = RoleAssignment.stride
        var distances = InlineArray<6, Int64>(repeating: RoleAssignment.none)
        var sources = InlineArray<6, Int8>(repeating: -1)
        for role in 0..<roleCount { distances[role] = costs[position * stride + role] }
        var isShortened = true
        while isShortened {
            isShortened = false
            for from in 0..<roleCount where counts[from] > 0 {
                for to in 0..<roleCount where to != from {
                    let distance = distances[from] + moveCosts[from * stride + to]
                    if distance < distances[to] {
                        distances[to] = distance
                        sources[to] = Int8(from)
                        isShortened = true
                    }
                }
            }
        }
        var end = -1
        var endCost = RoleAssignment.none
        for role in 0..<roleCount where counts[role] < Int32(caps.mosts[role]) {
            let isNeeded = counts[role] < Int32(caps.needs[role])
            let cost = distances[role] - (isNeeded ? RoleAssignment.needBonus : 0)
            if cost < endCost {
                endCost = cost
                end = role
            }
        }
        if end < 0 { return false }
        counts[end] += 1
        follow(sources, to: end, position, roleCount)
        return true
    }

    /// Makes the moves of a chain and brings the costs of further moves up to date.
    @inline(__always) private func follow(
        _ sources: InlineArray<6, Int8>, to end: Int, _ position: Int, _ roleCount: Int
    ) {
        let stride = RoleAssignment.stride
        var role = end
        var changed: UInt8 = 0
        while sources[role] >= 0 {
            let from = Int(sources[role])
            positions[Int(movers[from * stride + role])] = UInt8(role)
            changed |= 1 << UInt8(from)
            if role == end { changed |= 1 << UInt8(end) }
            role = from
        }
        positions[position] = UInt8(role)
        if changed == 0 {
            offerMoves(position, role, roleCount)
            return
        }
        for from in 0..<roleCount where changed & (1 << UInt8(from)) != 0 {
            for to in 0..<roleCount { moveCosts[from * stride + to] = RoleAssignment.none }
        }
        for known in 0...position where changed & (1 << positions[known]) != 0 {
            offerMoves(known, Int(positions[known]), roleCount)
        }
    }

    /// Enters what it costs to move this member out of his role.
    @inline(__always) private func offerMoves(_ position: Int, _ from: Int, _ roleCount: Int) {
        let stride = RoleAssignment.stride
        let own = costs[position * stride + from]
        for to in 0..<roleCount where to != from {
            let cost = costs[position * stride + to] - own
            if cost < moveCosts[from * stride + to] {
                moveCosts[from * stride + to] = cost
                movers[from * stride + to] = Int32(position)
            }
        }
    }
}

extension RoleAssignment {
    /// Reads the roles of a ticket's members to `start` and on.
    /// - Parameter first: the ticket's first member.
    /// - Returns: where the next ticket's members go.
    func read(_ first: Int32, of table: MemberTable, from start: Int, _ caps: RoleCaps) -> Int {
        var position = start
        var member = first
        while member != TicketRecord.noSlot {
            let record = table.records[Int(member)]
            masks[position] = caps.clip(record.roles)
            preferred[position] = record.preferredRole
            member = record.next
            position += 1
        }
        return position
    }

    /// Reads the ratings by role of `count` members from `start` on.
    /// - Parameter row: their ticket's, or `TicketRecord.noSlot`.
    func readOffsets(_ row: Int32, of table: DetailTable, from start: Int, count: Int) {
        let stride = Limits.roleCountMax
        for cell in start * stride..<(start + count) * stride { offsets[cell] = 0 }
        if row == TicketRecord.noSlot { return }
        table.forEachRated(row: Int(row)) { member in
            let position = Int(member.position)
            if position >= count { return }
            for role in 0..<stride {
                offsets[(start + position) * stride + role] = member.offsets[role]
            }
        }
    }
}
