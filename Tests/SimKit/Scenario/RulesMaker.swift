// Random rules of queues: every optional part on or off, within what the core's rules allow.

import MatchCore

/// Draws rules for the features of a scenario.
struct RulesMaker {
    let features: Set<Feature>
    var random: SimRandom

    private static let shapes = [(2, 1), (2, 2), (2, 3), (2, 5), (2, 4), (3, 2), (1, 4), (4, 1)]

    private mutating func draws(_ feature: Feature, _ share: Double = 0.7) -> Bool {
        features.contains(feature) && random.chance(share)
    }

    /// Rules of one queue.
    mutating func queue() -> QueueRules {
        let isWar = draws(.warParties, 0.8)
        let needsTwo =
            isWar
            || !features.isDisjoint(with: [
                .factions, .smallerTeams, .backfill, .roles, .roleRatings,
            ])
        var shape = random.element(RulesMaker.shapes)
        if needsTwo { shape.0 = 2 }
        if isWar { shape.1 = random.next(in: 3...5) }
        var rules = plain(teamCount: shape.0, teamSize: shape.1)
        rules.isRated = random.chance(0.15)
        if isWar { addWar(&rules) } else { addTeamRules(&rules) }
        addWaiting(&rules)
        if draws(.density) {
            rules.density = DensityRules(
                exponentHundredths: Int32(random.next(in: 20...80)),
                stretchCodeMax: UInt8(random.next(in: 4...48)),
                memoryArrivals: UInt32(random.element([128, 2000])),
                fullPerSpan: UInt32(random.element([0, 20, 200])),
                spanTicks: Int32(random.next(in: 2...30)))
        }
        if draws(.overdue) { rules.overdueAfterTicks = Int32(random.element([0, 2, 8, 20])) }
        if draws(.acceptance) { rules.acceptance = acceptance() }
        if features.contains(.cooldown) {
            rules.cooldownScope = CooldownScope(UInt8(random.next(in: 0...2)))
        }
        if draws(.backfill), !rules.isRated, shape.0 == 2 {
            rules.backfill = BackfillRules(
                ratingWindow: window(), timeoutTicks: Int32(random.next(in: 5...60)))
        }
        return rules
    }

    /// The same queue after a designer has touched it.
    mutating func changed(_ old: QueueRules) -> QueueRules {
        var rules = old
        switch random.next(in: 0...4) {
        case 0: rules.ratingWindow = window()
        case 1: rules.timeoutTicks = Int32(random.next(in: 10...150))
        case 2:
            rules.partySizeMax = random.next(in: rules.partySizeMin...rules.partySizeMax)
            rules.premadeOffsetPerMember = Int32(random.next(in: 0...40)) * Rating.stepsPerPoint
        case 3: rules.latencyCap = latencyCap()
        default: rules = queue()
        }
        return rules
    }

    private mutating func plain(teamCount: Int, teamSize: Int) -> QueueRules {
        var rules = QueueRules(
            teamCount: teamCount, teamSize: teamSize, partySizeMax: 1,
            premadeOffsetPerMember: Int32(random.element([0, 0, 15])) * Rating.stepsPerPoint,
            ratingWindow: window(), latencyCap: latencyCap(),
            timeoutTicks: Int32(random.next(in: 20...150)),
            waitPreference: random.element([0, 0, 40]), quality: QualityRules())
        if features.contains(.parties) {
            rules.partySizeMax = random.next(in: 1...teamSize)
            if random.chance(0.1) { rules.partySizeMin = rules.partySizeMax }
        }
        if draws(.regions, 0.4) {
            rules.regionChoice.bestAlwaysAfterTicks = Int32(random.next(in: 0...40))
        }
        return rules
    }

    /// A rating window; one in five never grows.
    private mutating func window() -> WideningCurve {
        let start = random.element([0, 30, 100, 250])
        let most = start + random.element([50, 200, 500])
        let growth = random.chance(0.2) ? 0 : random.next(in: 1...40)
        return WideningCurve(
            start: Int32(start) * Rating.stepsPerPoint,
            growthPerTick: Int64(growth * Int(Rating.stepsPerPoint)) * WideningCurve.growthUnit / 4,
            max: Int32(most) * Rating.stepsPerPoint)
    }

    private mutating func latencyCap() -> WideningCurve {
        let start = random.next(in: 40...150)
        let growth = features.contains(.regions) ? random.next(in: 0...12) : 0
        return WideningCurve(
            start: Int32(start), growthPerTick: Int64(growth) * WideningCurve.growthUnit / 4,
            max: Int32(start + random.next(in: 0...120)))
    }

