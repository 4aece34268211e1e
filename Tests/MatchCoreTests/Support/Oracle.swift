// The contract of a match worked out a second time, naively and with Foundation's functions, from
// what the tickets said. Shares no arithmetic with the core.

import Foundation
import Testing

@testable import MatchCore

struct Oracle {
    var rules: Rules

    func queue(_ index: QueueIndex) -> QueueRules? {
        Int(index.raw) < rules.queues.count ? rules.queues[Int(index.raw)] : nil
    }

    /// Start plus whole units grown, at most the cap.
    static func limit(_ curve: WideningCurve, age: Int32) -> Int {
        let grown = (Double(max(age, 0)) * Double(curve.growthPerTick) / 65_536).rounded(.down)
        return Int(min(Double(curve.max), Double(curve.start) + grown))
    }

    /// Mean of the members to the nearest step, ties to even, plus the offset of a premade.
    func rating(_ ticket: TestTicket) -> Int32 {
        let offset = queue(ticket.queue)?.premadeOffsetPerMember ?? 0
        let sum = ticket.members.reduce(0.0) { $0 + Double($1.rating.steps) }
        let mean = (sum / Double(ticket.members.count)).rounded(.toNearestOrEven)
        return Int32(mean) + offset * Int32(ticket.members.count - 1)
    }

    func window(_ known: Waiting, tick: Int32) -> Int {
        guard let queue = queue(known.ticket.queue) else { return -1 }
        return Oracle.limit(queue.ratingWindow, age: tick - known.enqueuedAt)
    }

    func accepts(_ known: Waiting, region: Int, tick: Int32) -> Bool {
        guard let queue = queue(known.ticket.queue), region < known.ticket.latencies.count,
            let latency = known.ticket.latencies[region]
        else { return false }
        return Int(latency) <= Oracle.limit(queue.latencyCap, age: tick - known.enqueuedAt)
    }

    func accept(_ left: Waiting, _ right: Waiting, tick: Int32) -> Bool {
        let distance = abs(Int(left.rating) - Int(right.rating))
        return left.ticket.queue == right.ticket.queue && distance <= window(left, tick: tick)
            && distance <= window(right, tick: tick)
    }

    /// Expects everything that holds for any match.
    func check(_ match: FormedMatch, _ seats: [(Seat, Waiting)], tick: Int32) {
        let record = match.record
        guard let queue = queue(record.queue) else {
            Issue.record("a match in a queue that does not exist")
            return
        }
        #expect(record.tick.raw == tick)
        #expect(record.rulesVersion == rules.version)
        #expect(Int(record.teamCount) == queue.teamCount)
        #expect(Int(record.playerCount) == queue.playerCount)
        #expect(Int(record.ticketCount) == seats.count)
        checkSeats(match, seats, queue, tick)
        checkPairs(match, seats, tick)
        checkQuality(record.quality, seats, queue, Int(record.region.raw))
    }

    private func checkSeats(
        _ match: FormedMatch, _ seats: [(Seat, Waiting)], _ queue: QueueRules, _ tick: Int32
    ) {
        var sizes = [Int](repeating: 0, count: queue.teamCount)
        for (seat, known) in seats {
            verify(known.ticket.queue == match.record.queue)
            verify(seat.players == known.ticket.members.map(\.player), "the party stays whole")
            verify(seat.record.rating.steps == known.rating)
            verify(seat.record.waitTicks == tick - known.enqueuedAt)
            verify(seat.record.lobby == known.ticket.lobby)
            let team = Int(seat.record.team)
            guard team < sizes.count else {
                Issue.record("team \(team) does not exist")
                continue
            }
            sizes[team] += seat.players.count
            let region = Int(match.record.region.raw)
            verify(accepts(known, region: region, tick: tick), "a region within the cap")
            verify(known.ticket.latencies[region] == seat.record.latencyMilliseconds)
        }
        verify(sizes.allSatisfy { $0 == queue.teamSize }, "exact teams, not \(sizes)")
    }

    private func checkPairs(_ match: FormedMatch, _ seats: [(Seat, Waiting)], _ tick: Int32) {
        var failures = 0
        for (position, left) in seats.enumerated() {
            for right in seats[(position + 1)...] where !accept(left.1, right.1, tick: tick) {
                failures += 1
            }
        }
        verify(failures == 0, "every window accepts every other ticket of the match")
    }

