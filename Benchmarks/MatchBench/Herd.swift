// `matchbench herd`: N tickets before the first tick, then ticks until nothing more matches.

import DaemonKit
import MatchCore

struct HerdResult {
    var matched = 0
    var matches = 0
    var ticks = 0
    var seconds = 0.0
    var tickMaxMilliseconds = 0.0
    var meanRange = 0.0
    var meanRangeOfSortedCut = 0.0
    var meanComposite = 0.0
    var meanFairness = 0.0
    var bytesPerTicket = 0.0
    var barePerSecond = 0.0
    var mallocs: UInt64 = 0
    var ticketsPerSecond: Double { Double(matched) / seconds }
}

enum Herd {
    static let command = BenchCommand(
        name: "herd", summary: "N solo tickets at once, ticked until nothing more matches.",
        options: [
            BenchOption.integer("tickets", 1_000_000, 100...4_000_000, "Tickets in the herd."),
            BenchOption.mode, BenchOption.regions,
            BenchOption.number(
                "deviation", 350, 1...2000, "Standard deviation of the ratings.", unit: "POINTS"),
            BenchOption.integer("runs", 3, 1...100, "Runs; the fastest is reported."),
            BenchOption.seed,
        ],
        run: { config in
            guard let mode = BenchMode.named(config.text("mode")) else {
                preconditionFailure("modes are checked by the option table")
            }
            var best: HerdResult?
            for run in 1...config.integer("runs") {
                Progress.show("herd: run \(run) of \(config.integer("runs"))")
                let result = try measure(
                    count: config.integer("tickets"), mode: mode,
                    regionCount: config.integer("regions"), deviation: config.number("deviation"),
                    seed: UInt64(config.integer("seed")))
                if best == nil || result.seconds < best?.seconds ?? 0 { best = result }
            }
            return report(best ?? HerdResult(), config)
        })

    private static func report(_ result: HerdResult, _ config: EffectiveConfig) -> BenchReport {
        var report = BenchReport("herd \(config.text("mode"))")
        report.add("tickets", "tickets at once", Double(config.integer("tickets")))
        report.add("regions", "regions", Double(config.integer("regions")))
        report.add("matched", "tickets matched", Double(result.matched))
        report.add("matches", "matches", Double(result.matches))
        report.add("ticks", "ticks", Double(result.ticks))
        report.add("seconds", "seconds in ticks", result.seconds, decimals: 4)
        report.add(
            "tickets_per_second", "tickets per second", result.ticketsPerSecond)
        report.add(
            "bare_tickets_per_second", "bare loop, tickets per second", result.barePerSecond)
        report.add(
            "ratio_to_bare", "ratio to the bare loop",
            result.ticketsPerSecond / result.barePerSecond, decimals: 4)
        report.add("tick_max_ms", "longest tick, ms", result.tickMaxMilliseconds, decimals: 3)
        report.add("mean_spread", "mean spread (max - min), points", result.meanRange, decimals: 3)
        report.add(
            "mean_spread_sorted_cut", "the same, sorted pool cut in order",
            result.meanRangeOfSortedCut, decimals: 3)
        report.add(
            "spread_ratio_to_sorted_cut", "ratio of the two",
            result.meanRange / result.meanRangeOfSortedCut, decimals: 3)
        report.add("mean_fairness", "mean fairness F", result.meanFairness, decimals: 4)
        report.add("mean_quality", "mean quality", result.meanComposite, decimals: 4)
        report.add(
            "mallocs_per_tick", "mallocs per tick",
            Double(result.mallocs) / Double(max(result.ticks, 1)), decimals: 2)
        report.add(
            "bytes_per_ticket", "bytes per ticket", result.bytesPerTicket, decimals: 1)
        return report
    }

