// A table of mistakes in a queue's fields and of fields that do not go together, with the words in
// which each is told.
import Testing

@testable import QueueFile

@Suite struct QueueMistakeTests {
    /// What is told about a 5v5 queue with these fields, without the queue's own path.
    private func told(_ fields: String, shape: String = "teams: 2, teamSize: 5") -> [String] {
        mistakes(in: file(fields, shape: shape)).map {
            $0.replacing("queues[0].", with: "").replacing("queues[0]: ", with: "")
        }
    }

    @Test(arguments: [
        ("partyMin: 6", ["partyMin: is 6, above partyMax 5"]),
        ("partyMin: 3, partyMax: 2", ["partyMin: is 3, above partyMax 2"]),
        ("partyMin: 0", ["partyMin: is 0, must be 1 to 63"]),
        ("rated: 1", ["rated: must be true or false, is a whole number"]),
        ("ratted: true", ["ratted: unknown field; did you mean 'rated'?"]),
        ("teamSizeDifference: 2", ["teamSizeDifference: is 2, must be 0 to 1"]),
        ("teamSizeDifference: 1", ["teamSizeDifference: is of use with smallerTeams only"]),
        ("smallerTeams: [{ teamSize: 1, afterSeconds: 5 }], teamSizeDifference: 1", []),
        (
            "smallerTeams: [{ teamSize: 5, afterSeconds: 5 }, { teamSize: 3, afterSeconds: 5 }]",
            [
                "smallerTeams[0]: teamSize is 5, must be below 5",
                "smallerTeams[1]: afterSeconds is 5.0, must be above 5.0",
            ]
        ),
        (
            "smallerTeams: [{ size: 4 }]",
            [
                "smallerTeams[0].size: unknown field",
                "smallerTeams[0].teamSize: is missing",
                "smallerTeams[0].afterSeconds: is missing",
            ]
        ),
        ("smallerTeams: []", ["smallerTeams: has 0 entries, must have 1 to 8"]),
        (
            "partyMin: 3, smallerTeams: [{ teamSize: 2, afterSeconds: 5 }]",
            ["smallerTeams[0]: teamSize is 2, below partyMin 3: no party would fit"]
        ),
        (
            "premades: { sizeMin: 1, ownPool: 5, differenceCost: -1 }",
            [
                "premades.ownPool: unknown field",
                "premades.sizeMin: is 1, must be 2 to 63",
                "premades.differenceCost: is -1.0, must be 0.0 to 10000.0",
            ]
        ),
        ("rematchDelaySeconds: -1", ["rematchDelaySeconds: is -1.0, must be 0.0 to 604800.0"]),
        (
            "avoid: { max: 31, hardForSeconds: 'x' }",
            [
                "avoid.max: is 31, must be 0 to 30",
                "avoid.hardForSeconds: must be a number, is a text",
            ]
        ),
        ("maps: []", ["maps: has 0 entries, must have 1 to 32"]),
        ("maps: ['a', 'a']", ["maps[1]: 'a' is there twice"]),
        (
            "backfill: { timeoutSeconds: 0 }",
            ["backfill.timeoutSeconds: is 0.0, must be 1.0 to 86400.0"]
        ),
        (
            "backfill: { window: { start: 700 } }",
            ["backfill.window: start is 700.0, above max 500.0"]
        ),
        (
            "latency: { deltaPingcost: 3, deltaPingCost: 101 }",
            [
                "latency.deltaPingcost: unknown field; did you mean 'deltaPingCost'?",
                "latency.deltaPingCost: is 101.0, must be 0.0 to 100.0",
            ]
        ),
    ])
    func aFieldOutOfRangeIsTold(_ fields: String, _ expected: [String]) {
        #expect(told(fields) == expected)
    }

