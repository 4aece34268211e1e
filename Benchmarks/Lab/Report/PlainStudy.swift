// A comparison on plain streams: every line over the same seeds, the offline optimum beside it,
// and the headline ratios. What `matchbench frontier` shows.

import MatchCore

/// One line with its results, one a seed.
package struct PlainLine: Sendable {
    package var line: PolicyLine
    package var results: [PlainResult]

    package func mean(_ value: (PlainResult) -> Double) -> Estimate { Estimate(results.map(value)) }
}

/// The optimum of all seeds, by weight.
package struct Optimum: Sendable {
    /// Tickets of a match.
    package var matchSize: Int
    /// By seed, then by weight.
    package var points: [[OptimumPoint]]

    package func mean(_ weight: Int, _ value: (OptimumPoint) -> Double) -> Estimate {
        Estimate(points.map { value($0[weight]) })
    }
    package var weights: [Double] { points.first?.map(\.weight) ?? [] }
}

/// All of a comparison.
package struct PlainStudy: Sendable {
    package let workload: LabWorkload
    package let plain: LabPlain
    package let tickets: Int
    package let seeds: [UInt64]
    package private(set) var lines: [PlainLine] = []
    package private(set) var optimum: Optimum?
    /// Why there is no optimum.
    package private(set) var optimumMissing = ""

    /// - Parameter tickets: rounded down to whole matches.
    package init(_ workload: LabWorkload, _ plain: LabPlain, tickets: Int, seeds: [UInt64]) {
        precondition(!plain.settings.isEmpty && !seeds.isEmpty)
        self.workload = workload
        self.plain = plain
        self.seeds = seeds
        let size = plain.settings[0].rules[0].ticketsPerMatch
        self.tickets = max(size, tickets / size * size)
    }

    package var rules: QueueRules { plain.settings[0].rules[0] }

    /// Matches of two tickets, for which the optimum is exact.
    package var isPaired: Bool { rules.ticketsPerMatch == 2 }

    /// The lines that are compared: Muster's settings, peers, yardstick.
    package func wanted(withPeers: Bool) -> [PolicyLine] {
        var lines = PolicyLine.muster(plain.settings)
        if withPeers {
            lines += PolicyLine.peers(plain.settings[0].rules, isSwept: true)
            lines += PolicyLine.combinedWait(plain.settings[0].rules)
        }
        return lines
    }

    private var instances: [PlainInstance] {
        seeds.map {
            PlainInstance(plain, tickets: tickets, seed: $0, latencyMax: rules.latencyCap.max)
        }
    }

    private var regionCount: Int { plain.geography?.regions.count ?? 1 }

    /// Runs a line over all seeds.
    package mutating func run(_ line: PolicyLine) throws {
        lines.append(
            PlainLine(
                line: line,
                results: try Parallel.map(Array(zip(seeds, instances))) { [self] seed, instance in
                    try result(of: line, seed, instance)
                }))
    }

    private func result(
        of line: PolicyLine, _ seed: UInt64, _ instance: PlainInstance
    ) throws -> PlainResult {
        let setup = PolicySetup(
            rules: line.rules, regionCount: regionCount, tickSeconds: workload.tickSeconds,
            seed: seed)
        let policy = try line.make(
            regionCount: regionCount, tickSeconds: workload.tickSeconds, seed: seed,
            ticketCountMax: max(1_024, 2 * tickets))
        var run = PlainRun(instance, setup: setup)
        // A stream of its own: what comes before tells nothing of what follows.
        let before = plain.warmUpTickets
        let warmUp = PlainInstance(
            plain, tickets: before, seed: ~seed, latencyMax: rules.latencyCap.max)
        return run.run(policy, warmUp: before == 0 ? nil : warmUp)
    }

    /// Asks for the optimum of all seeds; without a solver notes why there is none.
    package mutating func solve(_ solver: BoundSolver) {
        let questions = instances.map {
            BoundQuestion(
                instance: $0, matchSize: rules.ticketsPerMatch, weights: plain.weights,
                eloDivisor: rules.quality.eloDivisorPoints,
                regions: plain.geography.map {
                    BoundRegions(
                        count: $0.regions.count, rules.latencyCap,
                        tickSeconds: workload.tickSeconds)
                })
        }
        do {
            optimum = Optimum(
                matchSize: rules.ticketsPerMatch, points: try solver.solve(questions))
        } catch {
            optimumMissing = "\(error)"
        }
    }

    /// B1: the least mean wait of any policy at any quality.
    package var countBound: Double {
        Double(rules.ticketsPerMatch - 1) / (2 * plain.ticketsPerSecond)
    }

    /// B4: the least mean deviation at unlimited wait, over all seeds.
    package var skillBound: Estimate {
        Estimate(
            instances.map { SkillBound.deviation($0.ratings, matchSize: rules.ticketsPerMatch) })
    }

    // MARK: Headlines

    /// Share of players matched by the end of the stream beyond which a point says more about the
    /// end than about the policy, and does not count for a ratio.
    package static let leftOverMax = 0.1

    /// Wait of a policy's frontier over that of the optimum at the same mean fairness; nil where
    /// one of the two does not reach it.
    package func waitRatio(_ kind: PolicyLine.Kind, fairness: Double) -> Estimate? {
        guard let optimum, optimum.matchSize == 2 else { return nil }
        func ratio(_ chosen: [Int]) -> Double? {
            let own = frontier(kind, chosen).wait(atFairness: fairness)
            let best = frontier(of: optimum, chosen).wait(atFairness: fairness)
            guard let own, let best else { return nil }
            return own / best
        }
        return jackknife(ratio)
    }

    /// Least cost a player that a policy's settings reach at `weight`, over the bound's.
    package func costRatio(_ kind: PolicyLine.Kind, weight: Double) -> Estimate? {
        guard let optimum, optimum.matchSize > 2,
            let place = optimum.weights.firstIndex(of: weight)
        else { return nil }
        return jackknife { chosen in
            let bound = chosen.reduce(0) { $0 + optimum.points[$1][place].cost }
            let costs = counting(kind).map { line in
                chosen.reduce(0) { $0 + line.results[$1].cost(weight: weight) }
            }
            return costs.min().map { $0 / bound }
        }
    }

    /// The lines that may be compared with the optimum, which holds for the file's own latency
    /// caps: settings with others play another game.
    private func counting(_ kind: PolicyLine.Kind) -> [PlainLine] {
        lines.filter {
            $0.line.kind == kind && $0.mean(\.leftOver).mean <= PlainStudy.leftOverMax
                && $0.line.rules[0].latencyCap == rules.latencyCap
        }
    }

    private func frontier(_ kind: PolicyLine.Kind, _ chosen: [Int]) -> Frontier {
        Frontier(
            counting(kind).map { line in
                let results = chosen.map { line.results[$0] }
                return Frontier.Point(
                    wait: Estimate(results.map(\.wait)).mean,
                    fairness: Estimate(results.map(\.fairness)).mean)
            })
    }

    private func frontier(of optimum: Optimum, _ chosen: [Int]) -> Frontier {
        Frontier(
            optimum.weights.indices.map { weight in
                let points = chosen.map { optimum.points[$0][weight] }
                return Frontier.Point(
                    wait: Estimate(points.map(\.wait)).mean,
                    fairness: Estimate(points.map(\.fairness)).mean)
            })
    }

    /// A figure over all seeds with the standard error that leaving each seed out shows.
    private func jackknife(_ figure: ([Int]) -> Double?) -> Estimate? {
        let all = Array(seeds.indices)
        guard let whole = figure(all) else { return nil }
        guard seeds.count > 1 else { return Estimate([whole]) }
        let parts = all.compactMap { left in figure(all.filter { $0 != left }) }
        guard parts.count == seeds.count else { return Estimate([whole]) }
        let mean = parts.reduce(0, +) / Double(parts.count)
        let squares = parts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares * Double(parts.count - 1) / Double(parts.count)).squareRoot()
        return Estimate(mean: whole, error: error, count: seeds.count)
    }
}
