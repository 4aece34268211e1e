// Matches of war parties with their mercenaries: who is fielded, who fills up, in what size.

import Testing

@testable import MatchCore

/// MM-24.
@Suite struct WarPartyTests {
    private let limits = Limits.small()

    // MARK: - Two war parties

    @Test func twoFullWarPartiesFieldTheirFirstMembers() {
        let rig = Rig(.only(.war()), limits: limits)
        let tickets = [TestTicket.war(1, count: 8), .war(2, count: 6)]
        let result = rig.tick(tickets.commands)
        let match = result.matches.first
        #expect(match?.record.playerCount == 10 && match?.record.ticketCount == 2)
        #expect(match?.seats.map(\.record.memberCount) == [5, 5])
        for seat in match?.seats ?? [] {
            let own = tickets.first { $0.id == seat.record.ticket }
            #expect(seat.players == own?.members.prefix(5).map(\.player))
            #expect(!seat.record.isMercenary)
        }
        #expect(match?.team(0).count == 1 && match?.team(1).count == 1)
        #expect(result.report.ticketsMatched == 2 && result.report.playersMatched == 10)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func bothSidesFieldEquallyManyOfTheirOwn() {
        let rig = Rig(.only(.war()), limits: limits)
        var commands = [TestTicket.war(1, count: 3), .war(2, count: 7)].commands
        for number in 11...14 { commands += TestTicket.mercenary(number).commands }
        let match = rig.tick(commands).matches.first
        #expect(match?.record.playerCount == 10)
        let seats = match?.seats ?? []
        let parties = seats.filter { $0.record.ticket.low < 10 }
        #expect(parties.map(\.players.count) == [3, 3])
        let hired = seats.filter { $0.record.ticket.low > 10 }
        #expect(hired.count == 4 && hired.allSatisfy(\.record.isMercenary))
        #expect(hired.count { $0.record.team == 0 } == 2)
        Ledger.expectEmpty(rig.matchmaker)
    }

    /// Rosters beyond the party sizes of mercenaries index no table of those.
    @Test(arguments: [9, 32, 40, 64, 80])
    func rostersOfAnySizeMeet(_ count: Int) {
        var rules = QueueRules.make(.forties)
        rules.partySizeMax = 5
        rules.warParties = WarPartyRules(rosterMax: 80, ownMin: 5)
        let rig = Rig(.only(rules), limits: limits)
        let own = min(count, 40)
        let hired = (0..<(2 * (40 - own))).map { TestTicket.mercenary(11 + $0) }
        let parties = [TestTicket.war(1, count: count), .war(2, count: 80)]
        let match = rig.tick((parties + hired).commands).matches.first
        #expect(match?.record.playerCount == 80)
        #expect(match?.seats.map(\.record.memberCount).max() == UInt16(own))
        Ledger.expectEmpty(rig.matchmaker)
        // Alone among enough mercenaries: sizes are not what it lacks.
        let crowd = (101...180).map { TestTicket.mercenary($0) }
        rig.tick(([TestTicket.war(3, count: count)] + crowd).commands)
        let asked = rig.tick([.explain(ExplainRequest(ticket: TicketID(number: 3), token: 1))])
        #expect(asked.explained.count == 1 && asked.explained.first?.obstacle != .partySizes)
    }

