// `matchbench sim`: a whole crowd of a workload meets Muster and, if wanted, the peers' rules, each
// the same people. Everything is judged by true skill.

import DaemonKit
import Lab

enum SimCommand {
    static let command = BenchCommand(
        name: "sim", summary: "Simulated crowds: waits, fairness, abandonment by true skill.",
        options: [
            LabOption.workload("W4"),
            BenchOption.integer("seeds", 5, 1...1_000, "Seeds that figures are averaged over."),
            BenchOption.integer("seed", 42, 0...1 << 40, "The first seed."),
            BenchOption.number(
                "scale", 1, 0.001...1, "Share of the workload's time to simulate.", unit: "SHARE"),
            BenchOption.toggle("peers", "Also run the peers' published rules."),
            BenchOption.toggle("sweep", "Run Muster with every setting of the workload."),
            BenchOption.text(
                "crowd", "", "One of the workload's other crowds alone, instead of all.",
                unit: "NAME"),
            LabOption.html,
        ],
        run: { config in
            var workload = try chosen(LabOption.load(config), config.text("crowd"))
            let scale = config.number("scale")
            workload.seconds *= scale
            workload.warmUpSeconds *= scale
            for index in workload.variants.indices {
                workload.variants[index].workload.seconds *= scale
                workload.variants[index].workload.warmUpSeconds *= scale
            }
            let first = UInt64(config.integer("seed"))
            var study = CrowdStudy(
                workload, seeds: (0..<config.integer("seeds")).map { first + UInt64($0) })
            let lines = study.wanted(
                withPeers: config.isOn("peers"), isSwept: config.isOn("sweep"))
            try run(&study, lines)
            try LabOption.writePage(config) { CrowdPage(study).html }
            return SimReport(study).report(try verdict(study))
        })

    /// The workload with one of its crowds alone; all of it if `name` is empty.
    private static func chosen(_ workload: LabWorkload, _ name: String) throws -> LabWorkload {
        if name.isEmpty { return workload }
        guard let variant = workload.variants.first(where: { $0.name == name }) else {
            let names = workload.variants.map(\.name).joined(separator: ", ")
            throw LabFailure("\(workload.name) has no crowd '\(name)'; it has: \(names)")
        }
        return variant.workload
    }

    /// All rates and lines with the workload's own crowd, then its other crowds with the first.
    private static func run(_ study: inout CrowdStudy, _ lines: [PolicyLine]) throws {
        for rate in study.workload.arrivals.playersPerSecond {
            for line in lines {
                let title = "sim: \(line.name) \(line.setting) at \(rate)/s"
                Progress.show(title)
                try study.run(line, playersPerSecond: rate) { share in
                    Progress.show("\(title) \(Int(share * 100)) %")
                }
            }
            for variant in study.workload.variants {
                guard let line = PolicyLine.muster(variant.workload.settings).first else {
                    continue
                }
                let title = "sim: \(variant.name) at \(rate)/s"
                try study.run(line, variant: variant, playersPerSecond: rate) { share in
                    Progress.show("\(title) \(Int(share * 100)) %")
                }
            }
        }
    }

    /// The verdict of a workload that has one: runs the same queue alone at small size.
    private static func verdict(_ study: CrowdStudy) throws -> SizeVerdict? {
        guard study.workload.verdict != nil else { return nil }
        Progress.show("sim: the same queue at small size")
        return try SizeVerdict(study)
    }
}
