// How often tickets of each rating arrive, learned a second time from the arrivals alone, by the
// definition of docs/decisions/0009: what a stretch may be at any tick.

import Foundation
import MatchCore

/// The arrivals of one queue in one region.
struct DensityModel {
    private var weights = [Int](repeating: 0, count: 128)
    private var arrivals = 0
    private var highest = 0
    private var spanBegin: Int32?
    private var inSpan = 0
    /// Sixteenths of arrivals in a span.
    private var usual = 0

    /// 128 bins of 64 points from −1024 points up; the outer ones hold what lies beyond.
    private static func bin(_ rating: Int) -> Int {
        let points = Double(rating) / Double(Rating.stepsPerPoint)
        return min(max(Int(((points + 1024) / 64).rounded(.down)), 0), 127)
    }

    /// An arrival weighs 65,536: half in its bin, a quarter in each neighbour; one bin in turn
    /// forgets its share of 128 among `memoryArrivals`, and when the turn comes to the first the
    /// highest is looked for.
    mutating func note(_ rating: Int, tick: Int32, _ rules: DensityRules) {
        let bin = DensityModel.bin(rating)
        weights[bin] += 32_768
        for neighbour in [max(bin - 1, 0), min(bin + 1, 127)] { weights[neighbour] += 16_384 }
        let turn = arrivals % 128
        weights[turn] -= min(weights[turn] * 128 / Int(rules.memoryArrivals), weights[turn])
        if turn == 0 { highest = weights.max() ?? 0 }
        arrivals += 1
        let begin = spanBegin ?? tick
        let passed = (tick - begin) / rules.spanTicks
        spanBegin = begin + passed * rules.spanTicks
        for span in 0..<min(passed, 32) {
            let seen = span == 0 ? 16 * inSpan : 0
            usual = usual == 0 ? seen : (3 * usual + seen) / 4
        }
        if passed > 0 { inSpan = 0 }
        inSpan += 1
    }

    /// The stretch's code for a rating now: nothing is known before 64 arrivals.
    func code(_ rating: Int, _ rules: DensityRules) -> Int {
        if arrivals < 64 || highest == 0 { return 0 }
        let own = weights[DensityModel.bin(rating)]
        if own == 0 { return Int(rules.stretchCodeMax) }
        var halvings = logarithm(max(highest, own)) - logarithm(own)
        if rules.fullPerSpan > 0, usual > 0 {
            halvings += logarithm(Int(rules.fullPerSpan) * 16) - logarithm(usual)
        }
        let code = max(0, halvings) * Int(rules.exponentHundredths) / 1600
        return min(code, Int(rules.stretchCodeMax))
    }

    /// 256 × the logarithm to base 2, linear between powers.
    private func logarithm(_ value: Int) -> Int {
        let whole = Int(log2(Double(value)).rounded(.down))
        let part = Double(value) / exp2(Double(whole)) - 1
        return 256 * whole + Int((256 * part).rounded(.down))
    }
}

/// The models of all queues and regions. They are learned while any queue's windows follow the
/// arrivals, and forgotten when none does any more.
struct DensityBook {
    private struct Place: Hashable {
        let queue: QueueIndex
        let region: Int
    }
    private var models: [Place: DensityModel] = [:]

    mutating func note(
        _ known: Known, _ index: QueueIndex, _ queue: QueueRules, region: Int, tick: Int32
    ) {
        guard let rules = queue.density else { return }
        models[Place(queue: index, region: region), default: DensityModel()].note(
            known.rating(index, queue), tick: tick, rules)
    }

    /// The stretch that a ticket at home in the region gets now.
    func code(_ known: Known, _ index: QueueIndex, _ queue: QueueRules, region: Int) -> Int {
        guard let rules = queue.density,
            let model = models[Place(queue: index, region: region)]
        else { return 0 }
        return model.code(known.rating(index, queue), rules)
    }

    mutating func adopt(_ rules: Rules) {
        if !rules.queues.contains(where: { $0?.density != nil }) { models = [:] }
    }
}

/// A window widened by a stretch's code: 2^(code/16) to the nearest 65,536th, at most all ratings.
func widened(_ window: Int, code: Int) -> Int {
    if code == 0 { return window }
    let fraction = Int((65_536 * exp2(Double(code % 16) / 16)).rounded())
    let factor = fraction << (code / 16)
    let span = Int(Rating.pointsMax - Rating.pointsMin) * Int(Rating.stepsPerPoint)
    return min((window * factor) >> 16, span)
}
