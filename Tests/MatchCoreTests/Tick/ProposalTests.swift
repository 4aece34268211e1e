// Matches that ask before they come about: answers, silence, substitutes, and the way back into the
// queue for those who would have played.

import CAllocationCounter
import Testing

@testable import MatchCore

extension QueueRules {
    /// The same queue with acceptance.
    func asking(ticks: Int32 = 10, substituteTicks: Int32 = 20) -> QueueRules {
        var changed = self
        changed.acceptance = AcceptanceRules(ticks: ticks, substituteTicks: substituteTicks)
        return changed
    }
}

extension FormedMatch {
    func answer(_ number: Int, _ answer: ProposalAnswer = .accepted) -> Command {
        .answer(
            AnswerRequest(
                match: record.match, ticket: TicketID(number: number), lobby: LobbyIndex(7),
                answer: answer))
    }

    func accepts(_ numbers: Int...) -> [Command] { numbers.map { answer($0) } }

    func seat(_ number: Int) -> Seat? {
        seats.first { $0.record.ticket == TicketID(number: number) }
    }
}

/// MM-21, MM-22.
@Suite struct ProposalTests {
    private func rig(
        _ mode: Mode = .doubles, ticks: Int32 = 10, substituteTicks: Int32 = 20
    ) -> Rig {
        let rules = QueueRules.make(mode, window: window(100, perTick: 0, max: 100))
        return Rig(
            .only(rules.asking(ticks: ticks, substituteTicks: substituteTicks)), limits: .small())
    }

    private func four() -> [TestTicket] {
        [TestTicket(1, 1500), TestTicket(2, 1510), TestTicket(3, 1520), TestTicket(4, 1530)]
    }

    private func expectEmpty(_ rig: Rig) {
        Ledger.expectEmpty(rig.matchmaker)
        let counts = [rig.matchmaker.proposals.count, rig.matchmaker.proposals.pendingCount]
        #expect(counts == [0, 0])
    }

    /// 3 came while 1 was part of a match, and accepts him ten ticks after it came.
    @Test func whoComesBackLooksAgainWhenALaterTicketAcceptsHim() {
        let rules = QueueRules.make(.duel, window: window(0, perTick: 1, max: 100))
        let rig = Rig(.only(rules.asking(ticks: 3, substituteTicks: 0)), limits: .small())
        let first = rig.tick([TestTicket(1, 1500, waited: 50), TestTicket(2, 1500)].commands)
        rig.tick(TestTicket(3, 1510).commands + first.proposed[0].accepts(1))
        #expect(rig.run(ticks: 9).returned.map(\.ticket.low) == [1])
        #expect(rig.tick().proposed.map(\.lobby) == [[1, 3]])
    }

    // MARK: - Answers

    @Test func theMatchComesAboutWhenAllHaveAccepted() throws {
        let rig = rig()
        let first = rig.tick(four().commands)
        let proposed = try #require(first.proposed.first)
        #expect(first.matches.isEmpty && first.report.matches == 0)
        #expect(first.report.proposals == 1)
        #expect(proposed.lobby == [1, 2, 3, 4])
        #expect(rig.matchmaker.waitingCount == 4)
        let early = rig.tick(proposed.accepts(1, 2, 4))
        #expect(early.outcomes.isEmpty && early.report.accepted == 3)
        let last = rig.tick(proposed.accepts(3))
        let match = try #require(last.matches.first)
        #expect(match.record.match == proposed.record.match)
        #expect(match.record.tick == Tick(3))
        #expect(match.record.quality == proposed.record.quality)
        #expect(match.seats.map(\.players) == proposed.seats.map(\.players))
        #expect(match.seats.map(\.record.team) == proposed.seats.map(\.record.team))
        #expect(match.seats.map(\.record.waitTicks) == [2, 2, 2, 2])
        #expect(last.report.matches == 1 && last.report.ticketsMatched == 4)
        #expect(last.report.playersMatched == 4)
        expectEmpty(rig)
        #expect(rig.run(ticks: 50).outcomes.isEmpty, "no wake is left behind")
    }

