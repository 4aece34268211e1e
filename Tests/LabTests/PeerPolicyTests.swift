// The peers' rules on examples small enough to work out by hand. One tick is one second.
import Testing

@testable import Lab

@Suite struct PeerPolicyTests {
    /// Tickets in each match.
    private func matches(_ step: PolicyStep) -> [Set<Int>] {
        step.matches.map { Set($0.seats.map(\.ticket)) }
    }

    @Test func anOutlierAtTheHeadBlocksTheOldestFirstWindow() throws {
        let policy = try LabFixture.policy(.oldestFirst)
        policy.enqueue(LabFixture.ticket(1, [2500]), at: 1)
        policy.enqueue(LabFixture.ticket(2, [1500], since: 1), at: 1)
        policy.enqueue(LabFixture.ticket(3, [1500], since: 1), at: 1)
        #expect(matches(policy.step(at: 1)) == [])
        policy.cancel(1)
        #expect(matches(policy.step(at: 2)) == [[2, 3]])
    }

    @Test func theHeadsWindowAloneCountsAndGrows() throws {
        let policy = try LabFixture.policy(.oldestFirst)
        policy.enqueue(LabFixture.ticket(1, [1500], since: 0), at: 1)
        policy.enqueue(LabFixture.ticket(2, [1650], since: 4), at: 4)
        #expect(matches(policy.step(at: 4)) == [])
        #expect(matches(policy.step(at: 5)) == [[1, 2]])
    }

    @Test func firstFitWaitsForItsInterval() throws {
        let policy = try LabFixture.policy(.firstFit)
        policy.enqueue(LabFixture.ticket(1, [1500]), at: 1)
        policy.enqueue(LabFixture.ticket(2, [1510]), at: 1)
        #expect(matches(policy.step(at: 14)) == [])
        #expect(matches(policy.step(at: 15)) == [[1, 2]])
    }

    @Test func firstFitTakesTheFirstInRangeNotTheNearest() throws {
        let policy = try LabFixture.policy(.firstFit)
        policy.enqueue(LabFixture.ticket(1, [1500]), at: 1)
        for tick in [Int32(15), 30] { #expect(matches(policy.step(at: tick)) == []) }
        // The first is passive now; the last one looks, and finds it before its twin.
        policy.enqueue(LabFixture.ticket(2, [1700]), at: 31)
        policy.enqueue(LabFixture.ticket(3, [1599]), at: 31)
        #expect(matches(policy.step(at: 45)) == [[1, 3]])
    }

    @Test func theOldestSeedGivesWayWhenItFindsNobody() throws {
        let policy = try LabFixture.policy(.oldestSeed)
        policy.enqueue(LabFixture.ticket(1, [2500], since: 0), at: 1)
        policy.enqueue(LabFixture.ticket(2, [1500], since: 1), at: 1)
        policy.enqueue(LabFixture.ticket(3, [1650], since: 2), at: 2)
        #expect(matches(policy.step(at: 4)) == [])
        // Mean 1575: both are 75 away.
        #expect(matches(policy.step(at: 5)) == [[2, 3]])
    }

    @Test func anExpansionCountsTheNewestTicketsWait() throws {
        let policy = try LabFixture.policy(.oldestSeed)
        policy.enqueue(LabFixture.ticket(1, [1500], since: 0), at: 1)
        policy.enqueue(LabFixture.ticket(2, [1800], since: 10), at: 10)
        #expect(matches(policy.step(at: 15)) == [])
        #expect(matches(policy.step(at: 20)) == [[1, 2]])
    }

    @Test func theSpreadFormulaRefusesWhatItScoresBelowItsLimit() throws {
        // One against one: 1 − √((d / 250)² + (d / 500)²) ≥ 0.4 up to d = 134.
        for (gap, isMatched) in [(130.0, true), (138.0, false)] {
            let policy = try LabFixture.policy(.spreadFormula)
            policy.enqueue(LabFixture.ticket(1, [1500]), at: 1)
            policy.enqueue(LabFixture.ticket(2, [1500 + gap]), at: 1)
            #expect(policy.step(at: 9).matches.isEmpty, "the first pop is at ten seconds")
            #expect(policy.step(at: 10).matches.count == (isMatched ? 1 : 0))
        }
    }

    @Test func missedPopsBuyABonus() throws {
        let policy = try LabFixture.policy(.spreadFormula)
        policy.enqueue(LabFixture.ticket(1, [1500]), at: 1)
        policy.enqueue(LabFixture.ticket(2, [1538 + 100]), at: 1)
        var tick: Int32 = 0
        var pops = 0
        while tick < 1_000, policy.step(at: tick).matches.isEmpty { tick += 1 }
        // 138 apart scores 0.383; two missed pops make up for it, and pops are 90 s apart at most.
        pops = Int(tick)
        #expect(pops > 10 && pops <= 10 + 2 * 90)
    }

    @Test func theWaitFormulaTradesSecondsForEvenness() throws {
        // Population 2 of a wanted 4 is smoothed from zero: almost 60 below −30 is accepted.
        let policy = try LabFixture.policy(.waitFormula)
        policy.enqueue(LabFixture.ticket(1, [1500]), at: 1)
        policy.enqueue(LabFixture.ticket(2, [2000]), at: 1)
        // Variance 250² · 0.005 = 312: hopeless at once, and taken after 250 s and some.
        #expect(matches(policy.step(at: 6)) == [])
        var tick: Int32 = 12
        while tick < 600, policy.step(at: tick).matches.isEmpty { tick += 6 }
        #expect(tick > 200 && tick < 300)
    }

    @Test func theWaitFormulaCountsARatingLessItsUncertainty() throws {
        let policy = try LabFixture.policy(.waitFormula, scale: 0.05)
        policy.enqueue(LabFixture.ticket(1, [1500]), at: 1)
        policy.enqueue(LabFixture.ticket(2, [1500]), at: 1)
        policy.enqueue(LabFixture.ticket(3, [1800], deviation: 300), at: 1)
        policy.cancel(2)
        #expect(matches(policy.step(at: 6)) == [[1, 3]])
    }

    @Test func combinedWaitPairsWhenTheGapIsPaidFor() throws {
        // 100 points apart: F = 0.72, so w = 100 asks for 28 s together.
        let policy = try LabFixture.policy(.combinedWait, scale: 100)
        policy.enqueue(LabFixture.ticket(1, [1500]), at: 0)
        policy.enqueue(LabFixture.ticket(2, [1600]), at: 0)
        #expect(matches(policy.step(at: 13)) == [])
        #expect(matches(policy.step(at: 15)) == [[1, 2]])
    }

    @Test("teams are full and parties whole", arguments: ReproducibilityTests.kinds)
    func teamsAreFull(kind: PolicyLine.Kind) throws {
        let policy = try LabFixture.policy(kind, teamSize: 3, scale: 4)
        let parties = [[1500.0, 1500], [1480.0], [1510.0, 1490], [1500.0], [1520.0]]
        for (position, ratings) in parties.enumerated() {
            policy.enqueue(LabFixture.ticket(position + 1, ratings), at: 1)
        }
        var formed: [FormedMatch] = []
        for tick in Int32(1)...120 { formed += policy.step(at: tick).matches }
        let match = try #require(formed.first)
        #expect(formed.count == 1)
        for team in 0..<2 {
            let seats = match.seats.filter { $0.team == team }
            #expect(seats.reduce(0) { $0 + parties[$1.ticket - 1].count } == 3)
        }
    }
}
