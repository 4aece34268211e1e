// Overdue tickets: who came later gives way wherever the match keeps its rules, and nowhere else.

import Testing

@testable import MatchCore

/// MM-04.
@Suite struct OverdueTests {
    /// A window of so many points that never grows, and tickets overdue after 50 ticks.
    private func rules(
        _ mode: Mode, window reach: Int32 = 60, after ticks: Int32? = 50,
        _ change: (inout QueueRules) -> Void = { _ in }
    ) -> Rules {
        var rules = QueueRules.make(mode, window: window(reach, perTick: 0, max: reach))
        rules.overdueAfterTicks = ticks
        change(&rules)
        return .only(rules)
    }

    private func rig(_ rules: Rules, _ waiting: [TestTicket]) -> Rig {
        let rig = Rig(rules, limits: .small())
        #expect(rig.tick(waiting.commands).matches.isEmpty, "they cannot play without others")
        return rig
    }

    /// The tickets of each match, in order of number.
    private func numbers(_ result: TickResult) -> [[UInt64]] { result.matches.map(\.lobby) }

    // MARK: - Who gives way

    @Test func theNearestGivesWayToWhoIsOverdue() {
        let overdue = TestTicket(1, 1440, waited: 60)
        let near = TestTicket(2, 1510)
        let comer = TestTicket(3, 1490)
        #expect(numbers(rig(rules(.duel), [overdue, near]).tick([comer].commands)) == [[1, 3]])
        let off = rules(.duel, after: nil)
        #expect(numbers(rig(off, [overdue, near]).tick([comer].commands)) == [[2, 3]])
    }