    @Test func aMercenaryWhoCompletesTheCountBringsTheMatch() {
        let rig = Rig(.only(.war()), limits: limits)
        rig.tick([TestTicket.war(1, count: 4), .war(2, count: 4)].commands)
        #expect(rig.tick(TestTicket.mercenary(11).commands).matches.isEmpty)
        #expect(
            rig.tick(TestTicket.mercenary(12).commands).matches.map(\.lobby) == [[1, 2, 11, 12]])
    }

    @Test func aWarPartyNeverMeetsItsOwnTeam() {
        let rig = Rig(.only(.war()), limits: limits)
        rig.tick([TestTicket.war(1, count: 5, team: 7), .war(2, count: 5, team: 7)].commands)
        #expect(rig.run(ticks: 100).matches.isEmpty)
        let match = rig.tick(TestTicket.war(3, count: 5, team: 8).commands).matches.first
        #expect(match?.lobby.contains(3) == true && match?.lobby.count == 2)
    }

    @Test func warPartiesWithoutAnIdentityAreDifferentTeams() {
        let rig = Rig(.only(.war()), limits: limits)
        var tickets = [TestTicket.war(1, count: 5), .war(2, count: 5)]
        for position in 0...1 { tickets[position].detail = nil }
        #expect(rig.tick(tickets.commands).matches.count == 1)
    }

    @Test func warPartiesMeetWhenBothWindowsReach() {
        let rig = Rig(.only(.war()), limits: limits)
        // 130 points apart; ±100 widens by half a point a tick.
        rig.tick(TestTicket.war(1, 1500, count: 5).commands)
        _ = rig.run(ticks: 50)
        #expect(rig.tick(TestTicket.war(2, 1630, count: 5).commands).matches.isEmpty)
        #expect(rig.run(ticks: 58).matches.isEmpty)
        #expect(rig.run(ticks: 2).matches.count == 1)
    }

    @Test func theNearestOpponentIsChosen() {
        let rig = Rig(.only(.war()), limits: limits)
        let tickets = [
            TestTicket.war(1, 1500, count: 5), .war(2, 1580, count: 5), .war(3, 1540, count: 5),
            .war(4, 1900, count: 5),
        ]
        #expect(rig.tick(tickets.commands).matches.map(\.lobby) == [[1, 3]])
    }

    @Test func opponentsOfAMomentAgoDoNotMeetAgain() {
        var rules = QueueRules.war()
        rules.rematchDelayTicks = 40
        let rig = Rig(.only(rules), limits: limits)
        let pair = [TestTicket.war(1, count: 5, team: 7), .war(2, count: 5, team: 8)]
        #expect(rig.tick(pair.commands).matches.count == 1)
        #expect(rig.tick(pair.commands).matches.isEmpty)
        let later = rig.run(ticks: 60)
        #expect(later.matches.count == 1)
        #expect((later.matches.first?.record.tick.raw ?? 0) >= 41)
    }

    /// Mercenaries come in parties of five at most: the table of their mixes knows no larger ones.
    @Test func rostersMayBeManyTimesAsLargeAsParties() {
        var rules = QueueRules.war()
        rules.teamSize = 40
        rules.partySizeMax = 5
        rules.warParties = WarPartyRules(rosterMax: 80, ownMin: 10)
        let rig = Rig(.only(rules), limits: limits)
        var commands = [TestTicket.war(1, count: 45), .war(2, count: 39)].commands
        for number in 11...12 { commands += TestTicket.mercenary(number).commands }
        commands += [.explain(ExplainRequest(ticket: TicketID(number: 1), token: 1))]
        let match = rig.tick(commands).matches.first
        #expect(match?.record.playerCount == 80)
        #expect(match?.seats.map(\.players.count).sorted() == [1, 1, 39, 39])
    }

    // MARK: - Mercenaries

    @Test func mercenariesMustAgreeWithBothWarPartiesAndEachOther() {
        let narrow = window(100, perTick: 0, max: 100)
        for (points, isMatched) in [
            ([1450.0, 1550], true), ([1440, 1550], false), ([1450, 1560], false),
            ([1510, 1611], false),
        ] {
            let rig = Rig(.only(.war(window: narrow)), limits: limits)
            var commands = [TestTicket.war(1, 1480, count: 4), .war(2, 1520, count: 4)].commands
            for (position, points) in points.enumerated() {
                commands += TestTicket.mercenary(11 + position, points).commands
            }
            #expect(rig.tick(commands).matches.isEmpty != isMatched, "\(points)")
        }
    }

    @Test func mercenaryPartiesStayWhole() {
        let rig = Rig(.only(.war()), limits: limits)
        var commands = [TestTicket.war(1, count: 4), .war(2, count: 4)].commands
        commands += TestTicket.mercenary(11, [1500, 1500]).commands
        #expect(rig.tick(commands).matches.isEmpty)
        let single = [TestTicket.mercenary(12), .mercenary(13)]
        #expect(rig.tick(single.commands).matches.map(\.lobby) == [[1, 2, 12, 13]])
        #expect(rig.matchmaker.waitingCount == 1)
    }

    /// Longest first would take the pair and a single: no way to two sides of three.
    @Test func partiesAreFoundThatFillBothSidesExactly() {
        let rig = Rig(.only(.war()), limits: limits)
        var commands = [TestTicket.war(1, count: 2), .war(2, count: 2)].commands
        var first = TestTicket.mercenary(11, [1500, 1500])
        first.waited = 9
        commands += first.commands
        commands += TestTicket.mercenary(12, [1500, 1500]).commands
        commands += TestTicket.mercenary(13, [1500, 1500]).commands
        commands += TestTicket.mercenary(14, [1500, 1500, 1500]).commands
        commands += TestTicket.mercenary(15).commands
        let match = rig.tick(commands).matches.first
        #expect(match?.record.playerCount == 10)
        let sizes = (0...1).map { team in
            match?.seats.filter { $0.record.team == team }.map(\.players.count).reduce(0, +)
        }
        #expect(sizes == [5, 5])
    }

    @Test func theLongestWaitingMercenariesPlay() {
        let rig = Rig(.only(.war()), limits: limits)
        var commands: [Command] = []
        for number in 11...16 {
            var ticket = TestTicket.mercenary(number)
            ticket.waited = Int32(number)
            commands += ticket.commands
        }
        rig.tick(commands)
        let match = rig.tick([TestTicket.war(1, count: 4), .war(2, count: 4)].commands)
        #expect(match.matches.map(\.lobby) == [[1, 2, 15, 16]])
    }

    @Test func sidesAreBalancedInMeanRating() {
        let wide = window(1000, perTick: 0, max: 1000)
        let rig = Rig(.only(.war(window: wide)), limits: limits)
        // The second war party is 60 points a head stronger: 180 points that mercenaries even out.
        var commands = [TestTicket.war(1, 1500, count: 3), .war(2, 1560, count: 3)].commands
        for (position, points) in [1500.0, 1560, 1590, 1650].enumerated() {
            commands += TestTicket.mercenary(11 + position, points).commands
        }
        let match = rig.tick(commands).matches.first
        // 1590 + 1650 beside the first against 1500 + 1560 beside the second.
        #expect(match?.record.quality.teamGapPoints == 0)
        let sides = (0...1).map { match?.team($0) ?? [] }
        #expect(sides.contains([1, 13, 14]) && sides.contains([2, 11, 12]))
    }

    @Test func mercenariesWhoAvoidEachOtherAreNotHiredTogether() {
        let rig = Rig(.only(.war()), limits: limits)
        var commands = [TestTicket.war(1, count: 4), .war(2, count: 4)].commands
        commands += TestTicket.mercenary(11).commands
        commands += TestTicket.mercenary(12).avoiding(PlayerID(1100)).commands
        #expect(rig.tick(commands).matches.isEmpty)
        let match = rig.tick(TestTicket.mercenary(13).commands).matches.first
        #expect(match?.lobby.contains(13) == true && match?.lobby.count == 4)
    }

    @Test func allPlayTheMap() {
        var rules = QueueRules.war()
        rules.mapCount = 3
        let rig = Rig(.only(rules), limits: limits)
        let first = TestTicket.war(1, count: 4).with { $0.maps = MapSet(bits: 0b011) }
        let second = TestTicket.war(2, count: 4).with { $0.maps = MapSet(bits: 0b110) }
        var commands = first.commands + second.commands
        commands += TestTicket.mercenary(11).commands
        commands += TestTicket.mercenary(12).with { $0.maps = MapSet(bits: 0b101) }.commands
        #expect(rig.tick(commands).matches.isEmpty)
        let match = rig.tick(TestTicket.mercenary(13).commands).matches.first
        #expect(match?.lobby == [1, 2, 11, 13] && match?.record.map == 1)
    }

    @Test func aMercenaryWhoIsNotHiredStillExpires() {
        var rules = QueueRules.war()
        rules.timeoutTicks = 30
        let rig = Rig(.only(rules), limits: limits)
        var commands = [TestTicket.war(1, count: 4), .war(2, count: 4)].commands
        var older = TestTicket.mercenary(11)
        older.waited = 5
        commands += older.commands
        rig.tick(commands)
        var oldest = TestTicket.mercenary(13)
        oldest.waited = 9
        // The newcomer's search finds the match, but the one who comes with him has waited longer.
        let result = rig.tick(TestTicket.mercenary(12).commands + oldest.commands)
        #expect(result.matches.map(\.lobby) == [[1, 2, 11, 13]])
        let closed = rig.run(ticks: 31).closed
        #expect(closed.map(\.ticket.low) == [12] && closed.map(\.reason) == [.expired])
        Ledger.expectEmpty(rig.matchmaker)
    }

    // MARK: - Sizes

    @Test func teamsShrinkByRuleAndNotBefore() {
        let rig = Rig(.only(.war(smaller: [(4, 20), (3, 60)])), limits: limits)
        let pair = [TestTicket.war(1, count: 3), .war(2, count: 3)]
        rig.tick(pair.commands)
        #expect(rig.run(ticks: 59).matches.isEmpty)
        let match = rig.run(ticks: 2).matches.first
        #expect(match?.record.playerCount == 6 && match?.record.ticketCount == 2)
    }

    @Test func theLargestSizeThatTheWaitAllowsIsPreferred() {
        let rig = Rig(.only(.war(smaller: [(3, 20)])), limits: limits)
        var commands = [TestTicket.war(1, count: 3), .war(2, count: 3)].commands
        commands += TestTicket.mercenary(11).commands
        commands += TestTicket.mercenary(12).commands
        rig.tick(commands)
        #expect(rig.run(ticks: 19).matches.isEmpty)
        // Between full teams of 5 and 3 lies 4, with one mercenary each.
        let match = rig.run(ticks: 2).matches.first
        #expect(match?.record.playerCount == 8 && match?.lobby == [1, 2, 11, 12])
    }

    @Test func anyoneWhoHasWaitedLongAllowsSmallerTeams() {
        let rig = Rig(.only(.war(smaller: [(3, 20)])), limits: limits)
        var old = TestTicket.mercenary(11)
        old.waited = 30
        // He does not play in it: teams of three need no mercenary, and so does his wait not count.
        rig.tick(old.commands + [TestTicket.war(1, count: 3), .war(2, count: 3)].commands)
        #expect(rig.run(ticks: 10).matches.isEmpty)
        let with = rig.tick(TestTicket.mercenary(12).commands).matches.first
        #expect(with?.lobby == [1, 2, 11, 12] && with?.record.playerCount == 8)
    }

    // MARK: - Acceptance

    /// Who refuses is replaced: see `WarSubstituteTests`.
    @Test func aProposedMatchIsFieldedAsProposed() throws {
        let rig = Rig(.only(QueueRules.war().asking()), limits: limits)
        let tickets: [TestTicket] = [
            .mercenary(11), .mercenary(12), .war(1, count: 8), .war(2, count: 4),
        ]
        let proposed = try #require(rig.tick(tickets.commands).proposed.first)
        let match = try #require(rig.tick(proposed.accepts(11, 12, 1, 2)).matches.first)
        let own = match.seats.filter { !$0.record.isMercenary }
        #expect(own.map(\.players.count) == [4, 4])
        #expect(match.lobby == [1, 2, 11, 12])
        #expect(match.record.quality == proposed.record.quality)
    }

    // MARK: - Mercenaries alone

    @Test func enoughMercenariesMakeAMatchAmongThemselves() {
        let rig = Rig(.only(.war(mercenaryOnly: 12)), limits: limits)
        let tickets = (11...21).map { TestTicket.mercenary($0) }
        #expect(rig.tick(tickets.commands).matches.isEmpty)
        let match = rig.tick(TestTicket.mercenary(22).commands).matches.first
        #expect(match?.record.playerCount == 10 && match?.seats.count == 10)
        #expect(rig.matchmaker.waitingCount == 2)
    }

    @Test func withoutTheRuleMercenariesWaitForWarParties() {
        let rig = Rig(.only(.war()), limits: limits)
        rig.tick((11...40).map { TestTicket.mercenary($0) }.commands)
        #expect(rig.run(ticks: 100).matches.isEmpty)
    }

    @Test func warPartiesComeFirst() {
        let rig = Rig(.only(.war(mercenaryOnly: 10)), limits: limits)
        rig.tick((11...19).map { TestTicket.mercenary($0) }.commands)
        rig.tick([TestTicket.war(1, 9000, count: 2)].commands)
        // One far off does not stand in the way of the others.
        #expect(rig.tick(TestTicket.mercenary(20).commands).matches.map(\.seats.count) == [10])
        let commands =
            (31...39).map { TestTicket.mercenary($0) }.commands
            + [TestTicket.war(2, count: 2), .war(3, count: 2)].commands
        let match = rig.tick(commands).matches.first
        #expect(match?.lobby.contains(2) == true && match?.lobby.contains(3) == true)
        #expect(match?.record.playerCount == 10)
    }

    @Test func smallerTeamsHoldForMercenariesToo() {
        let rig = Rig(.only(.war(smaller: [(3, 20)], mercenaryOnly: 6)), limits: limits)
        rig.tick((11...16).map { TestTicket.mercenary($0) }.commands)
        #expect(rig.run(ticks: 19).matches.isEmpty)
        #expect(rig.run(ticks: 2).matches.map(\.record.playerCount) == [6])
    }

    @Test func whoIsNeitherIsRefused() {
        let rig = Rig(.only(.war()), limits: limits)
        #expect(rig.tick(TestTicket(1, 1500).commands).rejected.map(\.reason) == [.notAdmitted])
        let large = rig.tick(TestTicket.war(2, count: 11).commands).rejected
        #expect(large.map(\.reason) == [.oversizeParty])
        let small = rig.tick(TestTicket.war(3, count: 1).commands).rejected
        #expect(small.map(\.reason) == [.undersizeParty])
    }

    @Test func runningWarMatchesAreFilledWithMercenariesAlone() {
        var rules = QueueRules.war()
        rules.backfill = BackfillRules(
            ratingWindow: window(100, perTick: 0, max: 100), timeoutTicks: 500)
        let rig = Rig(.only(rules), limits: limits)
        rig.tick(TestTicket.war(1, count: 2).commands)
        #expect(rig.tick([.ask(1, open: [3, 3])]).backfills.isEmpty)
        let join = rig.tick(TestTicket.mercenary(11).commands).backfills.first
        #expect(join?.tickets == [11] && join?.seats.first?.record.isMercenary == true)
    }

    // MARK: - Forty against forty

    @Test func fortyAgainstFortyWithPartiesOfMercenaries() {
        var rules = QueueRules.make(.forties, window: window(400, perTick: 0, max: 400))
        rules.warParties = WarPartyRules(rosterMax: 80, ownMin: 10)
        let rig = Rig(.only(rules), limits: .small(512, players: 4096))
        var random = Random(seed: 11)
        var commands: [Command] = []
        var players = 0
        var number = 100
        while players < 120 {
            let size = random.next(in: 1...10)
            let points = (0..<size).map { _ in 1500 + 60 * random.normal() }
            commands += TestTicket.mercenary(number, points).commands
            number += 1
            players += size
        }
        #expect(rig.tick(commands).matches.isEmpty)
        let match = rig.tick(
            [TestTicket.war(1, 1480, count: 25), .war(2, 1530, count: 64)].commands
        ).matches.first
        #expect(match?.record.playerCount == 80)
        for team: UInt16 in 0...1 {
            let seats = match?.seats.filter { $0.record.team == team } ?? []
            let hired = seats.filter(\.record.isMercenary)
            let own = seats.filter { !$0.record.isMercenary }
            #expect(own.map(\.players.count) == [25])
            #expect(hired.map(\.players.count).reduce(0, +) == 15)
        }
        // 25 of 40 a side who are 50 points apart: what the mercenaries must make smaller.
        #expect((match?.record.quality.teamGapPoints ?? 99) < 31)
    }
}

