// Estimates against streams of tickets whose true waits are known: right in the middle and at the
// ends, not misled by those who give up or still wait, honest where little is known, bounded.
import Glibc
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct WaitEstimatorTests {
    private static func profile(
        queue: Int = 0, region: Int = 0, points: Double = 1500, size: Int = 1,
        roles: RoleSet = .all
    ) -> WaitProfile {
        WaitProfile(
            queue: QueueIndex(UInt16(queue)), region: RegionIndex(UInt8(region)),
            rating: Rating(points: points), partySize: size, roles: roles)
    }

    private static func ticket(_ number: Int) -> TicketID {
        TicketID(high: 9, low: UInt64(number))
    }

    /// What happens to a ticket of a stream.
    private struct Course {
        var profile: WaitProfile
        var wait: Int32
        var isMatched: Bool
    }

    /// Lets tickets come one after another, `gap` ticks apart, each with its course; returns how
    /// the estimates of the matched ones turned out.
    @discardableResult
    private func run(
        _ estimator: Learner, count: Int, gap: Int32 = 1, from start: Int32 = 0,
        _ course: (Int) -> Course
    ) -> [EstimateResult: Int] {
        var results: [EstimateResult: Int] = [:]
        var due: [Int32: [(number: Int, course: Course)]] = [:]
        var next = start
        func end(through tick: Int32) {
            while next <= tick {
                for (number, course) in due.removeValue(forKey: next) ?? [] {
                    let ticket = WaitEstimatorTests.ticket(number)
                    if !course.isMatched {
                        estimator.left(ticket, waited: course.wait, at: next)
                    } else if let result = estimator.matched(
                        ticket, in: course.profile.queue, waited: course.wait, at: next)
                    {
                        results[result, default: 0] += 1
                    }
                }
                next += 1
            }
        }
        for number in 0..<count {
            let now = start + Int32(number) * gap
            end(through: now)
            estimator.look(at: now, countMax: 64)
            let own = course(number)
            estimator.arrived(WaitEstimatorTests.ticket(number), [own.profile], at: now)
            due[now + max(own.wait, 1), default: []].append((number, own))
        }
        end(through: due.keys.max() ?? start)
        return results
    }

    // MARK: - Knowing nothing

    @Test func withoutTicketsNothingIsKnown() {
        let estimator = Learner()
        let estimate = estimator.estimate(Self.profile(), at: 0)
        #expect(estimate == .unknown(basis: 0))
    }

    @Test func aHandfulOfTicketsIsNotEnough() {
        let estimator = Learner()
        run(estimator, count: 9) { _ in
            Course(profile: Self.profile(), wait: 40, isMatched: true)
        }
        #expect(estimator.estimate(Self.profile(), at: 100) == .unknown(basis: 9))
        run(estimator, count: 1, from: 100) { _ in
            Course(profile: Self.profile(), wait: 40, isMatched: true)
        }
        let estimate = estimator.estimate(Self.profile(), at: 200)
        #expect(estimate.basis == 10)
        #expect((38...48).contains(estimate.p50 ?? 0))
    }

    @Test func anotherQueueTellsNothing() {
        let estimator = Learner()
        run(estimator, count: 100) { _ in
            Course(profile: Self.profile(), wait: 40, isMatched: true)
        }
        #expect(estimator.estimate(Self.profile(queue: 1), at: 100) == .unknown(basis: 0))
    }

    // MARK: - Being right

    @Test func quantilesOfExponentialWaitsAreFound() {
        let estimator = Learner()
        var draw = WaitDraw(seed: 1)
        run(estimator, count: 4_000) { _ in
            Course(profile: Self.profile(), wait: draw.exponential(mean: 400), isMatched: true)
        }
        let estimate = estimator.estimate(Self.profile(), at: 4_000)
        // 400 · ln(1/0.9), ln 2, ln 10.
        #expect(near(estimate.p10, 42, 0.15))
        #expect(near(estimate.p50, 277, 0.08))
        #expect(near(estimate.p90, 921, 0.08))
    }

    @Test func thoseWhoGiveUpDoNotMakeWaitsLookShort() {
        let estimator = Learner()
        var draw = WaitDraw(seed: 2)
        var seen: [Int32] = []
        run(estimator, count: 6_000) { _ in
            // Half leave before they would be matched.
            let (match, patience) = (draw.exponential(mean: 400), draw.exponential(mean: 400))
            if match <= patience { seen.append(match) }
            return Course(
                profile: Self.profile(), wait: min(match, patience), isMatched: match <= patience)
        }
        let estimate = estimator.estimate(Self.profile(), at: 6_000)
        #expect(near(estimate.p50, 277, 0.1))
        #expect(near(estimate.p90, 921, 0.15))
        // The waits of the matched alone would say half as much.
        #expect(seen.sorted()[seen.count / 2] < 160)
    }

    @Test func thoseWhoStillWaitMakeTheEstimateGrow() {
        let estimator = Learner()
        run(estimator, count: 300) { _ in
            Course(profile: Self.profile(), wait: 50, isMatched: true)
        }
        let before = estimator.estimate(Self.profile(), at: 400).p90 ?? 0
        // Nobody is matched any more, and nobody leaves.
        for number in 1_000..<1_300 {
            estimator.arrived(Self.ticket(number), [Self.profile()], at: 400)
        }
        for tick in stride(from: Int32(400), to: 3_000, by: 50) {
            estimator.look(at: tick, countMax: 1_000)
        }
        let after = estimator.estimate(Self.profile(), at: 3_000)
        #expect(before < 70)
        #expect(after.p90 == nil)
        #expect(after.p10 != nil)
    }

    @Test func aChangeOfThePaceIsFollowed() {
        let estimator = Learner(limits: EstimateLimits(halfLifeTicks: 2_000))
        var draw = WaitDraw(seed: 3)
        run(estimator, count: 4_000) { _ in
            Course(profile: Self.profile(), wait: draw.exponential(mean: 100), isMatched: true)
        }
        run(estimator, count: 10_000, from: 5_000) { _ in
            Course(profile: Self.profile(), wait: draw.exponential(mean: 1_000), isMatched: true)
        }
        #expect(near(estimator.estimate(Self.profile(), at: 15_000).p50, 693, 0.15))
    }

    @Test func aQuietQueueKeepsWhatItKnows() {
        let estimator = Learner(limits: EstimateLimits(halfLifeTicks: 100))
        run(estimator, count: 30, gap: 10) { _ in
            Course(profile: Self.profile(), wait: 80, isMatched: true)
        }
        let estimate = estimator.estimate(Self.profile(), at: 1_000_000)
        #expect(estimate.basis == 30 && near(estimate.p50, 85, 0.15))
    }

    @Test func whoHasWaitedIsToldHisOwnRest() {
        let estimator = Learner()
        var draw = WaitDraw(seed: 4)
        run(estimator, count: 4_000) { _ in
            Course(profile: Self.profile(), wait: draw.exponential(mean: 400), isMatched: true)
        }
        // Without memory: after 500 ticks the rest is as long as the whole was.
        let estimate = estimator.estimate(Self.profile(), waited: 500, at: 4_000)
        #expect(near(estimate.p50, 777, 0.08))
        #expect((estimate.p10 ?? 0) >= 500)
    }

    // MARK: - Groups

    @Test func eachGroupHasItsOwnWaitOnceItHasEnoughTickets() {
        let estimator = Learner()
        var draw = WaitDraw(seed: 5)
        let healer = RoleSet(bits: 1)
        let fighter = RoleSet(bits: 2)
        run(estimator, count: 6_000) { number in
            let isHealer = number % 3 == 0
            return Course(
                profile: Self.profile(roles: isHealer ? healer : fighter),
                wait: draw.exponential(mean: isHealer ? 50 : 800), isMatched: true)
        }
        let fast = estimator.estimate(Self.profile(roles: healer), at: 6_000)
        let slow = estimator.estimate(Self.profile(roles: fighter), at: 6_000)
        #expect(fast.level == .roles && slow.level == .roles)
        #expect(near(fast.p50, 35, 0.2))
        #expect(near(slow.p50, 554, 0.1))
    }

    @Test func anEmptyGroupIsToldWhatTheCoarserOneKnows() {
        let estimator = Learner()
        var draw = WaitDraw(seed: 6)
        run(estimator, count: 2_000) { number in
            Course(
                profile: Self.profile(region: number % 2, points: 1500),
                wait: draw.exponential(mean: number % 2 == 0 ? 100 : 900), isMatched: true)
        }
        let sameRegion = estimator.estimate(Self.profile(region: 1, points: 2900), at: 2_000)
        #expect(sameRegion.level == .region && near(sameRegion.p50, 624, 0.15))
        let newRegion = estimator.estimate(Self.profile(region: 7), at: 2_000)
        #expect(newRegion.level == .queue && newRegion.basis > 1_500)
    }

    @Test func fewTicketsOfItsOwnMoveAGroupOnlySoFar() {
        let estimator = Learner()
        run(estimator, count: 1_000) { _ in
            Course(profile: Self.profile(), wait: 100, isMatched: true)
        }
        run(estimator, count: 5, from: 1_200) { _ in
            Course(profile: Self.profile(points: 2900), wait: 2_000, isMatched: true)
        }
        let estimate = estimator.estimate(Self.profile(points: 2900), at: 4_000)
        #expect(near(estimate.p50, 104, 0.15))
        #expect((estimate.p90 ?? 0) > 1_500)
        #expect(estimate.level == .region)
    }

    @Test func aTicketOfSeveralQueuesTeachesEachOfThem() {
        let estimator = Learner()
        let profiles = [Self.profile(queue: 0), Self.profile(queue: 1)]
        for number in 0..<100 {
            estimator.arrived(Self.ticket(number), profiles, at: Int32(number))
            // Matched in the second; in the first it waited at least so long.
            estimator.matched(
                Self.ticket(number), in: QueueIndex(1), waited: 60, at: Int32(number) + 60)
        }
        #expect(near(estimator.estimate(profiles[1], at: 200).p50, 60, 0.15))
        #expect(estimator.estimate(profiles[0], at: 200) == .unknown(basis: 0))
        #expect(estimator.openCount == 0)
    }

    // MARK: - Calibration

    @Test(arguments: 1...2) func eightOfTenWaitsLieWithinTheirRange(seed: Int) {
        let estimator = Learner(limits: EstimateLimits(halfLifeTicks: 20_000))
        var draw = WaitDraw(seed: UInt64(seed) &* 77)
        let results = run(estimator, count: 10_000) { number in
            // Regions and bands of different pace; one in eight gives up; the pace drifts.
            let region = draw.below(3)
            let band = draw.below(4)
            let mean = Double(60 + 90 * region + 120 * band) * (1 + Double(number) / 10_000)
            let wait = draw.exponential(mean: mean)
            let patience = draw.exponential(mean: 8 * mean)
            return Course(
                profile: Self.profile(region: region, points: 1100 + 200 * Double(band)),
                wait: min(wait, patience), isMatched: wait <= patience)
        }
        let known = [.within, .below, .above].reduce(0) { $0 + (results[$1] ?? 0) }
        let share = Double(results[.within] ?? 0) / Double(known)
        #expect(share > 0.76 && share < 0.86)
        #expect((results[.unknown] ?? 0) < 1_000)
        // What comes out too long and too short is not all on one side.
        #expect(Double(results[.above] ?? 0) / Double(known) > 0.04)
        #expect(Double(results[.below] ?? 0) / Double(known) > 0.04)
    }

    // MARK: - Bounds

    @Test func ticketsBeyondTheLimitAreNotFollowed() {
        let estimator = Learner(limits: EstimateLimits(openCountMax: 10))
        for number in 0..<10 {
            #expect(estimator.arrived(Self.ticket(number), [Self.profile()], at: 0))
        }
        #expect(!estimator.arrived(Self.ticket(10), [Self.profile()], at: 0))
        #expect(estimator.matched(Self.ticket(10), in: QueueIndex(0), waited: 1, at: 1) == nil)
        estimator.refused(Self.ticket(3))
        #expect(estimator.openCount == 9)
        #expect(estimator.arrived(Self.ticket(11), [Self.profile()], at: 0))
    }

    @Test func groupsAreBoundedAndTheQuietOnesGo() {
        let estimator = Learner(
            limits: EstimateLimits(groupCountMax: 64, halfLifeTicks: 640))
        for number in 0..<2_000 {
            let profile = Self.profile(queue: number / 40, points: Double(number % 40) * 100)
            let now = Int32(number * 20)
            estimator.arrived(Self.ticket(number), [profile], at: now)
            estimator.matched(
                Self.ticket(number), in: profile.queue, waited: 10, at: now + 10)
            #expect(estimator.groupCount <= 64)
        }
        let now: Int32 = 40_000
        #expect(estimator.estimate(Self.profile(queue: 49), at: now).basis > 0)
        #expect(estimator.estimate(Self.profile(queue: 0), at: now) == .unknown(basis: 0))
    }

    @Test func theSameCallsGiveTheSameEstimates() {
        func once() -> [WaitEstimate] {
            let estimator = Learner(
                limits: EstimateLimits(groupCountMax: 40, halfLifeTicks: 500))
            var draw = WaitDraw(seed: 8)
            run(estimator, count: 2_000) { _ in
                Course(
                    profile: Self.profile(
                        queue: draw.below(4), region: draw.below(4),
                        points: Double(draw.below(3_000))),
                    wait: draw.exponential(mean: 100), isMatched: draw.below(3) > 0)
            }
            return (0..<4).flatMap { queue in
                (0..<4).map { region in
                    estimator.estimate(Self.profile(queue: queue, region: region), at: 2_000)
                }
            }
        }
        #expect(once() == once())
    }

    @Test func aTicketThatBringsItsWaitCountsFromThereOn() {
        let estimator = Learner()
        run(estimator, count: 100) { _ in
            Course(profile: Self.profile(), wait: 100, isMatched: true)
        }
        // Restored after a restart with 5,000 ticks behind them, matched soon.
        for number in 1_000..<1_100 {
            estimator.arrived(Self.ticket(number), [Self.profile()], waited: 5_000, at: 300)
            estimator.matched(Self.ticket(number), in: QueueIndex(0), waited: 5_010, at: 310)
        }
        // Nobody was seen to come from 112 to 5,000: the early part is as before.
        #expect(near(estimator.estimate(Self.profile(), at: 400).p90, 110, 0.1))
    }

    private func near(_ value: Int32?, _ expected: Double, _ share: Double) -> Bool {
        guard let value else { return false }
        return abs(Double(value) - expected) <= expected * share
    }
}

