// The page of a frontier: wait against fairness or spread, and the distances to the optimum.

import MatchCore

/// What `matchbench frontier --html` writes.
package struct PlainPage {
    private let study: PlainStudy

    package init(_ study: PlainStudy) { self.study = study }

    package var html: String {
        var page = Page("\(study.workload.name): \(study.workload.title)")
        page.paragraph(
            "Plain stream: \(study.tickets) tickets a seed, \(study.seeds.count) seeds, "
                + "\(study.plain.ticketsPerSecond) a second, ratings known exactly. Who "
                + "still waits when the last player has come is matched then by rating, for every "
                + "policy alike.")
        if study.optimum == nil {
            page.paragraph("The offline optimum is missing: \(study.optimumMissing).")
        }
        page.heading("Wait against fairness")
        page.plot(frontier(\.fairness, "mean fairness F = 2·min(p, 1 − p)"))
        if !study.isPaired {
            page.heading("Wait against spread")
            page.plot(frontier(\.deviation, "mean |rating − lobby's median|, points"))
        }
        page.heading("Distance to the optimum")
        distances(&page)
        page.heading("All points")
        page.table(
            ["policy", "setting", "wait s", "p99 s", "F", "F p10", "|r − median|"],
            study.lines.map { line in
                [
                    line.line.name, line.line.setting, Page.text(line.mean(\.wait), 2),
                    Page.text(line.mean(\.waitP99), 1), Page.text(line.mean(\.fairness), 3),
                    Page.text(line.mean(\.fairnessP10), 3), Page.text(line.mean(\.deviation), 1),
                ]
            })
        return page.html
    }

    private func frontier(
        _ value: any KeyPath<PlainResult, Double> & Sendable, _ title: String
    ) -> Plot {
        let waits = study.lines.map { $0.mean(\.wait).mean } + optimumPoints.map(\.wait)
        let values =
            study.lines.map { $0.mean { $0[keyPath: value] }.mean }
            + (value == \.fairness ? optimumPoints.map(\.fairness) : [])
        var plot = Plot(
            PlotAxis(
                "mean wait, seconds", max(0.1, waits.min() ?? 1), waits.max() ?? 10,
                isLogarithmic: true),
            PlotAxis(title, values.min() ?? 0, values.max() ?? 1))
        if value == \.fairness, !optimumPoints.isEmpty {
            plot.line(
                optimumPoints.map { ($0.wait, $0.fairness, $0.hint) }, name: "offline optimum",
                color: Plot.colors[6], isThick: true)
        }
        for (place, kind) in PolicyLine.Kind.allCases.enumerated() {
            let lines = study.lines.filter { $0.line.kind == kind }
            guard let first = lines.first else { continue }
            let points = lines.map { line in
                (
                    line.mean(\.wait).mean, line.mean { $0[keyPath: value] }.mean,
                    "\(line.line.name) \(line.line.setting)"
                )
            }
            plot.line(
                points.sorted { $0.0 < $1.0 }, name: first.line.name,
                color: kind == .combinedWait ? Plot.colors[7] : Plot.colors[place],
                isThick: kind == .muster)
        }
        return plot
    }

    private var optimumPoints: [(wait: Double, fairness: Double, hint: String)] {
        guard let optimum = study.optimum, optimum.matchSize == 2 else { return [] }
        return optimum.weights.enumerated().map { place, weight in
            (
                optimum.mean(place, \.wait).mean, optimum.mean(place, \.fairness).mean,
                "optimum at w = \(weight)"
            )
        }
    }

    private func distances(_ page: inout Page) {
        let isPair = study.isPaired
        let headings =
            isPair
            ? ["wait at F = .85", "wait at F = .91"]
            : ["cost at w = .02", "cost at w = .10"]
        let rows = PolicyLine.Kind.allCases.compactMap { kind -> [String]? in
            guard let line = study.lines.first(where: { $0.line.kind == kind }) else { return nil }
            let ratios =
                isPair
                ? [0.85, 0.91].map { study.waitRatio(kind, fairness: $0) }
                : [0.02, 0.10].map { study.costRatio(kind, weight: $0) }
            return [line.line.name, line.line.origin]
                + ratios.map { $0.map { "\(Page.text($0, 3)) ×" } ?? "–" }
        }
        page.table(["policy", "origin"] + headings, rows)
    }
}
