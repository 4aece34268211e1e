// Small workloads and tickets for the lab's tests.
import DaemonKit
import Foundation
import MatchCore

@testable import Lab

enum LabFixture {
    /// The package's folder, found from this file's place in it.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func file(_ name: String) -> String {
        root.appending(path: "Benchmarks/Workloads/\(name).json5").path
    }

    /// A workload from a text.
    static func workload(_ text: String) throws -> LabWorkload {
        let tree = try ConfigTree.parse(json5: Array(text.utf8), file: "test.json5")
        return try LabWorkloadReader.read(tree, file: "test.json5")
    }

    /// A small crowd with everything on: parties, newcomers, patience, games, a ready check.
    static let busy = """
        {
          version: 1, name: "busy", title: "a small crowd", seconds: 3000, warmUpSeconds: 200,
          tickMilliseconds: 100,
          arrivals: { playersPerSecond: [0.5] },
          population: {
            mean: 1500, deviation: 350, partyCorrelation: 0.5, ratingError: 50,
            synergyPerMember: 15,
            newcomers: { share: 0.05, shift: -200, rating: 1500, ratingDeviation: 350 },
            smurfs: { share: 0.02, above: 400 },
          },
          parties: [{ size: 1, share: 80 }, { size: 2, share: 20 }],
          patience: { shape: 0.55, scaleSeconds: 580 },
          games: { medianSeconds: 200, sigma: 0.3, breakSeconds: 20, leaveProbability: 0.25 },
          readyCheck: { declineShare: 0.04, loadFailureShare: 0.01, seconds: 10 },
          queues: [
            {
              rules: {
                name: "q", teams: 2, teamSize: 2, timeoutSeconds: 600,
                window: { start: 100, perSecond: 10, max: 600 },
              },
            },
          ],
          settings: [{ name: "open", rules: { window: { start: 5000, max: 5000 } } }],
        }
        """

    /// A ticket of players with these ratings.
    static func ticket(
        _ id: Int, _ ratings: [Double], since: Int32 = 0, deviation: Double = 0,
        latencies: [UInt16] = [0]
    ) -> LabTicket {
        var vector = LatencyVector()
        for (region, value) in latencies.enumerated() {
            vector[RegionIndex(UInt8(region))] = value
        }
        return LabTicket(
            id: id,
            members: ratings.enumerated().map { position, rating in
                LabMember(player: id * 100 + position, rating: rating, deviation: deviation)
            }, latencies: vector, since: since)
    }

    /// Rules of two teams with an unbounded window.
    static func rules(teamSize: Int, teamCount: Int = 2) -> QueueRules {
        QueueRules(
            teamCount: teamCount, teamSize: teamSize, partySizeMax: teamSize,
            premadeOffsetPerMember: 0,
            ratingWindow: WideningCurve(start: 1 << 22, growthPerTick: 0, max: 1 << 22),
            latencyCap: WideningCurve(start: 80, growthPerTick: 0, max: 80),
            timeoutTicks: 1 << 28, waitPreference: 0, quality: QualityRules())
    }

    /// One tick is a second.
    static func policy(
        _ kind: PolicyLine.Kind, teamSize: Int = 1, scale: Double = 1, regionCount: Int = 1
    ) throws -> any Policy {
        try PolicyLine(
            kind: kind, setting: "", rules: [rules(teamSize: teamSize)], scale: scale
        ).make(regionCount: regionCount, tickSeconds: 1, seed: 1, ticketCountMax: 1_024)
    }
}
