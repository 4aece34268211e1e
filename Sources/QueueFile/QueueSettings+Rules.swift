// The conversion to the core's units: the one place where seconds become ticks and points steps.
import MatchCore

/// People's units in the core's.
struct CoreUnits {
    let ticksPerSecond: Double

    init(tickMilliseconds: Int) { ticksPerSecond = 1_000.0 / Double(tickMilliseconds) }

    /// The nearest number of ticks.
    func ticks(_ seconds: Double) -> Int32 {
        Int32(clamping: Int((seconds * ticksPerSecond).rounded()))
    }

    /// The nearest number of ticks, at least 1.
    func someTicks(_ seconds: Double) -> Int32 { max(1, ticks(seconds)) }

    func steps(_ points: Double) -> Int32 {
        Int32((points * Double(Rating.stepsPerPoint)).rounded())
    }

    /// A curve in points as one in steps.
    func stepCurve(_ curve: CurveSettings) -> WideningCurve {
        self.curve(curve, unit: Double(Rating.stepsPerPoint))
    }

    /// A curve in units of which the core's is the `unit`th part.
    func curve(_ curve: CurveSettings, unit: Double) -> WideningCurve {
        let growth = curve.perSecond * unit / ticksPerSecond * Double(WideningCurve.growthUnit)
        // A stand-in after a noted mistake may be out of order; the result is then thrown away.
        let start = min(curve.start, curve.max)
        return WideningCurve(
            start: Int32((start * unit).rounded()),
            // Up, so that a limit reaches whole points at whole seconds and not a tick later.
            growthPerTick: Int64(growth.rounded(.up)),
            max: Int32((curve.max * unit).rounded()))
    }
}

extension QueueSettings {
    /// The core's rules.
    /// - Parameter scopes: the file's cooldown scopes, by number.
    func rules(tickMilliseconds: Int, scopes: [String]) -> QueueRules {
        let units = CoreUnits(tickMilliseconds: tickMilliseconds)
        var rules = QueueRules(
            teamCount: teamCount, teamSize: teamSize, partySizeMax: partyMax,
            premadeOffsetPerMember: units.steps(premadeOffset),
            ratingWindow: units.stepCurve(window), latencyCap: units.curve(latency.cap, unit: 1),
            timeoutTicks: Int32(max(1, Double(timeoutSeconds) * units.ticksPerSecond)),
            waitPreference: waitPreferencePerSecond * Double(Rating.stepsPerPoint)
                / units.ticksPerSecond,
            quality: QualityRules(
                eloDivisorPoints: quality.eloDivisor, spreadScalePoints: quality.spreadScale,
                deltaPingMilliseconds: UInt16(quality.deltaPingMilliseconds)))
        rules.partySizeMin = partyMin
        rules.overdueAfterTicks = overdueAfterSeconds.map { units.ticks($0) }
        rules.isRated = isRated
        rules.smallerTeams = smallerTeams.map {
            SmallerTeams(teamSize: $0.teamSize, afterTicks: units.ticks($0.afterSeconds))
        }
        rules.teamSizeDifferenceMax = teamSizeDifference
        rules.roles = roleRules(units)
        if !factions.isEmpty {
            rules.factions = FactionRules(
                mercenaryAfterTicks: mercenaryAfterSeconds.map { units.ticks($0) })
        }
        rules.premades.sizeMin = premades.sizeMin
        rules.premades.ownPoolTicks = units.ticks(premades.ownPoolSeconds)
        rules.premades.differenceCost = units.steps(premades.differenceCost)
        rules.mapCount = maps.count
        rules.rematchDelayTicks = units.ticks(rematchDelaySeconds)
        rules.avoidance = AvoidanceRules(
            countMax: avoid.max, hardForTicks: avoid.hardForSeconds.map { units.ticks($0) })
        rules.acceptance = acceptance.map { $0.rules(units) }
        rules.cooldownScope = cooldownScope.flatMap { name in
            scopes.firstIndex(of: name).map { CooldownScope(UInt8($0)) }
        }
        rules.backfill = backfill.map {
            BackfillRules(
                ratingWindow: units.stepCurve($0.window),
                timeoutTicks: units.someTicks($0.timeoutSeconds))
        }
        rules.warParties = warParties.map {
            WarPartyRules(
                rosterMax: $0.rosterMax, ownMin: $0.ownMin,
                mercenaryOnlyPlayerMin: $0.mercenaryOnlyPlayers)
        }
        rules.regionChoice.bestAlwaysAfterTicks = latency.bestAlwaysAfterSeconds.map {
            units.ticks($0)
        }
        rules.density = density.map { $0.rules(units) }
        rules.regionChoice.deltaPingCost = units.steps(latency.deltaPingCost)
        return rules
    }

    private func roleRules(_ units: CoreUnits) -> RoleRules? {
        guard !roles.isEmpty else { return nil }
        let isCosted = roles.contains { $0.differenceCost > 0 }
        return RoleRules(
            roles: roles.map {
                RoleCount(
                    min: $0.min, max: $0.most(teamSize), relaxedMin: $0.relaxedLeast,
                    relaxedMax: $0.relaxedMost(teamSize))
            },
            relaxedAfterTicks: rolesRelaxAfterSeconds.map { units.ticks($0) },
            differenceCosts: isCosted ? roles.map { units.steps($0.differenceCost) } : [],
            countsRoleRatings: roleRatings)
    }
}

extension AcceptanceSettings {
    fileprivate func rules(_ units: CoreUnits) -> AcceptanceRules {
        AcceptanceRules(
            ticks: units.someTicks(seconds), substituteTicks: units.ticks(substituteSeconds),
            cooldownTicks: cooldownSeconds.map { units.ticks($0) },
            offenceTicks: units.someTicks(offenceHours * 3_600))
    }
}
