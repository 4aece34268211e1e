// `matchbench queues`: a thousand queues of mixed modes with ten thousand players among them.
// Solo tickets trickle in so that about that many players wait at any time; the figure is what a
// tick costs when the work is spread thin.

import DaemonKit
import MatchCore

enum Queues {
    static let command = BenchCommand(
        name: "queues", summary: "Many queues of mixed modes, few players in each.",
        options: [
            BenchOption.integer("queues", 1000, 1...4096, "Queues; modes in turn."),
            BenchOption.integer("players", 10_000, 100...1_000_000, "Players that wait."),
            BenchOption.integer("arrivals", 500, 1...100_000, "Arriving tickets a second."),
            BenchOption.integer("seconds", 60, 1...3600, "Simulated time.", unit: "S"),
            BenchOption.regions, BenchOption.seed,
        ],
        run: { config in
            let queues = config.integer("queues")
            let limits = Limits(
                ticketCountMax: config.integer("players") * 4, queueCountMax: queues,
                regionCount: config.integer("regions"))
            let rules = (0..<queues).map { BenchMode.all[$0 % BenchMode.all.count].rules }
            let seed = UInt64(config.integer("seed"))
            var rig = try CoreRig(limits: limits, rules: rules, seed: seed)
            var population = Population(seed: seed, regionCount: config.integer("regions"))
            fill(&rig, &population, queues, config.integer("players"))
            let waitingAtStart = rig.waitingCount
            rig.resetTally()
            let samples = drive(&rig, &population, queues, config)
            return report(samples, rig, waitingAtStart, config)
        })

    /// Tops the pool up until that many wait although matches go on being made.
    private static func fill(
        _ rig: inout CoreRig, _ population: inout Population, _ queues: Int, _ players: Int
    ) {
        for _ in 0..<200 where rig.waitingCount < players {
            arrive(&rig, &population, queues, players - rig.waitingCount, nil)
        }
    }

    private static func arrive(
        _ rig: inout CoreRig, _ population: inout Population, _ queues: Int, _ count: Int,
        _ samples: UnsafeMutablePointer<[TickSample]>?
    ) {
        var commands: [Command] = []
        for _ in 0..<count {
            let queue = Int(population.uniform() * Double(queues))
            population.append(size: 1, queue: queue, to: &commands)
        }
        let sample = commands.withUnsafeBufferPointer { rig.run($0) }
        precondition(sample.report.commandsTaken == commands.count)
        samples?.pointee.append(sample)
    }

    private static func drive(
        _ rig: inout CoreRig, _ population: inout Population, _ queues: Int,
        _ config: EffectiveConfig
    ) -> [TickSample] {
        var samples: [TickSample] = []
        let ticks = config.integer("seconds") * Int(BenchMode.ticksPerSecond)
        let perTick = Double(config.integer("arrivals")) / BenchMode.ticksPerSecond
        var due = 0.0
        for tick in 0..<ticks {
            due += perTick
            arrive(&rig, &population, queues, Int(due), &samples)
            due -= due.rounded(.down)
            if tick % 100 == 0 { Progress.show("queues: tick \(tick) of \(ticks)") }
        }
        return samples
    }

    private static func report(
        _ samples: [TickSample], _ rig: borrowing CoreRig, _ waitingAtStart: Int,
        _ config: EffectiveConfig
    ) -> BenchReport {
        let wall = samples.map(\.seconds).sorted()
        let cpu = samples.map(\.cpuSeconds)
        let enqueued = samples.reduce(0) { $0 + $1.report.ticketsEnqueued }
        let bare = BarePool.secondsPerArrival(
            waiting: config.integer("players"), regionCount: config.integer("regions"))
        let perArrival = cpu.reduce(0, +) / Double(max(enqueued, 1))
        var report = BenchReport("queues: modes in turn, solo tickets")
        report.add("queues", "queues", Double(config.integer("queues")))
        report.add("waiting_start", "waiting at start", Double(waitingAtStart))
        report.add("waiting_end", "waiting at end", Double(rig.waitingCount))
        report.add("ticks", "ticks of 50 ms", Double(samples.count))
        report.add("matches", "matches", Double(rig.tally.matches))
        report.add("tick_p50_ms", "tick p50, ms", percentile(wall, 0.5) * 1e3, decimals: 3)
        report.add("tick_p99_ms", "tick p99, ms", percentile(wall, 0.99) * 1e3, decimals: 3)
        report.add("tick_p999_ms", "tick p99.9, ms", percentile(wall, 0.999) * 1e3, decimals: 3)
        report.add("tickets_per_second", "arrivals per processor second", 1 / perArrival)
        report.add("bare_tickets_per_second", "bare loop, the same", 1 / bare)
        report.add("ratio_to_bare", "ratio to the bare loop", bare / perArrival, decimals: 4)
        let mallocs = samples.reduce(0) { $0 + $1.mallocs }
        report.add(
            "mallocs_per_tick", "mallocs per tick", Double(mallocs) / Double(samples.count),
            decimals: 2)
        return report
    }
}
