// Frontiers keep what nothing beats, and are read between their points; bounds by count and skill.
import Testing

@testable import Lab

@Suite struct FrontierTests {
    private func point(_ wait: Double, _ fairness: Double) -> Frontier.Point {
        Frontier.Point(wait: wait, fairness: fairness)
    }

    @Test func aBeatenPointIsLeftOut() {
        let frontier = Frontier([point(4, 0.9), point(2, 0.8), point(3, 0.75), point(4, 0.85)])
        #expect(frontier.points == [point(2, 0.8), point(4, 0.9)])
    }

    @Test func theWaitIsReadBetweenTwoPoints() throws {
        let frontier = Frontier([point(2, 0.8), point(4, 0.9), point(10, 0.95)])
        let middle = try #require(frontier.wait(atFairness: 0.85))
        #expect(abs(middle - 3) < 1e-9)
        #expect(frontier.wait(atFairness: 0.79) == nil)
        #expect(frontier.wait(atFairness: 0.96) == nil)
    }

    @Test func theSkillBoundSortsAndCuts() {
        // 1 2 | 5 9: medians 1.5 and 7.
        #expect(SkillBound.deviation([9, 1, 5, 2], matchSize: 2) == (0.5 + 0.5 + 2 + 2) / 4)
        #expect(SkillBound.deviation([1], matchSize: 2).isNaN)
    }

    @Test func noPolicyOfAStreamBeatsTheCountBound() throws {
        let workload = try LabWorkloadReader.load(file: LabFixture.file("W4"))
        let plain = try #require(workload.plain)
        var study = PlainStudy(workload, plain, tickets: 400, seeds: [1, 2, 3])
        let open = try #require(
            study.wanted(withPeers: false).first { $0.setting == "open" })
        try study.run(open)
        #expect(study.countBound == 4.5)
        let wait = study.lines[0].mean(\.wait)
        // The last player's tick adds half a tick; noise of three short streams.
        #expect(wait.mean > 4.5 - 4 * wait.error)
        #expect(wait.mean < 6)
        #expect(study.lines[0].mean(\.deviation).mean > study.skillBound.mean)
    }
}
