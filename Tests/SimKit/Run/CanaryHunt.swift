// Sets one planted bug loose on many seeds and counts how often it was there and how often caught.

/// What became of one planted bug.
package struct CanaryHunt: Sendable {
    package let canary: Canary
    package private(set) var tamperedCount = 0
    package private(set) var caughtCount = 0
    /// Seeds in which outcomes were falsified and nothing was found.
    package private(set) var missedSeeds: [UInt64] = []

    /// Runs seeds until the bug was there so often, or the seeds are at an end; one that hides in
    /// rules, and so shows but rarely, until it is caught.
    package init(_ canary: Canary, seeds: ClosedRange<UInt64>, tamperedMax: Int) {
        self.canary = canary
        let wanted = Set([canary.feature, canary.furtherFeature].compactMap { $0 })
        for seed in seeds
        where tamperedCount < tamperedMax || canary.hidesInRules && caughtCount == 0 {
            // A full outbox, a bound in the tick or unsettled matches excuse what is late.
            let allowed = Set<Feature>.current
                .subtracting([.floods, .tightLimits, .settlement]).union(wanted)
            let verdict = Runner.run(
                seed: seed, wanted: wanted, allowed: allowed, canary: canary)
            if !verdict.wasTampered { continue }
            tamperedCount += 1
            if let rule = canary.rule, canary.hidesInRules {
                if verdict.violations.first?.rule == rule { caughtCount += 1 }
            } else if !verdict.isClean {
                caughtCount += 1
            } else if !canary.hidesInRules {
                missedSeeds.append(seed)
            }
        }
    }

    /// Falsified outcomes must be caught every time; other rules only where they decide.
    package var isCaught: Bool {
        caughtCount > 0 && missedSeeds.isEmpty
    }
}
