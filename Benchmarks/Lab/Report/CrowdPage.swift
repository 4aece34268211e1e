// The page of a crowd simulation: histogram of waits, quality over the day, a table of figures.

/// What `matchbench sim --html` writes.
package struct CrowdPage {
    private let study: CrowdStudy

    package init(_ study: CrowdStudy) { self.study = study }

    package var html: String {
        let workload = study.workload
        var page = Page("\(workload.name): \(workload.title)")
        page.paragraph(
            "\(Int(workload.seconds)) simulated seconds, the first \(Int(workload.warmUpSeconds)) "
                + "not counted; \(study.seeds.count) seeds; everything by true skill. Plots show "
                + "the first seed.")
        page.heading("Wait against fairness")
        page.plot(frontier)
        page.heading("Waits of the matched")
        page.plot(histogram)
        page.heading("Quality over the day")
        page.plot(
            overTheDay(PlotAxis("hour (UTC)", 0, 24), "mean F by true skill", 0.4, 1) {
                $0.verdict.fairness
            })
        let longest = study.lines.map { $0.figures[.waitP90].mean }.filter { !$0.isNaN }.max()
        page.heading("Waits over the day")
        page.plot(
            overTheDay(PlotAxis("hour (UTC)", 0, 24), "mean wait, seconds", 0, longest ?? 60) {
                $0.wait
            })
        page.heading("Figures")
        let figures = Figure.allCases
        page.table(
            ["figure", ""] + study.lines.map { name($0) },
            figures.map { figure in
                [figure.meaning, ""]
                    + study.lines.map { Page.text($0.figures[figure], 3) }
            })
        return page.html
    }

    private func name(_ line: CrowdLine) -> String {
        let rates = study.workload.arrivals.playersPerSecond.count
        let rate = rates > 1 ? ", λ \(line.playersPerSecond)" : ""
        let setting = line.line.setting == "published" ? "" : ", \(line.line.setting)"
        return line.line.name + setting + rate
    }

    private func color(_ place: Int) -> String { Plot.colors[place % Plot.colors.count] }

    private var frontier: Plot {
        let waits = study.lines.map { $0.figures[.waitMean].mean }.filter { !$0.isNaN }
        let values = study.lines.map { $0.figures[.fairnessMean].mean }.filter { !$0.isNaN }
        var plot = Plot(
            PlotAxis(
                "mean wait, seconds", max(0.1, waits.min() ?? 1) * 0.9, (waits.max() ?? 10) * 1.1,
                isLogarithmic: true),
            PlotAxis("mean F by true skill", (values.min() ?? 0) - 0.02, (values.max() ?? 1) + 0.02)
        )
        for (place, line) in study.lines.enumerated() {
            let point = (
                line.figures[.waitMean].mean, line.figures[.fairnessMean].mean, name(line)
            )
            plot.line([point], name: name(line), color: color(place), isThick: true)
        }
        return plot
    }

    /// Shares of players by wait, in classes that grow by half each.
    private var histogram: Plot {
        var edges = [1.0]
        while edges[edges.count - 1] < 1_000 { edges.append(edges[edges.count - 1] * 1.5) }
        let shares = study.lines.map { line -> [Double] in
            var counts = [Double](repeating: 0, count: edges.count - 1)
            for wait in line.record.waits {
                let place = edges.lastIndex { $0 <= wait.seconds } ?? 0
                counts[min(place, counts.count - 1)] += 1
            }
            return counts.map { $0 / Double(max(line.record.waits.count, 1)) }
        }
        let most = shares.flatMap(\.self).max() ?? 1
        var plot = Plot(
            PlotAxis(
                "wait, seconds (the first class holds all below)", 1, edges[edges.count - 1],
                isLogarithmic: true),
            PlotAxis("share of players", 0, most))
        for (place, share) in shares.enumerated() {
            if place == 0 {
                plot.bars(edges, share, name: name(study.lines[0]), color: "#9DC3E0")
            } else {
                let points = share.enumerated().map { position, value in
                    ((edges[position] * edges[position + 1]).squareRoot(), value, "")
                }
                plot.line(points, name: name(study.lines[place]), color: color(place))
            }
        }
        return plot
    }

    private func overTheDay(
        _ axis: PlotAxis, _ title: String, _ low: Double, _ high: Double,
        _ value: (RecordedMatch) -> Double
    ) -> Plot {
        var plot = Plot(axis, PlotAxis(title, low, high))
        for (place, line) in study.lines.enumerated() {
            var sums = [(Double, Double)](repeating: (0, 0), count: 48)
            for match in line.record.matches {
                let slot = min(47, Int(match.hour * 2))
                sums[slot].0 += value(match)
                sums[slot].1 += 1
            }
            let points = sums.enumerated().filter { $0.element.1 > 0 }.map { slot, sum in
                (Double(slot) / 2 + 0.25, sum.0 / sum.1, name(line))
            }
            plot.line(points, name: name(line), color: color(place))
        }
        return plot
    }
}
