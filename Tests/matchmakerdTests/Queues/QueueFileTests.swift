// The queue file: units, defaults, and a table of mistakes with the words in which each is told.
import DaemonKit
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct QueueFileTests {
    static let context = QueueFileContext(
        tickMilliseconds: 50, queueCountMax: 8, timeoutSecondsMax: 7_200)

    static func read(_ text: String, context: QueueFileContext = context) throws -> QueueFile {
        try QueueFileReader.read(
            try ConfigTree.parse(json5: Array(text.utf8), file: "q"), file: "q", context: context)
    }

    /// A file with one queue whose further fields are `fields`.
    private static func file(_ fields: String) -> String {
        "{ version: 1, regions: ['eu'], queues: [{ name: 'q', teams: 2, teamSize: 5, \(fields) }] }"
    }

    @Test func builtInDefaultsAreConvertedOnce() throws {
        let file = try Self.read(Self.file(""))
        let rules = try #require(file.queues.first?.rules)
        #expect(file.regions == ["eu"])
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
    }

    @Test func ticksFollowTheTickLength() throws {
        var context = Self.context
        context.tickMilliseconds = 100
        let file = try Self.read(
            Self.file("timeoutSeconds: 30, waitPreferencePerSecond: 2"), context: context)
        #expect(file.queues[0].rules.timeoutTicks == 300)
        #expect(file.queues[0].rules.waitPreference == 2 * 128 / 10.0)
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
        let file = try Self.read(text)
        #expect(file.queues.map(\.rules.partySizeMax) == [3, 2])
        #expect(file.queues.map(\.rules.premadeOffsetPerMember) == [0, 960])
        #expect(file.queues[0].rules.ratingWindow.limit(age: 20) == 60 * 128)
        #expect(file.queues[1].rules.ratingWindow.limit(age: 20) == 51 * 128)
        #expect(file.queues[1].rules.ratingWindow.max == 300 * 128)
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
    func everyMistakeIsTold(_ text: String, _ mistakes: [String]) {
        do {
            _ = try Self.read(text)
            Issue.record("must be refused")
        } catch let errors as QueueFileErrors {
            let told = errors.list.map { $0.path.isEmpty ? $0.why : "\($0.path): \($0.why)" }
            #expect(told.filter { !$0.hasSuffix("above maxMs 0.0") } == mistakes)
            #expect(errors.list.allSatisfy { $0.file == "q" })
        } catch {
            Issue.record("\(error)")
        }
    }
}
