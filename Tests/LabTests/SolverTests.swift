// The offline solver, where its Python packages are installed: its published figures, and the
// distance of a policy to it.
import Foundation
import MatchCore
import Testing

@testable import Lab

/// The solver as the benchmarks find it.
private enum SolverPlace {
    static let python = LabFixture.root.appending(path: ".venv/bin/python").path
    static let script = LabFixture.root.appending(path: "Benchmarks/Lab/Bounds/solve.py").path

    static let isInstalled: Bool = {
        (try? run(["-c", "import rustworkx, highspy"])) == 0
    }()

    static func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

@Suite(.enabled(if: SolverPlace.isInstalled, "the solver's Python packages are not installed"))
struct SolverTests {
    @Test func thePublishedFiguresComeOut() throws {
        #expect(try SolverPlace.run([SolverPlace.script, "--published"]) == 0)
    }

    @Test func noPolicyBeatsTheOptimum() throws {
        let workload = try LabWorkloadReader.load(file: LabFixture.file("W1"))
        var plain = try #require(workload.plain)
        // A short warm-up: enough for the bound, and quick in a build without optimisation.
        plain.warmUpTickets = 500
        var study = PlainStudy(workload, plain, tickets: 200, seeds: [1, 2, 3])
        for line in study.wanted(withPeers: false) { try study.run(line) }
        study.solve(BoundSolver(python: SolverPlace.python, script: SolverPlace.script))
        let optimum = try #require(study.optimum)
        for (place, weight) in optimum.weights.enumerated() {
            let best = optimum.mean(place, \.cost).mean
            for line in study.lines {
                let cost = line.mean { $0.wait + weight * (1 - $0.fairness) / 2 }.mean
                #expect(cost > best, "\(line.line.setting) at w = \(weight)")
            }
        }
        let ratio = try #require(study.waitRatio(.muster, fairness: 0.85))
        #expect(ratio.mean > 1 && ratio.mean < 3)
    }

    @Test func aTinyInstanceIsSolvedExactly() throws {
        // Two close pairs whose members come 10 s apart: with a large weight they wait for each
        // other, with a small one neighbours in time match.
        let instance = PlainInstance(seconds: [0, 1, 10, 11], ratings: [1000, 2000, 1000, 2000])
        let answers = try BoundSolver(python: SolverPlace.python, script: SolverPlace.script).solve(
            [
                BoundQuestion(
                    instance: instance, matchSize: 2, weights: [1, 1_000], eloDivisor: 400)
            ])
        #expect(answers[0][0].wait == 0.5)
        #expect(answers[0][1].wait == 5 && answers[0][1].fairness == 1)
    }

    @Test func aPairPlaysOnceARegionLiesWithinBothCaps() throws {
        // The cap grows by 10 ms a second from 80 to 150. The first two share a region at 100 ms,
        // so both must wait two seconds; the others have none in common until the stream ends.
        func trips(_ milliseconds: [UInt16]) -> LatencyVector {
            var vector = LatencyVector()
            for (region, value) in milliseconds.enumerated() {
                vector[RegionIndex(UInt8(region))] = value
            }
            return vector
        }
        let instance = PlainInstance(
            seconds: [0, 1, 10, 20], ratings: [1500, 1500, 1500, 1500],
            latencies: [
                trips([100, 200]), trips([100, 200]), trips([20, 200]), trips([200, 20]),
            ])
        let question = BoundQuestion(
            instance: instance, matchSize: 2, weights: [1], eloDivisor: 400,
            regions: BoundRegions(count: 2, start: 80, perSecond: 10, max: 150))
        let solver = BoundSolver(python: SolverPlace.python, script: SolverPlace.script)
        let points = try solver.solve([question])[0]
        // Waits of 3 and 2 for the first pair, of 10 and 0 for the second.
        #expect(abs(points[0].wait - 15.0 / 4) < 1e-9)
        #expect(points[0].fairness == 1)
    }

    @Test func noPolicyBeatsTheOptimumWithRegions() throws {
        let workload = try LabWorkloadReader.load(file: LabFixture.file("W2"))
        var plain = try #require(workload.plain)
        // A short warm-up: enough for the bound, and quick in a build without optimisation.
        plain.warmUpTickets = 500
        var study = PlainStudy(workload, plain, tickets: 200, seeds: [1, 2])
        let own = study.rules.latencyCap
        for line in study.wanted(withPeers: false) where line.rules[0].latencyCap == own {
            try study.run(line)
        }
        study.solve(BoundSolver(python: SolverPlace.python, script: SolverPlace.script))
        let optimum = try #require(study.optimum)
        for (place, weight) in optimum.weights.enumerated() {
            let best = optimum.mean(place, \.cost).mean
            for line in study.lines {
                let cost = line.mean { $0.wait + weight * (1 - $0.fairness) / 2 }.mean
                #expect(cost > best, "\(line.line.setting) at w = \(weight)")
            }
        }
    }
}
