// `matchbench scaling`: the cost of one arrival as the waiting pool grows from 1 k to 1 M at the
// same arrival rate. The core's promise is that it hardly grows.

import DaemonKit

enum Scaling {
    static let command = BenchCommand(
        name: "scaling", summary: "Cost per arrival as the pool grows from 1 k to 1 M.",
        options: [
            BenchOption.integer("arrivals", 20_000, 100...200_000, "Arriving tickets a second."),
            BenchOption.integer("seconds", 10, 1...600, "Simulated time at each size.", unit: "S"),
            BenchOption.integer("largest", 1_000_000, 1_000...2_000_000, "Largest pool."),
            BenchOption.regions, BenchOption.seed,
        ],
        run: { config in
            var report = BenchReport("scaling 5v5: threes wait, threes and twos arrive")
            var rows: [BenchReport] = []
            var first = 0.0
            var last = 0.0
            var firstBare = 0.0
            var lastBare = 0.0
            var waiting = 1000
            while waiting <= config.integer("largest") {
                Progress.show("scaling: \(waiting) waiting")
                let result = try Steady.measure(
                    waiting: waiting, arrivals: config.integer("arrivals"),
                    ticks: config.integer("seconds") * Int(BenchMode.ticksPerSecond),
                    queueCount: 1, regionCount: config.integer("regions"),
                    seed: UInt64(config.integer("seed")))
                let bare = BarePool.secondsPerArrival(
                    waiting: waiting, regionCount: config.integer("regions"))
                rows.append(row(waiting, result, bare))
                last = result.cpuSecondsPerArrival
                lastBare = bare
                if waiting == 1000 {
                    first = last
                    firstBare = bare
                }
                waiting *= 10
            }
            report.add("pools", rows: rows)
            report.add(
                "cost_ratio_1k_to_1m", "cost per arrival, largest pool to 1 k", last / first,
                decimals: 3)
            report.add(
                "bare_cost_ratio_1k_to_1m", "the same of the bare loop", lastBare / firstBare,
                decimals: 3)
            return report
        })

    private static func row(
        _ waiting: Int, _ result: SteadyResult, _ bare: Double
    ) -> BenchReport {
        let wall = result.wall.sorted()
        var report = BenchReport(" pool of \(waiting)")
        report.add("waiting", "waiting at end", Double(result.waitingAtEnd))
        report.add("matched", "tickets matched", Double(result.matched))
        report.add("ns_per_arrival", "ns per arrival", result.cpuSecondsPerArrival * 1e9)
        report.add("bare_ns_per_arrival", "bare loop, ns", bare * 1e9, decimals: 1)
        report.add("tick_p50_ms", "tick p50, ms", percentile(wall, 0.5) * 1e3, decimals: 3)
        report.add("tick_p99_ms", "tick p99, ms", percentile(wall, 0.99) * 1e3, decimals: 3)
        return report
    }
}
