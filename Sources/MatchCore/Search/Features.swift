// A queue's optional rules as the tick reads them: flat numbers, nothing where a rule is off.
// Plain value; made by CompiledQueue.

struct Features: BitwiseCopyable {
    var isRated = false
    /// The optional rules that the search must look at; a queue without any takes the short way.
    var hasTeamRules = false
    /// Tickets may exclude each other: avoid lists, recent opponents.
    var hasExclusions = false

    var roleCount: Int32 = 0
    var rolesRelaxedAge = Int32.max
    var roleCaps = InlineArray<6, UInt8>(repeating: 0)
    var roleNeeds = InlineArray<6, UInt8>(repeating: 0)
    var relaxedRoleCaps = InlineArray<6, UInt8>(repeating: 0)
    var relaxedRoleNeeds = InlineArray<6, UInt8>(repeating: 0)
    var roleDifferenceCosts = InlineArray<6, Int32>(repeating: 0)
    /// Members count by their ratings in the roles that they play.
    var countsRoleRatings = false
    /// Rating steps of difference at which the stronger side wins ten times as often.
    var eloDivisor: Int32 = 0

    var hasFactions = false
    var mercenaryAge = Int32.max

    var premadeSizeMin = Int32.max
    var premadePoolTicks: Int32 = 0
    var premadeDifferenceCost: Int32 = 0

    var mapCount: Int32 = 0
    var rematchDelayTicks: Int32 = 0
    var avoidedCountMax: Int32 = 0
    var avoidedHardTicks = Int32.max

    /// Smaller teams in falling size, and the wait from which each will do.
    var smallerTeamCount: Int32 = 0
    var smallerTeamSizes = InlineArray<8, Int32>(repeating: 0)
    var smallerTeamAges = InlineArray<8, Int32>(repeating: 0)
    var teamSizeDifferenceMax: Int32 = 0

    var cooldownScope = Features.noScope
    var acceptTicks: Int32 = 0
    var substituteTicks: Int32 = 0
    var offenceTicks: Int32 = 0
    var cooldownStepCount: Int32 = 0
    var cooldownSteps = InlineArray<8, Int32>(repeating: 0)

    var allowsBackfill = false
    var backfillWindow = WideningCurve(start: 0, growthPerTick: 0, max: 0)
    var backfillTimeoutTicks: Int32 = 0

    var hasWarParties = false
    var warRosterMax: Int32 = 0
    var warOwnMin: Int32 = 0
    var mercenaryOnlyPlayerMin: Int32 = 0

    /// Windows follow the density of arrivals; nil if they do not.
    var density: DensityRules?

    var bestRegionAge = Int32.max
    var deltaPingCost: Int32 = 0

    /// Waits at which a ticket's rules change by themselves, rising; `Int32.max` beyond the last.
    var milestones = InlineArray<12, Int32>(repeating: Int32.max)
    /// The wait from which a ticket lets others off the strict rules too; `Int32.max`: never.
    var ripeAge = Int32.max

    /// The split of full teams, worked out once; nil in queues without team rules.
    private(set) var strictSplitRules: SplitRules?
    private(set) var relaxedSplitRules: SplitRules?

    static let noScope = UInt8.max

    init() {}

    init(_ rules: QueueRules) {
        isRated = rules.isRated
        eloDivisor = Int32(rules.quality.eloDivisorPoints * Double(Rating.stepsPerPoint))
        if let roles = rules.roles {
            precondition(rules.teamCount <= 2)
            takeRoles(roles)
        }
        takeSides(rules)
        mapCount = Int32(rules.mapCount)
        precondition(rules.mapCount >= 0 && rules.mapCount <= MapSet.capacity)
        rematchDelayTicks = rules.rematchDelayTicks
        avoidedCountMax = Int32(rules.avoidance.countMax)
        avoidedHardTicks = rules.avoidance.hardForTicks ?? Int32.max
        takeSmallerTeams(rules)
        takeAcceptance(rules)
        if let backfill = rules.backfill {
            precondition(!rules.isRated)
            allowsBackfill = true
            backfillWindow = backfill.ratingWindow
            backfillTimeoutTicks = backfill.timeoutTicks
        }
        density = rules.density
        precondition((density?.stretchCodeMax ?? 0) <= Stretch.codeMax)
        bestRegionAge = rules.regionChoice.bestAlwaysAfterTicks ?? Int32.max
        deltaPingCost = rules.regionChoice.deltaPingCost
        hasExclusions = avoidedCountMax > 0 || rematchDelayTicks > 0
        hasTeamRules =
            roleCount > 0 || hasFactions || premadePoolTicks > 0 || mapCount > 0
            || smallerTeamCount > 0 || premadeDifferenceCost > 0
        collectMilestones()
        if !hasTeamRules { return }
        strictSplitRules = SplitRules(
            self, firstSize: rules.teamSize, secondSize: rules.teamSize, isRelaxed: false)
        relaxedSplitRules = SplitRules(
            self, firstSize: rules.teamSize, secondSize: rules.teamSize, isRelaxed: true)
    }

