// The queue file: units, defaults, and a table of mistakes with the words in which each is told.
import DaemonKit
import MatchCore
import Testing

@testable import QueueFile

@Suite struct QueueFileReaderTests {
    @Test func builtInDefaultsAreConvertedOnce() throws {
        let read = try readFile(file(""))
        let rules = try #require(read.queues.first?.variants.first?.rules)
        #expect(read.queues[0].variants.count == 1 && read.queues[0].experiment == nil)
        #expect(read.regions == ["eu"])
        #expect(rules.teamCount == 2 && rules.teamSize == 5 && rules.partySizeMax == 5)
        #expect(rules.premadeOffsetPerMember == 15 * 128)
        #expect(rules.ratingWindow.limit(age: 0) == 100 * 128)
        #expect(rules.ratingWindow.limit(age: 20) == 110 * 128)
        #expect(rules.ratingWindow.limit(age: 100_000) == 500 * 128)
        #expect(rules.latencyCap.limit(age: 0) == 80)
        #expect(rules.latencyCap.limit(age: 200) == 130)
        #expect(rules.timeoutTicks == 12_000)
        #expect(rules.waitPreference == 0)
        #expect(rules.quality == QualityRules())
        var plain = QueueRules(
            teamCount: 2, teamSize: 5, partySizeMax: 5, premadeOffsetPerMember: 15 * 128,
            ratingWindow: rules.ratingWindow, latencyCap: rules.latencyCap, timeoutTicks: 12_000,
            waitPreference: 0, quality: QualityRules())
        plain.overdueAfterTicks = 1_200
        #expect(rules == plain, "whatever else the queue does not name is off")
    }

    @Test func ticksFollowTheTickLength() throws {
        let rules = try rules(
            "timeoutSeconds: 30, waitPreferencePerSecond: 2, rematchDelaySeconds: 1.26",
            tickMilliseconds: 100)
        #expect(rules.timeoutTicks == 300)
        #expect(rules.waitPreference == 2 * 128 / 10.0)
        #expect(rules.rematchDelayTicks == 13)
    }

    @Test func aQueueOverridesTheDefaultsFieldByField() throws {
        let text = """
            { version: 1, regions: ['eu'],
              defaults: { window: { start: 50, max: 300 }, partyMax: 3, premadeOffset: 0 },
              queues: [
                { name: 'a', teams: 2, teamSize: 5 },
                { name: 'b', teams: 2, teamSize: 2, window: { perSecond: 1 }, premadeOffset: 7.5 },
              ] }
            """
        let rules = try readFile(text).queues.map { $0.variants[0].rules }
        #expect(rules.map(\.partySizeMax) == [3, 2])
        #expect(rules.map(\.premadeOffsetPerMember) == [0, 960])
        #expect(rules[0].ratingWindow.limit(age: 20) == 60 * 128)
        #expect(rules[1].ratingWindow.limit(age: 20) == 51 * 128)
        #expect(rules[1].ratingWindow.max == 300 * 128)
    }

    @Test(arguments: [
        ("{}", ["version: is missing", "regions: is missing", "queues: is missing"]),
        ("[]", ["must be an object, is a list"]),
        (
            "{ version: 2, regions: [], queues: [] }",
            [
                "version: is 2, this program reads version 1",
                "regions: has 0 entries, must have 1 to 16",
                "queues: has 0 entries, must have 1 to 8",
            ]
        ),
        (
            "{ version: 1, regions: ['eu', 'eu', 'a.b', 7], quues: 1, queues: [3] }",
            [
                "quues: unknown field; did you mean 'queues'?",
                "regions[1]: 'eu' is there twice",
                "regions[2]: 'a.b' must be 1 to 48 of A-Z a-z 0-9 _ -",
                "regions[3]: must be a text, is a whole number",
                "queues[0]: must be an object, is a whole number",
            ]
        ),
        (file("teamsize: 3"), ["queues[0].teamsize: unknown field; did you mean 'teamSize'?"]),
        (file("partyMax: 6"), ["queues[0].partyMax: is 6, teamSize is 5"]),
        (
            file("window: { start: 600 }"),
            ["queues[0].window: start is 600.0, above max 500.0"]
        ),
        (
            file("latency: { startMs: -1, maxMs: 10001, per: 1 }"),
            [
                "queues[0].latency.per: unknown field",
                "queues[0].latency.startMs: is -1.0, must be 0.0 to 10000.0",
                "queues[0].latency.maxMs: is 10001.0, must be 0.0 to 10000.0",
            ]
        ),
        (
            file("timeoutSeconds: 7201, quality: { eloDivisor: 0, deltaPingMs: 1.5 }"),
            [
                "queues[0].timeoutSeconds: is 7201, must be 1 to 7200",
                "queues[0].quality.eloDivisor: is 0.0, must be 1.0 to 10000.0",
                "queues[0].quality.deltaPingMs: must be a whole number, is a number",
            ]
        ),
        (
            "{ version: 1, regions: ['eu'], queues: [{ name: 'a', teams: 1, teamSize: 1 },"
                + " { name: 'a', teams: 3, teamSize: 50 }, { teams: 0 }] }",
            [
                "queues[0]: teams × teamSize is 1, must be 2 to 128",
                "queues[1].name: 'a' is there twice",
                "queues[1]: teams × teamSize is 150, must be 2 to 128",
                "queues[2].name: is missing",
                "queues[2].teams: is 0, must be 1 to 128",
                "queues[2].teamSize: is missing",
                "queues[2]: teams × teamSize is 1, must be 2 to 128",
            ]
        ),
    ])
    func everyMistakeIsTold(_ text: String, _ expected: [String]) {
        #expect(mistakes(in: text).filter { !$0.hasSuffix("above maxMs 0.0") } == expected)
    }
}