    // MARK: - Teams

    private mutating func addTeamRules(_ rules: inout QueueRules) {
        if draws(.factions), rules.teamCount == 2 {
            let mayCross = !rules.isRated && random.chance(0.8)
            rules.factions = FactionRules(
                mercenaryAfterTicks: mayCross ? Int32(random.next(in: 0...25)) : nil)
        }
        let hasRoles = draws(.roles)
        if hasRoles || draws(.roleRatings), rules.teamCount == 2 {
            rules.roles = roles(teamSize: rules.teamSize, rules.factions != nil)
        }
        if draws(.premades), rules.partySizeMax >= 2 {
            rules.premades.sizeMin = random.next(in: 2...rules.partySizeMax)
            rules.premades.ownPoolTicks = Int32(random.element([0, 10, 25]))
            rules.premades.differenceCost = Int32(random.element([0, 100])) * Rating.stepsPerPoint
        }
        if draws(.smallerTeams), rules.teamCount == 2, rules.teamSize > 1 { shrink(&rules) }
    }

    private mutating func shrink(_ rules: inout QueueRules) {
        var size = rules.teamSize
        var after: Int32 = 0
        for _ in 0..<random.next(in: 1...2) where size > 1 {
            size = random.next(in: 1...size - 1)
            after += Int32(random.next(in: 3...25))
            rules.smallerTeams.append(SmallerTeams(teamSize: size, afterTicks: after))
        }
        if !rules.isRated, size > 1, random.chance(0.5) { rules.teamSizeDifferenceMax = 1 }
    }

    /// A composition round one that fills the team, strict and relaxed.
    private mutating func roles(teamSize: Int, _ hasFactions: Bool) -> RoleRules {
        let count = random.next(in: 2...(hasFactions ? 3 : 4))
        var base = [Int](repeating: 0, count: count)
        for _ in 0..<teamSize { base[random.next(in: 0...count - 1)] += 1 }
        let counts = base.map { players in
            let least = max(0, players - random.next(in: 0...1))
            let most = min(teamSize, players + random.next(in: 0...1))
            return RoleCount(
                min: least, max: most, relaxedMin: random.next(in: 0...least),
                relaxedMax: random.next(in: most...teamSize))
        }
        let relaxes = random.chance(0.5)
        return RoleRules(
            roles: counts, relaxedAfterTicks: relaxes ? Int32(random.next(in: 3...30)) : nil,
            differenceCosts: random.chance(0.5) ? [Int32](repeating: 6400, count: count) : [],
            countsRoleRatings: !features.contains(.roleRatings) || random.chance(0.85))
    }

    private mutating func addWar(_ rules: inout QueueRules) {
        let size = rules.teamSize
        rules.isRated = false
        rules.partySizeMin = 1
        rules.partySizeMax = features.contains(.parties) ? random.next(in: 1...2) : 1
        rules.warParties = WarPartyRules(
            rosterMax: size + random.next(in: 0...3), ownMin: random.next(in: 1...size - 1),
            mercenaryOnlyPlayerMin: random.chance(0.5) ? 2 * size + random.next(in: 0...2) : 0)
        if draws(.smallerTeams) { shrink(&rules) }
    }

    // MARK: - What tickets ask of each other

    private mutating func addWaiting(_ rules: inout QueueRules) {
        if draws(.maps) { rules.mapCount = random.next(in: 2...4) }
        if draws(.rematch) { rules.rematchDelayTicks = Int32(random.next(in: 5...40)) }
        if features.contains(.avoidance) {
            rules.avoidance = AvoidanceRules(
                countMax: random.element([0, 2, 30]),
                hardForTicks: random.chance(0.5) ? Int32(random.next(in: 0...30)) : nil)
        } else {
            rules.avoidance = AvoidanceRules(countMax: 0)
        }
    }

    private mutating func acceptance() -> AcceptanceRules {
        var steps: [Int32] = []
        if features.contains(.cooldown) {
            for _ in 0..<random.next(in: 0...3) { steps.append(Int32(random.next(in: 0...30))) }
            steps.sort()
        }
        return AcceptanceRules(
            ticks: Int32(random.next(in: 1...8)), substituteTicks: Int32(random.next(in: 0...8)),
            cooldownTicks: steps, offenceTicks: Int32(random.next(in: 10...80)))
    }
}