    /// True if a party of these players may play in one team, by the strict composition or, where
    /// the queue has one, by the relaxed one. False too if a player has none of the queue's roles.
    func takesParty(_ party: RoleTally) -> Bool {
        if let strict = strictSplitRules, strict.firstCaps.holds(party) { return true }
        if rolesRelaxedAge == Int32.max { return false }
        return relaxedSplitRules?.firstCaps.holds(party) ?? false
    }

    private mutating func takeRoles(_ rules: RoleRules) {
        precondition(rules.roles.count <= Limits.roleCountMax)
        roleCount = Int32(rules.roles.count)
        rolesRelaxedAge = rules.relaxedAfterTicks ?? Int32.max
        countsRoleRatings = rules.countsRoleRatings
        for (role, count) in rules.roles.enumerated() {
            roleCaps[role] = UInt8(count.max)
            roleNeeds[role] = UInt8(count.min)
            relaxedRoleCaps[role] = UInt8(count.relaxedMax)
            relaxedRoleNeeds[role] = UInt8(count.relaxedMin)
            if role < rules.differenceCosts.count {
                roleDifferenceCosts[role] = rules.differenceCosts[role]
            }
        }
    }

    private mutating func takeSides(_ rules: QueueRules) {
        if let factions = rules.factions {
            precondition(rules.teamCount == 2)
            hasFactions = true
            mercenaryAge = factions.mercenaryAfterTicks ?? Int32.max
            precondition(!rules.isRated || mercenaryAge == Int32.max)
        }
        premadeSizeMin = Int32(rules.premades.sizeMin)
        premadePoolTicks = rules.premades.ownPoolTicks
        premadeDifferenceCost = rules.premades.differenceCost
        if let war = rules.warParties {
            precondition(rules.teamCount == 2)
            hasWarParties = true
            warRosterMax = Int32(war.rosterMax)
            warOwnMin = Int32(war.ownMin)
            mercenaryOnlyPlayerMin = Int32(war.mercenaryOnlyPlayerMin)
        }
    }

    private mutating func takeSmallerTeams(_ rules: QueueRules) {
        precondition(rules.smallerTeams.count <= 8)
        precondition(rules.smallerTeams.isEmpty || rules.teamCount == 2)
        smallerTeamCount = Int32(rules.smallerTeams.count)
        teamSizeDifferenceMax = Int32(rules.teamSizeDifferenceMax)
        for (position, step) in rules.smallerTeams.enumerated() {
            precondition(step.teamSize < rules.teamSize && step.teamSize >= 1)
            smallerTeamSizes[position] = Int32(step.teamSize)
            smallerTeamAges[position] = step.afterTicks
        }
    }

    private mutating func takeAcceptance(_ rules: QueueRules) {
        cooldownScope = rules.cooldownScope?.raw ?? Features.noScope
        guard let acceptance = rules.acceptance else { return }
        precondition(acceptance.ticks >= 1 && acceptance.cooldownTicks.count <= 8)
        acceptTicks = acceptance.ticks
        substituteTicks = acceptance.substituteTicks
        offenceTicks = acceptance.offenceTicks
        cooldownStepCount = Int32(acceptance.cooldownTicks.count)
        for (position, ticks) in acceptance.cooldownTicks.enumerated() {
            cooldownSteps[position] = ticks
        }
    }

    private mutating func collectMilestones() {
        var ages: [Int32] = []
        if rolesRelaxedAge != Int32.max { ages.append(rolesRelaxedAge) }
        if mercenaryAge != Int32.max { ages.append(mercenaryAge) }
        if premadePoolTicks > 0 { ages.append(premadePoolTicks) }
        if avoidedHardTicks != Int32.max { ages.append(avoidedHardTicks) }
        for step in 0..<Int(smallerTeamCount) { ages.append(smallerTeamAges[step]) }
        ages.sort()
        for (position, age) in ages.prefix(milestones.count).enumerated() {
            milestones[position] = age
        }
        ripeAge = rolesRelaxedAge
        if smallerTeamCount > 0 { ripeAge = min(ripeAge, smallerTeamAges[0]) }
    }

    /// The first milestone above `age`, or `Int32.max`.
    @inline(__always) func nextMilestone(after age: Int32) -> Int32 {
        var position = 0
        while position < milestones.count, milestones[position] <= age { position += 1 }
        return position < milestones.count ? milestones[position] : Int32.max
    }

    /// The queue's own roles among `roles`.
    @inline(__always) func clip(_ roles: UInt8) -> UInt8 {
        roles & ((1 << UInt8(roleCount)) - 1)
    }

    /// All maps of the queue, a bit each.
    var allMaps: UInt32 { mapCount >= 32 ? .max : (1 << UInt32(mapCount)) - 1 }

    /// The team in which a ticket of this lane plays by its faction, as a bit.
    @inline(__always) func nativeSides(_ lane: Lane) -> UInt8 {
        hasFactions ? 1 << lane.faction : 3
    }

    /// The teams in which a ticket of this lane may play after this wait, a bit each.
    @inline(__always) func sides(_ lane: Lane, age: Int32) -> UInt8 {
        if lane.isMercenary && age >= mercenaryAge { return 3 }
        return nativeSides(lane)
    }
}
