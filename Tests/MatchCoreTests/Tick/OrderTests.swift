// Who meets whom and when: windows on both sides, regions as they open, longest wait first, and
// nobody held up by a ticket that cannot be matched.

import Testing

@testable import MatchCore

/// MM-05, MM-06, MM-07.
@Suite struct OrderTests {
    /// ±100 points, one more a tick, at most ±500.
    private let growing = window(100, perTick: 1, max: 500)

    private func rig(_ mode: Mode, _ limits: Limits = .small()) -> Rig {
        Rig(.only(.make(mode, window: growing)), limits: limits)
    }

    private func numbers(_ result: TickResult) -> [[UInt64]] { result.matches.map(\.lobby) }

    // MARK: - Windows

    @Test(arguments: [0, 1, 10, 30])
    func twoTicketsMeetWhenTheYoungersWindowReachesToo(_ later: Int) {
        let rig = rig(.duel)
        rig.tick(TestTicket(1, 1500).commands)
        for _ in 0..<later { rig.tick() }
        rig.tick(TestTicket(2, 1650).commands)
        #expect(rig.run(ticks: 49).matches.isEmpty)
        let match = rig.tick().matches
        #expect(match.map(\.lobby) == [[1, 2]])
        let waits = match.first?.seats.map(\.record.waitTicks).sorted()
        #expect(waits == [50, 51 + Int32(later)])
    }

    @Test(arguments: [10, 49, 50, 70, 300])
    func twoTicketsMeetInTimeThoughOneBroughtAWaitOfItsOwn(_ waited: Int32) {
        let rig = rig(.duel)
        // A third, far away, would be the first one's next partner.
        rig.tick([TestTicket(1, 1500), TestTicket(3, 1950)].commands)
        for _ in 0..<10 { rig.tick() }
        rig.tick(TestTicket(2, 1350, waited: waited).commands)
        let isYounger = waited < 11
        let ticks = isYounger ? 50 - Int(waited) : 50 - 11
        #expect(rig.run(ticks: ticks - 1).matches.isEmpty)
        #expect(numbers(rig.tick()) == [[1, 2]])
    }

    @Test func aWindowNeverReachesBeyondItsCap() {
        let rig = rig(.duel)
        rig.tick([TestTicket(1, 1500), TestTicket(2, 2000.5)].commands)
        #expect(rig.run(ticks: 2000).matches.isEmpty)
        #expect(numbers(rig.tick(TestTicket(3, 2000).commands)) == [[2, 3]])
    }

    // MARK: - Regions

    @Test func ticketsMeetWhereBothAcceptTheRegion() {
        let rig = Rig(
            .only(.make(.duel, latencyCap: curve(50, perTick: 1, max: 90))), limits: .small())
        let near = TestTicket(1, 1500, latencies: [20, 80, nil])
        let far = TestTicket(2, 1500, latencies: [nil, 70, 10])
        rig.tick((near.commands + far.commands))
        #expect(rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(1)) == 0)
        // The second accepts the middle region after 20 ticks, the first after 30.
        #expect(rig.run(ticks: 20).matches.isEmpty)
        #expect(rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(1)) == 1)
        #expect(rig.run(ticks: 9).matches.isEmpty)
        let match = rig.tick().matches.first
        #expect(match?.record.region == RegionIndex(1))
        #expect(match?.record.quality.latencyMillisecondsMax == 80)
    }

    @Test func aTicketThatComesIntoARegionLateMeetsTheYoungerThereInTime() {
        let rules = Rules.only(
            .make(
                .duel, window: window(20, perTick: 50, max: 900),
                latencyCap: curve(60, perTick: 1, max: 150)))
        let rig = Rig(rules, limits: .small())
        rig.tick(TestTicket(1, 1950, latencies: [86]).commands)
        _ = rig.run(ticks: 11)
        // The second's last look before its window reaches is at tick 26, the first comes into the
        // region at 27, and at 28 they agree: it is the first one's look that tells.
        let others = [TestTicket(2, 1200, latencies: [20]), TestTicket(3, 300, latencies: [20])]
        rig.tick(others.commands)
        #expect(rig.run(ticks: 14).matches.isEmpty)
        #expect(numbers(rig.tick()) == [[1, 2]])
    }

