// Ratings that are learned approach the truth, and a season's end draws them back.
import Testing

@testable import Lab

@Suite struct LearningTests {
    private let text = """
        {
          version: 1, name: "learn", title: "learning", seconds: 20000, tickMilliseconds: 1000,
          arrivals: { playersPerSecond: [0.5] },
          population: {
            mean: 1500, deviation: 375, accounts: 100,
            newcomers: { share: 1, shift: 0, rating: 1500, ratingDeviation: 350 },
          },
          games: { medianSeconds: 60, sigma: 0.3, breakSeconds: 10, leaveProbability: 0.25 },
          learning: { factor: 250, offset: 5, power: 0.4, seasonSeconds: SEASON, seasonKeep: 0 },
          queues: [
            {
              rules: {
                name: "q", teams: 2, teamSize: 1, timeoutSeconds: 100000,
                window: { start: 400, perSecond: 10, max: 5000 },
              },
            },
          ],
        }
        """

    private func figures(season: String) throws -> RunFigures {
        let workload = try LabFixture.workload(text.replacing("SEASON", with: season))
        var study = CrowdStudy(workload, seeds: [1])
        try study.run(
            study.wanted(withPeers: false, isSwept: false)[0], playersPerSecond: 0.5)
        return study.lines[0].figures.runs[0]
    }

    @Test func ratingsApproachTheTruth() throws {
        let figures = try figures(season: "1000000")
        // Everybody begins 375 off on average.
        #expect(figures[.ratingError12] < 260)
        #expect(figures[.ratingError50] < 0.75 * figures[.ratingError12])
    }

    @Test func aHardResetTakesWhatWasLearned() throws {
        let kept = try figures(season: "1000000")
        let reset = try figures(season: "2500")
        #expect(reset[.ratingError50] > 1.2 * kept[.ratingError50])
    }
}
