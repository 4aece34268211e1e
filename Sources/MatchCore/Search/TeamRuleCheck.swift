// What the rules of teams say about a set of parties: roles over the whole lobby, exclusions
// between pairs, and whether a split into teams exists. Copies of handles; owns nothing.

struct TeamRuleCheck {
    private let queue: CompiledQueue
    private let members: MemberTable
    private let tickets: TicketTable
    private let exclusions: Exclusions?
    let balance: TeamBalance
    /// The bucket's region, for latencies.
    private let region: Int
    private var shape: TeamShape
    private var splitRules: SplitRules
    private let hasRoles: Bool

    init(
        _ queue: CompiledQueue, region: Int, balance: TeamBalance, members: MemberTable,
        tickets: TicketTable, exclusions: Exclusions?
    ) {
        self.queue = queue
        self.region = region
        self.balance = balance
        self.members = members
        self.tickets = tickets
        self.exclusions = exclusions
        shape = TeamShape(queue)
        hasRoles = queue.features.pointee.roleCount > 0
        splitRules = queue.features.pointee.splitRules(shape)
    }

    mutating func takeShape(_ shape: TeamShape) {
        self.shape = shape
        splitRules = queue.features.pointee.splitRules(shape)
    }

    /// A lobby of the shape without anybody in it.
    func noPicks() -> RuledPicks {
        if shape.teamCount != 2 {
            let packing = PartyPacking(
                teamCount: Int(shape.teamCount), teamSize: Int(shape.firstSize))
            let teams = Int(shape.teamCount)
            let counter = RoleCounter(splitRules.firstCaps, teamCount: teams)
            return RuledPicks(sizes: packing, roles: hasRoles ? counter : nil)
        }
        let packing = PartyPacking(first: Int(shape.firstSize), second: Int(shape.otherSize))
        let counter = RoleCounter(first: splitRules.firstCaps, second: splitRules.secondCaps)
        return RuledPicks(sizes: packing, roles: hasRoles ? counter : nil)
    }

    /// Counts the party's members in; false, and nothing changed, if they leave some set of roles
    /// with more players than the teams have places for.
    @inline(__always) func addRoles(_ candidate: Candidate, _ counter: inout RoleCounter?) -> Bool {
        if counter == nil { return true }
        if candidate.size == 1 {
            return counter?.add(candidate.roles, sides: candidate.sides) ?? true
        }
        var party = RoleTally()
        var member = tickets.records[Int(candidate.slot)].firstMember
        while member != TicketRecord.noSlot {
            party.add(splitRules.firstCaps.clip(members.records[Int(member)].roles))
            member = members.records[Int(member)].next
        }
        return counter?.add(party, sides: candidate.sides) ?? true
    }

    var hasExclusions: Bool { exclusions != nil }

    /// True if the lobby in `scratch.trial` can be split into teams by all rules.
    func canSplit(_ scratch: SearchScratch, _ count: Int) -> Bool {
        if shape.teamCount != 2 || !hasRoles { return true }
        var firstMember = 0
        for position in 0..<count {
            let candidate = scratch.candidates[Int(scratch.trial[position])]
            balance.sizes[position] = Int32(candidate.size)
            balance.sides[position] = candidate.sides
            firstMember = balance.members.read(
                tickets.records[Int(candidate.slot)].firstMember, of: members, from: firstMember,
                splitRules.firstCaps)
        }
        return balance.canSplit(count, by: splitRules)
    }

    /// True if the party may not play beside one of the first `count` of `scratch.trial`.
    func excludes(_ candidate: Candidate, _ scratch: SearchScratch, _ count: Int) -> Bool {
        guard let exclusions else { return false }
        for position in 0..<count {
            let other = scratch.candidates[Int(scratch.trial[position])]
            if exclusions.exclude(Int(candidate.slot), Int(other.slot)) { return true }
        }
        return false
    }

    /// What the lobby's pings above its tickets' best regions cost, in rating steps.
    func deltaPingCost(_ scratch: SearchScratch, _ count: Int) -> Double {
        let cost = queue.features.pointee.deltaPingCost
        if cost == 0 { return 0 }
        var sum = 0
        for position in 0..<count {
            let slot = Int(scratch.candidates[Int(scratch.trial[position])].slot)
            sum += Int(tickets.latency(slot, region)) - Int(tickets.records[slot].bestLatency)
        }
        return Double(cost) * Double(sum) / Double(count)
    }
}

extension Features {
    /// The rules for two teams of a shape; for other numbers of teams, those of its first.
    @inline(__always) func splitRules(_ shape: TeamShape) -> SplitRules {
        if let known = shape.isRelaxed ? relaxedSplitRules : strictSplitRules,
            known.firstSize == shape.firstSize, known.secondSize == shape.otherSize
        {
            return known
        }
        return SplitRules(
            self, firstSize: Int(shape.firstSize), secondSize: Int(shape.otherSize),
            isRelaxed: shape.isRelaxed)
    }
}
