// Running matches that ask for players: what is taken and refused, who joins, in which team.

import Testing

@testable import MatchCore

/// MM-09.
@Suite struct BackfillTests {
    private let limits = Limits.small()

    // MARK: - Requests

    @Test func aTicketJoinsAtOnceAndTheRequestIsFilled() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick(TestTicket(1, 1510).commands)
        let result = rig.tick([.ask(1, open: [1, 0])])
        #expect(result.backfills.map(\.tickets) == [[1]])
        let join = result.backfills.first
        #expect(join?.record.match == MatchID(high: 9, low: 1))
        #expect(join?.record.lobby == LobbyIndex(3) && join?.record.generation == 1)
        #expect(join?.record.tick == Tick(2) && join?.record.rulesVersion == 1)
        #expect(join?.record.ticketCount == 1 && join?.record.playerCount == 1)
        #expect(join?.record.openPlaces.list == [0, 0])
        #expect(join?.seats.first?.record.team == 0)
        #expect(join?.seats.first?.record.waitTicks == 1)
        #expect(join?.seats.first?.record.lobby == LobbyIndex(7))
        #expect(join?.seats.first?.players == [PlayerID(100)])
        #expect(result.backfillsEnded.map(\.reason) == [.filled])
        #expect(result.report.ticketsBackfilled == 1 && result.report.ticketsMatched == 0)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func whoComesLaterJoinsAStandingRequest() {
        let rig = Rig(.only(.running()), limits: limits)
        #expect(rig.tick([.ask(1, open: [1, 1])]).outcomes.isEmpty)
        let first = rig.tick(TestTicket(1, 1500).commands)
        #expect(first.backfills.map(\.record.openPlaces.list) == [[0, 1]])
        #expect(first.backfillsEnded.isEmpty)
        let second = rig.tick(TestTicket(2, 1500).commands)
        #expect(second.backfills.map(\.record.openPlaces.list) == [[0, 0]])
        #expect(second.backfills.first?.seats.map(\.record.team) == [1])
        #expect(second.backfillsEnded.map(\.reason) == [.filled])
    }

    @Test func onlyAHigherGenerationReplacesARequest() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick([.ask(1, open: [1, 0], generation: 5)])
        for old: UInt32 in [5, 4, 0] {
            let ended = rig.tick([.ask(1, open: [0, 3], generation: old)]).backfillsEnded
            #expect(ended.map(\.reason) == [.staleGeneration])
            #expect(ended.map(\.generation) == [old])
        }
        #expect(rig.tick([.ask(1, open: [0, 1], generation: 6)]).outcomes.isEmpty)
        let result = rig.tick(TestTicket(1, 1500).commands)
        #expect(result.backfills.first?.seats.map(\.record.team) == [1])
        #expect(result.backfills.map(\.record.generation) == [6])
    }

    @Test func aReplacementWithoutPlacesEndsTheRequest() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick([.ask(1, open: [1, 0])])
        let ended = rig.tick([.ask(1, open: [0, 0], generation: 2)]).backfillsEnded
        #expect(ended.map(\.reason) == [.filled])
        #expect(rig.tick(TestTicket(1, 1500).commands).backfills.isEmpty)
        #expect(rig.tick([.ask(2, open: [0, 0])]).backfillsEnded.map(\.reason) == [.filled])
    }

    @Test func aMatchThatEndsWithdrawsItsRequest() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick([.ask(1, open: [1, 0])])
        let end = Command.endBackfill(
            EndBackfillRequest(match: MatchID(high: 9, low: 1), lobby: LobbyIndex(4)))
        let first = rig.tick([end]).backfillsEnded
        #expect(first.map(\.reason) == [.withdrawn])
        #expect(first.map(\.lobby) == [LobbyIndex(3)])
        let second = rig.tick([end]).backfillsEnded
        #expect(second.map(\.reason) == [.unknownMatch])
        #expect(second.map(\.lobby) == [LobbyIndex(4)])
        #expect(rig.tick(TestTicket(1, 1500).commands).backfills.isEmpty)
    }

    @Test func aRequestThatNobodyRenewsExpires() {
        let rig = Rig(.only(.running(timeoutTicks: 10)), limits: limits)
        rig.tick(at: 5, [.ask(1, open: [1, 0])])
        rig.tick(at: 12, [.ask(1, open: [1, 0], generation: 2)])
        #expect(rig.tick(at: 21).outcomes.isEmpty)
        #expect(rig.tick(at: 22).backfillsEnded.map(\.reason) == [.expired])
        #expect(rig.tick(TestTicket(1, 1500).commands).backfills.isEmpty)
    }

    @Test func whatIsNotAllowedIsRefused() {
        var rated = QueueRules.make(.doubles)
        rated.isRated = true
        let rules = Rules(
            version: 1, queues: [.running(), .make(.doubles), rated, nil, .running(.threeTwos)])
        let rig = Rig(rules, limits: limits)
        for queue in 1...5 {
            let ended = rig.tick([.ask(1, open: [1, 1], queue: queue)]).backfillsEnded
            #expect(ended.map(\.reason) == [.notAllowed], "queue \(queue)")
        }
        let region = rig.tick([.ask(1, open: [1, 1], region: 3)]).backfillsEnded
        #expect(region.map(\.reason) == [.notAllowed])
    }

    @Test func aFullTableRefuses() {
        var few = limits
        few.backfillCountMax = 2
        let rig = Rig(.only(.running()), limits: few)
        let result = rig.tick((1...3).map { .ask(UInt64($0), open: [1, 0]) })
        #expect(result.backfillsEnded.map(\.reason) == [.tableFull])
        #expect(result.backfillsEnded.map(\.match.low) == [3])
        // A standing one may still be replaced.
        #expect(rig.tick([.ask(2, open: [1, 1], generation: 2)]).backfillsEnded.isEmpty)
    }

    @Test func newRulesEndRequestsOfQueuesThatAreGone() {
        let rig = Rig(Rules(version: 1, queues: [.running(), .running()]), limits: limits)
        rig.tick([.ask(1, open: [1, 0]), .ask(2, open: [1, 0], queue: 1)])
        rig.matchmaker.apply(Rules(version: 2, queues: [.running()]))
        let ended = rig.tick().backfillsEnded
        #expect(ended.map(\.match.low) == [2] && ended.map(\.reason) == [.notAllowed])
        rig.matchmaker.apply(Rules(version: 3, queues: [.make(.fives)]))
        #expect(rig.tick().backfillsEnded.map(\.match.low) == [1])
    }

    @Test func newRulesMakeRequestsLookAgain() {
        let rig = Rig(.only(.running(tickets: window(10, perTick: 0, max: 10))), limits: limits)
        #expect(rig.tick(TestTicket(1, 1550).commands + [.ask(1, open: [1, 0])]).backfills.isEmpty)
        rig.matchmaker.apply(.only(.running(), version: 2))
        // Its own wake puts the ticket back into the index first.
        #expect(rig.tick().backfills.map(\.record.rulesVersion) == [2])
    }

    // MARK: - Who joins

    @Test(arguments: [(1500.0, true), (1600, true), (1400, true), (1600.1, false), (1399, false)])
    func theTicketsWindowMustCoverTheMean(_ points: Double, _ joins: Bool) {
        let rules = QueueRules.running(
            tickets: window(100, perTick: 0, max: 100), request: window(500, perTick: 0, max: 500))
        let rig = Rig(.only(rules), limits: limits)
        rig.tick(TestTicket(1, points).commands)
        #expect(rig.tick([.ask(1, open: [1, 0])]).backfills.isEmpty != joins)
    }

    @Test func theRequestsWindowWidensFromItsFirstTick() {
        let rules = QueueRules.running(
            tickets: window(500, perTick: 0, max: 500), request: window(10, perTick: 1, max: 100))
        let rig = Rig(.only(rules), limits: limits)
        rig.tick(TestTicket(1, 1550).commands + [.ask(1, open: [1, 0])])
        // Renewed half way: the wait goes on.
        let before = rig.run(ticks: 20)
        let renewed = rig.tick([.ask(1, open: [1, 0], generation: 2)])
        #expect(before.backfills.isEmpty && renewed.backfills.isEmpty)
        let after = rig.run(ticks: 18 + Int(Matchmaker.backfillLookTicks))
        #expect(after.backfills.map(\.tickets) == [[1]])
        let tick = after.backfills.first?.record.tick.raw ?? 0
        #expect(tick >= 41 && tick <= 41 + Matchmaker.backfillLookTicks)
    }

    @Test func aTicketJoinsOnlyInARegionThatItAccepts() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick(TestTicket(1, 1500, latencies: [20, 140]).commands)
        #expect(rig.tick([.ask(1, open: [1, 0], region: 1)]).backfills.isEmpty)
        #expect(rig.tick([.ask(2, open: [1, 0], region: 2)]).backfills.isEmpty)
        // The cap reaches 140 ms after 600 ticks.
        let later = rig.run(ticks: 620)
        #expect(later.backfills.map(\.record.match.low) == [1])
        #expect(later.backfills.first?.seats.first?.record.latencyMilliseconds == 140)
    }

    @Test func theLongestWaitingOfThoseWhoFitJoins() {
        let rig = Rig(.only(.running()), limits: limits)
        let tickets = [
            TestTicket(1, 1500), TestTicket(2, 1580, waited: 50), TestTicket(3, 1450, waited: 20),
            TestTicket(4, 3000, waited: 90),
        ]
        rig.tick(tickets.commands)
        let result = rig.tick([.ask(1, open: [2, 0])])
        #expect(result.backfills.map(\.tickets) == [[2, 3]])
    }

    @Test func partiesStayWholeInOneTeam() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick(TestTicket(1, points: [1500, 1500, 1500]).commands)
        #expect(rig.tick([.ask(1, open: [2, 2])]).backfills.isEmpty)
        let result = rig.tick([.ask(1, open: [1, 4], generation: 2)])
        #expect(result.backfills.first?.seats.map(\.record.team) == [1])
        #expect(result.backfills.first?.seats.first?.players.count == 3)
        #expect(result.backfills.map(\.record.openPlaces.list) == [[1, 1]])
    }

    @Test func aPartyDoesNotLeaveTheTeamsUneven() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick(TestTicket(1, points: [1500, 1500]).commands)
        #expect(rig.tick([.ask(1, open: [2, 2])]).backfills.isEmpty)
        let result = rig.tick(TestTicket(2, 1500).commands)
        #expect(result.backfills.map { $0.tickets.sorted() } == [[1, 2]])
        #expect(result.backfills.map(\.record.openPlaces.list) == [[1, 0]])
    }

    @Test func aShortTeamIsFilledFirst() {
        let rig = Rig(.only(.running()), limits: limits)
        rig.tick((1...3).flatMap { TestTicket($0, 1500).commands })
        // The first team is weaker, but the other has three players fewer.
        let ask = Command.ask(1, open: [1, 4]) { $0.teamSums = [-90_000, 90_000] }
        let result = rig.tick([ask])
        #expect(result.backfills.first?.seats.map(\.record.team) == [1, 1, 1])
    }

    @Test func theStrongerJoinerGoesToTheWeakerTeam() {
        for sign: Int32 in [-1, 1] {
            let rig = Rig(.only(.running()), limits: limits)
            // The weaker ticket has waited longer and would have the first choice of a team.
            rig.tick(TestTicket(1, 1440, waited: 9).commands + TestTicket(2, 1560).commands)
            let ask = Command.ask(1, open: [1, 1]) { $0.teamSums = [sign * 9000, -sign * 9000] }
            let seats = rig.tick([ask]).backfills.first?.seats ?? []
            let weak: UInt16 = sign < 0 ? 0 : 1
            #expect(seats.map(\.record.ticket.low) == [1, 2])
            #expect(seats.map(\.record.team) == [1 - weak, weak])
        }
    }

    @Test func aTicketOfSeveralQueuesLeavesThemAll() {
        let rig = Rig(Rules(version: 1, queues: [.running(), .running()]), limits: limits)
        let ticket = TestTicket(1, 1500).with {
            $0.choices[0] = QueueChoice(queue: QueueIndex(1))
            $0.choiceCount = 1
        }
        rig.tick(ticket.commands)
        let result = rig.tick([.ask(1, open: [1, 0], queue: 1), .ask(2, open: [1, 0])])
        #expect(result.backfills.count == 1)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func runningMatchesAreFilledBeforeNewOnesForm() {
        let rig = Rig(.only(.running(.doubles)), limits: limits)
        rig.tick([.ask(1, open: [1, 0])])
        let result = rig.tick((1...4).flatMap { TestTicket($0, 1500).commands })
        #expect(result.backfills.count == 1 && result.matches.isEmpty)
        #expect(rig.matchmaker.waitingCount == 3)
    }

    @Test func matchesWithOneTeamAreFilledToo() {
        let rig = Rig(.only(.running(.cooperative)), limits: limits)
        rig.tick(TestTicket(1, points: [1500, 1500]).commands)
        let result = rig.tick([.ask(1, open: [2, 2])])
        #expect(result.backfills.map(\.record.openPlaces.list) == [[0, 0]])
        #expect(result.backfillsEnded.map(\.reason) == [.filled])
    }

    // MARK: - Rules of teams

    @Test func factionsKeepTheirSidesAndMercenariesCross() {
        var rules = QueueRules.running()
        rules.factions = FactionRules(mercenaryAfterTicks: 30)
        let rig = Rig(.only(rules), limits: limits)
        rig.tick(
            TestTicket(1, 1500).commands
                + TestTicket(2, 1500).of(faction: 0, mercenary: true).commands)
        #expect(rig.tick([.ask(1, open: [0, 1])]).backfills.isEmpty)
        let own = rig.tick(TestTicket(3, 1500).of(faction: 1).commands).backfills.first
        #expect(own?.tickets == [3] && own?.seats.map(\.record.isMercenary) == [false])
        rig.tick([.ask(1, open: [0, 1], generation: 2)])
        let crossed = rig.run(ticks: 30 + Int(Matchmaker.backfillLookTicks)).backfills.first
        #expect(crossed?.tickets == [2] && crossed?.seats.map(\.record.isMercenary) == [true])
        #expect(crossed?.seats.map(\.record.team) == [1])
    }

    @Test func theMapMustBeAccepted() {
        var rules = QueueRules.running()
        rules.mapCount = 3
        let rig = Rig(.only(rules), limits: limits)
        let choosy = TestTicket(1, 1500, waited: 5).with { $0.maps = MapSet(bits: 0b101) }
        rig.tick(choosy.commands + TestTicket(2, 1500).commands)
        let other = rig.tick([.ask(1, open: [2, 0]) { $0.map = 1 }])
        #expect(other.backfills.map(\.tickets) == [[2]])
        let played = rig.tick([.ask(2, open: [1, 0]) { $0.map = 2 }])
        #expect(played.backfills.map(\.tickets) == [[1]])
    }

    @Test func premadesInTheirOwnPoolDoNotJoin() {
        var rules = QueueRules.running()
        rules.premades.ownPoolTicks = 40
        let rig = Rig(.only(rules), limits: limits)
        rig.tick(TestTicket(1, points: [1500, 1500]).commands + [.ask(1, open: [2, 0])])
        #expect(rig.run(ticks: 38).backfills.isEmpty)
        #expect(rig.run(ticks: 20).backfills.map(\.tickets) == [[1]])
    }

    @Test func joinersWhoAvoidEachOtherDoNotJoinTogether() {
        let rig = Rig(.only(.running()), limits: limits)
        let avoiding = TestTicket(2, 1500).avoiding(PlayerID(100))
        rig.tick(TestTicket(1, 1500).commands + avoiding.commands + TestTicket(3, 1500).commands)
        #expect(rig.tick([.ask(1, open: [2, 2])]).backfills.map(\.tickets) == [[1, 3]])
    }

    @Test func onlyOpenRolesAreFilled() {
        var rules = QueueRules.running()
        rules.roles = RoleRules(roles: [RoleCount(min: 1, max: 2), RoleCount(min: 0, max: 5)])
        let rig = Rig(.only(rules), limits: limits)
        rig.tick((1...3).flatMap { TestTicket($0, 1500).playing(0b10).commands })
        let healer = Command.ask(1, open: [2, 0]) {
            $0.openRoles = InlineArray(repeating: 0)
            $0.openRoles[0] = 1
            $0.openRoles[1] = 1
        }
        let first = rig.tick([healer]).backfills
        #expect(first.map(\.tickets) == [[1]] && first.first?.seats.first?.roles == [1])
        let both = TestTicket(4, 1500).playing(0b11)
        let second = rig.tick(both.commands).backfills
        #expect(second.map(\.tickets) == [[4]] && second.first?.seats.first?.roles == [0])
    }

    /// A greedy choice of roles would give the flexible player the only place that the other can
    /// take.
    @Test func rolesAreAssignedExactly() {
        var rules = QueueRules.running()
        let count = RoleCount(min: 0, max: 5)
        rules.roles = RoleRules(roles: [count, count, count])
        let rig = Rig(.only(rules), limits: limits)
        let flexible = TestTicket(1, 1500, waited: 9).playing(0b111)
        let pair = TestTicket(2, points: [1500, 1500], waited: 5).playing(0b001, 0b011)
        rig.tick(flexible.commands + pair.commands)
        let ask = Command.ask(1, open: [3, 0]) {
            $0.openRoles = InlineArray(repeating: 0)
            for role in 0..<3 { $0.openRoles[role] = 1 }
        }
        let seats = rig.tick([ask]).backfills.first?.seats ?? []
        #expect(seats.map(\.record.ticket.low) == [1, 2])
        #expect(seats.map(\.roles) == [[2], [0, 1]])
    }

    // MARK: - Bounds

    @Test func looksAreBoundedPerTickAndGoRound() {
        let most = Matchmaker.backfillLookCountMax
        var many = Limits.small(2000)
        many.backfillCountMax = 4 * most
        let rig = Rig(.only(.running()), limits: many)
        // Nobody fits: each look finds a ticket outside the window.
        rig.tick(TestTicket(1, 9000).commands)
        let asks = (1...3 * most).map { Command.ask(UInt64($0), open: [1, 0]) }
        let first = rig.tick(asks).report
        #expect(first.backfillLooks == most && first.carriedOver == 2 * most)
        #expect(rig.tick().report.backfillLooks == most)
        #expect(rig.tick().report.backfillLooks == most)
        #expect(rig.tick().report.backfillLooks == 0)
        // The next newcomer is seen by all, and joins one of those that look first.
        #expect(rig.tick(TestTicket(2, 1500).commands).backfills.count == 1)
    }

    @Test func aCrowdOutsideTheWindowCostsNoLooks() {
        let rig = Rig(.only(.running(tickets: window(50, perTick: 0, max: 50))), limits: limits)
        rig.tick(TestTicket(1, 5000).commands + [.ask(1, open: [1, 0])])
        let quiet = (0..<64).map { _ in rig.tick().report.backfillLooks }
        #expect(quiet.reduce(0, +) == 64 / Int(Matchmaker.backfillLookTicks))
    }

    @Test func aFullOutboxLeavesJoinersForTheNextTick() {
        let rig = Rig(.only(.running()), limits: Limits.small(2000), outboxCapacity: 1024)
        rig.tick([.ask(1, open: [5, 5])])
        rig.tick()
        // Refusals that nobody reads fill the ring up to a few records.
        let garbage = [Command](
            repeating: TestTicket(999, 1500).cancel, count: 1024 - 15)
        _ = rig.tickOnly(garbage)
        let report = rig.tickOnly(TestTicket(1, 1500).commands)
        #expect(report.commandsTaken == 1 && report.outboxFull && report.backfills == 0)
        rig.discardOutcomes()
        #expect(rig.tick().backfills.map(\.tickets) == [[1]])
    }
}

