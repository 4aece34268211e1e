// What the lab's subcommands share: where workloads, solver and page are.

import DaemonKit
import Lab

/// Something that a lab command cannot do, in words.
struct LabFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

enum LabOption {
    static func workload(_ standard: String) -> ConfigOption {
        BenchOption.text(
            "workload", standard,
            "Workload: a name in Benchmarks/Workloads, or a path with a slash or .json5.",
            unit: "NAME")
    }

    static let python = BenchOption.text(
        "python", ".venv/bin/python",
        "Python with the packages of the offline solver; without them its bounds are left out.",
        unit: "FILE")

    static let html = BenchOption.text(
        "html", "", "Also write the report as one page with plots.", unit: "FILE")

    static func load(_ config: EffectiveConfig) throws -> LabWorkload {
        let name = config.text("workload")
        let isPath = name.contains("/") || name.hasSuffix(".json5")
        return try LabWorkloadReader.load(
            file: isPath ? name : "Benchmarks/Workloads/\(name).json5")
    }

    static func solver(_ config: EffectiveConfig) -> BoundSolver {
        BoundSolver(python: config.text("python"), script: "Benchmarks/Lab/Bounds/solve.py")
    }

    static func writePage(_ config: EffectiveConfig, _ page: () -> String) throws {
        let file = config.text("html")
        if !file.isEmpty { try TextFile.write(page(), to: file) }
    }
}
