// Runs one seed from scenario to verdict, and many seeds to a sum.

import MatchCore

/// What a run found.
package struct Verdict: Sendable {
    package var seed: UInt64
    package var violations: [Violation]
    package var sometimes: Sometimes
    package var figures: RunFigures
    /// The core's own fingerprint at the end.
    package var stateHash: UInt64
    /// The canary falsified something.
    package var wasTampered: Bool

    package var isClean: Bool { violations.isEmpty }
}

/// Runs scenarios.
package enum Runner {
    /// Runs the scenario; a canary falsifies what the auditor sees.
    package static func run(
        _ scenario: Scenario, canary: Canary? = nil, filling: UInt8 = 0xA5
    ) -> Verdict {
        let simulation = Simulation(scenario, filling: filling)
        var tampering = Tampering(canary, seed: scenario.seed)
        var auditor = Auditor(
            rules: tampering.seen(scenario.rules[0]), limits: scenario.limits)
        var hash: UInt64 = 0
        let isSettled = simulation.run { record in
            hash = record.stateHash
            return auditor.enter(tampering.tamper(record))
        }
        auditor.finish(isSettled: isSettled)
        return Verdict(
            seed: scenario.seed, violations: auditor.violations, sometimes: auditor.sometimes,
            figures: auditor.figures, stateHash: hash, wasTampered: tampering.count > 0)
    }

    /// The ticks of a scenario, judged as always, for a look at single events.
    package static func records(_ scenario: Scenario) -> (ticks: [TickRecord], verdict: Verdict) {
        var ticks: [TickRecord] = []
        let simulation = Simulation(scenario)
        var auditor = Auditor(rules: scenario.rules[0], limits: scenario.limits)
        let isSettled = simulation.run { record in
            ticks.append(record)
            return auditor.enter(record)
        }
        auditor.finish(isSettled: isSettled)
        let verdict = Verdict(
            seed: scenario.seed, violations: auditor.violations, sometimes: auditor.sometimes,
            figures: auditor.figures, stateHash: ticks.last?.stateHash ?? 0, wasTampered: false)
        return (ticks, verdict)
    }

    /// The scenario of a seed, run.
    package static func run(
        seed: UInt64, wanted: Set<Feature> = [], allowed: Set<Feature>, canary: Canary? = nil
    ) -> Verdict {
        run(ScenarioMaker.make(seed: seed, wanted: wanted, allowed: allowed), canary: canary)
    }
}

/// The sum of many runs.
package struct RunSum: Sendable {
    package var runCount = 0
    package var failures: [Verdict] = []
    package var sometimes = Sometimes()
    package var figures = RunFigures()

    package init() {}

    package mutating func add(_ verdict: Verdict) {
        runCount += 1
        if !verdict.isClean { failures.append(verdict) }
        sometimes.add(verdict.sometimes)
        figures.add(verdict.figures)
    }

    package mutating func add(_ other: RunSum) {
        runCount += other.runCount
        failures += other.failures
        sometimes.add(other.sometimes)
        figures.add(other.figures)
    }
}