    @Test func aTicketWithoutARegionYetWaitsForItsCap() {
        let rig = Rig(
            .only(.make(.duel, latencyCap: curve(50, perTick: 1, max: 90))), limits: .small())
        rig.tick([TestTicket(1, 1500, latencies: [85]), TestTicket(2, 1500)].commands)
        #expect(rig.run(ticks: 34).matches.isEmpty)
        #expect(rig.tick().matches.count == 1)
    }

    @Test func theBetterRegionIsTakenWhenBothArePossible() {
        let rig = rig(.duel)
        let pair = (1...2).map { TestTicket($0, 1500, latencies: [60, 15, 70]) }
        #expect(rig.tick(pair.commands).matches.first?.record.region == RegionIndex(1))
    }

    // MARK: - Waits

    @Test func atEqualRatingsTheLongerWaitingIsTakenFirst() {
        let rig = rig(.doubles)
        // Three wait; the fourth makes the match, a fifth of the same rating must wait on.
        rig.tick(TestTicket(1, 1500).commands)
        rig.tick([TestTicket(2, 1500), TestTicket(3, 1500)].commands)
        #expect(
            numbers(rig.tick([TestTicket(4, 1500), TestTicket(5, 1500)].commands)) == [
                [1, 2, 3, 4]
            ])
        #expect(
            numbers(rig.tick([6, 7, 8].map { TestTicket($0, 1500) }.commands)) == [
                [5, 6, 7, 8]
            ])
    }

    @Test func ofManyThatWaitTheYoungerDoNotOvertake() {
        let rig = rig(.fives, .small(2000))
        var next = 1
        var matched: [UInt64] = []
        // Three arrive a tick, all equal: lobbies leave in the order of arrival.
        for _ in 0..<100 {
            let arrivals = (next..<next + 3).map { TestTicket($0, 1500) }
            next += 3
            for lobby in numbers(rig.tick(arrivals.commands)) { matched += lobby }
        }
        #expect(matched == matched.sorted())
        #expect(matched.count >= 290)
    }

    @Test func aTicketThatBroughtAWaitGoesBeforeOthersOfItsRating() {
        let rig = rig(.duel)
        rig.tick(TestTicket(1, 1000).commands)
        let result = rig.tick(
            [TestTicket(2, 1050), TestTicket(3, 1050, waited: 100)].commands)
        #expect(numbers(result) == [[1, 3]] || numbers(result) == [[2, 3]])
        #expect(result.matches.first?.lobby.contains(3) == true)
    }

    @Test func aQueueThatPrefersWaitTakesTheLongerWaitingFromFurtherAway() {
        let rules = { (preference: Double) in
            Rules.only(
                .make(
                    .duel, window: window(200, perTick: 0, max: 200),
                    waitPreference: preference))
        }
        for (preference, expected) in [(0.0, [[UInt64(2), 3]]), (128.0, [[1, 3]])] {
            let rig = Rig(rules(preference), limits: .small())
            rig.tick(TestTicket(1, 1500).commands)
            for _ in 0..<100 { rig.tick() }
            // 250 apart: these two do not accept each other.
            rig.tick(TestTicket(2, 1750).commands)
            // Nearer to the second; a point of spread is worth a tick of waiting, or nothing.
            #expect(numbers(rig.tick(TestTicket(3, 1640).commands)) == expected)
        }
    }

    // MARK: - Nobody is held up

    @Test(arguments: [Mode.duel, .doubles, .fives, .threeTwos])
    func aTicketThatCannotBeMatchedDelaysNobody(_ mode: Mode) {
        let rig = rig(mode, .small(2000))
        // Outliers in rating, and one that accepts no region that others have.
        let heads = [
            TestTicket(1, 9000), TestTicket(2, -3000),
            TestTicket(3, 1500, latencies: [nil, nil, 20]),
        ]
        rig.tick(heads.commands)
        for _ in 0..<50 { rig.tick() }
        let crowd = (10..<10 + mode.playerCount * 5).map { TestTicket($0, 1500) }
        #expect(rig.tick(crowd.commands).matches.count == 5)
        #expect(rig.matchmaker.waitingCount == 3)
    }

    @Test func aPartyThatNoTeamCanCompleteDelaysNobody() {
        let rig = rig(.fives)
        // A four needs a solo in its team; only threes and twos come.
        rig.tick(TestTicket(1, points: [1500, 1500, 1500, 1500]).commands)
        for _ in 0..<30 { rig.tick() }
        var tickets: [TestTicket] = []
        for number in 2...3 { tickets.append(TestTicket(number, points: [1500, 1500])) }
        for number in 4...5 { tickets.append(TestTicket(number, points: [1500, 1500, 1500])) }
        #expect(numbers(rig.tick(tickets.commands)) == [[2, 3, 4, 5]])
    }

    @Test func aLongWaitingSoloDoesNotKeepThreePairsApart() {
        let rig = rig(.threeTwos)
        rig.tick(TestTicket(1, 1500).commands)
        for _ in 0..<30 { rig.tick() }
        let pairs = (2...4).map { TestTicket($0, points: [1500, 1500]) }
        #expect(numbers(rig.tick(pairs.commands)) == [[2, 3, 4]])
    }

    @Test func aYoungTwinOfTheHighestTicketHidesNoLobby() {
        let rig = rig(.doubles)
        // Two at 1300, one at 1400, one at 1450: all have waited. Then a twin at 1450 comes, too
        // young to accept 1300, together with the one that completes the lobby.
        rig.tick([1, 2].map { TestTicket($0, 1300, waited: 200) }.commands)
        rig.tick(TestTicket(3, 1450, waited: 200).commands)
        let result = rig.tick(
            [TestTicket(4, 1450), TestTicket(5, 1400, waited: 200)].commands)
        #expect(numbers(result) == [[1, 2, 3, 5]])
    }

    @Test func partiesThatDoNotFitHideNoLobbyFurtherAway() {
        // Threes between the anchor and the twos that it needs: every narrower range fails.
        let rig = rig(.fives)
        rig.tick(
            (1...6).map { TestTicket($0, points: [Double](repeating: 1500 + Double($0), count: 4)) }
                .commands)
        rig.tick((7...8).map { TestTicket($0, points: [1540, 1540, 1540]) }.commands)
        rig.tick(TestTicket(9, points: [1541, 1541]).commands)
        #expect(
            numbers(rig.tick(TestTicket(10, points: [1499, 1499]).commands)) == [[7, 8, 9, 10]])
    }

    /// MM-07: the herd's matches are nearly as close as the sorted pool's consecutive lobbies.
    @Test func aHerdIsCutIntoNeighbours() {
        let count = 10_000
        let limits = Limits(ticketCountMax: count, queueCountMax: 1, regionCount: 1)
        let rig = Rig(
            .only(.make(.fives, window: window(100, perTick: 0.5, max: 500))), limits: limits,
            outboxCapacity: 1 << 16)
        var random = Random(seed: 42)
        let tickets = (1...count).map { TestTicket($0, 1500 + 300 * random.normal()) }
        var ranges: [Double] = []
        for match in rig.tick(tickets.commands).matches {
            ranges.append(Double(match.record.quality.ratingRangePoints))
        }
        let sorted = tickets.map { $0.members[0].rating.points }.sorted()
        var ideal: [Double] = []
        for start in stride(from: 0, to: count, by: 10) {
            ideal.append(sorted[start + 9] - sorted[start])
        }
        #expect(ranges.count >= 980)
        // The same number of the closest lobbies: the tails may wait.
        let best = ideal.sorted().prefix(ranges.count).reduce(0, +)
        #expect(ranges.reduce(0, +) <= 1.1 * best)
    }
}
