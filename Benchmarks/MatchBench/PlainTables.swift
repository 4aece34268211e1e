// The first half of `matchbench frontier`: a plain stream with the offline optimum, the bounds by
// count and skill, every policy over its settings, and the distances.

import Lab
import MatchCore

enum PlainTables {
    static func add(_ study: PlainStudy, to report: inout BenchReport) {
        report.add("plain_seeds", "plain stream: seeds", Double(study.seeds.count))
        report.add("tickets", "tickets a stream", Double(study.tickets))
        report.add(
            "tickets_per_second", "tickets a second", study.plain.ticketsPerSecond, decimals: 3)
        report.add(
            "count_bound", "B1: least mean wait of any policy, s", study.countBound, decimals: 2)
        report.add(
            "skill_bound", "B4: least mean |rating − median| at any wait",
            study.skillBound.mean, decimals: 2)
        report.add(
            "left_over_rule", "",
            "who waits when the last player has come is matched then by rating, for all alike")
        addOptimum(study, &report)
        report.add("lines", linesTable(study))
        addHeadlines(study, &report)
    }

    private static func addOptimum(_ study: PlainStudy, _ report: inout BenchReport) {
        guard let optimum = study.optimum else {
            report.add(
                "optimum_missing", "B2 and B3 are missing: no solver", study.optimumMissing)
            return
        }
        let isPair = optimum.matchSize == 2
        var table = BenchTable([
            .init(key: "optimum", heading: isPair ? "B2: offline optimum" : "B3: LP bound"),
            .init(key: "wait", heading: "wait s", decimals: 2),
            .init(key: "fairness", heading: "F", decimals: 3),
            .init(key: "fairness_p10", heading: "F p10", decimals: 3),
            .init(key: "cost", heading: "cost a player", decimals: 2),
        ])
        for (place, weight) in optimum.weights.enumerated() {
            func cell(_ value: (OptimumPoint) -> Double) -> BenchTable.Cell {
                let estimate = optimum.mean(place, value)
                return .number(estimate.mean, error: estimate.error)
            }
            table.add([
                .text("w = \(weight)"), cell(\.wait), cell(\.fairness), cell(\.fairnessP10),
                cell(\.cost),
            ])
        }
        report.add("optimum", table)
    }

    private static func linesTable(_ study: PlainStudy) -> BenchTable {
        let isPair = study.isPaired
        let weights = isPair ? [] : study.plain.weights
        var table = BenchTable(
            [
                .init(key: "policy", heading: "policy"), .init(key: "setting", heading: "setting"),
                .init(key: "wait", heading: "wait s", decimals: 2),
                .init(key: "wait_p99", heading: "p99 s", decimals: 1),
                .init(key: "fairness", heading: "F", decimals: 3),
                .init(key: "fairness_p10", heading: "F p10", decimals: 3),
                .init(key: "deviation", heading: "|r−med|", decimals: 1),
                .init(key: "left_over", heading: "left over", decimals: 3),
            ]
                + weights.map {
                    .init(key: "cost_w\($0)", heading: "cost w=\($0)", decimals: 2)
                })
        for line in study.lines {
            func cell(_ value: (PlainResult) -> Double) -> BenchTable.Cell {
                let estimate = line.mean(value)
                return .number(estimate.mean, error: estimate.error)
            }
            table.add(
                [
                    .text(line.line.name), .text(line.line.setting), cell(\.wait),
                    .number(line.mean(\.waitP99).mean), cell(\.fairness),
                    .number(line.mean(\.fairnessP10).mean), .number(line.mean(\.deviation).mean),
                    .number(line.mean(\.leftOver).mean),
                ] + weights.map { weight in cell { $0.cost(weight: weight) } })
        }
        return table
    }

    private static func addHeadlines(_ study: PlainStudy, _ report: inout BenchReport) {
        guard study.optimum != nil else { return }
        let isPair = study.isPaired
        var table = BenchTable([
            .init(key: "policy", heading: "distance to the optimum"),
            .init(key: "origin", heading: ""),
            .init(
                key: isPair ? "f85" : "w02", heading: isPair ? "F = .85" : "w = .02", decimals: 3),
            .init(
                key: isPair ? "f91" : "w10", heading: isPair ? "F = .91" : "w = .10", decimals: 3),
        ])
        func ratios(_ kind: PolicyLine.Kind) -> [Estimate?] {
            isPair
                ? [study.waitRatio(kind, fairness: 0.85), study.waitRatio(kind, fairness: 0.91)]
                : [study.costRatio(kind, weight: 0.02), study.costRatio(kind, weight: 0.10)]
        }
        let keys =
            isPair
            ? ["wait_ratio_to_optimum_f85", "wait_ratio_to_optimum_f91"]
            : ["cost_ratio_to_lp_w02", "cost_ratio_to_lp_w10"]
        for kind in PolicyLine.Kind.allCases {
            guard let line = study.lines.first(where: { $0.line.kind == kind }) else { continue }
            let cells = ratios(kind).map {
                BenchTable.Cell.number($0?.mean ?? .nan, error: $0?.error ?? 0)
            }
            table.add([.text(line.line.name), .text(line.line.origin)] + cells)
        }
        report.add("ratios", table)
        for (key, ratio) in zip(keys, ratios(.muster)) {
            report.add(key, key, ratio?.mean ?? .nan, decimals: 3)
            report.add(key + "_error", key + ", standard error", ratio?.error ?? .nan, decimals: 3)
        }
    }
}
