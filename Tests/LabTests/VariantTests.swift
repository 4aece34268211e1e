// Other crowds of a workload, verdicts on size, and work on several processors.
import DaemonKit
import Testing

@testable import Lab

@Suite struct VariantTests {
    private func workload(_ variant: String) throws -> LabWorkload {
        let text = LabFixture.busy.replacing(
            "settings: [", with: "variants: [{ name: \"other\", with: \(variant) }], settings: [")
        return try LabFixture.workload(text)
    }

    @Test func aVariantChangesOnlyWhatItNames() throws {
        let workload = try workload("{ population: { ratingError: 80 }, patience: null }")
        let other = try #require(workload.variants.first)
        #expect(other.name == "other" && other.workload.variants.isEmpty)
        #expect(other.workload.population.ratingError == 80)
        #expect(other.workload.population.deviation == workload.population.deviation)
        #expect(other.workload.patience == nil && workload.patience != nil)
    }

    @Test func aMistakeInAVariantIsTold() {
        #expect(throws: LabRefusal.self) { try workload("{ population: { deviation: -1 } }") }
        #expect(throws: LabRefusal.self) { try workload("{ populatoin: {} }") }
    }

    @Test func aVariantsCrowdMeetsTheSameRules() throws {
        let workload = try workload("{ patience: null }")
        var study = CrowdStudy(workload, seeds: [1])
        let line = study.wanted(withPeers: false, isSwept: false)[0]
        try study.run(line, playersPerSecond: 0.5)
        try study.run(line, variant: workload.variants[0], playersPerSecond: 0.5)
        #expect(study.lines.map(\.variant) == ["", "other"])
        #expect(study.lines[0].figures[.abandoned].mean > 0)
        #expect(study.lines[1].figures[.abandoned].mean == 0)
    }

    /// A crowd of 1,000 and as many in small queues; the window tells whether it is matched well.
    private func verdict(window: Int) throws -> SizeVerdict {
        let workload = try LabFixture.workload(
            """
            {
              version: 1, name: "size", title: "size", seconds: 100, tickMilliseconds: 100,
              arrivals: { playersPerSecond: [2], initialTickets: 2000 },
              population: { mean: 1500, deviation: 375 },
              verdict: { queue: 0, smallShare: 0.1, fallMax: 0.05 },
              queues: [
                { share: 1, rules: { name: "crowd", teams: 2, teamSize: 2, timeoutSeconds: 600,
                  window: { start: \(window), perSecond: 10, max: 2000 } } },
                { share: 1, copies: 10, rules: { name: "small", teams: 2, teamSize: 2,
                  timeoutSeconds: 600 } },
              ],
            }
            """)
        var study = CrowdStudy(workload, seeds: [1, 2])
        try study.run(
            study.wanted(withPeers: false, isSwept: false)[0], playersPerSecond: 2)
        return try SizeVerdict(study)
    }

    @Test func qualityDoesNotFallInACrowd() throws {
        let verdict = try verdict(window: 100)
        #expect(abs(verdict.smallPlayers / verdict.largePlayers - 0.1) < 0.02)
        #expect(verdict.scores.count == SizeVerdict.figures.count)
        #expect(verdict.holds && verdict.worstFall < 0.05)
    }

    @Test func aVerdictNeedsASecondQueue() throws {
        let text = LabFixture.busy.replacing(
            "settings: [",
            with: "verdict: { queue: 0, smallShare: 0.1, fallMax: 0.05 }, settings: [")
        let refusal = #expect(throws: LabRefusal.self) { try LabFixture.workload(text) }
        let told = try #require(refusal).problems.map(\.description)
        #expect(told == ["test.json5: verdict: needs a second queue beside the crowd's"])
    }

    @Test func aFallIsSeen() {
        let score = SizeVerdict.Score(
            figure: .fairnessMean, small: Estimate([0.8]), large: Estimate([0.6]))
        #expect(abs(score.fall - 0.25) < 1e-9)
    }

    @Test func resultsComeInTheOrderOfTheItems() throws {
        let items = Array(0..<100)
        #expect(try Parallel.map(items) { $0 * 2 } == items.map { $0 * 2 })
        #expect(throws: BoundFailure.self) {
            try Parallel.map(items) { item -> Int in
                if item == 7 { throw BoundFailure(description: "no") }
                return item
            }
        }
    }

    @Test func whatIsDueComesInOrderOfTimeAndThenOfBeingNoted() {
        var heap = EventHeap<String>()
        for (event, tick) in [("c", Int32(5)), ("a", 2), ("d", 5), ("b", 3)] {
            heap.add(event, at: tick)
        }
        #expect(heap.popDue(by: 1) == nil)
        #expect(heap.popDue(by: 2) == "a")
        heap.add("e", at: 4)
        var rest: [String] = []
        while let event = heap.popDue(by: 9) { rest.append(event) }
        #expect(rest == ["b", "e", "c", "d"])
        #expect(heap.count == 0)
    }
}