/// An estimator that an expectation may ask.
private final class Learner {
    private var estimator: WaitEstimator

    init(limits: EstimateLimits = EstimateLimits()) { estimator = WaitEstimator(limits: limits) }

    var openCount: Int { estimator.openCount }
    var groupCount: Int { estimator.groupCount }

    @discardableResult
    func arrived(
        _ ticket: TicketID, _ profiles: [WaitProfile], waited: Int32 = 0, at tick: Int32
    ) -> Bool {
        estimator.arrived(ticket, profiles, waited: waited, at: tick)
    }

    @discardableResult
    func matched(
        _ ticket: TicketID, in queue: QueueIndex, waited: Int32, at tick: Int32
    ) -> EstimateResult? {
        estimator.matched(ticket, in: queue, waited: waited, at: tick)
    }

    func left(_ ticket: TicketID, waited: Int32, at tick: Int32) {
        estimator.left(ticket, waited: waited, at: tick)
    }

    func refused(_ ticket: TicketID) { estimator.refused(ticket) }

    func look(at tick: Int32, countMax: Int) { estimator.look(at: tick, countMax: countMax) }

    func estimate(
        _ profile: WaitProfile, waited: Int32 = 0, at tick: Int32
    ) -> WaitEstimate {
        estimator.estimate(profile, waited: waited, at: tick)
    }
}

/// A seeded source of waits (SplitMix64).
private struct WaitDraw {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    mutating func exponential(mean: Double) -> Int32 {
        Int32(-log(1 - Double(next() >> 11) * 0x1p-53) * mean)
    }
}