    @Test func whoIsAskedIsOutOfAllQueues() throws {
        let rules = Rules(
            version: 1, queues: [QueueRules.make(.duel).asking(), QueueRules.make(.doubles)])
        let rig = Rig(rules, limits: .small())
        var tickets = [TestTicket(1, 1500), TestTicket(2, 1500)]
        for position in 0...1 {
            tickets[position] = tickets[position].with {
                $0.choiceCount = 1
                $0.choices[0] = QueueChoice(queue: QueueIndex(1))
            }
        }
        let proposed = try #require(rig.tick(tickets.commands).proposed.first)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 0)
        var others = [TestTicket(3, 1500), TestTicket(4, 1500), TestTicket(5, 1500)]
        for position in 0...1 { others[position].queue = QueueIndex(1) }
        let second = rig.tick(others.commands)
        #expect(second.matches.isEmpty && second.proposed.isEmpty)
        let twice = rig.tick(tickets.commands).rejected
        #expect(twice.map(\.reason) == [.duplicateTicket, .duplicateTicket])
        var again = TestTicket(6, 1500)
        again.members = tickets[0].members
        #expect(rig.tick(again.commands).rejected.map(\.reason) == [.duplicatePlayer])
        // Given up: who stays stands in both queues again, in the second with the two others.
        rig.tick([others[2].cancel, proposed.answer(2), proposed.answer(1, .undelivered)])
        #expect(rig.run(ticks: 20).returned.map(\.ticket.low) == [2])
        #expect(rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(0)) == 0)
        rig.tick()
        #expect(rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(0)) == 1)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 3)
        var fourth = TestTicket(7, 1500)
        fourth.queue = QueueIndex(1)
        #expect(rig.tick(fourth.commands).matches.map(\.lobby) == [[2, 3, 4, 7]])
        expectEmpty(rig)
    }

    @Test func answersThatFitNoProposalAreRefused() throws {
        let rig = rig()
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        var wrong = proposed
        wrong.record.match = MatchID(high: 1, low: 2)
        rig.tick(TestTicket(5, 9000).commands)
        let refused = rig.tick(
            [wrong.answer(1), proposed.answer(9), proposed.answer(5)])
        #expect(refused.rejected.allSatisfy { $0.reason == .unknownProposal })
        #expect(refused.rejected.map(\.ticket.low) == [1, 9, 5])
        #expect(refused.rejected.map(\.lobby) == [LobbyIndex(7), LobbyIndex(7), LobbyIndex(7)])
        // The same again does no harm, another answer comes too late.
        #expect(rig.tick(proposed.accepts(1, 1)).outcomes.isEmpty)
        let second = rig.tick(
            proposed.accepts(1) + [proposed.answer(1, .declined), proposed.answer(1, .undelivered)])
        #expect(second.rejected.map(\.reason) == [.unknownProposal, .unknownProposal])
        #expect(second.report.accepted == 0 && second.closed.isEmpty)
        #expect(rig.tick(proposed.accepts(2, 3, 4)).matches.count == 1)
        #expect(rig.tick(proposed.accepts(2)).rejected.map(\.reason) == [.unknownProposal])
    }

    @Test(arguments: [Int32(1), 10, Int32(TimingWheel.span + 100)])
    func whoIsSilentLeavesWhenTheTimeIsOver(_ ticks: Int32) throws {
        let rig = rig(ticks: ticks, substituteTicks: 0)
        let tickets = four()
        let proposed = try #require(rig.tick(tickets.commands).proposed.first)
        let before = rig.run(ticks: Int(ticks) - 1)
        #expect(before.outcomes.isEmpty)
        // The last tick's answers count.
        let last = rig.tick(proposed.accepts(1, 2, 3))
        #expect(last.closed.map(\.reason) == [.notAccepted])
        #expect(last.closed.map(\.ticket.low) == [4])
        #expect(last.closed.map(\.waitTicks) == [ticks])
        #expect(last.report.silent == 1 && last.report.ticketsExpired == 1)
        #expect(last.returned.map(\.ticket.low).sorted() == [1, 2, 3])
        #expect(last.returned.allSatisfy { $0.reason == .noSubstitute })
        rig.tick(tickets.map(\.cancel))
        expectEmpty(rig)
    }

    // MARK: - Substitutes

