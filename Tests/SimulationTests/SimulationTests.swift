// Thousands of random runs against the auditor. A failing seed is cut down and printed.
// MUSTER_SIM_SEEDS=N in the environment runs N seeds instead.

import Foundation
import SimKit
import Testing

/// MM-01, MM-04, MM-05, MM-06, MM-13.
@Suite struct SimulationTests {
    static let seedCount =
        ProcessInfo.processInfo.environment["MUSTER_SIM_SEEDS"].flatMap(UInt64.init) ?? 2400
    static let shareCount: UInt64 = 4

    /// Runs every share's seeds up to the first that fails.
    private func runAll() async -> RunSum {
        await withTaskGroup(of: RunSum.self) { group in
            for share in 0..<SimulationTests.shareCount {
                group.addTask {
                    var sum = RunSum()
                    for seed in 1...SimulationTests.seedCount
                    where seed % SimulationTests.shareCount == share {
                        sum.add(Runner.run(seed: seed, allowed: .current))
                        if !sum.failures.isEmpty { break }
                    }
                    return sum
                }
            }
            return await group.reduce(into: RunSum()) { $0.add($1) }
        }
    }

    @Test func everyRunKeepsEveryRuleAndEverySituationOccurs() async {
        let sum = await runAll()
        for verdict in sum.failures {
            let scenario = ScenarioMaker.make(seed: verdict.seed, wanted: [], allowed: .current)
            var shrinker = Shrinker(rule: verdict.violations[0].rule, runCountMax: 300)
            Issue.record("\(verdict.violations[0])\n\(shrinker.shrink(scenario).text)")
        }
        let missing = sum.sometimes.missing(among: .current)
        #expect(missing.isEmpty, "situations that never occurred")
    }
}
