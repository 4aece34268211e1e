// `matchbench steady`: W tickets wait that no rule lets match yet, while A arrivals a second are
// matched through them.
//
// How such a pool is built: a 5v5 queue in which W parties of three wait. Two threes do not fit
// one team of five and a team needs a party of two beside the three, so threes alone never match.
// They stand in the same queue, regions and ratings as the arrivals, have waited 0 to 60 seconds,
// and their windows and latency caps go on widening. Arrivals are half threes, half twos: each
// match takes two of either, mostly threes that waited, so the pool stays at W and every arrival
// is searched for, and taken, out of the whole of it.

import DaemonKit
import MatchCore

struct SteadyResult {
    var wall: [Double] = []
    var cpu: [Double] = []
    var mallocs: UInt64 = 0
    var arrivals = 0
    var matched = 0
    var matches = 0
    var wakes = 0
    var carriedOver = 0
    var waitingAtStart = 0
    var waitingAtEnd = 0
    var meanRange = 0.0
    var bytesPerTicket = 0.0

    var cpuSecondsPerArrival: Double { cpu.reduce(0, +) / Double(max(arrivals, 1)) }
}

enum Steady {
    static let command = BenchCommand(
        name: "steady", summary: "W tickets waiting while A arrivals/s are matched through them.",
        options: [
            BenchOption.integer("waiting", 1_000_000, 0...2_000_000, "Waiting tickets W."),
            BenchOption.integer("arrivals", 20_000, 1...500_000, "Arriving tickets a second A."),
            BenchOption.integer("seconds", 20, 1...3600, "Simulated time T.", unit: "S"),
            BenchOption.integer("queues", 1, 1...1024, "Queues over which all is spread."),
            BenchOption.regions, BenchOption.seed,
        ],
        run: { config in
            let result = try measure(
                waiting: config.integer("waiting"), arrivals: config.integer("arrivals"),
                ticks: config.integer("seconds") * Int(BenchMode.ticksPerSecond),
                queueCount: config.integer("queues"), regionCount: config.integer("regions"),
                seed: UInt64(config.integer("seed")))
            let bare = BarePool.secondsPerArrival(
                waiting: config.integer("waiting"), regionCount: config.integer("regions"))
            return report(result, bare)
        })

    private static func report(_ result: SteadyResult, _ bare: Double) -> BenchReport {
        let wall = result.wall.sorted()
        let cpu = result.cpu.sorted()
        var report = BenchReport("steady 5v5: threes wait, threes and twos arrive")
        report.add("waiting_start", "waiting at start", Double(result.waitingAtStart))
        report.add("waiting_end", "waiting at end", Double(result.waitingAtEnd))
        report.add("ticks", "ticks of 50 ms", Double(wall.count))
        report.add("arrivals", "tickets arrived", Double(result.arrivals))
        report.add("matched", "tickets matched", Double(result.matched))
        report.add("tick_p50_ms", "tick p50, ms", percentile(wall, 0.5) * 1e3, decimals: 3)
        report.add("tick_p99_ms", "tick p99, ms", percentile(wall, 0.99) * 1e3, decimals: 3)
        report.add("tick_p999_ms", "tick p99.9, ms", percentile(wall, 0.999) * 1e3, decimals: 3)
        report.add(
            "tick_cpu_p99_ms", "tick p99, ms of processor time", percentile(cpu, 0.99) * 1e3,
            decimals: 3)
        report.add(
            "tickets_per_second", "arrivals per processor second",
            1 / result.cpuSecondsPerArrival)
        report.add(
            "bare_tickets_per_second", "bare loop, the same", 1 / bare)
        report.add(
            "ratio_to_bare", "ratio to the bare loop", bare / result.cpuSecondsPerArrival,
            decimals: 4)
        report.add("wakes", "timed wakes handled", Double(result.wakes))
        report.add("carried_over", "work carried to a later tick", Double(result.carriedOver))
        report.add("mean_spread", "mean spread (max - min), points", result.meanRange, decimals: 2)
        report.add(
            "mallocs_per_tick", "mallocs per tick",
            Double(result.mallocs) / Double(max(wall.count, 1)), decimals: 2)
        report.add(
            "bytes_per_ticket", "bytes per party of three", result.bytesPerTicket, decimals: 1)
        return report
    }

