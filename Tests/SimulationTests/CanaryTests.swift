// Planted bugs that the auditor must catch: an auditor that sees nothing would pass every run.

import SimKit
import Testing

@Suite struct CanaryTests {
    static let planted = Canary.allCases.filter {
        [$0.feature, $0.furtherFeature].allSatisfy {
            $0.map(Set<Feature>.current.contains) ?? true
        }
    }

    @Test(arguments: planted)
    func aPlantedBugIsCaught(_ canary: Canary) {
        let hunt = CanaryHunt(canary, seeds: 1...400, tamperedMax: 25)
        #expect(hunt.tamperedCount >= 5)
        #expect(hunt.caughtCount > 0)
        #expect(hunt.missedSeeds.isEmpty, "falsified and not found")
    }
}
