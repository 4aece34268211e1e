// The second half of `matchbench frontier`: every policy and setting in the workload's whole crowd,
// with the bounds by count (B1) and by skill (B4).

import Lab

/// The table of a crowd's frontier.
struct CrowdFrontier {
    private let study: CrowdStudy

    init(_ study: CrowdStudy) { self.study = study }

    func add(to report: inout BenchReport) {
        report.add("crowd_seeds", "crowd: seeds", Double(study.seeds.count))
        report.add("crowd_seconds", "simulated seconds a run", study.workload.seconds)
        report.add("crowd", table)
        if study.lines.contains(where: { !$0.byGroup.isEmpty }) { report.add("queues", queues) }
    }

    private static let figures: [(Figure, String, Int)] = [
        (.waitMean, "wait s", 1), (.waitToBound, "× B1", 2), (.waitP99, "p99 s", 1),
        (.abandoned, "gave up", 3), (.fairnessMean, "F", 3), (.fairnessP10, "F p10", 3),
        (.spreadMean, "S", 3), (.latencyMean, "L", 3), (.deviationMean, "|s−med|", 1),
        (.skillBoundDeviation, "B4", 1), (.topWaitP99, "top .1 % p99 s", 0),
        (.topFairness, "top F", 3), (.bottomWaitP99, "low 1 % p99 s", 0),
    ]

    private var table: BenchTable {
        let figures = CrowdFrontier.figures.filter { entry in
            study.lines.contains { !$0.figures[entry.0].mean.isNaN }
        }
        var table = BenchTable(
            [
                .init(key: "policy", heading: "policy"), .init(key: "setting", heading: "setting"),
                .init(key: "rate", heading: "λ", decimals: 2),
            ] + figures.map { .init(key: $0.0.rawValue, heading: $0.1, decimals: $0.2) })
        for line in study.lines {
            table.add(
                [
                    .text(line.line.name), .text(line.title),
                    .number(line.playersPerSecond),
                ] + figures.map { SimReport.cell(line.figures[$0.0]) })
        }
        return table
    }

    /// Several queues' bounds do not add up: each has its own line.
    private var queues: BenchTable {
        let figures: [(Figure, String, Int)] = [
            (.waitMean, "wait s", 1), (.countBound, "B1 s", 1), (.waitToBound, "× B1", 2),
            (.fairnessMean, "F", 3), (.spreadMean, "S", 3), (.deviationMean, "|s−med|", 1),
            (.skillBoundDeviation, "B4", 1),
        ]
        var table = BenchTable(
            [
                .init(key: "policy", heading: "policy"), .init(key: "setting", heading: "setting"),
                .init(key: "queue", heading: "queue"),
            ] + figures.map { .init(key: $0.0.rawValue, heading: $0.1, decimals: $0.2) })
        for line in study.lines {
            for (name, own) in zip(study.workload.groupNames, line.byGroup) {
                table.add(
                    [.text(line.line.name), .text(line.title), .text(name)]
                        + figures.map { SimReport.cell(own[$0.0]) })
            }
        }
        return table
    }
}