extension TestTicket {
    /// A war party; each has a team of its own unless said otherwise.
    static func war(
        _ number: Int, _ points: Double = 1500, count: Int, team: UInt64? = nil
    ) -> TestTicket {
        var ticket = TestTicket(number, points: [Double](repeating: points, count: count))
        ticket.isWarParty = true
        return ticket.with { $0.team = team ?? UInt64(1000 + number) }
    }

    static func mercenary(_ number: Int, _ points: Double = 1500) -> TestTicket {
        mercenary(number, [points])
    }

    static func mercenary(_ number: Int, _ points: [Double]) -> TestTicket {
        var ticket = TestTicket(number, points: points)
        ticket.isMercenary = true
        return ticket
    }
}

extension QueueRules {
    /// War parties of 2 to 10, five a side.
    static func war(
        window: WideningCurve = MatchCoreTests.window(100, perTick: 0.5, max: 500),
        smaller: [(Int, Int32)] = [], mercenaryOnly: Int = 0
    ) -> QueueRules {
        var rules = QueueRules.make(.fives, window: window)
        rules.warParties = WarPartyRules(
            rosterMax: 10, ownMin: 2, mercenaryOnlyPlayerMin: mercenaryOnly)
        rules.smallerTeams = smaller.map { SmallerTeams(teamSize: $0.0, afterTicks: $0.1) }
        return rules
    }
}
