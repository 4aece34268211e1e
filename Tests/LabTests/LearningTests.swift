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
          learning: {
            factor: 250, offset: 5, power: 0.4, seasonSeconds: SEASON, seasonKeep: 0, DECAY
          },
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

    private func line(season: String, decay: String = "") throws -> CrowdLine {
        let text = text.replacing("SEASON", with: season).replacing("DECAY", with: decay)
        let workload = try LabFixture.workload(text)
        var study = CrowdStudy(workload, seeds: [1])
        try study.run(
            study.wanted(withPeers: false, isSwept: false)[0], playersPerSecond: 0.5)
        return study.lines[0]
    }

    @Test func ratingsApproachTheTruth() throws {
        let figures = try line(season: "1000000").figures.runs[0]
        // Everybody begins 375 off on average.
        #expect(figures[.ratingError12] < 260)
        #expect(figures[.ratingError50] < 0.75 * figures[.ratingError12])
        let games = figures[.gamesToConverge]
        #expect(games > 5 && games < 100)
    }

    @Test func aHardResetTakesWhatWasLearned() throws {
        let kept = try line(season: "1000000")
        let reset = try line(season: "10000")
        // The day's last hours, all after the reset; errors by games are of the first season.
        let errors = [kept, reset].map { line -> Double in
            let day = line.days[0].days[0]
            return (day.squaredErrors / day.results).squareRoot()
        }
        #expect(errors[1] > 1.1 * errors[0])
        #expect(reset.record.errors.error(0) == kept.record.errors.error(0))
    }

    @Test func aHighRatingDecaysWhileItsPlayerIsAway() throws {
        let workload = try LabFixture.workload(
            text.replacing("SEASON", with: "1000000").replacing("DECAY", with: ""))
        var crowd = Crowd(workload, playersPerSecond: 0.5, seed: 1)
        for (player, rating) in [1_700.0, 1_810, 2_000].enumerated() {
            crowd.setRating(player, rating)
        }
        let decay = LabDecay(above: 1_800, pointsPerWeek: 15, idleSeconds: 100)
        crowd.decay(decay, at: 99)
        #expect(crowd.players[2].rating == 2_000)
        crowd.decay(decay, at: 100)
        #expect(crowd.players[0...2].map(\.rating) == [1_700, 1_800, 1_985])
    }
}