    /// Builds the pool, lets it settle, then measures `ticks` ticks.
    static func measure(
        waiting: Int, arrivals: Int, ticks: Int, queueCount: Int, regionCount: Int, seed: UInt64
    ) throws -> SteadyResult {
        guard let mode = BenchMode.named("5v5") else { preconditionFailure("5v5 is a mode") }
        let perTick = max(2, arrivals / Int(BenchMode.ticksPerSecond))
        let capacity = waiting + perTick * 20 + 1000
        let limits = Limits(
            ticketCountMax: capacity, playerCountMax: capacity * 3,
            placeCountMax: capacity * 5 / 2 + 4096, queueCountMax: queueCount,
            regionCount: regionCount)
        var rig = try CoreRig(
            limits: limits, rules: Array(repeating: mode.rules, count: queueCount), seed: seed)
        var population = Population(seed: seed, regionCount: regionCount)
        fill(&rig, &population, waiting, queueCount)
        var result = SteadyResult()
        result.bytesPerTicket =
            Double(Matchmaker.memoryByteCount(limits)) / Double(limits.ticketCountMax)
        // Twenty seconds of the same traffic first, so that what is measured is a steady state.
        drive(&rig, &population, perTick, queueCount, ticks: 400, nil)
        result.waitingAtStart = rig.waitingCount
        rig.resetTally()
        drive(&rig, &population, perTick, queueCount, ticks: ticks, &result)
        result.waitingAtEnd = rig.waitingCount
        result.matched = rig.tally.tickets
        result.matches = rig.tally.matches
        result.meanRange = rig.tally.rangeSum / Double(max(rig.tally.matches, 1))
        return result
    }

    private static func fill(
        _ rig: inout CoreRig, _ population: inout Population, _ waiting: Int, _ queueCount: Int
    ) {
        var made = 0
        while made < waiting {
            let count = min(20_000, waiting - made)
            var commands: [Command] = []
            for index in 0..<count {
                let waited = Int32(population.uniform() * 60 * BenchMode.ticksPerSecond)
                population.append(
                    size: 3, queue: (made + index) % queueCount, waitedTicks: waited,
                    to: &commands)
            }
            take(&rig, commands)
            made += count
            Progress.show("steady: \(made) of \(waiting) waiting")
        }
    }

    private static func take(_ rig: inout CoreRig, _ commands: [Command]) {
        commands.withUnsafeBufferPointer { all in
            var rest = all
            while !rest.isEmpty {
                let taken = rig.run(rest).report.commandsTaken
                rest = UnsafeBufferPointer(rebasing: rest[taken...])
            }
        }
    }

    private static func drive(
        _ rig: inout CoreRig, _ population: inout Population, _ perTick: Int, _ queueCount: Int,
        ticks: Int, _ result: UnsafeMutablePointer<SteadyResult>?
    ) {
        var commands: [Command] = []
        commands.reserveCapacity(perTick * 2)
        for tick in 0..<ticks {
            commands.removeAll(keepingCapacity: true)
            for index in 0..<perTick {
                let queue = queueCount == 1 ? 0 : Int(population.uniform() * Double(queueCount))
                population.append(size: index % 2 == 0 ? 3 : 2, queue: queue, to: &commands)
            }
            let sample = commands.withUnsafeBufferPointer { rig.run($0) }
            precondition(sample.report.commandsTaken == commands.count)
            if tick % 100 == 0 { Progress.show("steady: tick \(tick) of \(ticks)") }
            guard let result else { continue }
            result.pointee.wall.append(sample.seconds)
            result.pointee.cpu.append(sample.cpuSeconds)
            result.pointee.mallocs += sample.mallocs
            result.pointee.arrivals += perTick
            result.pointee.wakes += sample.report.wakes
            result.pointee.carriedOver += sample.report.carriedOver
        }
    }
}
