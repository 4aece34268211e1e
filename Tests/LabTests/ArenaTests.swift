// Arena ratings by the published vectors, and what standing teams do to them.
import Testing

@testable import Lab

@Suite struct ArenaTests {
    /// Own visible rating, games, after a win, after a loss; against a hidden rating of 1500.
    static let vectors = [
        (0, 0, 64, 0), (900, 20, 947, 899), (1150, 20, 1182, 1147), (1500, 20, 1512, 1488),
        (1500, 60, 1508, 1492), (1800, 60, 1802, 1786),
    ]

    @Test("a visible rating moves as published", arguments: vectors)
    func visibleRating(own: Int, games: Int, win: Int, loss: Int) {
        #expect(ArenaRating.visible(own, games: games, against: 1500, won: true) == win)
        #expect(ArenaRating.visible(own, games: games, against: 1500, won: false) == loss)
    }

    @Test func aFloorThatWasReachedHolds() {
        #expect(ArenaRating.visible(803, games: 0, against: 800, won: false) == 800)
        #expect(ArenaRating.visible(399, games: 0, against: 400, won: false) == 383)
        // A win is worth a point even against nobody.
        #expect(ArenaRating.visible(2600, games: 60, against: 0, won: true) == 2601)
    }

    @Test func equalTeamsAddNothingOnceTheyHaveArrived() {
        // Nearest whole points: +8 and −8, no drift.
        let winner = ArenaRating.visible(1500, games: 99, against: 1500, won: true)
        let loser = ArenaRating.visible(1500, games: 99, against: 1500, won: false)
        #expect(winner + loser == 3_000)
    }

    @Test func theTeamsRatingCountsUnlessItsMembersAreFarBelow() {
        #expect(ArenaRating.matching(team: 1600, personal: [1500, 1400]) == 1600)
        #expect(ArenaRating.matching(team: 1600, personal: [1500, 1398]) == 1449)
    }

    @Test func aHiddenRatingDoesNotFallFarBelowItsPeak() {
        let fallen = ArenaRating.hidden(
            1505, games: 60, highest: 2000, teamChance: 0.5, won: false)
        #expect(fallen == 1500)
        #expect(
            ArenaRating.hidden(1505, games: 60, highest: 1600, teamChance: 0.5, won: false) == 1497)
    }

    private func text(hopAfter: Int = 0, lurk: Int = 0) -> String {
        """
        {
          version: 1, name: "arena", title: "standing teams", seconds: 100000,
          warmUpSeconds: 20000, tickMilliseconds: 1000,
          arrivals: { playersPerSecond: [0.3] },
          population: { mean: 1500, deviation: 375, partyCorrelation: 0.5 },
          games: { medianSeconds: 60, sigma: 0.3, breakSeconds: 10, leaveProbability: 0.5 },
          arena: {
            teams: 60, reserves: 1, matchBy: "visible",
            hop: { share: 0.3, afterGames: \(hopAfter) },
            snipe: { share: 0.3, lurkSeconds: \(lurk), edge: 100 },
          },
          queues: [
            {
              rules: {
                name: "q", teams: 2, teamSize: 2, partyMin: 2, rated: true,
                timeoutSeconds: 100000, window: { start: 100, perSecond: 5, max: 3000 },
              },
            },
          ],
        }
        """
    }

    private func run(_ text: String) throws -> CrowdLine {
        var study = CrowdStudy(try LabFixture.workload(text), seeds: [1, 2])
        try study.run(
            study.wanted(withPeers: false, isSwept: false)[0], playersPerSecond: 0.3)
        return study.lines[0]
    }

    @Test func hoppersBeatTheWeakerTeamsThatTheyMeet() throws {
        let honest = try run(text())
        let hopping = try run(text(hopAfter: 20))
        let gain =
            hopping.figures[.hopperChance].mean - honest.figures[.hopperChance].mean
        #expect(gain > 0.03)
        #expect(hopping.figures[.hopperFairness].mean < honest.figures[.hopperFairness].mean)
        #expect(honest.record.arena.teams.count == 60)
        // Two seeds: each seed founds teams of its own.
        #expect(honest.record.arena.teams.contains { $0.games > 50 })
    }

    @Test func snipersMeetWeakerTeamsAndPlayLess() throws {
        let honest = try run(text())
        let sniping = try run(text(lurk: 60))
        let gain =
            sniping.figures[.sniperChance].mean - honest.figures[.sniperChance].mean
        #expect(gain > 0.03)
        let strikes = sniping.figures[.sniperStrikes].mean
        #expect(strikes > 0 && strikes < 1)
        #expect(honest.figures[.sniperStrikes].mean.isNaN)
    }
}
