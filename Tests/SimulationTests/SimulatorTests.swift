// The simulator itself: the same seed gives the same run, and a failing run is cut down to what
// matters.

import MatchCore
import SimKit
import Testing

@Suite struct SimulatorTests {
    @Test(arguments: [1, 40, 77, 500, 1234])
    func aSeedGivesTheSameRunWhateverTheMemoryHeld(_ seed: UInt64) {
        let scenario = ScenarioMaker.make(seed: seed, wanted: [], allowed: .current)
        let first = Runner.run(scenario, filling: 0xA5)
        let second = Runner.run(scenario, filling: 0x00)
        #expect(first.stateHash == second.stateHash)
        #expect(first.figures.ticketCount > 0)
        let other = ScenarioMaker.make(seed: seed + 1, wanted: [], allowed: .current)
        #expect(Runner.run(other).stateHash != first.stateHash)
    }

    /// With teams of one and the rules of `lostExpiry` one ticket is enough to show the bug.
    @Test func aFailingRunIsCutDownToItsCause() throws {
        let seeds: ClosedRange<UInt64> = 1...50
        let found = seeds.lazy.map {
            ScenarioMaker.make(seed: $0, wanted: [], allowed: [.cancels, .jumps])
        }.first {
            $0.steps.count > 30
                && Runner.run($0, canary: .lostExpiry).violations.first?.rule == "overdue"
        }
        let scenario = try #require(found)
        var shrinker = Shrinker(rule: "overdue", canary: .lostExpiry)
        let small = shrinker.shrink(scenario)
        #expect(small.steps.count == 1)
        guard case .enqueue = small.steps[0].step else {
            Issue.record("what is left is \(small.text)")
            return
        }
        #expect(small.text.split(separator: "\n").count <= 6)
    }
}
