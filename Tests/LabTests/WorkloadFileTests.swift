// Every workload file loads; a mistake is told with its file, its field and what is allowed.
import DaemonKit
import MatchCore
import Testing

@testable import Lab

@Suite struct WorkloadFileTests {
    @Test("a workload file loads", arguments: (1...10).map { "W\($0)" })
    func loads(name: String) throws {
        let workload = try LabWorkloadReader.load(file: LabFixture.file(name))
        #expect(workload.name == name)
        #expect(!workload.queues.isEmpty)
        #expect(workload.settings.first?.name == "file")
        #expect(workload.settings.allSatisfy { $0.rules.count == workload.queues.count })
        #expect(workload.warmUpSeconds < workload.seconds)
        #expect(Set(workload.settings.map(\.name)).count == workload.settings.count)
    }

    @Test func aSettingChangesOnlyWhatItNames() throws {
        let workload = try LabFixture.workload(LabFixture.busy)
        let (own, open) = (workload.settings[0].rules[0], workload.settings[1].rules[0])
        #expect(open.ratingWindow.start == open.ratingWindow.max)
        #expect(open.ratingWindow.growthPerTick == own.ratingWindow.growthPerTick)
        #expect(open.timeoutTicks == own.timeoutTicks && open.teamSize == 2)
    }

    @Test func copiesShareTheirEntrysTickets() throws {
        let workload = try LabWorkloadReader.load(file: LabFixture.file("W8"))
        #expect(workload.queues.count == 1_000)
        #expect(workload.groupNames == ["crowd", "trickle-1 to 999"])
        #expect(abs(workload.queues[1].share - 1) < 1e-9)
    }

    /// What is changed in the fixture, and what the message must say.
    static let mistakes = [
        ("seconds: 3000,", "seconds: -1,", "test.json5: seconds: is -1.0, must be"),
        ("deviation: 350,", "", "test.json5: population.deviation: is missing"),
        ("shape: 0.55,", "shapo: 0.55,", "test.json5: patience.shapo: unknown field"),
        (
            "size: 1, share: 80", "size: 0, share: 80",
            "test.json5: parties[0].size: is 0, must be 1 to"
        ),
        (
            "perSecond: 10,", "perSecond: \"x\",",
            "test.json5: queues[0].rules.window.perSecond: must be a number"
        ),
        (
            "start: 5000", "strat: 5000",
            "test.json5: queues[0].rules.window.strat: unknown field"
        ),
        ("teams: 2,", "", "test.json5: queues[0].rules.teams: is missing"),
        (
            "arrivals: { playersPerSecond: [0.5] }",
            "arrivals: { playersPerSecond: [0.5], hourly: [1, 2] }",
            "test.json5: arrivals.hourly: has 2 entries, must have 24 to 24"
        ),
    ]

    @Test("a mistake is named", arguments: mistakes)
    func mistakeIsNamed(old: String, new: String, message: String) throws {
        let text = LabFixture.busy.replacing(old, with: new, maxReplacements: 1)
        #expect(text != LabFixture.busy)
        let refusal = #expect(throws: LabRefusal.self) { try LabFixture.workload(text) }
        let told = try #require(refusal).problems.map(\.description)
        #expect(told.count { $0.hasPrefix(message) } == 1, "told: \(told)")
    }

    @Test func allMistakesAreToldAtOnce() throws {
        let text = LabFixture.busy
            .replacing("seconds: 3000,", with: "seconds: 0,", maxReplacements: 1)
            .replacing("scaleSeconds: 580", with: "scaleSeconds: 0", maxReplacements: 1)
        let refusal = #expect(throws: LabRefusal.self) { try LabFixture.workload(text) }
        #expect(try #require(refusal).problems.count >= 2)
    }
}
