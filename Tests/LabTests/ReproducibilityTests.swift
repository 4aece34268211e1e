// The same seed gives the same run; everybody who arrives is accounted for.
import Testing

@testable import Lab

@Suite struct ReproducibilityTests {
    static let kinds = PolicyLine.Kind.allCases.filter { $0 != .combinedWait }

    private func run(_ kind: PolicyLine.Kind, seed: UInt64) throws -> RunRecord {
        let workload = try LabFixture.workload(LabFixture.busy)
        let line = PolicyLine(
            kind: kind, setting: "", rules: workload.settings[0].rules, scale: 1)
        let policy = try line.make(
            regionCount: 1, tickSeconds: workload.tickSeconds, seed: seed, ticketCountMax: 8_192)
        var simulation = Simulation(
            workload, rules: line.rules, policy: policy, playersPerSecond: 0.5, seed: seed)
        return simulation.run()
    }

    @Test("the same seed gives the same report", arguments: kinds)
    func sameSeedSameReport(kind: PolicyLine.Kind) throws {
        let first = try run(kind, seed: 7)
        let again = try run(kind, seed: 7)
        let other = try run(kind, seed: 8)
        #expect(first.matches.count > 20)
        #expect(first.fingerprint == again.fingerprint)
        #expect(first.matches == again.matches)
        #expect(first.waits == again.waits)
        #expect(first.fingerprint != other.fingerprint)
    }

    @Test("everybody ends exactly once", arguments: kinds)
    func everybodyEndsOnce(kind: PolicyLine.Kind) throws {
        let record = try run(kind, seed: 3)
        let ended =
            record.waits.count + record.abandoned + record.declined + record.dropped
            + record.leftOver
        #expect(ended == record.arrivals.count)
        #expect(record.declined > 0 && record.abandoned > 0)
        #expect(record.waits.allSatisfy { $0.seconds >= 0 })
    }

    @Test func allPoliciesMeetTheSameRateOfArrivals() throws {
        let counts = try Self.kinds.map { try run($0, seed: 5).arrivals.count }
        // Who returns may be a pair in one run where it is a lone player in another.
        let least = try #require(counts.min())
        let most = try #require(counts.max())
        #expect(Double(most) < 1.1 * Double(least))
        #expect(abs(Double(least) / 2_800 - 0.5) < 0.1)
    }

    @Test func aStudyReportsWhatItsRunsDid() throws {
        let workload = try LabFixture.workload(LabFixture.busy)
        var study = CrowdStudy(workload, seeds: [1, 2])
        for line in study.wanted(withPeers: false, isSwept: true) {
            try study.run(line, playersPerSecond: 0.5)
        }
        #expect(study.lines.map(\.line.setting) == ["file", "open"])
        let waits = study.lines.map { $0.figures[.waitMean].mean }
        let fairness = study.lines.map { $0.figures[.believedFairness].mean }
        #expect(waits[1] < waits[0], "an open window matches sooner")
        #expect(study.lines[0].figures[.spreadMean].mean > study.lines[1].figures[.spreadMean].mean)
        #expect(fairness.allSatisfy { $0 > 0 && $0 <= 1 })
        #expect(study.lines[0].figures[.waitMean].count == 2)
    }
}
