// `matchbench rules`: what each optional rule costs. The same herd, once for each preset, beside
// the plain one of the same run.

import DaemonKit
import MatchCore

enum RuleCost {
    static let command = BenchCommand(
        name: "rules", summary: "What each optional rule costs: a herd with each, beside none.",
        options: [
            BenchOption.integer("tickets", 200_000, 1000...2_000_000, "Tickets in the herd."),
            BenchOption.mode, BenchOption.regions,
            BenchOption.integer("runs", 3, 1...100, "Runs of each; the fastest counts."),
            BenchOption.seed,
        ],
        run: { config in
            guard let mode = BenchMode.named(config.text("mode")), mode.teamCount == 2 else {
                throw RuleCostError.needsTwoTeams
            }
            return try report(mode, config)
        })

    /// One preset's herd.
    private struct Result {
        var seconds = Double.infinity
        var players = 0
        var tickets = 0
        var matches = 0
        var tickMaxSeconds = 0.0
        var carriedOver = 0
        var mallocs: UInt64 = 0
        var fairness = 0.0
        var perSecond: Double { Double(tickets) / seconds }
    }

    private static func report(_ mode: BenchMode, _ config: EffectiveConfig) throws -> BenchReport {
        var table = BenchTable([
            BenchTable.Column(key: "rules", heading: "rules"),
            BenchTable.Column(key: "tickets_per_second", heading: "tickets/s"),
            BenchTable.Column(key: "ratio_to_plain", heading: "of plain", decimals: 3),
            BenchTable.Column(key: "matched", heading: "matched"),
            BenchTable.Column(key: "matches", heading: "matches"),
            BenchTable.Column(key: "fairness", heading: "mean F", decimals: 4),
            BenchTable.Column(key: "tick_max_ms", heading: "longest tick, ms", decimals: 1),
            BenchTable.Column(key: "carried_over", heading: "carried over"),
            BenchTable.Column(key: "mallocs", heading: "mallocs"),
        ])
        var plain = 0.0
        for preset in RulePreset.allCases {
            var best = Result()
            for run in 1...config.integer("runs") {
                Progress.show("rules: \(preset.rawValue), run \(run)")
                let result = try measure(
                    preset, mode, count: config.integer("tickets"),
                    regionCount: config.integer("regions"), seed: UInt64(config.integer("seed")))
                if result.seconds < best.seconds { best = result }
            }
            if preset == .plain { plain = best.perSecond }
            table.add([
                .text(preset.rawValue), .number(best.perSecond),
                .number(best.perSecond / plain), .number(Double(best.tickets)),
                .number(Double(best.matches)), .number(best.fairness),
                .number(best.tickMaxSeconds * 1e3), .number(Double(best.carriedOver)),
                .number(Double(best.mallocs)),
            ])
        }
        var report = BenchReport("rules \(mode.name)")
        report.add("tickets", "tickets at once", Double(config.integer("tickets")))
        report.add("presets", table)
        return report
    }

    private static func measure(
        _ preset: RulePreset, _ mode: BenchMode, count: Int, regionCount: Int, seed: UInt64
    ) throws -> Result {
        var population = Population(seed: seed, regionCount: regionCount)
        var generator = SeededGenerator(seed: seed ^ 0x5EED)
        var commands: [Command] = []
        var playerCount = 0
        for _ in 0..<count {
            let traits = preset.draw(mode, &generator)
            playerCount += traits.size
            population.append(traits, queue: 0, waitedTicks: 0, to: &commands)
        }
        let limits = Limits(
            ticketCountMax: count, playerCountMax: playerCount, placeCountMax: count * 2 + 4096,
            queueCountMax: 1, regionCount: regionCount, searchCountPerTickMax: 1_000_000)
        var rig = try CoreRig(limits: limits, rules: [preset.rules(mode)], seed: seed)
        var result = Result()
        result.seconds = 0
        commands.withUnsafeBufferPointer { drive(&rig, $0, &result) }
        result.tickets = rig.tally.tickets
        result.matches = rig.tally.matches
        result.fairness = rig.tally.fairnessSum / Double(max(rig.tally.matches, 1))
        return result
    }

    /// Ticks until everything is in and two ticks in a row have made no match.
    private static func drive(
        _ rig: inout CoreRig, _ commands: UnsafeBufferPointer<Command>, _ result: inout Result
    ) {
        var taken = 0
        var idle = 0
        while idle < 2 {
            let sample = rig.run(UnsafeBufferPointer(rebasing: commands[taken...]))
            taken += sample.report.commandsTaken
            result.seconds += sample.seconds
            result.mallocs += sample.mallocs
            result.carriedOver += sample.report.carriedOver
            result.tickMaxSeconds = max(result.tickMaxSeconds, sample.seconds)
            idle = sample.report.matches == 0 && taken == commands.count ? idle + 1 : 0
        }
    }
}

enum RuleCostError: Error, CustomStringConvertible {
    case needsTwoTeams
    var description: String { "the rules are measured in a mode of two teams" }
}
