// The run on which a policy is compared with the offline optimum: lone players with known ratings
// arrive by a Poisson process, nobody leaves, everybody is matched. Whoever still waits when the
// last player has arrived is matched then with his neighbours by rating, for every policy alike,
// so that all players count in both.

import MatchCore

/// Arrivals and ratings of a plain stream: what policy and solver both get.
package struct PlainInstance: Sendable, Equatable {
    package let seconds: [Double]
    package let ratings: [Double]

    package init(seconds: [Double], ratings: [Double]) {
        precondition(seconds.count == ratings.count)
        self.seconds = seconds
        self.ratings = ratings
    }

    /// Draws the gaps first and then the ratings, so that longer streams do not begin alike.
    package init(_ plain: LabPlain, players: Int, seed: UInt64) {
        var random = LabRandom(seed: seed, stream: 21)
        var time = 0.0
        seconds = (0..<players).map { _ in
            time += random.exponential(mean: 1 / plain.playersPerSecond)
            return time
        }
        ratings = (0..<players).map { _ in plain.mean + plain.deviation * random.normal() }
    }

    package var count: Int { seconds.count }
}

/// What came of a plain run.
package struct PlainResult: Sendable, Equatable {
    /// Mean over all players, in seconds.
    package var wait: Double
    package var waitP99: Double
    /// Mean over matches, and the value below which a tenth of them lie.
    package var fairness: Double
    package var fairnessP10: Double
    /// Mean |rating − lobby's median| over all players, in points.
    package var deviation: Double
    /// Share of players who were matched only by the end of the stream.
    package var leftOver: Double

    /// Seconds a player costs at `weight` seconds a point of deviation.
    package func cost(weight: Double) -> Double { wait + weight * deviation }
}

/// Drives one policy over one instance.
package struct PlainRun {
    private let instance: PlainInstance
    private let setup: PolicySetup
    private let judge: MatchJudge
    private let rules: QueueRules
    private var waits: [Double]
    private var verdicts: [Verdict] = []

    /// - Precondition: the instance's players fill whole matches.
    package init(_ instance: PlainInstance, setup: PolicySetup) {
        let rules = setup.rules[0]
        precondition(instance.count % rules.playerCount == 0)
        self.instance = instance
        self.setup = setup
        self.rules = rules
        judge = MatchJudge(rules)
        waits = Array(repeating: .nan, count: instance.count)
    }

    /// - Parameter warmUp: arrivals before the stream, with players of their own; whoever of them
    ///   still waits when the stream begins leaves.
    package mutating func run(
        _ policy: any Policy, warmUp: PlainInstance? = nil
    ) -> PlainResult {
        let start = warmUp.map { self.warmUp($0, policy) } ?? 0
        var next = 0
        var tick = start
        while next < instance.count {
            tick += 1
            let now = Double(tick - start) * setup.tickSeconds
            while next < instance.count, instance.seconds[next] <= now {
                policy.enqueue(ticket(next, at: tick), at: tick)
                next += 1
            }
            for match in policy.step(at: tick).matches {
                note(match.seats.map { ($0.ticket - 1, $0.team) }, at: now)
            }
        }
        let left = closeDown(at: Double(tick - start) * setup.tickSeconds)
        return result(leftOver: left)
    }

    private func ticket(_ player: Int, at tick: Int32) -> LabTicket {
        PlainRun.ticket(player, rating: instance.ratings[player], at: tick)
    }

    private static func ticket(_ player: Int, rating: Double, at tick: Int32) -> LabTicket {
        var latencies = LatencyVector()
        latencies[RegionIndex(0)] = 0
        let member = LabMember(player: player, rating: rating)
        return LabTicket(id: player + 1, members: [member], latencies: latencies, since: tick)
    }

    /// - Returns: the tick after which the stream may begin.
    private func warmUp(_ arrivals: PlainInstance, _ policy: any Policy) -> Int32 {
        var waiting: Set<Int> = []
        var next = 0
        var tick: Int32 = 0
        while next < arrivals.count {
            tick += 1
            while next < arrivals.count, arrivals.seconds[next] <= Double(tick) * setup.tickSeconds
            {
                let player = instance.count + next
                policy.enqueue(
                    PlainRun.ticket(player, rating: arrivals.ratings[next], at: tick), at: tick)
                waiting.insert(player + 1)
                next += 1
            }
            for match in policy.step(at: tick).matches {
                for seat in match.seats { waiting.remove(seat.ticket) }
            }
        }
        for ticket in waiting.sorted() { policy.cancel(ticket) }
        _ = policy.step(at: tick + 1)
        return tick + 1
    }

    /// Matches the rest by rating, teams in the order 0 1 1 0 0 1 1 0 …
    private mutating func closeDown(at now: Double) -> Int {
        let rest = instance.ratings.indices.filter { waits[$0].isNaN }
            .sorted { (instance.ratings[$0], $0) < (instance.ratings[$1], $1) }
        for start in stride(from: 0, to: rest.count, by: rules.playerCount) {
            let lobby = rest[start..<start + rules.playerCount]
            note(
                lobby.enumerated().map { position, player in
                    let (round, place) = position.quotientAndRemainder(
                        dividingBy: rules.teamCount)
                    return (player, round % 2 == 0 ? place : rules.teamCount - 1 - place)
                }, at: now)
        }
        return rest.count
    }

    private mutating func note(_ seats: [(player: Int, team: Int)], at now: Double) {
        precondition(seats.count == rules.playerCount)
        for seat in seats {
            precondition(waits[seat.player].isNaN)
            waits[seat.player] = now - instance.seconds[seat.player]
        }
        verdicts.append(
            judge.verdict(
                seats.map { seat in
                    let rating = instance.ratings[seat.player]
                    return JudgedPlayer(strength: rating, rating: rating, team: seat.team)
                }))
    }

    private func result(leftOver: Int) -> PlainResult {
        let wait = Sample(waits)
        let fairness = Sample(verdicts.map(\.fairness))
        return PlainResult(
            wait: wait.mean, waitP99: wait.percentile(0.99), fairness: fairness.mean,
            fairnessP10: fairness.percentile(0.1),
            deviation: Sample(verdicts.map(\.deviation)).mean,
            leftOver: Double(leftOver) / Double(instance.count))
    }
}
