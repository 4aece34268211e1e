// What `matchbench sim` prints of a crowd study: waits, fairness, scores and tails for every
// workload, and a table more for each rarer part that a workload has.

import Lab

/// The report of a study.
struct SimReport {
    private let study: CrowdStudy

    init(_ study: CrowdStudy) { self.study = study }

    func report(_ verdict: SizeVerdict?) -> BenchReport {
        let workload = study.workload
        var report = BenchReport("sim: \(workload.name), \(workload.title)")
        report.add("workload", "workload", workload.name)
        report.add("seconds", "simulated seconds a run", workload.seconds)
        report.add("warm_up_seconds", "of these not counted", workload.warmUpSeconds)
        report.add("seeds", "seeds", Double(study.seeds.count))
        for (key, columns) in SimReport.tables { report.add(key, table(columns)) }
        if study.lines.contains(where: { !$0.byGroup.isEmpty }) { report.add("queues", queues) }
        for (key, columns) in SimReport.rarerTables where has(columns[0].0) {
            report.add(key, table(columns))
        }
        if workload.learning != nil { report.add("days", days) }
        if let verdict { add(verdict, &report) }
        return report
    }

    private typealias Columns = [(Figure, String, Int)]

    private static let tables: [(String, Columns)] = [
        (
            "waits",
            [
                (.playersPerSecond, "λ seen", 2), (.countBound, "B1 s", 1),
                (.waitMean, "wait s", 1), (.waitToBound, "× B1", 2), (.waitP50, "p50", 1),
                (.waitP90, "p90", 1), (.waitP99, "p99", 1), (.abandoned, "gave up", 3),
                (.declined, "declined", 3), (.dropped, "dropped", 3), (.leftOver, "left", 3),
                (.matches, "matches", 0),
            ]
        ),
        (
            "fairness",
            [
                (.fairnessMean, "F", 3), (.fairnessMedian, "F med", 3), (.fairnessP10, "F p10", 3),
                (.peakFairness, "F at peak", 3), (.peakWait, "wait at peak", 1),
                (.believedFairness, "F believed", 3), (.blowouts, "blow-outs", 3),
                (.favouriteWins, "fav wins", 3), (.calibrationError, "cal err", 3),
                (.logLoss, "log-loss", 3),
            ]
        ),
        (
            "scores",
            [
                (.spreadMedian, "S med", 3), (.spreadP10, "S p10", 3),
                (.latencyMedian, "L med", 3), (.latencyP10, "L p10", 3),
                (.rolesMedian, "R med", 3), (.rolesP10, "R p10", 3),
                (.compositeMedian, "Q med", 3), (.compositeP10, "Q p10", 3),
                (.deviationMean, "|s−med|", 1), (.skillBoundDeviation, "B4", 1),
            ]
        ),
        (
            "tails",
            [
                (.topWaitP99, "top .1 % p99 s", 1), (.topFairness, "top F", 3),
                (.bottomWaitP99, "low 1 % p99 s", 1), (.bottomFairness, "low F", 3),
            ]
        ),
    ]

    /// Shown where their first figure is known.
    private static let rarerTables: [(String, Columns)] = [
        (
            "war",
            [
                (.warWait, "war parties wait s", 1), (.warBound, "least", 1),
                (.warMatches, "war matches", 3), (.benched, "not fielded", 3),
            ]
        ),
        (
            "backfill",
            [
                (.openShare, "places open", 4), (.placesFilled, "filled", 3),
                (.fillMean, "fill s", 1), (.fillP50, "p50", 1), (.fillP90, "p90", 1),
                (.joinChance, "p at join", 3), (.joinFairness, "F at join", 3),
                (.joinHopeless, "p < ¼", 3),
            ]
        ),
        (
            "teams",
            [
                (.plainChance, "p of others", 3), (.sniperStrikes, "strikes", 3),
                (.sniperChance, "p of snipers", 3), (.sniperFairness, "their F", 3),
                (.hopperChance, "p of hoppers", 3), (.hopperFairness, "their F", 3),
            ]
        ),
        (
            "inflation",
            [
                (.pointsPerGame, "points a game", 2), (.hiddenMean, "hidden mean", 1),
                (.visibleAboveHidden, "visible − hidden", 1),
                (.sniperHidden, "sniping wins", 1), (.hopperHidden, "hopping wins", 1),
            ]
        ),
        (
            "learning",
            [
                (.ratingError12, "rating off after 12 games", 1), (.ratingError50, "after 50", 1),
                (.ratingError100, "after 100", 1), (.gamesToConverge, "games to converge", 0),
                (.logLoss, "log-loss", 4),
            ]
        ),
    ]

