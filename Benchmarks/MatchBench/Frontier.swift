// `matchbench frontier`: wait against fairness. First on a plain stream, where the offline optimum
// that no policy can beat stands beside every policy over its settings, and the headline is the
// distance to it; then in the workload's whole crowd, judged by true skill.

import DaemonKit
import Lab
import MatchCore

enum FrontierCommand {
    static let command = BenchCommand(
        name: "frontier", summary: "Wait against fairness, with the offline optimum beside it.",
        options: [
            LabOption.workload("W1"),
            BenchOption.integer(
                "seeds", 0, 0...1_000,
                "Seeds; 0 for the workload's own number on the stream and five in the crowd."),
            BenchOption.integer(
                "tickets", 0, 0...100_000, "Tickets of a stream; 0 for the workload's own number."),
            BenchOption.integer("seed", 42, 0...1 << 40, "The first seed."),
            BenchOption.toggle("alone", "Muster only, without the peers' lines."),
            BenchOption.toggle("plain", "The plain stream only, without the crowd."),
            LabOption.python, LabOption.html,
        ],
        run: { config in
            let workload = try LabOption.load(config)
            var report = BenchReport("frontier: \(workload.name), \(workload.title)")
            report.add("workload", "workload", workload.name)
            if let plain = workload.plain {
                let study = try stream(workload, plain, config)
                try LabOption.writePage(config) { PlainPage(study).html }
                PlainTables.add(study, to: &report)
            }
            if !config.isOn("plain") {
                CrowdFrontier(try crowd(workload, config)).add(to: &report)
            } else if workload.plain == nil {
                throw LabFailure("\(workload.name) has no plain stream")
            }
            return report
        })

    private static func seeds(_ config: EffectiveConfig, standard: Int) -> [UInt64] {
        let count = config.integer("seeds") == 0 ? standard : config.integer("seeds")
        return (0..<count).map { UInt64(config.integer("seed")) + UInt64($0) }
    }

    private static func stream(
        _ workload: LabWorkload, _ plain: LabPlain, _ config: EffectiveConfig
    ) throws -> PlainStudy {
        let tickets = config.integer("tickets") == 0 ? plain.tickets : config.integer("tickets")
        var study = PlainStudy(
            workload, plain, tickets: tickets, seeds: seeds(config, standard: plain.seeds))
        let lines = study.wanted(withPeers: !config.isOn("alone"))
        for (number, line) in lines.enumerated() {
            Progress.show("frontier: \(line.name) \(line.setting) \(number)/\(lines.count)")
            try study.run(line)
        }
        Progress.show("frontier: offline optimum")
        study.solve(LabOption.solver(config))
        return study
    }

    private static func crowd(
        _ workload: LabWorkload, _ config: EffectiveConfig
    ) throws -> CrowdStudy {
        var study = CrowdStudy(workload, seeds: seeds(config, standard: 5))
        for rate in workload.arrivals.playersPerSecond {
            for line in study.wanted(withPeers: !config.isOn("alone"), isSwept: true) {
                Progress.show("frontier: \(line.name) \(line.setting) at \(rate)/s")
                try study.run(line, playersPerSecond: rate)
            }
        }
        return study
    }
}