    @Test func theNearestWaitingTicketTakesTheSeat() throws {
        let rig = rig()
        let waiting = [TestTicket(5, 1590), TestTicket(6, 1540), TestTicket(7, 1480)]
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        rig.tick(proposed.accepts(1, 2, 4))
        // Three wait and make no match of their own; 7 is nearest to the 1520 of who leaves.
        rig.tick(waiting.commands)
        let result = rig.tick([proposed.answer(3, .declined)])
        #expect(result.closed.map(\.reason) == [.declined])
        #expect(result.report.declined == 1 && result.report.substitutes == 1)
        let substitute = try #require(result.substituted.first)
        #expect(substitute.record.match == proposed.record.match)
        #expect(substitute.lobby == [6])
        #expect(substitute.seats[0].record.team == proposed.seat(3)?.record.team)
        #expect(substitute.seats[0].players == [PlayerID(600)])
        #expect(substitute.seats[0].record.rating == Rating(points: 1540))
        #expect(substitute.record.quality != proposed.record.quality)
        // The others need not answer again; the substitute has his own full time.
        #expect(rig.run(ticks: 9).outcomes.isEmpty)
        let last = rig.tick(proposed.accepts(6))
        let match = try #require(last.matches.first)
        #expect(match.lobby == [1, 2, 4, 6])
        #expect(match.record.match == proposed.record.match)
        #expect(match.record.quality == substitute.record.quality)
        #expect(match.seats.map(\.record.team) == proposed.seats.map(\.record.team))
        rig.tick([waiting[0].cancel, waiting[2].cancel])
        expectEmpty(rig)
    }

    @Test func aSubstituteMayDeclineAndBeReplacedToo() throws {
        let rig = rig()
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        rig.tick(proposed.accepts(1, 2, 4))
        rig.tick(TestTicket(5, 1500).commands + TestTicket(6, 1550).commands)
        #expect(rig.tick([proposed.answer(3, .declined)]).substituted.map(\.lobby) == [[5]])
        // Silent: his time began when he was asked.
        let silent = rig.run(ticks: 10)
        #expect(silent.closed.map(\.ticket.low) == [5])
        #expect(silent.substituted.map(\.lobby) == [[6]])
        #expect(rig.tick(proposed.accepts(6)).matches.map(\.lobby) == [[1, 2, 4, 6]])
        expectEmpty(rig)
    }

    @Test func aNewcomerIsTakenWhileTheMatchLooks() throws {
        let rig = rig(substituteTicks: 5)
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        rig.tick(proposed.accepts(1, 2, 3))
        #expect(rig.tick([proposed.answer(4, .declined)]).returned.isEmpty)
        #expect(rig.run(ticks: 4).outcomes.isEmpty)
        // The fifth tick after the refusal is the last.
        let taken = rig.tick(TestTicket(5, 1500).commands)
        #expect(taken.substituted.map(\.lobby) == [[5]])
        #expect(rig.tick(proposed.accepts(5)).matches.count == 1)
        expectEmpty(rig)
    }

    @Test func aWindowThatGrowsFindsASubstitute() throws {
        let rules = QueueRules.make(.doubles, window: window(100, perTick: 5, max: 500))
        let rig = Rig(.only(rules.asking(substituteTicks: 60)), limits: .small())
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        rig.tick(proposed.accepts(1, 2, 3))
        rig.tick([proposed.answer(4, .declined)] + TestTicket(5, 1700).commands)
        // 200 points from the farthest: 20 ticks at 5 points each.
        #expect(rig.run(ticks: 19).outcomes.isEmpty)
        #expect(rig.tick().substituted.map(\.lobby) == [[5]])
    }

    @Test func severalSeatsAreFilledAtOnce() throws {
        let rig = rig()
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        rig.tick((5...7).map { TestTicket($0, 1500) }.flatMap(\.commands))
        let result = rig.tick(
            [proposed.answer(1, .declined), proposed.answer(2, .undelivered), proposed.answer(3)])
        #expect(result.closed.map(\.reason) == [.declined, .notAccepted])
        #expect(result.substituted.map(\.lobby) == [[5], [6]])
        let teams = result.substituted.map { $0.seats[0].record.team }
        #expect(teams == [1, 2].map { proposed.seat($0)?.record.team })
        #expect(rig.tick(proposed.accepts(4, 5, 6)).matches.map(\.lobby) == [[3, 4, 5, 6]])
    }

    @Test func aCancelLeavesTheSeatToASubstitute() throws {
        let rig = rig()
        let tickets = four()
        let proposed = try #require(rig.tick(tickets.commands).proposed.first)
        rig.tick(proposed.accepts(1, 2, 3, 4).dropLast() + TestTicket(5, 1500).commands)
        // Also of one who had accepted.
        let result = rig.tick([tickets[0].cancel])
        #expect(result.closed.map(\.reason) == [.cancelled])
        #expect(result.report.ticketsCancelled == 1 && result.report.ticketsExpired == 0)
        #expect(result.substituted.map(\.lobby) == [[5]])
        #expect(rig.tick(proposed.accepts(5, 4)).matches.map(\.lobby) == [[2, 3, 4, 5]])
        expectEmpty(rig)
    }

    // MARK: - The way back

