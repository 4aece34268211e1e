// Running matches that parties leave: the core fills their places, and nobody is lost on the way.
import Testing

@testable import Lab

@Suite struct BackfillTests {
    private let text = """
        {
          version: 1, name: "leaving", title: "players leave", seconds: 3000,
          tickMilliseconds: 100,
          arrivals: { playersPerSecond: [0.5] },
          population: { mean: 1500, deviation: 300, ratingError: 50 },
          parties: [{ size: 1, share: 80 }, { size: 2, share: 20 }],
          games: { medianSeconds: 300, sigma: 0.3, breakSeconds: 20, leaveProbability: 0.25 },
          leavers: { share: 0.4, renewSeconds: 30, missingPoints: 750 },
          queues: [
            {
              rules: {
                name: "q", teams: 2, teamSize: 4, timeoutSeconds: 600,
                window: { start: 200, perSecond: 20, max: 2000 },
                backfill: { window: { start: 300, perSecond: 20, max: 2000 } },
              },
            },
          ],
          settings: [{ name: "none", rules: { backfill: null } }],
        }
        """

    private func lines(withPeers: Bool = false) throws -> [CrowdLine] {
        var study = CrowdStudy(try LabFixture.workload(text), seeds: [1])
        for line in study.wanted(withPeers: withPeers, isSwept: true) {
            try study.run(line, playersPerSecond: 0.5)
        }
        return study.lines
    }

    @Test func placesAreFilledWhereTheQueueAllowsIt() throws {
        let lines = try lines(withPeers: true)
        let (filled, empty) = (lines[0].figures, lines[1].figures)
        #expect(lines[0].record.backfill.opened > 50)
        #expect(filled[.placesFilled].mean > 0.8)
        #expect(filled[.openShare].mean < 0.2 * empty[.openShare].mean)
        #expect(filled[.fillP90].mean >= filled[.fillP50].mean)
        for line in lines.dropFirst() {
            #expect(line.record.backfill.opened > 50)
            #expect(line.record.backfill.fills.isEmpty, "\(line.line.name) cannot fill places")
        }
    }

    @Test func everybodyWhoJoinsEndsOnce() throws {
        let record = try lines()[0].record
        let ended = record.waits.count + record.abandoned + record.dropped + record.leftOver
        #expect(ended == record.arrivals.count)
        #expect(record.backfill.joinChances.count == record.backfill.fills.count)
        #expect(record.backfill.joinChances.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test func aMissingPlayerCostsHisTeamItsChances() throws {
        let workload = try LabFixture.workload(text)
        let rules = workload.settings[0].rules
        let policy = try LabFixture.policy(.muster, teamSize: 4)
        let simulation = Simulation(
            workload, rules: rules, policy: policy, playersPerSecond: 0.5, seed: 1)
        var match = RunningMatch(id: nil, queue: 0, region: 0, endTick: 10, parties: [])
        match.open = [(0, 1), (0, 1), (0, 1), (0, 1), (1, 1), (1, 1), (1, 1), (1, 1)]
        #expect(simulation.chances(match) == [0.5, 0.5])
        match.open = [(0, 1)]
        // All of a team missing, 750 points below the mean of nobody.
        #expect(simulation.chances(match)[0] < 0.05)
    }
}