    private func checkQuality(
        _ quality: MatchQuality, _ seats: [(Seat, Waiting)], _ queue: QueueRules, _ region: Int
    ) {
        let fairness = fairness(seats, queue)
        let spread = spread(seats, queue)
        let latency = latencyShare(seats, queue, region)
        let roles = roles(seats, queue)
        let composite =
            pow(fairness.score, 0.5) * pow(spread.score, 0.25) * pow(latency, 0.125)
            * pow(roles, 0.125)
        verify(isNear(quality.fairness, fairness.score), "fairness \(quality.fairness)")
        verify(isNear(quality.spread, spread.score), "spread \(quality.spread)")
        verify(isNear(quality.latency, latency), "latency \(quality.latency)")
        verify(isNear(quality.roles, roles), "roles \(quality.roles)")
        verify(isNear(quality.composite, composite), "composite \(quality.composite)")
        verify(isNear(quality.teamGapPoints, fairness.gap))
        verify(isNear(quality.ratingDeviationPoints, spread.deviation, spread.tolerance))
        let ratings = seats.map { Double($0.1.rating) / 128 }
        let range = (ratings.max() ?? 0) - (ratings.min() ?? 0)
        verify(isNear(quality.ratingRangePoints, range))
        let worst = seats.compactMap { $0.1.ticket.latencies[region] }.max()
        verify(quality.latencyMillisecondsMax == worst)
    }

    /// Within 1e-5, of the value itself where that is above 1.
    private func isNear(_ found: Float, _ expected: Double, _ slack: Double = 1e-5) -> Bool {
        abs(Double(found) - expected) <= slack * max(1, abs(expected))
    }

    private func fairness(
        _ seats: [(Seat, Waiting)], _ queue: QueueRules
    ) -> (score: Double, gap: Double) {
        var sums = [Double](repeating: 0, count: queue.teamCount)
        for (seat, known) in seats {
            sums[Int(seat.record.team)] += Double(known.rating) / 128 * Double(seat.players.count)
        }
        let means = sums.map { $0 / Double(queue.teamSize) }
        let weakest = means.min() ?? 0
        let strongest = means.max() ?? 0
        // The chance of the weakest: one over the sum of everybody's strength beside its own.
        let total = means.reduce(0) {
            $0 + pow(10, ($1 - weakest) / queue.quality.eloDivisorPoints)
        }
        return (Double(queue.teamCount) / total, strongest - weakest)
    }

    private func spread(
        _ seats: [(Seat, Waiting)], _ queue: QueueRules
    ) -> (score: Double, deviation: Double, tolerance: Double) {
        let ratings = seats.flatMap { $0.1.ticket.members.map(\.rating.points) }
        let mean = ratings.reduce(0, +) / Double(ratings.count)
        let squares = ratings.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(ratings.count)).squareRoot()
        // A party's mean is kept to the nearest step, which moves the deviation a little.
        return (
            exp(-pow(deviation / queue.quality.spreadScalePoints, 2)), deviation, 5e-3
        )
    }

    private func latencyShare(
        _ seats: [(Seat, Waiting)], _ queue: QueueRules, _ region: Int
    ) -> Double {
        var served = 0
        for (seat, known) in seats {
            let best = known.ticket.latencies.compactMap { $0 }.min() ?? 0
            let latency = known.ticket.latencies[region] ?? UInt16.max
            let isNear = Int(latency) <= Int(best) + Int(queue.quality.deltaPingMilliseconds)
            if isNear, Int32(latency) <= queue.latencyCap.start { served += seat.players.count }
        }
        return Double(served) / Double(queue.playerCount)
    }

    private func roles(_ seats: [(Seat, Waiting)], _ queue: QueueRules) -> Double {
        var premades = [Int](repeating: 0, count: queue.teamCount)
        for (seat, _) in seats { premades[Int(seat.record.team)] += seat.players.count - 1 }
        let excess = (premades.max() ?? 0) - (premades.min() ?? 0)
        return 1 - Double(excess) / Double(queue.teamSize)
    }
}