extension InlineArray where Element == UInt8 {
    var list: [UInt8] { indices.map { self[$0] } }
}

extension Command {
    /// A running match of mean rating 1,500 asks.
    static func ask(
        _ match: UInt64, open: [UInt8], generation: UInt32 = 1, queue: Int = 0, region: Int = 0,
        _ change: (inout BackfillRequest) -> Void = { _ in }
    ) -> Command {
        var request = BackfillRequest(
            match: MatchID(high: 9, low: match), queue: QueueIndex(UInt16(queue)),
            region: RegionIndex(UInt8(region)), lobby: LobbyIndex(3), generation: generation,
            rating: Rating(points: 1500), openPlaces: [open[0], open[1]])
        change(&request)
        return .backfill(request)
    }
}

extension QueueRules {
    /// A queue whose running matches may ask for players.
    static func running(
        _ mode: Mode = .fives,
        tickets: WideningCurve = MatchCoreTests.window(100, perTick: 0.5, max: 500),
        request: WideningCurve = MatchCoreTests.window(200, perTick: 1, max: 500),
        timeoutTicks: Int32 = 5000
    ) -> QueueRules {
        var rules = QueueRules.make(mode, window: tickets)
        rules.backfill = BackfillRules(ratingWindow: request, timeoutTicks: timeoutTicks)
        return rules
    }
}
