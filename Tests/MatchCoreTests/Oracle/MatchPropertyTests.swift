// Random pools of every mode against the naive model: each match, each refusal, each count.
// One seed replays a failure: it stands in the test's arguments. MUSTER_PROPERTY_SEEDS=N in the
// environment adds N seeds for each mode, for a long search in a release build.

import Foundation
import Testing

@testable import MatchCore

/// One random run.
struct PropertyCase: Sendable, CustomStringConvertible {
    var mode: Mode
    var ratings: RatingStyle
    var seed: UInt64

    var description: String { "\(mode), \(ratings), seed \(seed)" }

    static let extraSeedCount =
        ProcessInfo.processInfo.environment["MUSTER_PROPERTY_SEEDS"].flatMap(Int.init) ?? 0

    static let all: [PropertyCase] = {
        var cases: [PropertyCase] = []
        for mode in Mode.all {
            for ratings in RatingStyle.allCases {
                let seed = UInt64(cases.count + 1)
                cases.append(PropertyCase(mode: mode, ratings: ratings, seed: seed))
            }
            for seed in 1000...1000 + extraSeedCount {
                let ratings = RatingStyle.allCases[seed % RatingStyle.allCases.count]
                cases.append(PropertyCase(mode: mode, ratings: ratings, seed: UInt64(seed)))
            }
        }
        return cases
    }()

    var settings: PopulationSettings {
        PopulationSettings(
            mode: mode, ratings: ratings, regionCount: 3,
            arrivalsMax: min(30, max(3, mode.playerCount / 2)))
    }

    /// Rules drawn from the seed, so that runs differ in windows, caps and offsets.
    var rules: Rules {
        var random = Random(seed: seed ^ 0x5EED)
        let windows = [
            window(100, perTick: 4, max: 500), window(0, perTick: 1.5, max: 150),
            window(50, perTick: 0, max: 50), window(20, perTick: 50, max: 900),
        ]
        let caps = [curve(150, perTick: 0, max: 150), curve(60, perTick: 1.1, max: 150)]
        return Rules.only(
            .make(
                mode, window: random.element(windows), latencyCap: random.element(caps),
                timeoutTicks: Int32(random.element([90, 100_000])),
                offsetPoints: Int32(random.element([0, 15])),
                waitPreference: random.element([0, 0, 40])), version: 40 + seed)
    }
}

/// MM-01, MM-04, MM-05, MM-06, MM-07, MM-13, WE-31.
@Suite struct MatchPropertyTests {
    @Test(arguments: PropertyCase.all)
    func everyMatchKeepsTheRulesAndNoTicketIsLost(_ run: PropertyCase) {
        let limits = Limits.small(run.mode.playerCount > 40 ? 400 : 160)
        let rig = Rig(run.rules, limits: limits, seed: run.seed)
        var ledger = Ledger(rules: run.rules, limits: limits)
        var population = Population(run.settings, seed: run.seed)
        for tick in 0..<120 {
            let steps = population.steps()
            let result = rig.tick(steps.flatMap(\.commands))
            ledger.enter(steps, result, tick: rig.now)
            if tick % 10 == 0 { ledger.check(rig.matchmaker, tick: rig.now) }
            if run.mode.playerCount == 2, result.report.searchesCutShort == 0 {
                let pair = ledger.pairLeftLying(tick: rig.now, regionCount: limits.regionCount)
                #expect(pair == nil, "tickets that accept each other wait on")
            }
        }
        #expect(ledger.enqueuedCount > 20)
        cancelAll(rig, &ledger)
    }

    /// MM-13: nothing stays behind in any table.
    private func cancelAll(_ rig: Rig, _ ledger: inout Ledger) {
        let steps = ledger.waitingInOrder.map { Step.cancel($0.ticket.id, $0.ticket.lobby) }
        let result = rig.tick(steps.flatMap(\.commands))
        ledger.enter(steps, result, tick: rig.now)
        #expect(ledger.waiting.isEmpty)
        Ledger.expectEmpty(rig.matchmaker)
        let state = rig.matchmaker.stateHash
        let quiet = rig.run(ticks: 20)
        #expect(quiet.outcomes.isEmpty)
        let after = rig.matchmaker.stateHash
        #expect(after == state)
    }
}
