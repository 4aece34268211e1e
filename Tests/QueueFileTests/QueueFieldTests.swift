// Every field of a queue: what it becomes in the core's units, and that null takes it away.
import MatchCore
import Testing

@testable import QueueFile

@Suite struct QueueFieldTests {
    @Test func premadeTeamsOfExactSize() throws {
        let rules = try rules("partyMin: 5, rated: true")
        #expect(rules.partySizeMin == 5 && rules.partySizeMax == 5 && rules.isRated)
    }

    @Test func smallerTeamsAfterAWait() throws {
        let rules = try rules(
            """
            smallerTeams: [{ teamSize: 4, afterSeconds: 30 }, { teamSize: 3, afterSeconds: 60.5 }],
            teamSizeDifference: 1
            """)
        #expect(
            rules.smallerTeams == [
                SmallerTeams(teamSize: 4, afterTicks: 600),
                SmallerTeams(teamSize: 3, afterTicks: 1_210),
            ])
        #expect(rules.teamSizeDifferenceMax == 1)
    }

    @Test func rolesWithRelaxationAndCosts() throws {
        let text = """
            roles: [
              { name: 'tank', min: 1, max: 1, relaxedMin: 0, relaxedMax: 2, differenceCost: 40 },
              { name: 'healer', min: 1 },
              { name: 'damage', max: 3 },
            ], rolesRelaxAfterSeconds: 90
            """
        let rules = try rules(text)
        #expect(
            rules.roles
                == RoleRules(
                    roles: [
                        RoleCount(min: 1, max: 1, relaxedMin: 0, relaxedMax: 2),
                        RoleCount(min: 1, max: 5), RoleCount(min: 0, max: 3),
                    ], relaxedAfterTicks: 1_800, differenceCosts: [40 * 128, 0, 0]))
        let queue = try readFile(file(text)).queues[0].variants[0]
        #expect(queue.roles == ["tank", "healer", "damage"])
    }

    @Test func rolesWithoutCostsOrRelaxationHaveNeither() throws {
        let rules = try rules("roles: [{ name: 'a', min: 2 }, { name: 'b' }]")
        #expect(
            rules.roles
                == RoleRules(roles: [RoleCount(min: 2, max: 5), RoleCount(min: 0, max: 5)]))
    }

    @Test func ratingsByRoleCountUnlessTheQueueSaysOtherwise() throws {
        let roles = "roles: [{ name: 'a' }]"
        #expect(try rules(roles).roles?.countsRoleRatings == true)
        #expect(try rules("\(roles), roleRatings: false").roles?.countsRoleRatings == false)
    }

    @Test func factionsAndMercenaries() throws {
        let text = "factions: ['exile', 'dominion']"
        #expect(try rules(text).factions == FactionRules())
        #expect(
            try rules("\(text), mercenaryAfterSeconds: 45").factions
                == FactionRules(mercenaryAfterTicks: 900))
        #expect(try readFile(file(text)).queues[0].variants[0].factions == ["exile", "dominion"])
    }

    @Test func premadesAgainstPlayersAlone() throws {
        let premades = try rules(
            "premades: { sizeMin: 4, ownPoolSeconds: 120, differenceCost: 12.5 }"
        ).premades
        #expect(premades.sizeMin == 4)
        #expect(premades.ownPoolTicks == 2_400)
        #expect(premades.differenceCost == 1_600)
    }

    @Test func mapsRematchAndAvoidLists() throws {
        let rules = try rules(
            """
            maps: ['temple', 'halls'], rematchDelaySeconds: 120,
            avoid: { max: 10, hardForSeconds: 180 }
            """)
        #expect(rules.mapCount == 2)
        #expect(rules.rematchDelayTicks == 2_400)
        #expect(rules.avoidance == AvoidanceRules(countMax: 10, hardForTicks: 3_600))
        #expect(
            try self.rulesOverDefaults(
                "avoid: { hardForSeconds: 9 }", "avoid: { hardForSeconds: null }"
            )
            .avoidance == AvoidanceRules())
    }

    @Test func acceptanceWithItsCooldown() throws {
        let rules = try rules(
            """
            acceptance: { seconds: 20, substituteSeconds: 5, cooldownSeconds: [0, 60, 300],
                          offenceHours: 2 },
            cooldownScope: 'rated'
            """)
        #expect(
            rules.acceptance
                == AcceptanceRules(
                    ticks: 400, substituteTicks: 100, cooldownTicks: [0, 1_200, 6_000],
                    offenceTicks: 144_000))
        #expect(rules.cooldownScope == CooldownScope(1))
        #expect(
            try self.plainRules("acceptance: {}").acceptance
                == AcceptanceRules(ticks: 600, substituteTicks: 300, offenceTicks: 1_728_000))
    }

    @Test func backfillWithItsOwnWindow() throws {
        let backfill = try #require(
            try rules("backfill: { window: { start: 300 }, timeoutSeconds: 60 }").backfill)
        #expect(backfill.ratingWindow.limit(age: 0) == 300 * 128)
        #expect(backfill.ratingWindow.limit(age: 20) == 310 * 128)
        #expect(backfill.timeoutTicks == 1_200)
    }

    @Test func warPartiesAndTheirMercenaries() throws {
        let shape = "teams: 2, teamSize: 40"
        #expect(
            try rules("warParties: {}", shape: shape).warParties
                == WarPartyRules(rosterMax: 80, ownMin: 10))
        #expect(
            try rules(
                "warParties: { rosterMax: 60, ownMin: 20, mercenaryOnlyPlayers: 100 }",
                shape: shape
            ).warParties
                == WarPartyRules(rosterMax: 60, ownMin: 20, mercenaryOnlyPlayerMin: 100))
        #expect(
            try rules("warParties: {}").warParties?.ownMin == 5, "at most the team's own size")
    }

    @Test func furtherRegionsAfterAWait() throws {
        let choice = try rules("latency: { bestAlwaysAfterSeconds: 120, deltaPingCost: 0.5 }")
            .regionChoice
        #expect(choice.bestAlwaysAfterTicks == 2_400)
        #expect(choice.deltaPingCost == 64)
    }

    @Test func whoeverCameLaterGivesWayAfterAWait() throws {
        #expect(try rules("").overdueAfterTicks == 1_200)
        #expect(try rules("timeoutSeconds: 60").overdueAfterTicks == 1_200)
        #expect(try rules("overdueAfterSeconds: 0").overdueAfterTicks == 0)
        #expect(try rules("overdueAfterSeconds: 45.5").overdueAfterTicks == 910)
        #expect(try rules("overdueAfterSeconds: null").overdueAfterTicks == nil)
    }

    @Test func defaultsAreInheritedSectionByFieldAndNullTakesThemAway() throws {
        let defaults = """
            acceptance: { seconds: 10, cooldownSeconds: [30] }, cooldownScope: 'pvp',
            premades: { ownPoolSeconds: 60 }, rematchDelaySeconds: 30,
            latency: { bestAlwaysAfterSeconds: 60, deltaPingCost: 1 }
            """
        let inherited = try rulesOverDefaults(
            defaults, "acceptance: { substituteSeconds: 1 }, premades: { sizeMin: 3 }")
        #expect(inherited.acceptance?.ticks == 200)
        #expect(inherited.acceptance?.substituteTicks == 20)
        #expect(inherited.acceptance?.cooldownTicks == [600])
        #expect(inherited.cooldownScope == CooldownScope(0))
        #expect(inherited.premades.sizeMin == 3 && inherited.premades.ownPoolTicks == 1_200)
        #expect(inherited.rematchDelayTicks == 600)
        #expect(inherited.regionChoice.deltaPingCost == 128)
        let without = try rulesOverDefaults(
            defaults,
            "acceptance: null, cooldownScope: null, latency: { bestAlwaysAfterSeconds: null }")
        #expect(without.acceptance == nil && without.cooldownScope == nil)
        #expect(without.regionChoice.bestAlwaysAfterTicks == nil)
    }

    @Test func theLongestWaitsFitTheShortestTick() throws {
        let rules = try rules(
            """
            rematchDelaySeconds: 604800, cooldownScope: 'pvp',
            acceptance: { cooldownSeconds: [604800], offenceHours: 168 }
            """, tickMilliseconds: 1)
        #expect(rules.rematchDelayTicks == 604_800_000)
        #expect(rules.acceptance?.offenceTicks == 604_800_000)
    }

    private func plainRules(_ fields: String) throws -> QueueRules { try rules(fields) }

    private func rulesOverDefaults(_ defaults: String, _ fields: String) throws -> QueueRules {
        let text = """
            { version: 1, regions: ['eu'], cooldownScopes: ['pvp'], defaults: { \(defaults) },
              queues: [{ name: 'q', teams: 2, teamSize: 5, \(fields) }] }
            """
        return try #require(try readFile(text).queues.first?.variants.first?.rules)
    }
}
