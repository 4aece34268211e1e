// The page of a replay: both runs' figures, and plots of waits, fairness and how many waited.

import Lab

/// A replay as one file of HTML.
struct ReplayPage {
    private let study: ReplayStudy

    init(_ study: ReplayStudy) { self.study = study }

    var html: String {
        var page = Page("Replay")
        page.paragraph("\(study.path): \(study.verdict). The record ends: \(study.ending).")
        if study.results.count > 1 {
            page.paragraph("other: \(study.otherPath). Note: \(ReplayStudy.note).")
        }
        page.heading("Figures")
        page.table(["figure"] + study.results.map(\.name), figures)
        page.heading("Waits")
        page.paragraph("Share of the matched tickets that had their match after so many seconds.")
        page.plot(shares("seconds", \.waits))
        page.heading("Fairness")
        page.paragraph("Share of the matches that are at most so fair.")
        page.plot(shares("fairness F", \.fairness))
        page.heading("Tickets waiting")
        page.plot(waiting)
        return page.html
    }

    private var figures: [[String]] {
        func row(_ title: String, _ decimals: Int, _ value: (ReplayResult) -> Double) -> [String] {
            [title]
                + study.results.map {
                    let number = value($0)
                    return number.isFinite ? BenchTable.fixed(number, decimals) : "–"
                }
        }
        func share(
            _ title: String, _ field: KeyPath<ReplayTally, [Double]>, _ rank: Double,
            _ decimals: Int
        ) -> [String] {
            row(title, decimals) { Sample($0.all[keyPath: field]).percentile(rank) }
        }
        return [
            row("matches", 0) { Double($0.all.matches) },
            row("tickets matched", 0) { Double($0.all.waits.count) },
            row("wait, mean s", 2) { Sample($0.all.waits).mean },
            share("wait, p50 s", \.waits, 0.5, 2), share("wait, p90 s", \.waits, 0.9, 2),
            share("wait, p99 s", \.waits, 0.99, 2),
            share("fairness, median", \.fairness, 0.5, 3),
            share("fairness, p10", \.fairness, 0.1, 3),
            share("spread, median", \.spread, 0.5, 3), share("spread, p10", \.spread, 0.1, 3),
            share("latency, median", \.latency, 0.5, 3), share("latency, p10", \.latency, 0.1, 3),
            share("roles, median", \.roles, 0.5, 3), share("roles, p10", \.roles, 0.1, 3),
            row("expired", 0) { Double($0.all.expired) },
            row("cancelled", 0) { Double($0.all.cancelled) },
            row("refused", 0) { Double($0.all.refused) },
            row("still waiting", 0) { Double($0.waitingAtEnd) },
        ]
    }

    /// The share of values up to each value, a line for each run.
    private func shares(_ title: String, _ field: KeyPath<ReplayTally, [Double]>) -> Plot {
        let samples = study.results.map { Sample($0.all[keyPath: field]) }
        let highest = samples.compactMap(\.values.last).max() ?? 1
        var plot = Plot(PlotAxis(title, 0, highest), PlotAxis("share", 0, 1))
        for (place, sample) in samples.enumerated() {
            let points = (0...50).map { step in
                let rank = Double(step) / 50
                return (sample.percentile(rank), rank, "\(Int(rank * 100)) %")
            }
            plot.line(points, name: study.results[place].name, color: Plot.colors[place])
        }
        return plot
    }

    private var waiting: Plot {
        let series = study.results.map(\.waitingSeries)
        let last = series.compactMap { $0.last?.seconds }.max() ?? 1
        let most = series.flatMap { $0.map(\.count) }.max() ?? 1
        var plot = Plot(
            PlotAxis("seconds since the start", 0, last),
            PlotAxis("tickets waiting", 0, Double(max(most, 1))))
        for (place, points) in series.enumerated() {
            // A few hundred points show a day as well as a hundred thousand.
            let every = max(1, points.count / 400)
            let shown = points.enumerated().filter { $0.offset % every == 0 }.map(\.element)
            plot.line(
                shown.map { ($0.seconds, Double($0.count), "\($0.count)") },
                name: study.results[place].name, color: Plot.colors[place])
        }
        return plot
    }
}
