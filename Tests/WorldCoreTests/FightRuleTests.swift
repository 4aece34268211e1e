// How fights end and who wins them; skill, presence, healing, focus and assists.

import Testing

@testable import WorldCore

@Suite struct FightRuleTests {
    private func wins(
        _ rules: FightRules, _ ratings: [[Int32]], count: UInt64 = 400,
        fighterClass: FighterClass = .fighter
    ) -> [Int] {
        var wins = Array(repeating: 0, count: ratings.count)
        for seed in 0..<count {
            var fight = Fight(rules, ratings: ratings, seed: seed, fighterClass: fighterClass)
            if let winner = fight.finish().winner { wins[winner] += 1 }
        }
        return wins
    }

    @Test func equalTeamsWinEquallyOften() {
        for ratings: [[Int32]] in [[[1_500], [1_500]], [[9, 9, 9], [9, 9, 9]]] {
            let wins = wins(.make(), ratings)
            // Five standard deviations of 400 fair throws: no place is an advantage.
            #expect(abs(wins[0] - wins[1]) < 100, "\(wins)")
            #expect(wins[0] + wins[1] > 385)
        }
    }

    @Test func theBetterTheTeamTheOftenerItWins() {
        var last = 0
        for gap: Int32 in [0, 100, 200, 400, 800] {
            let ratings: [[Int32]] = [[1_500 + gap, 1_500 + gap], [1_500, 1_500]]
            let share = wins(.make(skill: 60), ratings)[0]
            #expect(share > last - 15, "at \(gap)")
            last = share
        }
        #expect(last > 360)
    }

    @Test func theLastTeamStandingWins() {
        for seed: UInt64 in 0..<50 {
            var fight = Fight(.make(), ratings: [[1, 1], [1, 1], [1, 1]], seed: seed)
            let outcome = fight.finish()
            let standing = (0..<6).filter { fight.vitals[$0].stands }
            if let winner = outcome.winner, !standing.isEmpty {
                #expect(standing.allSatisfy { fight.teams[$0] == winner })
            }
            #expect(Set(standing.map { fight.teams[$0] }).count <= 1)
        }
    }

    @Test func killsEndAFightWithReturns() {
        for seed: UInt64 in 0..<50 {
            var fight = Fight(
                .make(limit: 30_000, returnTicks: 30, kills: 8), ratings: [[1, 1], [1, 1]],
                seed: seed)
            let outcome = fight.finish()
            let highest = fight.scores.max()
            #expect(highest == 8 || highest == 9)
            if let winner = outcome.winner { #expect(fight.scores[winner] == highest) }
            #expect(fight.tallies.contains { $0.deaths > 1 })
        }
    }

    @Test func timeEndsAFightAsADrawIfNobodyLeads() {
        var fight = Fight(.make(limit: 3), ratings: [[1], [1]], seed: 1)
        #expect(fight.finish() == FightOutcome(winner: nil, tickCount: 3))
    }

    @Test func whoIsAwayFightsWorse() {
        var wins = 0
        for seed: UInt64 in 0..<300 {
            var fight = Fight(.make(away: 700), ratings: [[1_500], [1_500]], seed: seed)
            fight.step([.arrive(FighterIndex(0))])
            if fight.finish().winner == 0 { wins += 1 }
        }
        #expect(wins > 240, "\(wins)")
    }

    @Test func aHealerKeepsAFriendStanding() {
        func ticks(_ friend: FighterClass) -> Int32 {
            (UInt64(0)..<40).reduce(Int32(0)) { sum, seed in
                var fight = Fight(
                    rules: .make(limit: 10_000),
                    teams: [
                        [FighterSetup(fighterClass: .fighter, rating: 0)],
                        [
                            FighterSetup(fighterClass: .tank, rating: 0),
                            FighterSetup(fighterClass: friend, rating: 0),
                        ],
                    ], seed: seed)
                var count: Int32 = 0
                while fight.vitals[1].stands && fight.outcome == nil {
                    fight.step([.focus(FighterIndex(0), on: FighterIndex(1))])
                    count += 1
                }
                return sum + count
            }
        }
        var idle = FighterClass.healer
        idle.healing = 0
        #expect(ticks(.healer) > ticks(idle))
    }

    @Test func aPlayersChoiceOfTargetHolds() {
        var fight = Fight(
            .make(focus: 0), ratings: [[1], [1, 1, 1, 1]], seed: 3, fighterClass: .tank)
        fight.step([.focus(FighterIndex(0), on: FighterIndex(3))])
        for _ in 0..<100 where fight.outcome == nil && fight.vitals[3].stands {
            #expect(fight.combat[0].target == 3)
            fight.step()
        }
        fight = Fight(.make(), ratings: [[1, 1], [1]], seed: 3)
        fight.step([.focus(FighterIndex(0), on: FighterIndex(1))])
        #expect(fight.combat[0].target == 2, "nobody turns on a friend")
    }

    @Test func whoHelpedHasAnAssistIfItWasNotLongAgo() {
        func assists(_ assistTicks: Int32) -> UInt32 {
            (UInt64(0)..<20).reduce(UInt32(0)) { sum, seed in
                var fight = Fight(
                    .make(assist: assistTicks), ratings: [[1, 1, 1], [1]], seed: seed)
                _ = fight.finish()
                return sum + fight.tallies.reduce(UInt32(0)) { $0 + $1.assists }
            }
        }
        #expect(assists(0) < assists(100))
        #expect(assists(100) > 20)
    }
}
