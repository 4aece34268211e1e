// `matchbench backfill`: running matches ask for players in a queue in which a crowd waits. Every
// request is answered by one look, so what a look costs is the difference to the same ticks
// without requests.

import DaemonKit
import MatchCore

enum Backfill {
    static let command = BenchCommand(
        name: "backfill",
        summary: "Running matches ask A times a second for players, W tickets waiting.",
        options: [
            BenchOption.integer("waiting", 100_000, 1000...1_000_000, "Waiting tickets W."),
            BenchOption.integer(
                "asks", 1000, 20...1280, "Requests of running matches a second A."),
            BenchOption.integer("places", 2, 1...5, "Places that each team has open."),
            BenchOption.integer("seconds", 10, 1...3600, "Simulated time T.", unit: "S"),
            BenchOption.regions, BenchOption.seed,
        ],
        run: { config in
            let bare = try measure(config, asks: false)
            return report(try measure(config, asks: true), bare, config)
        })

    private struct Samples {
        var wall: [Double] = []
        var cpuSeconds = 0.0
        var looks = 0
        var joined = 0
        var carriedOver = 0
        var waitingAtEnd = 0
        var mallocs: UInt64 = 0
    }

    private static func report(
        _ samples: Samples, _ bare: Samples, _ config: EffectiveConfig
    ) -> BenchReport {
        let wall = samples.wall.sorted()
        let looks = Double(samples.looks)
        let lookSeconds = samples.cpuSeconds - bare.cpuSeconds
        var report = BenchReport("backfill 5v5 with roles")
        report.add("waiting_start", "waiting at start", Double(config.integer("waiting")))
        report.add("waiting_end", "waiting at end", Double(samples.waitingAtEnd))
        report.add("ticks", "ticks of 50 ms", Double(wall.count))
        report.add("looks", "looks for running matches", looks)
        report.add("joined", "tickets that joined", Double(samples.joined))
        report.add(
            "look_microseconds", "processor time of a look, microseconds",
            lookSeconds / looks * 1e6, decimals: 1)
        report.add("looks_per_second", "looks per processor second", looks / lookSeconds)
        report.add(
            "joined_per_second", "tickets joined per processor second",
            Double(samples.joined) / lookSeconds)
        report.add("tick_p50_ms", "tick p50, ms", percentile(wall, 0.5) * 1e3, decimals: 3)
        report.add("tick_p99_ms", "tick p99, ms", percentile(wall, 0.99) * 1e3, decimals: 3)
        report.add("carried_over", "work carried to a later tick", Double(samples.carriedOver))
        report.add("mallocs", "mallocs in all ticks", Double(samples.mallocs))
        return report
    }

    /// A crowd of damage dealers, who form no match of their own, and as many arrivals as places.
    private static func measure(_ config: EffectiveConfig, asks: Bool) throws -> Samples {
        guard let mode = BenchMode.named("5v5") else { preconditionFailure("5v5 is a mode") }
        let waiting = config.integer("waiting")
        let regionCount = config.integer("regions")
        let perTick = config.integer("asks") / Int(BenchMode.ticksPerSecond)
        let places = UInt8(config.integer("places"))
        let ticks = config.integer("seconds") * Int(BenchMode.ticksPerSecond)
        let seed = UInt64(config.integer("seed"))
        let capacity = waiting + perTick * 2 * Int(places) * (ticks + 100)
        let limits = Limits(
            ticketCountMax: capacity, playerCountMax: capacity,
            placeCountMax: capacity * 5 / 2 + 4096, queueCountMax: 1, regionCount: regionCount)
        var rules = RulePreset.roles.rules(mode)
        rules.backfill = BackfillRules(ratingWindow: rules.ratingWindow, timeoutTicks: 1200)
        var rig = try CoreRig(limits: limits, rules: [rules], seed: seed)
        var population = Population(seed: seed, regionCount: regionCount)
        var generator = SeededGenerator(seed: seed ^ 0xBF)
        var samples = Samples()
        var made = 0
        while made < waiting {
            let part = min(20_000, waiting - made)
            _ = run(&rig, &population, arrivals: part, asking: [])
            made += part
        }
        for tick in 0..<(ticks + 40) {
            var requests: [Command] = []
            for _ in 0..<perTick {
                requests.append(request(&generator, regionCount, places))
            }
            let sample = run(
                &rig, &population, arrivals: perTick * 2 * Int(places),
                asking: asks ? requests : [])
            // The first two seconds settle.
            if tick < 40 { continue }
            samples.wall.append(sample.seconds)
            samples.cpuSeconds += sample.cpuSeconds
            samples.looks += sample.report.backfillLooks
            samples.joined += sample.report.ticketsBackfilled
            samples.carriedOver += sample.report.carriedOver
            samples.mallocs += sample.mallocs
        }
        samples.waitingAtEnd = rig.waitingCount
        return samples
    }

    private static func run(
        _ rig: inout CoreRig, _ population: inout Population, arrivals: Int, asking: [Command]
    ) -> TickSample {
        var commands = asking
        for _ in 0..<arrivals {
            population.append(TicketTraits(roles: [4]), queue: 0, waitedTicks: 0, to: &commands)
        }
        let sample = commands.withUnsafeBufferPointer { rig.run($0) }
        precondition(sample.report.commandsTaken == commands.count)
        return sample
    }

    /// A running match of a rating as the players', with places for anybody in both teams.
    private static func request(
        _ generator: inout SeededGenerator, _ regionCount: Int, _ places: UInt8
    ) -> Command {
        let region = RegionIndex(UInt8(generator.next() % UInt64(regionCount)))
        let rating = Rating(points: generator.normal(mean: 1500, deviation: 350))
        let match = MatchID(high: generator.next(), low: generator.next())
        return .backfill(
            BackfillRequest(
                match: match, queue: QueueIndex(0), region: region, lobby: LobbyIndex(0),
                generation: 1, rating: rating, openPlaces: [places, places]))
    }
}
