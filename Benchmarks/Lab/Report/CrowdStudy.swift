// A comparison on a full workload: every policy meets the same crowds. What `matchbench sim` and
// the second half of `matchbench frontier` show.

import MatchCore

/// One line of a crowd study.
package struct CrowdLine: Sendable {
    package var line: PolicyLine
    /// Name of the crowd where the workload has several; empty for its own.
    package var variant: String
    package var playersPerSecond: Double
    package var figures: SeedFigures
    /// The first seed's record, for the plots.
    package var record: RunRecord
    /// Figures of each queue entry alone, copies together; empty if there is one entry.
    package var byGroup: [SeedFigures]
    /// Days of each seed, where ratings are learned.
    package var days: [DayRecord]

    /// What it was run with, and whether more and more waited.
    package var title: String {
        let name = variant.isEmpty ? line.setting : variant
        return record.isStalled ? "\(name), stalls" : name
    }
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

    /// What one seed leaves behind.
    private struct SeedRun: Sendable {
        var figures: RunFigures
        var byGroup: [RunFigures]
        var days: DayRecord
        /// Of the first seed only: records are large.
        var record: RunRecord?
    }

    /// Runs a line at an arrival rate over all seeds.
    /// - Parameters:
    ///   - variant: another crowd of the workload, or nil for its own.
    ///   - progress: the share of the first seed done, 0...1.
    package mutating func run(
        _ line: PolicyLine, variant: LabVariant? = nil, playersPerSecond: Double,
        progress: @Sendable (Double) -> Void = { _ in }
    ) throws {
        let crowd = variant?.workload ?? workload
        let first = seeds[0]
        let runs = try Parallel.map(seeds) { [self] seed in
            try self.seedRun(
                line, crowd, playersPerSecond, seed, keepsRecord: seed == first,
                progress: { if seed == first { progress($0) } })
        }
        lines.append(
            CrowdLine(
                line: line, variant: variant?.name ?? "", playersPerSecond: playersPerSecond,
                figures: SeedFigures(runs.map(\.figures)),
                record: runs[0].record ?? RunRecord(),
                byGroup: groups.count > 1
                    ? groups.indices.map { group in
                        SeedFigures(runs.map { $0.byGroup[group] })
                    } : [],
                days: runs.map(\.days)))
    }

    private func seedRun(
        _ line: PolicyLine, _ crowd: LabWorkload, _ playersPerSecond: Double, _ seed: UInt64,
        keepsRecord: Bool, progress: (Double) -> Void
    ) throws -> SeedRun {
        let policy = try line.make(
            regionCount: crowd.geography.regions.count, tickSeconds: crowd.tickSeconds,
            seed: seed, ticketCountMax: CrowdStudy.ticketCountMax(crowd, playersPerSecond))
        var simulation = Simulation(
            crowd, rules: line.rules, policy: policy, playersPerSecond: playersPerSecond,
            seed: seed)
        let record = simulation.run(progress: progress)
        return SeedRun(
            figures: record.figures(matchSize: matchSize(line, workload.queues.indices)),
            byGroup: groups.count > 1
                ? groups.map {
                    record.only(Set($0)).figures(matchSize: matchSize(line, $0))
                } : [],
            days: record.days, record: keepsRecord ? record : nil)
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