    @Test(arguments: [
        (
            "roles: [{ min: 1, maxx: 2 }, { name: 'a' }, { name: 'a' }]",
            [
                "roles[0].maxx: unknown field; did you mean 'max'?",
                "roles[0].name: is missing", "roles[2].name: 'a' is there twice",
            ]
        ),
        ("roles: []", ["roles: has 0 entries, must have 1 to 6"]),
        (
            "roles: [{ name: 'a', min: 3 }, { name: 'b', min: 3 }]",
            ["roles: need at least 6 players, teamSize is 5"]
        ),
        (
            "roles: [{ name: 'a', max: 2 }, { name: 'b', max: 2 }]",
            ["roles: have room for 4 players, teamSize is 5"]
        ),
        (
            "roles: [{ name: 'a', min: 3, max: 2 }, { name: 'b', max: 6 }]",
            ["roles[0]: min is 3, above max 2", "roles[1]: max is 6, teamSize is 5"]
        ),
        (
            "roles: [{ name: 'a', min: 1, max: 3, relaxedMin: 2, relaxedMax: 2 }, { name: 'b' }],"
                + " rolesRelaxAfterSeconds: 10",
            [
                "roles[0]: relaxedMin is 2, stricter than min 1",
                "roles[0]: relaxedMax is 2, stricter than max 3",
            ]
        ),
        (
            "roles: [{ name: 'a', min: 1, relaxedMin: 0 }]",
            ["roles: has relaxed numbers, but rolesRelaxAfterSeconds is missing"]
        ),
        (
            "roles: [{ name: 'a' }], rolesRelaxAfterSeconds: 5",
            ["rolesRelaxAfterSeconds: needs a relaxedMin or relaxedMax in roles"]
        ),
        ("roleRatings: false", ["roleRatings: is of use with roles only"]),
        (
            "roles: [{ name: 'a' }], roleRatings: 1",
            ["roleRatings: must be true or false, is a whole number"]
        ),
        ("roles: [{ name: 'a' }], roleRatings: false", []),
        ("rolesRelaxAfterSeconds: 5", ["rolesRelaxAfterSeconds: is of use with roles only"]),
        (
            "roles: [{ name: 'a', min: 2 }, { name: 'b', min: 2, relaxedMin: 1 }],"
                + " rolesRelaxAfterSeconds: 60, smallerTeams: [{ teamSize: 3, afterSeconds: 30 }]",
            [
                "smallerTeams[0]: teams of 3 cannot hold the 4 players whom the roles need before"
                    + " rolesRelaxAfterSeconds"
            ]
        ),
    ])
    func rolesThatCannotFillATeamAreTold(_ fields: String, _ expected: [String]) {
        #expect(told(fields) == expected)
    }

    @Test func smallerTeamsMayCountOnRelaxedRoles() {
        let roles = "roles: [{ name: 'a', min: 2 }, { name: 'b', min: 2, relaxedMin: 1 }]"
        let steps = "smallerTeams: [{ teamSize: 3, afterSeconds: 30 }]"
        #expect(told("\(roles), rolesRelaxAfterSeconds: 30, \(steps)") == [])
    }

    @Test(arguments: [
        (
            "rated: true, factions: ['a', 'b'], mercenaryAfterSeconds: 5, backfill: {},"
                + " teamSizeDifference: 1, smallerTeams: [{ teamSize: 4, afterSeconds: 9 }]",
            [
                "teamSizeDifference: is not possible in a rated queue: teams are even",
                "mercenaryAfterSeconds: is not possible in a rated queue: no mercenaries",
                "backfill: is not possible in a rated queue: running matches take nobody in",
            ]
        ),
        (
            "rated: true, warParties: {}",
            ["warParties: is not possible in a rated queue: no mercenaries"]
        ),
        ("factions: ['a']", ["factions: has 1 entries, must have 2 to 2"]),
        ("factions: ['a', 'a']", ["factions[1]: 'a' is there twice"]),
        ("mercenaryAfterSeconds: 5", ["mercenaryAfterSeconds: is of use with factions only"]),
        (
            "timeoutSeconds: 60, factions: ['a', 'b'], mercenaryAfterSeconds: 60,"
                + " premades: { ownPoolSeconds: 90 },"
                + " latency: { bestAlwaysAfterSeconds: 61 }, overdueAfterSeconds: 65,"
                + " smallerTeams: [{ teamSize: 4, afterSeconds: 70 }]",
            [
                "mercenaryAfterSeconds: is 60.0, tickets leave after timeoutSeconds 60",
                "latency: bestAlwaysAfterSeconds is 61.0, tickets leave after timeoutSeconds 60",
                "overdueAfterSeconds: is 65.0, tickets leave after timeoutSeconds 60",
                "premades: ownPoolSeconds is 90.0, tickets leave after timeoutSeconds 60",
                "smallerTeams: afterSeconds is 70.0, tickets leave after timeoutSeconds 60",
            ]
        ),
        (
            "acceptance: { cooldownSeconds: [60, 30], offenceHours: 0 }",
            [
                "acceptance.offenceHours: is 0.0, must be 0.01 to 168.0",
                "acceptance.cooldownSeconds: falls from 60.0 to 30.0, must rise or stay",
            ]
        ),
        (
            "acceptance: { cooldownSeconds: [60] }",
            ["acceptance: cooldownSeconds needs a cooldownScope for its marks"]
        ),
        (
            "cooldownScope: 'ratet'",
            ["cooldownScope: 'ratet' is not in cooldownScopes; did you mean 'rated'?"]
        ),
        (
            "factions: ['a', 'b'], partyMin: 2,"
                + " warParties: { rosterMax: 4, ownMin: 6, mercenaryOnlyPlayers: 9 }",
            [
                "warParties: mercenaryOnlyPlayers is 9, must be 0 or at least the 10 players of"
                    + " the smallest match",
                "warParties: rosterMax is 4, teamSize is 5",
                "warParties: ownMin is 6, the smallest team has 5",
                "partyMin: is 2, must be 1 with warParties: mercenaries come alone",
                "factions: cannot be together with warParties, which have sides of their own",
            ]
        ),
    ])
    func fieldsThatDoNotGoTogetherAreTold(_ fields: String, _ expected: [String]) {
        #expect(told(fields) == expected)
    }

