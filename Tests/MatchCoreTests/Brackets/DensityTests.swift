// Windows that follow the density of arrivals.

import Testing

@testable import MatchCore

/// FP-02.
@Suite struct DensityTests {
    private let rules = DensityRules(
        exponentHundredths: 50, stretchCodeMax: 64, memoryArrivals: 2000)

    private func steps(_ points: Double) -> Int32 { Rating(points: points).steps }

    /// Arrivals about normal: mean 1500, deviation 350.
    private func learned(_ count: Int, seed: UInt64 = 3) -> DensityMap {
        var map = DensityMap()
        var random = Random(seed: seed)
        for tick in 0..<count {
            map.note(
                rating: steps(1500 + 350 * random.normal()), tick: Int32(tick), rules)
        }
        return map
    }

    @Test func theFactorsArePowersOfTwo() {
        #expect(Stretch(code: 0).widened(1000, max: .max) == 1000)
        #expect(Stretch(code: 16).widened(1000, max: .max) == 2000)
        #expect(Stretch(code: 8).widened(1000, max: .max) == 1414)
        #expect(Stretch(code: 64).widened(1000, max: 9000) == 9000)
        for code in 0...Stretch.codeMax {
            let stretch = Stretch(code: code)
            for distance: Int32 in [1, 7, 100, 12_801, 640_000] {
                let limit = stretch.limit(reaching: distance)
                #expect(stretch.widened(limit, max: .max) >= distance)
                #expect(limit == 0 || stretch.widened(limit - 1, max: .max) < distance)
            }
        }
    }

    @Test func nothingIsKnownOfAFewArrivals() {
        #expect(learned(60).stretch(rating: steps(3000), rules) == .none)
    }

    /// The density of a normal curve at two deviations is e⁻² of its peak: the root is e¹ = 2^1.44.
    @Test func windowsWidenTowardsTheTailsAsTheDensityFalls() {
        let map = learned(8000)
        #expect(map.stretch(rating: steps(1500), rules).code <= 3)
        let atTwo = map.stretch(rating: steps(1500 + 700), rules).code
        #expect((18...29).contains(atTwo))
        #expect(map.stretch(rating: steps(1500 - 700), rules).code.distance(to: atTwo) <= 8)
        #expect(map.stretch(rating: steps(2700), rules).code > atTwo)
        #expect(map.stretch(rating: steps(9000), rules).code == 64)
    }

    @Test func itFollowsAPopulationThatMoves() {
        var map = learned(4000)
        let before = map.stretch(rating: steps(2600), rules).code
        var random = Random(seed: 9)
        for tick in 4000..<14_000 {
            map.note(rating: steps(2600 + 350 * random.normal()), tick: Int32(tick), rules)
        }
        #expect(before > 30)
        #expect(map.stretch(rating: steps(2600), rules).code <= 3)
        #expect(map.stretch(rating: steps(1500), rules).code > 20)
    }

    @Test func thinHoursWidenAllWindows() {
        var rules = rules
        rules.fullPerSpan = 600
        rules.spanTicks = 100
        var map = DensityMap()
        var random = Random(seed: 4)
        func arrive(_ tick: Int32) {
            map.note(rating: steps(1500 + 350 * random.normal()), tick: tick, rules)
        }
        for tick in 0..<2000 { for _ in 0..<6 { arrive(Int32(tick)) } }
        #expect(map.stretch(rating: steps(1500), rules).code <= 4)
        // A quarter of the arrivals, then: the root of four.
        for tick in 2000..<8000 where tick % 2 == 0 { for _ in 0..<3 { arrive(Int32(tick)) } }
        #expect((12...20).contains(map.stretch(rating: steps(1500), rules).code))
    }

    /// Two at the tail, too far apart for the window, meet because nobody else comes there.
    @Test func twoAtTheTailMeet() {
        func matchesAtTheTail(_ density: DensityRules?) -> Int {
            var queue = QueueRules.make(.duel, window: window(50, perTick: 0, max: 50))
            queue.density = density
            let rig = Rig(.only(queue), limits: .small(4000, players: 8000))
            var random = Random(seed: 5)
            for number in 1...2000 {
                let points = 1500 + 300 * random.normal()
                rig.tick(TestTicket(number, min(points, 2400)).commands)
            }
            let tail = [TestTicket(5001, 3000), TestTicket(5002, 3180)]
            return rig.tick(tail.commands).matches.count { $0.lobby == [5001, 5002] }
        }
        #expect(matchesAtTheTail(nil) == 0)
        #expect(matchesAtTheTail(rules) == 1)
    }

    /// Every seat says its window; windows of a match cover all of its ratings.
    @Test func windowsStayMutual() {
        var queue = QueueRules.make(.doubles, window: window(40, perTick: 0.2, max: 120))
        queue.density = rules
        let rig = Rig(.only(queue), limits: .small(4000, players: 8000))
        var random = Random(seed: 8)
        var stretched = 0
        for number in 1...3000 {
            let points = 1500 + 350 * random.normal()
            for match in rig.tick(TestTicket(number, points).commands).matches {
                for one in match.seats {
                    for other in match.seats {
                        let distance = abs(one.record.rating.steps - other.record.rating.steps)
                        verify(distance <= one.record.window)
                    }
                    let plain = queue.ratingWindow.limit(age: one.record.waitTicks)
                    verify(one.record.window >= plain)
                    if one.record.window > plain { stretched += 1 }
                }
            }
        }
        #expect(stretched > 100)
    }
}
