// Ratings by role from a ticket's commands to the match: who plays what, how even the teams are by
// it, what is told, and everything that may come between.

import Testing

@testable import MatchCore

/// FP-01.
@Suite struct RoleRatingTests {
    /// 2v2 with one attacker and one defender a side.
    private static func rules(countsRoleRatings: Bool = true) -> QueueRules {
        var rules = QueueRules.make(.doubles)
        rules.roles = RoleRules(
            roles: [RoleCount(min: 1, max: 1), RoleCount(min: 1, max: 1)],
            countsRoleRatings: countsRoleRatings)
        return rules
    }

    /// Four players of one rating: two much better at defending, one at attacking.
    private static let four = [
        TestTicket(1, 1500).rated([0, 200]), TestTicket(2, 1500).rated([0, 200]),
        TestTicket(3, 1500).rated([100, 0]), TestTicket(4, 1500),
    ]

    private func rig(_ rules: QueueRules) -> Rig { Rig(.only(rules), limits: .small()) }

    /// Each team's sum of ratings in the roles given, in points.
    private func sums(_ match: FormedMatch, _ ratings: [UInt64: [Double]]) -> [Double] {
        var sums = [0.0, 0.0]
        for seat in match.seats {
            for role in seat.roles {
                let own = ratings[seat.record.ticket.low] ?? [0, 0]
                sums[Int(seat.record.team)] += seat.record.rating.points + own[Int(role)]
            }
        }
        return sums
    }

    @Test func teamsAreEvenByTheRatingsInTheRoles() {
        let result = rig(Self.rules()).tick(Self.four.commands)
        #expect(result.matches.count == 1)
        for match in result.matches {
            #expect(match.roles(ofTeam: 0) == [0, 1] && match.roles(ofTeam: 1) == [0, 1])
            let sums = sums(match, [1: [0, 200], 2: [0, 200], 3: [100, 0]])
            #expect(sums[0] == sums[1])
            #expect(match.record.quality.teamGapPoints == 0)
            #expect(match.record.quality.fairness == 1)
        }
    }