    @Test func whatNeedsTwoTeamsIsTold() {
        #expect(
            told(
                "roles: [{ name: 'a' }], factions: ['x', 'y'], backfill: {}",
                shape: "teams: 3, teamSize: 2")
                == [
                    "roles: is possible with 2 teams only, teams is 3",
                    "factions: is possible with 2 teams only, teams is 3",
                    "backfill: is possible with 2 teams only, teams is 3",
                ])
    }

    @Test func tooManyClassesAreToldWithTheWayOut() {
        let roles = (0..<5).map { "{ name: 'r\($0)' }" }.joined(separator: ",")
        #expect(told("roles: [\(roles)]") == [])
        #expect(
            told("roles: [\(roles)], factions: ['a', 'b']") == [
                "makes 140 classes of tickets (31 sets of roles + 4 party sizes above 1, × 4 for "
                    + "factions), at most 64 are possible; take fewer roles or a smaller partyMax"
            ])
        #expect(told("roles: [\(roles), { name: 'r5' }], partyMax: 2") == [])
        #expect(told("roles: [\(roles), { name: 'r5' }], partyMax: 3").count == 1)
        #expect(told("warParties: {}", shape: "teams: 2, teamSize: 63") == [])
        #expect(
            told(
                "warParties: {}, roles: [{ name: 'a' }, { name: 'b' }]",
                shape: "teams: 2, teamSize: 63"
            ).contains(
                "roles: cannot be together with warParties: their matches do not look at roles"))
    }

    @Test func mistakesOfAllQueuesAreToldAtOnce() {
        let text = """
            { version: 1, regions: ['eu'], cooldownScopes: ['a', 'a'],
              defaults: { roles: [], window: { start: -1 } },
              queues: [
                { name: 'a', teams: 2, teamSize: 5, levels: [[1, 5], [5, 9], [20, 10], [30]] },
                { name: 'b', teams: 2, teamSize: 5, experiment: { share: 2, levels: [] } },
              ] }
            """
        #expect(
            mistakes(in: text) == [
                "cooldownScopes[1]: 'a' is there twice",
                "defaults.roles: unknown field",
                "defaults.window.start: is -1.0, must be 0.0 to 60000.0",
                "queues[0].levels[1]: begins at 5, must begin above the one before, which ends "
                    + "at 5",
                "queues[0].levels[2]: begins at 20, above its end 10",
                "queues[0].levels[3]: has 1 entries, must have 2 to 2",
                "queues[1].experiment.levels: unknown field",
                "queues[1].experiment.name: is missing",
                "queues[1].experiment.share: is 2.0, must be 0.0 to 1.0",
            ])
    }

    @Test func anExperimentsMistakesAreToldAtItsOwnPlace() {
        #expect(
            told(
                "experiment: { name: 'x', share: 0.1, partyMin: 4, partyMax: 3, rated: true,"
                    + " window: { start: 501 } }, backfill: {}")
                == ["experiment.window: start is 501.0, above max 500.0"])
        #expect(
            told("experiment: { name: 'x', share: 0.1, partyMin: 4, partyMax: 3 }")
                == ["experiment.partyMin: is 4, above partyMax 3"])
        #expect(
            told("experiment: { name: 'x', share: 0.1, rated: true }, backfill: {}")
                == [
                    "experiment: backfill is not possible in a rated queue: running matches take "
                        + "nobody in"
                ])
    }

    @Test func moreQueuesThanTheCoreHoldsAreTold() {
        let text = file(
            "levels: [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]],"
                + " experiment: { name: 'x', share: 0.5 }")
        #expect(
            mistakes(in: text) == [
                "queues: make 10 queues with their level brackets and experiments, at most 8 are "
                    + "possible"
            ])
    }
}