    private static func measure(
        count: Int, mode: BenchMode, regionCount: Int, deviation: Double, seed: UInt64
    ) throws -> HerdResult {
        var population = Population(
            seed: seed, regionCount: regionCount, ratingDeviation: deviation)
        var commands: [Command] = []
        commands.reserveCapacity(count)
        for _ in 0..<count { population.append(size: 1, queue: 0, to: &commands) }
        let limits = Limits(
            ticketCountMax: count, playerCountMax: count,
            placeCountMax: count * 27 / 20, queueCountMax: 1, regionCount: regionCount,
            searchCountPerTickMax: 1_000_000)
        var rig = try CoreRig(limits: limits, rules: [mode.rules], seed: seed)
        var result = HerdResult()
        result.bytesPerTicket = Double(Matchmaker.memoryByteCount(limits)) / Double(count)
        commands.withUnsafeBufferPointer { drive(&rig, $0, &result) }
        let matches = Double(max(rig.tally.matches, 1))
        result.matched = rig.tally.tickets
        result.matches = rig.tally.matches
        result.meanRange = rig.tally.rangeSum / matches
        result.meanComposite = rig.tally.compositeSum / matches
        result.meanFairness = rig.tally.fairnessSum / matches
        result.meanRangeOfSortedCut = sortedCut(commands, mode.playerCount, regionCount)
        result.barePerSecond = bare(commands, mode.playerCount)
        return result
    }

    /// Ticks until two in a row have made no match.
    private static func drive(
        _ rig: inout CoreRig, _ commands: UnsafeBufferPointer<Command>, _ result: inout HerdResult
    ) {
        var taken = 0
        var idle = 0
        while idle < 2 {
            let rest = UnsafeBufferPointer(rebasing: commands[taken...])
            let sample = rig.run(rest)
            taken += sample.report.commandsTaken
            result.ticks += 1
            result.seconds += sample.seconds
            result.mallocs += sample.mallocs
            result.tickMaxMilliseconds = max(
                result.tickMaxMilliseconds, sample.seconds * 1000)
            idle = sample.report.matches == 0 ? idle + 1 : 0
        }
    }

    /// Mean rating range when each region's pool is sorted and cut into consecutive lobbies; every
    /// ticket counts in its best region.
    private static func sortedCut(
        _ commands: [Command], _ lobbySize: Int, _ regionCount: Int
    ) -> Double {
        var pools: [[Int32]] = Array(repeating: [], count: regionCount)
        for command in commands {
            guard case .enqueue(let request) = command else { continue }
            var home = 0
            for region in 1..<max(regionCount, 1)
            where request.latencies[RegionIndex(UInt8(region))]
                < request.latencies[RegionIndex(UInt8(home))]
            {
                home = region
            }
            pools[home].append(request.leader.rating.steps)
        }
        var sum = 0.0
        var lobbies = 0
        for pool in pools { cut(pool.sorted(), lobbySize, &sum, &lobbies) }
        return sum / Double(max(lobbies, 1))
    }

    private static func cut(
        _ ratings: [Int32], _ lobbySize: Int, _ sum: inout Double, _ lobbies: inout Int
    ) {
        var start = 0
        while start + lobbySize <= ratings.count {
            sum += Rating(steps: ratings[start + lobbySize - 1] - ratings[start]).points
            lobbies += 1
            start += lobbySize
        }
    }

    /// Tickets a second of the bare loop on the same ratings: the best of three.
    private static func bare(_ commands: [Command], _ lobbySize: Int) -> Double {
        var levels: [Int32] = []
        for command in commands {
            guard case .enqueue(let request) = command else { continue }
            levels.append(Int32(min(max(request.leader.rating.points + 1000, 0), 8191)))
        }
        var best = Double.infinity
        for _ in 0..<3 {
            var loop = BareLoop(ticketCount: levels.count, lobbySize: lobbySize)
            let start = seconds()
            let check = loop.run(levels)
            best = min(best, seconds() - start)
            precondition(check != Int.min)
        }
        return Double(levels.count) / best
    }
}
