// `matchbench scarce`: W damage dealers wait because healers are scarce, while A arrivals a second
// come, a hundredth of them healers: the tick must not walk the crowd for a role that is not there.

import DaemonKit
import MatchCore

enum Scarce {
    static let command = BenchCommand(
        name: "scarce",
        summary: "W damage dealers waiting, A arrivals/s of which a share heal, 5v5 with roles.",
        options: [
            BenchOption.integer("waiting", 1_000_000, 0...2_000_000, "Waiting damage dealers W."),
            BenchOption.integer("arrivals", 20_000, 1...500_000, "Arriving tickets a second A."),
            BenchOption.integer("seconds", 10, 1...3600, "Simulated time T.", unit: "S"),
            BenchOption.number(
                "healers", 1, 0...100, "Arrivals that heal, and as many that tank.",
                unit: "PERCENT"),
            BenchOption.regions, BenchOption.seed,
        ],
        run: { config in
            let samples = try measure(config)
            return report(samples, config)
        })

    private struct Samples {
        var wall: [Double] = []
        var cpu: [Double] = []
        var carriedOver = 0
        var cutShort = 0
        var matches = 0
        var waitingAtEnd = 0
        var mallocs: UInt64 = 0
    }

    private static func report(_ samples: Samples, _ config: EffectiveConfig) -> BenchReport {
        let wall = samples.wall.sorted()
        let cpu = samples.cpu.sorted()
        var report = BenchReport("scarce 5v5: damage waits, few heal")
        report.add("waiting_start", "waiting at start", Double(config.integer("waiting")))
        report.add("waiting_end", "waiting at end", Double(samples.waitingAtEnd))
        report.add("ticks", "ticks of 50 ms", Double(wall.count))
        report.add("matches", "matches", Double(samples.matches))
        report.add("tick_p50_ms", "tick p50, ms", percentile(wall, 0.5) * 1e3, decimals: 3)
        report.add("tick_p99_ms", "tick p99, ms", percentile(wall, 0.99) * 1e3, decimals: 3)
        report.add("tick_p999_ms", "tick p99.9, ms", percentile(wall, 0.999) * 1e3, decimals: 3)
        report.add(
            "tick_cpu_p99_ms", "tick p99, ms of processor time", percentile(cpu, 0.99) * 1e3,
            decimals: 3)
        report.add("carried_over", "work carried to a later tick", Double(samples.carriedOver))
        report.add("cut_short", "searches cut short", Double(samples.cutShort))
        report.add("mallocs", "mallocs in all ticks", Double(samples.mallocs))
        return report
    }

    private static func measure(_ config: EffectiveConfig) throws -> Samples {
        guard let mode = BenchMode.named("5v5") else { preconditionFailure("5v5 is a mode") }
        let waiting = config.integer("waiting")
        let perTick = max(1, config.integer("arrivals") / Int(BenchMode.ticksPerSecond))
        let ticks = config.integer("seconds") * Int(BenchMode.ticksPerSecond)
        let capacity = waiting + perTick * (ticks + 100) + 1000
        let regionCount = config.integer("regions")
        let limits = Limits(
            ticketCountMax: capacity, playerCountMax: capacity,
            placeCountMax: capacity * 5 / 2 + 4096, queueCountMax: 1, regionCount: regionCount)
        let seed = UInt64(config.integer("seed"))
        var rig = try CoreRig(limits: limits, rules: [RulePreset.roles.rules(mode)], seed: seed)
        var population = Population(seed: seed, regionCount: regionCount)
        fill(&rig, &population, waiting)
        var generator = SeededGenerator(seed: seed ^ 0x4EA1)
        let share = config.number("healers") / 100
        var samples = Samples()
        rig.resetTally()
        for tick in 0..<(ticks + 40) {
            var commands: [Command] = []
            for _ in 0..<perTick {
                let draw = generator.uniform()
                let roles: UInt8 = draw < share ? 2 : draw < 2 * share ? 1 : 4
                let traits = TicketTraits(roles: [roles])
                population.append(traits, queue: 0, waitedTicks: 0, to: &commands)
            }
            let sample = commands.withUnsafeBufferPointer { rig.run($0) }
            if tick % 20 == 0 { Progress.show("scarce: tick \(tick) of \(ticks + 40)") }
            // The first two seconds settle.
            if tick < 40 { continue }
            samples.wall.append(sample.seconds)
            samples.cpu.append(sample.cpuSeconds)
            samples.carriedOver += sample.report.carriedOver
            samples.cutShort += sample.report.searchesCutShort
            samples.matches += sample.report.matches
            samples.mallocs += sample.mallocs
        }
        samples.waitingAtEnd = rig.waitingCount
        return samples
    }

    private static func fill(_ rig: inout CoreRig, _ population: inout Population, _ count: Int) {
        var made = 0
        while made < count {
            let part = min(20_000, count - made)
            var commands: [Command] = []
            for _ in 0..<part {
                let waited = Int32(population.uniform() * 60 * BenchMode.ticksPerSecond)
                population.append(
                    TicketTraits(roles: [4]), queue: 0, waitedTicks: waited, to: &commands)
            }
            commands.withUnsafeBufferPointer { all in
                var rest = all
                while !rest.isEmpty {
                    let taken = rig.run(rest).report.commandsTaken
                    rest = UnsafeBufferPointer(rebasing: rest[taken...])
                }
            }
            made += part
            Progress.show("scarce: \(made) of \(count) waiting")
        }
    }
}
