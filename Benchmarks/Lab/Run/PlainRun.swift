// The run on which a policy is compared with the offline optimum: tickets with known ratings arrive
// by a Poisson process, nobody leaves, everybody is matched. Whoever still waits when the last
// ticket has arrived is matched then with his neighbours by rating, for every policy alike, so that
// all count in both; regions do not matter for these.

import MatchCore

/// What came of a plain run.
package struct PlainResult: Sendable, Equatable {
    /// Mean over all tickets, in seconds.
    package var wait: Double
    package var waitP99: Double
    /// Mean over matches, and the value below which a tenth of them lie.
    package var fairness: Double
    package var fairnessP10: Double
    /// Mean |rating − lobby's median| over all players, in points.
    package var deviation: Double
    /// Mean over matches of the share of players who are served well.
    package var latency: Double
    /// Share of tickets that were matched only by the end of the stream.
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
    private let ticketsPerMatch: Int
    private var waits: [Double]
    private var verdicts: [Verdict] = []

    /// - Precondition: the instance's tickets fill whole matches.
    package init(_ instance: PlainInstance, setup: PolicySetup) {
        let rules = setup.rules[0]
        ticketsPerMatch = rules.ticketsPerMatch
        precondition(instance.count % ticketsPerMatch == 0)
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
                policy.enqueue(ticket(next, of: instance, id: next + 1, at: tick), at: tick)
                next += 1
            }
            for match in policy.step(at: tick).matches {
                note(
                    match.seats.map { ($0.ticket - 1, $0.team) }, region: match.region, at: now)
            }
        }
        let left = closeDown(at: Double(tick - start) * setup.tickSeconds)
        return result(leftOver: left)
    }

    /// A party of the smallest size that the queue takes, all members alike.
    private func ticket(
        _ position: Int, of arrivals: PlainInstance, id: Int, at tick: Int32
    ) -> LabTicket {
        let size = rules.partySizeMin
        return LabTicket(
            id: id,
            members: (0..<size).map {
                LabMember(player: id * size + $0, rating: arrivals.ratings[position])
            }, latencies: arrivals.latencies[position], since: tick)
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
                let id = instance.count + next + 1
                policy.enqueue(ticket(next, of: arrivals, id: id, at: tick), at: tick)
                waiting.insert(id)
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
        for start in stride(from: 0, to: rest.count, by: ticketsPerMatch) {
            let lobby = rest[start..<start + ticketsPerMatch]
            note(
                lobby.enumerated().map { position, player in
                    let (round, place) = position.quotientAndRemainder(
                        dividingBy: rules.teamCount)
                    return (player, round % 2 == 0 ? place : rules.teamCount - 1 - place)
                }, region: bestRegion(lobby), at: now)
        }
        return rest.count
    }

    /// The region with the lowest worst round trip.
    private func bestRegion(_ tickets: ArraySlice<Int>) -> Int {
        let worst = (0..<setup.regionCount).map { region in
            tickets.map { instance.latencies[$0][RegionIndex(UInt8(region))] }.max() ?? 0
        }
        return worst.indices.min { (worst[$0], $0) < (worst[$1], $1) } ?? 0
    }

    private mutating func note(
        _ seats: [(ticket: Int, team: Int)], region: Int, at now: Double
    ) {
        precondition(seats.count == ticketsPerMatch)
        for seat in seats {
            precondition(waits[seat.ticket].isNaN)
            waits[seat.ticket] = now - instance.seconds[seat.ticket]
        }
        verdicts.append(
            judge.verdict(
                seats.flatMap { seat in
                    let rating = instance.ratings[seat.ticket]
                    let latencies = instance.latencies[seat.ticket]
                    let player = JudgedPlayer(
                        strength: rating, rating: rating, team: seat.team,
                        latency: latencies[RegionIndex(UInt8(region))],
                        bestLatency: latencies.lowest(regionCount: setup.regionCount),
                        partySize: rules.partySizeMin)
                    return Array(repeating: player, count: rules.partySizeMin)
                }))
    }

    private func result(leftOver: Int) -> PlainResult {
        let wait = Sample(waits)
        let fairness = Sample(verdicts.map(\.fairness))
        return PlainResult(
            wait: wait.mean, waitP99: wait.percentile(0.99), fairness: fairness.mean,
            fairnessP10: fairness.percentile(0.1),
            deviation: Sample(verdicts.map(\.deviation)).mean,
            latency: Sample(verdicts.map(\.latency)).mean,
            leftOver: Double(leftOver) / Double(instance.count))
    }
}