    @Test func withoutASubstituteTheOthersReturnWithTheirWait() throws {
        let rig = rig(substituteTicks: 3)
        var tickets = four()
        tickets[0].waited = 40
        let proposed = try #require(rig.tick(tickets.commands).proposed.first)
        rig.tick(proposed.accepts(1, 2) + [proposed.answer(3, .declined)])
        #expect(rig.run(ticks: 2).outcomes.isEmpty)
        let given = rig.tick()
        #expect(given.returned.map(\.ticket.low).sorted() == [1, 2, 4])
        #expect(given.returned.allSatisfy { $0.match == proposed.record.match })
        #expect(given.returned.allSatisfy { $0.lobby == LobbyIndex(7) })
        #expect(given.returned.allSatisfy { $0.queue == QueueIndex(0) })
        #expect(given.report.proposalsDissolved == 1 && given.report.ticketsReturned == 3)
        #expect(rig.tick(proposed.accepts(1)).rejected.map(\.reason) == [.unknownProposal])
        // They are searchable from the next tick on.
        let again = try #require(rig.tick(TestTicket(5, 1500).commands).proposed.first)
        #expect(again.lobby == [1, 2, 4, 5])
        #expect(again.seat(1)?.record.waitTicks == 46)
        #expect(again.seat(2)?.record.waitTicks == 6)
        #expect(again.record.match != proposed.record.match)
        // An accept of the match before does not count for this one.
        #expect(rig.tick(again.accepts(4, 5)).matches.isEmpty)
        #expect(rig.tick(again.accepts(1, 2)).matches.count == 1)
        expectEmpty(rig)
    }

