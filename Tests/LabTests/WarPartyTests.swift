// War parties and mercenaries in the lab: who is fielded, who is not, and how long they wait.
import Testing

@testable import Lab

@Suite struct WarPartyTests {
    private let text = """
        {
          version: 1, name: "war", title: "war parties", seconds: 10000, tickMilliseconds: 500,
          arrivals: { playersPerSecond: [0.5] },
          population: { mean: 1500, deviation: 300 },
          queues: [
            {
              parties: [{ size: 1, share: 90 }],
              warParties: [{ size: 3, share: 6 }, { size: 8, share: 4 }],
              rules: {
                name: "q", teams: 2, teamSize: 6, timeoutSeconds: 30000,
                warParties: { rosterMax: 10, ownMin: 2, mercenaryOnlyPlayers: 12 },
                window: { start: 10000, perSecond: 0, max: 10000 },
              },
            },
          ],
        }
        """

    @Test func warPartiesMeetAndMercenariesFillThemUp() throws {
        var study = CrowdStudy(try LabFixture.workload(text), seeds: [1, 2])
        try study.run(
            study.wanted(withPeers: false, isSwept: false)[0], playersPerSecond: 0.5)
        let figures = study.lines[0].figures
        let record = study.lines[0].record
        #expect(record.war.matches > 10)
        #expect(figures[.warMatches].mean < 1, "mercenaries play among themselves too")
        // A roster of eight brings at most six, and three where it meets three.
        #expect(record.benched > 0)
        #expect(figures[.warWait].mean > 0.8 * figures[.warBound].mean)
        let ended = record.waits.count + record.benched + record.dropped + record.leftOver
        #expect(ended == record.arrivals.count)
        #expect(record.matches.allSatisfy { $0.verdict.playerCount == 12 })
    }
}