    @Test func whoCameBeforeDoesNotGiveWay() {
        let waiting = [TestTicket(1, 1440, waited: 60), TestTicket(2, 1510, waited: 70)]
        #expect(
            numbers(rig(rules(.duel), waiting).tick([TestTicket(3, 1490)].commands)) == [[2, 3]])
    }

    @Test func theLongestWaitingComesFirst() {
        let waiting = [TestTicket(1, 1440, waited: 80), TestTicket(2, 1549, waited: 90)]
        #expect(
            numbers(rig(rules(.duel), waiting).tick([TestTicket(3, 1490)].commands)) == [[2, 3]])
    }

    /// 1 accepts only 3, and 4 accepts only 2: round 2 the nearest is 3.
    @Test func whoGaveUpItsPlaceAsTheAnchorLooksAgainAtOnce() {
        let waiting = [TestTicket(1, 1561, waited: 60), TestTicket(4, 1442)]
        let result = rig(rules(.duel), waiting).tick(
            [TestTicket(2, 1500), TestTicket(3, 1506)].commands)
        #expect(numbers(result) == [[1, 3], [2, 4]])
    }

    @Test func aPartyTakesThePlacesOfAsManyPlayers() {
        let waiting = [
            TestTicket(1, points: [1550, 1550, 1550], waited: 60), TestTicket(2, 1500),
            TestTicket(3, 1500, waited: 5),
        ]
        let comers = (4...7).map { TestTicket($0, 1500) }
        let result = rig(rules(.triples), waiting).tick(comers.commands)
        #expect(result.matches.count == 1)
        #expect(numbers(result)[0].contains(1))
        #expect(result.matches[0].seats.count == 4)
        #expect(
            numbers(rig(rules(.triples, after: nil), waiting).tick(comers.commands)) == [
                [2, 3, 4, 5, 6, 7]
            ])
    }

    @Test func aPlayerTakesThePlaceOfAPlayerWhereSeveralTeamsMeet() {
        let waiting = [TestTicket(1, 1550, waited: 60)] + (2...3).map { TestTicket($0, 1500) }
        let comers = [
            TestTicket(4, points: [1500, 1500]), TestTicket(5, 1500), TestTicket(6, 1500),
        ]
        let result = rig(rules(.threeTwos), waiting).tick(comers.commands)
        #expect(result.matches.count == 1)
        #expect(Set(numbers(result)[0]).isSuperset(of: [1, 4]))
    }

    // MARK: - The match keeps its rules

    private static let tankAndFighter = RoleRules(
        roles: [RoleCount(min: 1, max: 1), RoleCount(min: 1, max: 1)])

    @Test(arguments: [1, 2])
    func anOverduePlayerTakesAPlaceOfItsRole(_ role: UInt8) {
        let rules = rules(.doubles) { $0.roles = OverdueTests.tankAndFighter }
        let waiting = [TestTicket(1, 1550, waited: 60).playing(role)]
        let comers = [1, 2, 1, 2].enumerated().map {
            TestTicket($0.offset + 2, 1500).playing($0.element)
        }
        let result = rig(rules, waiting).tick(comers.commands)
        #expect(result.matches.count == 1)
        #expect(numbers(result)[0].contains(1))
        for seat in result.matches[0].seats {
            let number = Int(seat.record.ticket.low)
            let own = number == 1 ? role : UInt8(number % 2 == 0 ? 1 : 2)
            #expect(seat.roles == [own - 1])
        }
    }

    @Test func anOverduePlayerStaysOnHisSide() {
        let rules = rules(.doubles) { $0.factions = FactionRules() }
        let waiting = [TestTicket(1, 1550, waited: 60).of(faction: 1)]
        let comers = [0, 0, 1, 1].enumerated().map {
            TestTicket($0.offset + 2, 1500).of(faction: $0.element)
        }
        let result = rig(rules, waiting).tick(comers.commands)
        #expect(result.matches.count == 1)
        #expect(Set(numbers(result)[0]).isSuperset(of: [1, 2, 3]))
    }

    @Test func nobodyIsSeatedWhomOneWhoStaysAvoids() {
        let rules = rules(.doubles)
        let waiting = [TestTicket(1, 1550, waited: 60), TestTicket(2, 1500, waited: 90)]
        let comers = (3...5).map { TestTicket($0, 1500) }
        #expect(numbers(rig(rules, waiting).tick(comers.commands))[0].contains(1))
        let avoiding = [waiting[0], waiting[1].avoiding(PlayerID(100))]
        #expect(!numbers(rig(rules, avoiding).tick(comers.commands))[0].contains(1))
    }

    @Test func nobodyIsSeatedOnAMapThatHeDoesNotPlay() {
        let rules = rules(.doubles) { $0.mapCount = 2 }
        let waiting = [TestTicket(1, 1550, waited: 60).with { $0.maps = MapSet(bits: 1) }]
        let comers = (2...5).map {
            TestTicket($0, 1500).with { $0.maps = MapSet(bits: 2) }
        }
        #expect(numbers(rig(rules, waiting).tick(comers.commands)) == [[2, 3, 4, 5]])
    }

    // MARK: - Substitutes and joiners

    @Test func anOverdueSubstituteComesBeforeANearerOne() {
        for after: Int32? in [50, nil] {
            var queue = QueueRules.make(.duel, window: window(60, perTick: 0, max: 60))
            queue.overdueAfterTicks = after
            let rig = Rig(.only(queue.asking(ticks: 50, substituteTicks: 100)), limits: .small())
            let asked = rig.tick([TestTicket(1, 1500), TestTicket(2, 1500)].commands)
            let match = asked.proposed[0].record.match
            let result = rig.tick(
                [TestTicket(3, 1445, waited: 60), TestTicket(4, 1510)].commands
                    + [
                        .answer(
                            AnswerRequest(
                                match: match, ticket: TicketID(number: 2), lobby: LobbyIndex(7),
                                answer: .declined))
                    ])
            #expect(result.substituted.map(\.lobby) == [[after == nil ? 4 : 3]])
        }
    }

    /// More stand nearer to the running match than a look for it sees.
    @Test func anOverduePlayerJoinsARunningMatchFromBehindACrowd() {
        for after: Int32? in [50, nil] {
            var queue = QueueRules.make(.doubles, window: window(300, perTick: 0, max: 300))
            queue.overdueAfterTicks = after
            queue.roles = OverdueTests.tankAndFighter
            queue.backfill = BackfillRules(
                ratingWindow: window(300, perTick: 0, max: 300), timeoutTicks: 100)
            let rig = Rig(.only(queue), limits: .small(2048, players: 4096))
            let crowd = (2...700).map { TestTicket($0, 1500, waited: 10).playing(2) }
            rig.tick(([TestTicket(1, 1700, waited: 60).playing(2)] + crowd).commands)
            let result = rig.tick([
                .backfill(
                    BackfillRequest(
                        match: MatchID(high: 1, low: 1), queue: QueueIndex(0),
                        region: RegionIndex(0), lobby: LobbyIndex(3), generation: 1,
                        rating: Rating(points: 1500), openPlaces: [1, 0]))
            ])
            #expect(result.backfills.count == 1)
            #expect(result.backfills[0].tickets.contains(1) == (after != nil))
        }
    }
}
