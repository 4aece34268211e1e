// A comparison on a full workload: every policy meets the same crowds. What `matchbench sim` shows.

import MatchCore

/// One line of a crowd study.
package struct CrowdLine: Sendable {
    package var line: PolicyLine
    package var playersPerSecond: Double
    package var figures: SeedFigures
    /// The first seed's record, for the plots.
    package var record: RunRecord
    /// Figures of each queue entry alone, copies together; empty if there is one entry.
    package var byGroup: [SeedFigures]
}

/// Runs of a workload.
package struct CrowdStudy: Sendable {
    package let workload: LabWorkload
    package let seeds: [UInt64]
    package private(set) var lines: [CrowdLine] = []

    package init(_ workload: LabWorkload, seeds: [UInt64]) {
        precondition(!seeds.isEmpty)
        self.workload = workload
        self.seeds = seeds
    }

    /// Muster with every setting or the file's own alone, and the peers as published.
    package func wanted(withPeers: Bool, isSwept: Bool) -> [PolicyLine] {
        let settings = isSwept ? workload.settings : Array(workload.settings.prefix(1))
        var lines = PolicyLine.muster(settings)
        if withPeers { lines += PolicyLine.peers(workload.settings[0].rules, isSwept: false) }
        return lines
    }

    /// Runs a line at an arrival rate over all seeds.
    /// - Parameter progress: the share done, 0...1.
    package mutating func run(
        _ line: PolicyLine, playersPerSecond: Double, progress: (Double) -> Void = { _ in }
    ) throws {
        var all: [RunFigures] = []
        var parts = Array(repeating: [RunFigures](), count: groups.count)
        var first: RunRecord?
        for (number, seed) in seeds.enumerated() {
            let policy = try line.make(
                regionCount: workload.geography.regions.count,
                tickSeconds: workload.tickSeconds, seed: seed,
                ticketCountMax: CrowdStudy.ticketCountMax(workload, playersPerSecond))
            var simulation = Simulation(
                workload, rules: line.rules, policy: policy, playersPerSecond: playersPerSecond,
                seed: seed)
            let record = simulation.run { share in
                progress((Double(number) + share) / Double(seeds.count))
            }
            all.append(record.figures(matchSize: matchSize(line, workload.queues.indices)))
            if groups.count > 1 {
                for (group, queues) in groups.enumerated() {
                    parts[group].append(
                        record.only(Set(queues)).figures(matchSize: matchSize(line, queues)))
                }
            }
            if first == nil { first = record }
        }
        lines.append(
            CrowdLine(
                line: line, playersPerSecond: playersPerSecond, figures: SeedFigures(all),
                record: first ?? RunRecord(),
                byGroup: groups.count > 1 ? parts.map { SeedFigures($0) } : []))
    }

    /// Queues by entry of the file.
    private var groups: [[Int]] {
        (0...(workload.queues.last?.group ?? 0)).map { group in
            workload.queues.indices.filter { workload.queues[$0].group == group }
        }
    }

    /// Players of a match if these are one queue; 0 for several, whose bounds do not add up.
    private func matchSize(_ line: PolicyLine, _ queues: some Collection<Int>) -> Int {
        queues.count == 1 ? queues.first.map { line.rules[$0].playerCount } ?? 0 : 0
    }

    /// Room for everybody who could wait at once if hardly anybody were matched.
    static func ticketCountMax(_ workload: LabWorkload, _ playersPerSecond: Double) -> Int {
        let patient = workload.patience.map { $0.scaleSeconds * 10 } ?? workload.seconds
        let waiting = playersPerSecond * min(patient, workload.seconds) * 3
        return min(400_000, max(4_096, workload.arrivals.initialTickets * 2 + Int(waiting)))
    }
}