    @Test func aMatchTellsTheRatingOfEachPlayerInHisRole() {
        let result = rig(Self.rules()).tick(Self.four.commands)
        let seats = result.matches.flatMap(\.seats)
        #expect(seats.count == 4)
        for seat in seats {
            let offsets = [[0.0, 200], [0, 200], [100, 0]]
            let number = Int(seat.record.ticket.low) - 1
            let told = seat.ratings.map(\.points)
            // Who gave none is told none.
            #expect(
                told == (number < 3 ? [1500 + offsets[number][Int(seat.roles[0])]] : []))
            #expect(seat.record.rating.points == 1500)
        }
    }

    /// A mean gap that no role can even out is told as it is by the ratings in the roles.
    @Test func theGapToldIsByTheRatingsInTheRoles() {
        let tickets = [
            TestTicket(1, 1500).playing(1).rated([80, 0]), TestTicket(2, 1500).playing(1),
            TestTicket(3, 1500).playing(2), TestTicket(4, 1500).playing(2),
        ]
        let result = rig(Self.rules()).tick(tickets.commands)
        #expect(result.matches.map(\.record.quality.teamGapPoints) == [40])
    }

    @Test func aQueueMayLeaveThemUncounted() {
        let rig = rig(Self.rules(countsRoleRatings: false))
        let result = rig.tick(Self.four.commands)
        #expect(result.matches.count == 1)
        #expect(result.matches.flatMap(\.seats).allSatisfy { $0.ratings.isEmpty })
        #expect(result.matches.allSatisfy { $0.record.quality.teamGapPoints == 0 })
    }

    /// One of four likes another role than the one in which he would even the teams out; a role
    /// that is liked is worth about 11 points of the mean here.
    @Test(arguments: [(60.0, true), (6.0, false)])
    func aRoleIsLikedAsMuchAsTheQualitySays(_ points: Double, _ isMoved: Bool) {
        var attacker = TestTicket(1, 1500).rated([points, 0])
        attacker.members[0].preferredRole = 0
        let tickets = [
            attacker, TestTicket(2, 1500), TestTicket(3, 1500).playing(1),
            TestTicket(4, 1500).playing(2),
        ]
        let result = rig(Self.rules()).tick(tickets.commands)
        #expect(result.matches.count == 1)
        let role = result.matches.flatMap(\.seats).first { $0.record.ticket.low == 1 }?.roles
        #expect(role == (isMoved ? [1] : [0]))
    }

    /// A party's own rating in a further queue is what its members' offsets are added to.
    @Test func inAQueueWithARatingOfItsOwnOffsetsAreAddedToThat() {
        let rig = Rig(
            Rules(version: 1, queues: [Self.rules(), Self.rules()]), limits: .small())
        var tickets = Self.four
        for index in tickets.indices {
            tickets[index] = tickets[index].with {
                $0.choiceCount = 1
                $0.choices[0] = QueueChoice(queue: QueueIndex(1), rating: Rating(points: 1000))
            }
        }
        // Nobody else waits in the first queue, two wait in the second.
        let others = [TestTicket(11, 1000), TestTicket(12, 1000), TestTicket(13, 1000)].map {
            var other = $0
            other.queue = QueueIndex(1)
            return other
        }
        let result = rig.tick(others.commands + tickets[0].commands)
        #expect(result.matches.count == 1)
        let seat = result.matches.flatMap(\.seats).first { $0.record.ticket.low == 1 }
        let told = seat?.ratings.map(\.points)
        #expect(told == [1000] && seat?.roles == [0] || told == [1200] && seat?.roles == [1])
    }

    @Test func aPartyOfManyIsToldInOrder() {
        var rules = QueueRules.make(Mode("20v20", 2, 20, partySizeMax: 20))
        rules.roles = RoleRules(
            roles: [RoleCount(min: 0, max: 20), RoleCount(min: 0, max: 20)])
        let points = (0..<20).map { 1500 + Double($0) }
        var one = TestTicket(1, points: points)
        // All but the third play the second role alone.
        for position in one.members.indices { one.members[position].roles = RoleSet(bits: 2) }
        one.members[2].roles = RoleSet(bits: 1)
        for position in [0, 2, 7, 15, 16, 17, 19] {
            one = one.rated([8, Double(position)], at: position)
        }
        let result = rig(rules).tick(
            one.commands + TestTicket(2, points: points).commands)
        let seat = result.matches.flatMap(\.seats).first { $0.record.ticket.low == 1 }
        var expected = points
        for position in [0, 7, 15, 16, 17, 19] { expected[position] += Double(position) }
        expected[2] += 8
        #expect(seat?.ratings.map(\.points) == expected)
    }

    // MARK: - Proposals and running matches

    private static var proposing: QueueRules {
        var rules = rules()
        rules.acceptance = AcceptanceRules(ticks: 40, substituteTicks: 20)
        return rules
    }

    private func answer(_ rig: Rig, _ match: FormedMatch, _ number: Int, _ answer: ProposalAnswer)
        -> TickResult
    {
        rig.tick([
            .answer(
                AnswerRequest(
                    match: match.record.match, ticket: TicketID(number: number),
                    lobby: LobbyIndex(7), answer: answer))
        ])
    }

    @Test func aSubstituteIsSeatedByHisRatingInTheRole() {
        let rig = rig(Self.proposing)
        let first = rig.tick(Self.four.commands)
        #expect(first.proposed.count == 1)
        guard let proposed = first.proposed.first else { return }
        _ = rig.tick(TestTicket(5, 1500).rated([0, 200]).commands)
        let result = answer(rig, proposed, 1, .declined)
        #expect(result.substituted.flatMap(\.seats).map(\.record.ticket.low) == [5])
        for number in [2, 3, 4] { _ = answer(rig, proposed, number, .accepted) }
        let match = answer(rig, proposed, 5, .accepted).matches
        #expect(match.count == 1)
        for match in match {
            let sums = sums(match, [5: [0, 200], 2: [0, 200], 3: [100, 0]])
            #expect(sums[0] == sums[1])
            #expect(match.record.quality.teamGapPoints == 0)
            for seat in match.seats where [2, 5].contains(seat.record.ticket.low) {
                #expect(seat.ratings.map(\.points) == [1500 + (seat.roles == [1] ? 200 : 0)])
            }
        }
    }

    @Test func whoJoinsARunningMatchPlaysWhatEvensItOut() {
        var rules = QueueRules.make(.triples)
        rules.roles = RoleRules(roles: [RoleCount(min: 1, max: 2), RoleCount(min: 1, max: 2)])
        rules.backfill = BackfillRules(
            ratingWindow: window(500, perTick: 0, max: 500), timeoutTicks: 1000)
        let rig = rig(rules)
        var request = BackfillRequest(
            match: MatchID(high: 1, low: 2), queue: QueueIndex(0), region: RegionIndex(0),
            lobby: LobbyIndex(3), generation: 1, rating: Rating(points: 1500),
            openPlaces: [2, 0])
        // The first team lacks 150 points: the one who is 150 better at defending defends.
        request.teamSums = [-150 * Rating.stepsPerPoint, 0]
        let joiners = [
            TestTicket(1, points: [1500, 1500]).rated([0, 150], at: 1).rated([0, 0], at: 1)
        ]
        var party = joiners[0]
        party.rated.removeLast()
        request.openRoles[0] = 1
        request.openRoles[1] = 1
        let result = rig.tick(party.commands + [.backfill(request)])
        let seats = result.backfills.flatMap(\.seats)
        #expect(seats.map(\.roles) == [[0, 1]])
        #expect(seats.map { $0.ratings.map(\.points) } == [[1500, 1650]])
    }

    // MARK: - The table

    @Test func aTicketForWhomThereIsNoRoomIsRefusedAndRoomComesBack() {
        var limits = Limits.small()
        limits.ratedPlayerCountMax = 3
        let rig = Rig(.only(Self.rules()), limits: limits)
        let three = (1...3).map { TestTicket($0, 1500).playing(1).rated([10, 0]) }
        #expect(rig.tick(three.commands).rejected.isEmpty)
        let fourth = TestTicket(4, 1500).playing(1).rated([10, 0])
        #expect(rig.tick(fourth.commands).rejected.map(\.reason) == [.tableFull])
        for _ in 0..<5 {
            #expect(rig.tick([three[1].cancel]).rejected.isEmpty)
            #expect(rig.tick(three[1].commands).rejected.isEmpty)
        }
        // Who matches leaves his room to others.
        let result = rig.tick((5...7).map { TestTicket($0, 1500).playing(2) }.commands)
        #expect(result.matches.count == 1)
        #expect(rig.tick(fourth.commands).rejected.isEmpty)
    }

    @Test func ratingsThatAreMissingOrOfNobodyMakeAPartyMalformed() {
        let rig = rig(Self.rules())
        let ticket = TestTicket(1, 1500).rated([10, 0])
        #expect(
            rig.tick(Array(ticket.commands.dropLast())).rejected.map(\.reason)
                == [.malformedParty])
        let beyond = TestTicket(2, 1500).rated([10, 0], at: 1)
        #expect(rig.tick(beyond.commands).rejected.map(\.reason) == [.malformedParty])
        // And ratings without a ticket belong to nobody.
        #expect(
            rig.tick(Array(ticket.commands.dropFirst())).rejected.map(\.reason)
                == [.malformedParty])
        #expect(rig.matchmaker.waitingCount == 0)
    }
}
