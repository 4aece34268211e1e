// Hands instances to the solver of the offline optimum and reads its answers. The solver is a
// Python script with well-kept libraries, used for measuring only; without it a report says so.

import DaemonKit
import Foundation
import MatchCore

/// A point of the offline optimum.
package struct OptimumPoint: Sendable, Equatable {
    package var weight: Double
    /// 1v1: mean wait in seconds and mean fairness. Lobbies: NaN.
    package var wait: Double
    package var fairness: Double
    package var fairnessP10: Double
    /// Seconds a player of wait and weighted unfairness; a lower bound for any schedule.
    package var cost: Double
}

/// What is asked of the solver.
package struct BoundQuestion: Sendable {
    package var instance: PlainInstance
    /// Tickets of a match: 2 for pairs (exact), more for lobbies (bound by a linear program).
    package var matchSize: Int
    package var weights: [Double]
    /// Elo points of tenfold odds.
    package var eloDivisor: Double
    /// Pairs: a pair plays once some region lies within both caps, each by its own wait. Nil where
    /// regions do not matter.
    package var regions: BoundRegions?

    package init(
        instance: PlainInstance, matchSize: Int, weights: [Double], eloDivisor: Double,
        regions: BoundRegions? = nil
    ) {
        self.regions = regions
        self.instance = instance
        self.matchSize = matchSize
        self.weights = weights
        self.eloDivisor = eloDivisor
    }
}

/// Regions of a stream, and the cap on the round trip by the wait.
package struct BoundRegions: Sendable {
    package var count: Int
    /// Milliseconds, milliseconds a second, milliseconds.
    package var start: Double
    package var perSecond: Double
    package var max: Double

    package init(count: Int, start: Double, perSecond: Double, max: Double) {
        self.count = count
        self.start = start
        self.perSecond = perSecond
        self.max = max
    }

    /// - Parameter cap: by ticks of `tickSeconds`.
    package init(count: Int, _ cap: WideningCurve, tickSeconds: Double) {
        self.init(
            count: count, start: Double(cap.start),
            perSecond: Double(cap.growthPerTick) / Double(WideningCurve.growthUnit) / tickSeconds,
            max: Double(cap.max))
    }
}

/// The solver could not be used.
package struct BoundFailure: Error, CustomStringConvertible {
    package let description: String
}

/// Runs the script.
package struct BoundSolver: Sendable {
    package let python: String
    package let script: String

    package init(python: String, script: String) {
        self.python = python
        self.script = script
    }

    /// One list of points a question, in the order of its weights.
    /// - Throws: `BoundFailure` with the solver's own words.
    package func solve(_ questions: [BoundQuestion]) throws -> [[OptimumPoint]] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "muster-bounds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let question = folder.appending(path: "question.json")
        let answer = folder.appending(path: "answer.json")
        try JSONEncoder().encode(questions.map(Question.init)).write(to: question)
        try run([script, question.path, answer.path])
        let answers = try JSONDecoder().decode([[Answer]].self, from: Data(contentsOf: answer))
        guard answers.count == questions.count else {
            throw BoundFailure(description: "the solver answered \(answers.count) questions")
        }
        return answers.map { $0.map(\.point) }
    }

    private func run(_ arguments: [String]) throws {
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw BoundFailure(description: "there is no \(python)")
        }
        let process = Process()
        let errors = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = arguments
        process.standardError = errors
        try process.run()
        let words = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let last = String(decoding: words, as: UTF8.self).split(separator: "\n").last
            throw BoundFailure(description: "the solver failed: \(last ?? "without a word")")
        }
    }

    private struct Question: Encodable {
        let times: [Double]
        let ratings: [Double]
        let size: Int
        let weights: [Double]
        let eloDivisor: Double
        let latencies: [[Int]]?
        let cap: [Double]?

        init(_ question: BoundQuestion) {
            times = question.instance.seconds
            ratings = question.instance.ratings
            size = question.matchSize
            weights = question.weights
            eloDivisor = question.eloDivisor
            latencies = question.regions.map { regions in
                question.instance.latencies.map { trips in
                    (0..<regions.count).map { Int(trips[RegionIndex(UInt8($0))]) }
                }
            }
            cap = question.regions.map { [$0.start, $0.perSecond, $0.max] }
        }
    }

    private struct Answer: Decodable {
        let weight: Double
        let wait: Double?
        let fairness: Double?
        let fairnessP10: Double?
        let cost: Double

        var point: OptimumPoint {
            OptimumPoint(
                weight: weight, wait: wait ?? .nan, fairness: fairness ?? .nan,
                fairnessP10: fairnessP10 ?? .nan, cost: cost)
        }
    }
}
