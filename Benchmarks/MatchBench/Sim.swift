// `matchbench sim`: a whole crowd of a workload meets Muster and, if wanted, the peers' rules, each
// the same people. Everything is judged by true skill.

import DaemonKit
import Lab

enum SimCommand {
    static let command = BenchCommand(
        name: "sim", summary: "Simulated crowds: waits, fairness, abandonment by true skill.",
        options: [
            LabOption.workload("W4"),
            BenchOption.integer("seeds", 5, 1...1_000, "Seeds that figures are averaged over."),
            BenchOption.integer("seed", 42, 0...1 << 40, "The first seed."),
            BenchOption.number(
                "scale", 1, 0.001...1, "Share of the workload's time to simulate.", unit: "SHARE"),
            BenchOption.toggle("peers", "Also run the peers' published rules."),
            BenchOption.toggle("sweep", "Run Muster with every setting of the workload."),
            LabOption.html,
        ],
        run: { config in
            var workload = try LabOption.load(config)
            let scale = config.number("scale")
            workload.seconds *= scale
            workload.warmUpSeconds *= scale
            let first = UInt64(config.integer("seed"))
            var study = CrowdStudy(
                workload, seeds: (0..<config.integer("seeds")).map { first + UInt64($0) })
            let lines = study.wanted(
                withPeers: config.isOn("peers"), isSwept: config.isOn("sweep"))
            for rate in workload.arrivals.playersPerSecond {
                for line in lines {
                    let title = "sim: \(line.name) \(line.setting) at \(rate)/s"
                    Progress.show(title)
                    try study.run(line, playersPerSecond: rate) { share in
                        Progress.show("\(title) \(Int(share * 100)) %")
                    }
                }
            }
            try LabOption.writePage(config) { CrowdPage(study).html }
            return report(study)
        })

    private static func report(_ study: CrowdStudy) -> BenchReport {
        let workload = study.workload
        var report = BenchReport("sim: \(workload.name), \(workload.title)")
        report.add("workload", "workload", workload.name)
        report.add("seconds", "simulated seconds a run", workload.seconds)
        report.add("warm_up_seconds", "of these not counted", workload.warmUpSeconds)
        report.add("seeds", "seeds", Double(study.seeds.count))
        report.add("waits", waits(study))
        report.add("fairness", fairness(study))
        report.add("scores", scores(study))
        if study.lines.contains(where: { !$0.byGroup.isEmpty }) {
            report.add("queues", queues(study))
        }
        report.add("tails", tails(study))
        if workload.learning != nil {
            report.add(
                "learning",
                table(
                    study,
                    [
                        (.ratingError12, "rating off after 12 games", 1),
                        (.ratingError50, "after 50", 1), (.logLoss, "log-loss", 3),
                    ]))
        }
        return report
    }

    /// A table with the line's name, setting and rate before the figures.
    private static func table(
        _ study: CrowdStudy, _ columns: [(Figure, String, Int)]
    ) -> BenchTable {
        var table = BenchTable(
            [
                .init(key: "policy", heading: "policy"), .init(key: "setting", heading: "setting"),
                .init(key: "rate", heading: "λ", decimals: 2),
            ]
                + columns.map {
                    .init(key: $0.0.rawValue, heading: $0.1, decimals: $0.2)
                })
        for line in study.lines {
            table.add(
                [
                    .text(line.line.name), .text(line.line.setting),
                    .number(line.playersPerSecond),
                ] + columns.map { cell(line.figures[$0.0]) })
        }
        return table
    }

    private static func cell(_ estimate: Estimate) -> BenchTable.Cell {
        .number(estimate.mean, error: estimate.error)
    }

    private static func waits(_ study: CrowdStudy) -> BenchTable {
        table(
            study,
            [
                (.playersPerSecond, "λ seen", 2), (.countBound, "B1 s", 1),
                (.waitMean, "wait s", 1), (.waitP50, "p50", 1), (.waitP90, "p90", 1),
                (.waitP99, "p99", 1), (.abandoned, "gave up", 3), (.declined, "declined", 3),
                (.dropped, "dropped", 3), (.leftOver, "left", 3), (.matches, "matches", 0),
            ])
    }

    private static func fairness(_ study: CrowdStudy) -> BenchTable {
        table(
            study,
            [
                (.fairnessMean, "F", 3), (.fairnessMedian, "F med", 3), (.fairnessP10, "F p10", 3),
                (.peakFairness, "F at peak", 3), (.peakWait, "wait at peak", 1),
                (.believedFairness, "F believed", 3), (.blowouts, "blow-outs", 3),
                (.favouriteWins, "fav wins", 3), (.calibrationError, "cal err", 3),
                (.logLoss, "log-loss", 3),
            ])
    }

    private static func scores(_ study: CrowdStudy) -> BenchTable {
        table(
            study,
            [
                (.spreadMedian, "S med", 3), (.spreadP10, "S p10", 3),
                (.latencyMedian, "L med", 3), (.latencyP10, "L p10", 3),
                (.rolesMedian, "R med", 3), (.rolesP10, "R p10", 3),
                (.compositeMedian, "Q med", 3), (.compositeP10, "Q p10", 3),
                (.deviationMean, "|s−med|", 1), (.skillBoundDeviation, "B4", 1),
            ])
    }

    private static func tails(_ study: CrowdStudy) -> BenchTable {
        table(
            study,
            [
                (.topWaitP99, "top .1 % p99 s", 1), (.topFairness, "top F", 3),
                (.bottomWaitP99, "low 1 % p99 s", 1), (.bottomFairness, "low F", 3),
            ])
    }

    private static func queues(_ study: CrowdStudy) -> BenchTable {
        let figures: [(Figure, String, Int)] = [
            (.playersPerSecond, "λ seen", 3), (.countBound, "B1 s", 1), (.waitMean, "wait s", 1),
            (.waitP99, "p99", 1), (.fairnessMean, "F", 3), (.spreadMean, "S", 3),
            (.matches, "matches", 0),
        ]
        var table = BenchTable(
            [
                .init(key: "policy", heading: "policy"), .init(key: "setting", heading: "setting"),
                .init(key: "rate", heading: "λ", decimals: 2),
                .init(key: "queue", heading: "queue"),
            ] + figures.map { .init(key: $0.0.rawValue, heading: $0.1, decimals: $0.2) })
        for line in study.lines {
            for (name, own) in zip(study.workload.groupNames, line.byGroup) {
                table.add(
                    [
                        .text(line.line.name), .text(line.line.setting),
                        .number(line.playersPerSecond), .text(name),
                    ] + figures.map { cell(own[$0.0]) })
            }
        }
        return table
    }
}