    private func has(_ figure: Figure) -> Bool {
        study.lines.contains { !$0.figures[figure].mean.isNaN }
    }

    /// A table with the line's name, setting and rate before the figures.
    private func table(_ columns: Columns) -> BenchTable {
        var table = BenchTable(
            SimReport.names
                + columns.map { .init(key: $0.0.rawValue, heading: $0.1, decimals: $0.2) })
        for line in study.lines {
            table.add(names(line) + columns.map { SimReport.cell(line.figures[$0.0]) })
        }
        return table
    }

    private static let names: [BenchTable.Column] = [
        .init(key: "policy", heading: "policy"), .init(key: "setting", heading: "setting"),
        .init(key: "rate", heading: "λ", decimals: 2),
    ]

    private func names(_ line: CrowdLine) -> [BenchTable.Cell] {
        [
            .text(line.line.name),
            .text(line.title),
            .number(line.playersPerSecond),
        ]
    }

    static func cell(_ estimate: Estimate) -> BenchTable.Cell {
        .number(estimate.mean, error: estimate.error)
    }

    private var queues: BenchTable {
        let figures: Columns = [
            (.playersPerSecond, "λ seen", 3), (.countBound, "B1 s", 1), (.waitMean, "wait s", 1),
            (.waitToBound, "× B1", 2), (.waitP99, "p99", 1), (.fairnessMean, "F", 3),
            (.spreadMean, "S", 3), (.matches, "matches", 0),
        ]
        var table = BenchTable(
            SimReport.names + [.init(key: "queue", heading: "queue")]
                + figures.map { .init(key: $0.0.rawValue, heading: $0.1, decimals: $0.2) })
        for line in study.lines {
            for (name, own) in zip(study.workload.groupNames, line.byGroup) {
                table.add(
                    names(line) + [.text(name)] + figures.map { SimReport.cell(own[$0.0]) })
            }
        }
        return table
    }

    // MARK: Days

    /// The first days of each season and its last.
    private var daysShown: [Int] {
        let season = Int((study.workload.learning?.seasonSeconds ?? 86_400) / 86_400)
        let all = stride(from: 0, to: Int(study.workload.seconds / 86_400), by: max(1, season))
        return all.flatMap { start in
            [1, 2, 3, 5, 10, 20, season].filter { $0 <= season }.map { start + $0 }
        }
    }

    private var days: BenchTable {
        var table = BenchTable([
            .init(key: "setting", heading: "setting"), .init(key: "day", heading: "day"),
            .init(key: "matches", heading: "matches"),
            .init(key: "fairness", heading: "F", decimals: 3),
            .init(key: "believed", heading: "F believed", decimals: 3),
            .init(key: "log_loss", heading: "log-loss", decimals: 4),
            .init(key: "error", heading: "rating off", decimals: 1),
        ])
        for line in study.lines {
            for day in daysShown {
                let tallies = line.days.compactMap { run in
                    run.days.indices.contains(day - 1) ? run.days[day - 1] : nil
                }
                if tallies.isEmpty { continue }
                func cell(_ value: (DayTally) -> Double) -> BenchTable.Cell {
                    SimReport.cell(Estimate(tallies.map(value)))
                }
                table.add([
                    .text(line.title),
                    .number(Double(day)), .number(Estimate(tallies.map(\.matches)).mean),
                    cell { $0.fairness / $0.matches }, cell { $0.believed / $0.matches },
                    cell { $0.logLoss / $0.matches },
                    cell { ($0.squaredErrors / $0.results).squareRoot() },
                ])
            }
        }
        return table
    }

    // MARK: Verdict

    private func add(_ verdict: SizeVerdict, _ report: inout BenchReport) {
        var table = BenchTable([
            .init(key: "figure", heading: "quality"),
            .init(key: "small", heading: "\(Int(verdict.smallPlayers)) players", decimals: 4),
            .init(key: "large", heading: "\(Int(verdict.largePlayers)) players", decimals: 4),
            .init(key: "fall", heading: "falls by", decimals: 4),
        ])
        for score in verdict.scores {
            table.add([
                .text(score.figure.rawValue), SimReport.cell(score.small),
                SimReport.cell(score.large), .number(score.fall),
            ])
        }
        report.add("verdict_scores", table)
        report.add(
            "quality_fall_max", "largest fall of quality in the large pool, share",
            verdict.worstFall, decimals: 4)
        report.add("quality_fall_allowed", "allowed", verdict.fallMax, decimals: 4)
        report.add(
            "quality_verdict", "verdict", verdict.holds ? "holds" : "FAILS")
    }
}
