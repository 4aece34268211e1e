// What can be matched is matched: after a long quiet time no lobby lies in the pool.

import Testing

@testable import MatchCore

/// MM-06, MM-07.
@Suite struct CompletenessTests {
    static let runs: [PropertyCase] = Mode.all.filter { $0.playerCount > 2 }.flatMap { mode in
        (1...5 + PropertyCase.extraSeedCount).map { seed in
            let ratings: RatingStyle = seed % 2 == 0 ? .coarse : .normal
            return PropertyCase(mode: mode, ratings: ratings, seed: UInt64(seed))
        }
    }

    @Test(arguments: runs)
    func noPossibleLobbyIsLeftWhenAllWindowsHaveGrown(_ run: PropertyCase) {
        let rules = Rules.only(
            .make(
                run.mode, window: window(30, perTick: 3, max: 250),
                latencyCap: curve(60, perTick: 2, max: 150),
                offsetPoints: run.seed % 3 == 0 ? 15 : 0))
        let limits = Limits.small(600)
        let rig = Rig(rules, limits: limits, seed: run.seed)
        var ledger = Ledger(rules: rules, limits: limits)
        var population = Population(run.settings, seed: run.seed)
        for _ in 0..<60 {
            let steps = population.steps()
            ledger.enter(steps, rig.tick(steps.flatMap(\.commands)), tick: rig.now)
        }
        for _ in 0..<120 { ledger.enter([], rig.tick(), tick: rig.now) }
        ledger.check(rig.matchmaker, tick: rig.now)
        let left = ledger.lobbiesLeftLying(
            queue: 0, tick: rig.now, regionCount: limits.regionCount)
        #expect(left == 0, "\(ledger.waiting.count) tickets wait")
        #expect(ledger.matchCount > 0)
    }
}
