// The workload that the project ships, for the tests of this folder.
import DaemonKit
import Foundation
import Testing

@testable import loadgen

/// The shipped file, wherever the tests run.
let demoWorkloadPath = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Benchmarks/Workloads/demo.json5").standardizedFileURL.path

func demoWorkload() throws -> Workload { try WorkloadReader.load(file: demoWorkloadPath) }
