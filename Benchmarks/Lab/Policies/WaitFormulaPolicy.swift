// Quality in seconds of wait, after the published description of ShieldBattery's matchmaker: every
// 6 s at most 24 random players of a mode are looked at; every lobby of them scores its longest
// wait − 0.005 · variance of the ratings − 50 · |win chance − ½| − 30 · steps of the worst latency;
// the best is taken if it reaches −30, or 15 less for each player that the smoothed population
// (half-life 20 min) lacks of two lobbies. Ratings count less their uncertainty.
// Its lobbies have six players at most; above that this line looks at neighbours by rating only.

import Glibc
import MatchCore

/// Scores lobbies in seconds.
final class WaitFormulaPolicy: Policy {
    private let setup: PolicySetup
    private let scale: Double
    private let interval: Int32
    private var waiting: [[LabTicket]]
    private var population: [Double]
    private var random: LabRandom

    private static let sampleCountMax = 24
    private static let enumeratedPlayersMax = 6
    /// A step of latency: 50 ms beyond the first 100, an assumption.
    private static let latencyFree = 100.0
    private static let latencyStep = 50.0

    /// - Parameter scale: how much worse lobbies may be for the same wait, relative to the
    ///   published weights.
    init(_ setup: PolicySetup, scale: Double) {
        self.setup = setup
        self.scale = scale
        interval = setup.ticks(6)
        waiting = Array(repeating: [], count: setup.rules.count)
        population = Array(repeating: 0, count: setup.rules.count)
        random = LabRandom(seed: setup.seed, stream: 12)
    }

    func enqueue(_ ticket: LabTicket, at tick: Int32) { waiting[ticket.queue].append(ticket) }

    func cancel(_ ticket: Int) {
        for queue in waiting.indices { waiting[queue].removeAll { $0.id == ticket } }
    }

    func step(at tick: Int32) -> PolicyStep {
        var step = PolicyStep()
        guard tick % interval == 0 else { return step }
        for queue in waiting.indices where !waiting[queue].isEmpty || population[queue] > 0.01 {
            let players = waiting[queue].reduce(0) { $0 + $1.size }
            let keep = exp2(-6.0 / 1_200)
            population[queue] = keep * population[queue] + (1 - keep) * Double(players)
            var sample = waiting[queue].shuffled(using: &random)
            sample = Array(sample.prefix(WaitFormulaPolicy.sampleCountMax))
            while let lobby = bestLobby(&sample, queue, tick) { step.matches.append(lobby) }
        }
        return step
    }

    private struct Lobby {
        var tickets: [LabTicket]
        var teams: [Int]
        var region: Int
        var score: Double
    }

    private func bestLobby(
        _ sample: inout [LabTicket], _ queue: Int, _ tick: Int32
    ) -> FormedMatch? {
        let rules = setup.rules[queue]
        let lacking = max(0, 2 * Double(rules.playerCount) - population[queue])
        var best: Lobby?
        visitLobbies(sample, rules) { tickets in
            guard let lobby = lobby(tickets, rules, tick) else { return }
            if best.map({ lobby.score > $0.score }) ?? true { best = lobby }
        }
        guard let best, best.score >= -30 - 15 * lacking else { return nil }
        let ids = Set(best.tickets.map(\.id))
        sample.removeAll { ids.contains($0.id) }
        waiting[queue].removeAll { ids.contains($0.id) }
        return FormedMatch(
            queue: queue, region: best.region,
            seats: zip(best.tickets, best.teams).map { FormedSeat(ticket: $0.id, team: $1) })
    }

    /// Calls `body` with every set of tickets that has exactly the players of a match; of
    /// neighbours by rating only, where there are too many sets.
    private func visitLobbies(
        _ sample: [LabTicket], _ rules: QueueRules, _ body: ([LabTicket]) -> Void
    ) {
        if rules.playerCount <= WaitFormulaPolicy.enumeratedPlayersMax {
            var chosen: [LabTicket] = []
            enumerate(sample, from: 0, missing: rules.playerCount, &chosen, body)
            return
        }
        let sorted = sample.sorted { ($0.rating, $0.id) < ($1.rating, $1.id) }
        for start in sorted.indices {
            var chosen: [LabTicket] = []
            var missing = rules.playerCount
            for ticket in sorted[start...] where ticket.size <= missing {
                chosen.append(ticket)
                missing -= ticket.size
                if missing == 0 {
                    body(chosen)
                    break
                }
            }
        }
    }

    private func enumerate(
        _ sample: [LabTicket], from start: Int, missing: Int, _ chosen: inout [LabTicket],
        _ body: ([LabTicket]) -> Void
    ) {
        if missing == 0 { return body(chosen) }
        for position in start..<sample.count where sample[position].size <= missing {
            chosen.append(sample[position])
            enumerate(
                sample, from: position + 1, missing: missing - sample[position].size, &chosen, body)
            chosen.removeLast()
        }
    }

    private func lobby(_ tickets: [LabTicket], _ rules: QueueRules, _ tick: Int32) -> Lobby? {
        let ratings = tickets.map { ticket in
            ticket.members.reduce(0) { $0 + $1.rating - $1.deviation } / Double(ticket.size)
        }
        let split = TeamSplit(teamCount: rules.teamCount, teamSize: rules.teamSize)
        guard let teams = split.balanced(tickets.map(\.size), ratings) else { return nil }
        let (region, latency) = server(tickets)
        let wait = Double(tick - (tickets.map(\.since).min() ?? tick)) * setup.tickSeconds
        let steps = max(
            0,
            ((latency - WaitFormulaPolicy.latencyFree) / WaitFormulaPolicy.latencyStep)
                .rounded(.up))
        let (variance, imbalance) = WaitFormulaPolicy.unevenness(
            ratings, tickets.map(\.size), teams, rules)
        let cost = 0.005 * variance + 50 * imbalance + 30 * steps
        return Lobby(tickets: tickets, teams: teams, region: region, score: wait - cost / scale)
    }

    /// The region whose worst round trip is lowest, and that trip.
    private func server(_ tickets: [LabTicket]) -> (Int, Double) {
        var best = (region: 0, latency: Double.infinity)
        for region in 0..<setup.regionCount {
            let index = RegionIndex(UInt8(region))
            let worst = Double(tickets.map { $0.latencies[index] }.max() ?? 0)
            if worst < best.latency { best = (region, worst) }
        }
        return best
    }

    /// Variance of the players' ratings, and how far the stronger side's chance is from even.
    private static func unevenness(
        _ ratings: [Double], _ sizes: [Int], _ teams: [Int], _ rules: QueueRules
    ) -> (variance: Double, imbalance: Double) {
        var sums = [Double](repeating: 0, count: rules.teamCount)
        var (total, squares) = (0.0, 0.0)
        for ((rating, size), team) in zip(zip(ratings, sizes), teams) {
            sums[team] += rating * Double(size)
            total += rating * Double(size)
            squares += rating * rating * Double(size)
        }
        let players = Double(rules.playerCount)
        let mean = total / players
        let gap = ((sums.max() ?? 0) - (sums.min() ?? 0)) / Double(rules.teamSize)
        let chance = 1 / (1 + pow(10, -gap / rules.quality.eloDivisorPoints))
        return (max(0, squares / players - mean * mean), chance - 0.5)
    }
}