    @Test func whenEverybodyLeavesNothingIsLeft() throws {
        let rig = rig(.duel, substituteTicks: 100)
        let proposed = try #require(
            rig.tick([TestTicket(1, 1500), TestTicket(2, 1500)].commands).proposed.first)
        let result = rig.tick([proposed.answer(1, .declined), proposed.answer(2, .declined)])
        #expect(result.closed.count == 2 && result.returned.isEmpty)
        #expect(result.report.proposalsDissolved == 1)
        expectEmpty(rig)
    }

    // MARK: - New rules

    @Test func proposedMatchesGoOnUnderNewRules() throws {
        let rig = rig()
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        rig.tick(proposed.accepts(1))
        rig.matchmaker.apply(
            .only(.make(.doubles, window: window(100, perTick: 0, max: 100)), version: 2))
        rig.tick([proposed.answer(2, .declined)] + TestTicket(5, 1500).commands)
        let match = try #require(rig.tick(proposed.accepts(3, 4, 5)).matches.first)
        #expect(match.lobby == [1, 3, 4, 5])
        #expect(match.record.rulesVersion == 1)
    }

    /// Seats say by which windows their tickets accepted each other, whatever has come since.
    @Test func narrowerRulesLeaveTheSeatsWindowsAsTheyWere() throws {
        let wide = QueueRules.make(.doubles, window: window(100, perTick: 5, max: 500)).asking()
        let rig = Rig(.only(wide), limits: .small())
        let proposed = try #require(rig.tick(four().commands).proposed.first)
        _ = rig.run(ticks: 4)
        let left = rig.tick(
            [proposed.answer(4, .declined)] + TestTicket(5, 1615, waited: 50).commands)
        let points = Int32(Rating.stepsPerPoint)
        #expect(left.substituted.first?.seats[0].record.window == 350 * points)
        let narrow = QueueRules.make(.doubles, window: window(1, perTick: 0, max: 1)).asking()
        rig.matchmaker.apply(.only(narrow, version: 2))
        let match = try #require(rig.tick(proposed.accepts(1, 2, 3, 5)).matches.first)
        #expect(match.seats.map(\.record.window).min() == 125 * points)
        #expect(match.seats.map(\.record.window).max() == 350 * points)
    }

    @Test(arguments: [1, 2])
    func aRemovedQueuesProposalsEndWithoutSubstitutes(_ queueCount: Int) throws {
        let rules = QueueRules.make(.doubles).asking()
        let rig = Rig(Rules(version: 1, queues: [.make(.duel), rules]), limits: .small())
        var tickets = four() + (5...8).map { TestTicket($0, 4000) }
        for position in tickets.indices { tickets[position].queue = QueueIndex(1) }
        let proposed = rig.tick(tickets.commands).proposed
        #expect(proposed.map(\.lobby) == [[1, 2, 3, 4], [5, 6, 7, 8]])
        let queues: [QueueRules?] = [.make(.duel), nil]
        rig.matchmaker.apply(Rules(version: 2, queues: Array(queues.prefix(queueCount))))
        let answers = proposed[0].accepts(1, 2, 3) + proposed[1].accepts(5, 6, 7, 8)
        let result = rig.tick(answers + [proposed[0].answer(4, .declined)])
        #expect(result.matches.map(\.lobby) == [[5, 6, 7, 8]])
        #expect(result.returned.map(\.ticket.low).sorted() == [1, 2, 3])
        #expect(result.returned.allSatisfy { $0.reason == .rulesChanged })
        let closed = rig.tick().closed
        #expect(closed.map(\.ticket.low).sorted() == [1, 2, 3])
        #expect(closed.allSatisfy { $0.reason == .queueRemoved && $0.waitTicks == 2 })
        expectEmpty(rig)
    }

    // MARK: - Bounds

    @Test func noMoreMatchesAreProposedThanTheTableHolds() throws {
        var limits = Limits.small()
        limits.proposalCountMax = 1
        let rig = Rig(.only(QueueRules.make(.duel).asking()), limits: limits)
        let tickets = (1...4).map { TestTicket($0, Double($0) * 10) }
        let first = rig.tick(tickets.commands)
        #expect(first.proposed.count == 1 && first.report.carriedOver > 0)
        let match = first.proposed[0]
        let numbers = match.lobby.map { Int($0) }
        #expect(rig.tick(numbers.map { match.answer($0) }).matches.count == 1)
        let later = rig.run(ticks: Int(Matchmaker.indexRetryTicks))
        #expect(later.proposed.count == 1, "the others are asked in turn")
    }

    /// Seats come in blocks: a match of twenty tickets takes three of the sixteen that there are.
    @Test func largeMatchesWaitForSeatsAndGetThemBack() throws {
        var limits = Limits.small()
        limits.proposalCountMax = 8
        let rules = QueueRules.make(.tens, window: window(100, perTick: 0, max: 100)).asking(
            ticks: 100)
        let rig = Rig(.only(rules), limits: limits)
        let first = rig.tick((1...140).map { TestTicket($0, 1500) }.commands)
        #expect(first.proposed.count == 5 && first.report.carriedOver > 0)
        expectApart(first.proposed)
        let ended = try #require(first.proposed.first)
        #expect(rig.tick(ended.lobby.map { ended.answer(Int($0)) }).matches.count == 1)
        let later = rig.run(ticks: Int(Matchmaker.indexRetryTicks))
        let again = later.proposed
        #expect(again.count == 1, "its seats are free again")
        expectApart(first.proposed + again)
        // Those who stay silent leave: every seat knows its own ticket and match.
        let rest = rig.run(ticks: 1000)
        #expect(rest.closed.count { $0.reason == .notAccepted } == 120)
        expectEmpty(rig)
    }

    private func expectApart(_ matches: [FormedMatch]) {
        let tickets = matches.flatMap(\.lobby)
        #expect(Set(tickets).count == tickets.count)
    }

    @Test func aFullOutboxLeavesNoGroupInPieces() throws {
        let rules = QueueRules.make(.tens, window: window(100, perTick: 0, max: 100)).asking()
        let rig = Rig(.only(rules), limits: .small(700), outboxCapacity: 1024)
        let tickets = (0..<600).map { TestTicket($0 + 1, 1500) }
        var proposed: [FormedMatch] = []
        var report = rig.tickOnly(tickets.commands)
        proposed += rig.read(report).proposed
        while proposed.count < 30 { proposed += rig.tick().proposed }
        let answers = proposed.flatMap { match in
            match.lobby.map { match.answer(Int($0)) }
        }
        // All accept in one tick: 30 matches of 41 records do not fit.
        report = rig.tickOnly(answers)
        #expect(report.commandsTaken == 600 && report.outboxFull && report.carriedOver > 0)
        var matches = rig.read(report).matches.count
        #expect(matches > 0 && matches < 30)
        for _ in 0..<5 { matches += rig.tick().matches.count }
        #expect(matches == 30)
        expectEmpty(rig)
    }

    @Test func theHashTellsAnswersApart() throws {
        func hash(_ answer: ProposalAnswer?) throws -> UInt64 {
            let rig = rig()
            let proposed = try #require(rig.tick(four().commands).proposed.first)
            if let answer { rig.tick([proposed.answer(1, answer)]) } else { rig.tick() }
            return rig.matchmaker.stateHash
        }
        let found = try [hash(nil), hash(.accepted), hash(.declined), hash(.undelivered)]
        #expect(Set(found).count == 4)
        let again = try hash(.accepted)
        #expect(again == found[1])
    }
}
