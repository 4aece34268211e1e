// Formed matches that the books confirm or refuse: reserved tickets, late cancels, the way back,
// and what is remembered of tickets that have ended.

import CAllocationCounter
import Testing

@testable import MatchCore

extension FormedMatch {
    func settle(_ isCommitted: Bool) -> Command {
        .settle(
            SettleRequest(
                match: record.match, reservation: record.reservation, isCommitted: isCommitted))
    }

    func expel(_ number: Int) -> Command {
        .expel(
            ExpelRequest(
                match: record.match, reservation: record.reservation,
                ticket: TicketID(number: number)))
    }
}

/// MM-13, P2, P4.
@Suite struct SettlementTests {
    private func limits(
        reservations: Int = 64, ended: Int = 256, memory: Int = 100
    ) -> Limits {
        var limits = Limits.small()
        limits.reservationCountMax = reservations
        limits.endedCountMax = ended
        limits.endedMemoryTicks = memory
        return limits
    }

    private func rig(_ limits: Limits, _ mode: Mode = .duel) -> Rig {
        Rig(
            .only(.make(mode, window: window(100, perTick: 0, max: 100), timeoutTicks: 1000)),
            limits: limits)
    }

    private func pair(_ first: Int = 1) -> [TestTicket] {
        [TestTicket(first, 1500), TestTicket(first + 1, 1510)]
    }

    private func expectEmpty(_ rig: Rig) {
        Ledger.expectEmpty(rig.matchmaker)
        let count = rig.matchmaker.reservations.count
        #expect(count == 0)
    }

    @Test func aMatchHoldsItsTicketsUntilItIsCommitted() throws {
        let rig = rig(limits())
        let match = try #require(rig.tick(pair().commands).matches.first)
        #expect(match.record.reservation >= 0)
        #expect(rig.matchmaker.waitingCount == 2)
        #expect(rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(0)) == 0)
        // Neither ticket nor player can queue again, and nobody is matched with them.
        let again = rig.tick(pair().commands + TestTicket(3, 1505).commands)
        #expect(again.rejected.map(\.reason) == [.duplicateTicket, .duplicateTicket])
        var other = TestTicket(4, 1500)
        other.members = pair()[0].members
        #expect(rig.tick(other.commands).rejected.map(\.reason) == [.duplicatePlayer])
        #expect(rig.run(ticks: 2000).closed.map(\.ticket.low) == [3], "the reserved do not expire")
        let settled = rig.tick([match.settle(true)])
        #expect(settled.outcomes.isEmpty && settled.report.matchesCommitted == 1)
        expectEmpty(rig)
        let twice = rig.tick([match.settle(true), match.settle(false)])
        #expect(twice.outcomes.isEmpty && twice.report.settlementsUnknown == 2)
    }

    @Test func withoutSettlingAMatchIsFinalAtOnce() throws {
        let rig = rig(limits(reservations: 0))
        let match = try #require(rig.tick(pair().commands).matches.first)
        #expect(match.record.reservation < 0)
        expectEmpty(rig)
        #expect(rig.tick([match.settle(false)]).report.settlementsUnknown == 1)
    }

    @Test func aRefusedMatchGivesItsTicketsBackWithWaitAndPlace() throws {
        let rig = rig(limits())
        let match = try #require(rig.tick(pair().commands).matches.first)
        #expect(rig.run(ticks: 10).outcomes.isEmpty)
        rig.tick(TestTicket(3, 1505).commands)
        let refused = rig.tick([match.settle(false)])
        #expect(refused.outcomes.isEmpty && refused.report.ticketsReleased == 2)
        let next = try #require(rig.run(ticks: 2).matches.first)
        // By rating the third is nearer to both; that a pair of the three plays is what counts,
        // and that the wait of those who came first runs from their coming.
        for seat in next.seats where seat.record.ticket.low <= 2 {
            #expect(seat.record.waitTicks == next.record.tick.raw - 1)
        }
        rig.tick([next.settle(true)])
        #expect(rig.matchmaker.waitingCount == 1)
    }

    @Test func whoIsToBlameLeavesAndTheOthersWait() throws {
        let rig = rig(limits(), .doubles)
        let four = [1500.0, 1510, 1520, 1530].enumerated().map { TestTicket($0 + 1, $1) }
        let match = try #require(rig.tick(four.commands).matches.first)
        let result = rig.tick([match.expel(2), match.expel(9), match.settle(false)])
        #expect(result.closed.map(\.reason) == [.playerBusy])
        #expect(result.closed.map(\.ticket.low) == [2])
        #expect(result.report.settlementsUnknown == 1, "no ticket 9 in the match")
        #expect(rig.run(ticks: 3).matches.isEmpty)
        let again = rig.tick(TestTicket(5, 1500).commands)
        #expect(again.matches.map(\.lobby) == [[1, 3, 4, 5]])
        rig.tick(again.matches.map { $0.settle(true) })
        expectEmpty(rig)
    }

    @Test(arguments: [true, false])
    func aCancelMeanwhileIsAnsweredByTheOutcome(isCommitted: Bool) throws {
        let rig = rig(limits())
        let tickets = pair()
        let match = try #require(rig.tick(tickets.commands).matches.first)
        #expect(rig.tick([tickets[0].cancel]).outcomes.isEmpty, "no answer before it is known")
        let result = rig.tick([match.settle(isCommitted)])
        if isCommitted {
            #expect(result.rejected.map(\.reason) == [.tooLate])
            #expect(result.rejected.map(\.match) == [match.record.match])
            #expect(result.closed.isEmpty)
            expectEmpty(rig)
        } else {
            #expect(result.closed.map(\.reason) == [.cancelled] && result.rejected.isEmpty)
            #expect(rig.matchmaker.waitingCount == 1)
        }
    }

    @Test func whoIsExpelledAndTakenBackIsCancelled() throws {
        let rig = rig(limits())
        let tickets = pair()
        let match = try #require(rig.tick(tickets.commands).matches.first)
        let result = rig.tick([tickets[0].cancel, match.expel(1), match.settle(false)])
        #expect(result.closed.map(\.reason) == [.cancelled])
    }

    @Test func aTicketInSeveralQueuesComesBackToAll() throws {
        let rules = Rules(
            version: 1, queues: [QueueRules.make(.duel), QueueRules.make(.doubles)])
        let rig = Rig(rules, limits: limits())
        let tickets = pair().map { ticket in
            ticket.with {
                $0.choiceCount = 1
                $0.choices[0] = QueueChoice(queue: QueueIndex(1))
            }
        }
        let match = try #require(rig.tick(tickets.commands).matches.first)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 0)
        // Expelled from the match's queue is out of both.
        rig.tick([tickets[1].cancel, match.expel(1), match.settle(false)])
        expectEmpty(rig)
        var others = pair(3)
        others[0] = others[0].with {
            $0.choiceCount = 1
            $0.choices[0] = QueueChoice(queue: QueueIndex(1))
        }
        let second = try #require(rig.tick(others.commands).matches.first)
        rig.tick([second.settle(false), others[1].cancel])
        #expect(rig.run(ticks: 3).matches.isEmpty)
        #expect(rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(0)) == 1)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 1)
    }

    @Test func newRulesFindReservedTickets() throws {
        let rig = rig(limits())
        let match = try #require(rig.tick(pair().commands).matches.first)
        rig.matchmaker.apply(Rules(version: 2, queues: []))
        let result = rig.tick([match.settle(false)])
        #expect(result.closed.isEmpty)
        #expect(rig.tick().closed.map(\.reason) == [.queueRemoved, .queueRemoved])
        expectEmpty(rig)
    }

    @Test func noMoreMatchesThanMayBeUnsettled() throws {
        let rig = rig(limits(reservations: 2))
        let crowd = (1...8).map { TestTicket($0, 1500) }
        let first = rig.tick(crowd.commands)
        #expect(first.matches.count == 2 && first.report.reservationsFull)
        #expect(rig.run(ticks: 5).matches.isEmpty)
        let next = rig.tick([first.matches[0].settle(true)])
        #expect(next.matches.count == 1)
        let rest = rig.tick([first.matches[1].settle(true), next.matches[0].settle(true)])
        #expect(rest.matches.count == 1)
        rig.tick([rest.matches[0].settle(true)])
        expectEmpty(rig)
    }

    @Test func anAgreedMatchWaitsForARow() throws {
        let rules = QueueRules.make(.duel, window: window(100, perTick: 0, max: 100)).asking()
        let rig = Rig(.only(rules), limits: limits(reservations: 1))
        let proposals = rig.tick((1...4).map { TestTicket($0, 1500) }.commands).proposed
        #expect(proposals.count == 2)
        let answers = proposals.flatMap { proposal in
            proposal.lobby.map { proposal.answer(Int($0)) }
        }
        let first = rig.tick(answers)
        #expect(first.matches.count == 1 && first.report.reservationsFull)
        let second = rig.tick([first.matches[0].settle(true)])
        #expect(second.matches.count == 1)
        // A refused match that everybody had accepted gives them back to the queue.
        rig.tick([second.matches[0].settle(false)])
        #expect(rig.run(ticks: 2).proposed.count == 1)
    }

    @Test func joinersOfARefusedBackfillWaitAgainAndTheMatchIsTold() throws {
        let rig = Rig(.only(.running()), limits: limits())
        rig.tick(TestTicket(1, 1510).commands)
        let result = rig.tick([.ask(1, open: [1, 1])])
        let join = try #require(result.backfills.first)
        #expect(result.backfillsEnded.isEmpty && join.record.reservation >= 0)
        let settle = Command.settle(
            SettleRequest(
                match: join.record.match, reservation: join.record.reservation,
                isCommitted: false))
        let refused = rig.tick([settle])
        #expect(refused.backfillsEnded.map(\.reason) == [.joinersLost])
        #expect(refused.backfillsEnded.map(\.lobby) == [LobbyIndex(3)])
        #expect(rig.matchmaker.waitingCount == 1)
        // It asks again, and they come.
        let again = rig.tick([.ask(1, open: [1, 1], generation: 2)])
        #expect((again.backfills + rig.tick().backfills).map(\.tickets) == [[1]])
    }

    @Test func aFilledRequestIsToldToo() throws {
        let rig = Rig(.only(.running()), limits: limits())
        rig.tick(TestTicket(1, 1510).commands)
        let result = rig.tick([.ask(1, open: [1, 0])])
        let join = try #require(result.backfills.first)
        #expect(result.backfillsEnded.map(\.reason) == [.filled])
        let settle = Command.settle(
            SettleRequest(
                match: join.record.match, reservation: join.record.reservation,
                isCommitted: false))
        let refused = rig.tick([settle])
        #expect(refused.backfillsEnded.map(\.reason) == [.joinersLost])
        #expect(refused.backfillsEnded.map(\.generation) == [1])
    }

    // MARK: - Found by the simulator of faults, or with it

    @Test func whoHasNotPlayedEachOtherMayMeet() throws {
        var rules = QueueRules.make(.duel, window: window(100, perTick: 0, max: 100))
        rules.rematchDelayTicks = 500
        let rig = Rig(.only(rules), limits: limits())
        let refused = try #require(rig.tick(pair().commands).matches.first)
        rig.tick([refused.settle(false)])
        let match = try #require(rig.tick().matches.first, "a refused match is no rematch")
        rig.tick([match.settle(true)])
        var again = [TestTicket(11, 1500), TestTicket(12, 1510)]
        for position in 0..<2 { again[position].members = pair()[position].members }
        rig.tick(again.commands)
        #expect(rig.run(ticks: 400).matches.isEmpty, "one that came about is")
    }

    @Test func aRepeatedWordDoesNotReachTheNextJoiners() throws {
        let rig = Rig(.only(.running()), limits: limits())
        rig.tick(TestTicket(1, 1510).commands)
        let first = try #require(rig.tick([.ask(1, open: [2, 2])]).backfills.first)
        let word = Command.settle(
            SettleRequest(
                match: first.record.match, reservation: first.record.reservation,
                isCommitted: true))
        rig.tick([word])
        let next = try #require(rig.tick(TestTicket(2, 1510).commands).backfills.first)
        #expect(next.record.match == first.record.match)
        #expect(rig.tick([word]).report.settlementsUnknown == 1)
        #expect(rig.matchmaker.waitingCount == 1, "its own word has not come")
    }

    @Test func withoutReservationsRequestsStillEnd() {
        let rules = Rules(version: 1, queues: [.make(.duel), .running(timeoutTicks: 20)])
        let rig = Rig(rules, limits: limits(reservations: 1))
        #expect(rig.tick(pair().commands).matches.count == 1)
        rig.tick([.ask(1, open: [1, 1], queue: 1)])
        #expect(rig.run(ticks: 30).backfillsEnded.map(\.reason) == [.expired])
    }

    @Test func withoutReservationsProposalsAreStillGivenUp() {
        let rules = QueueRules.make(.duel, window: window(100, perTick: 0, max: 100))
            .asking(ticks: 50, substituteTicks: 2)
        let rig = Rig(.only(rules), limits: limits(reservations: 1))
        let proposals = rig.tick((1...6).map { TestTicket($0, 1500) }.commands).proposed
        let agreed = proposals.prefix(2).flatMap { match in
            match.lobby.map { match.answer(Int($0)) }
        }
        #expect(rig.tick(agreed).matches.count == 1)
        let open = proposals[2]
        rig.tick([open.answer(Int(open.lobby[0]), .declined)])
        #expect(rig.run(ticks: 5).returned.map(\.ticket.low) == [UInt64(open.lobby[1])])
    }

    // MARK: - What is remembered

    @Test func aLateCancelLearnsOfTheMatch() throws {
        let rig = rig(limits(memory: 50))
        let tickets = pair()
        let match = try #require(rig.tick(tickets.commands).matches.first)
        rig.tick([match.settle(true)])
        let late = rig.tick([tickets[0].cancel])
        #expect(late.rejected.map(\.reason) == [.tooLate])
        #expect(late.rejected.map(\.match) == [match.record.match])
        let again = rig.tick(tickets[0].commands)
        #expect(again.rejected.map(\.reason) == [.ticketEnded])
        _ = rig.run(ticks: 50)
        #expect(rig.tick([tickets[0].cancel]).rejected.map(\.reason) == [.unknownTicket])
        #expect(rig.tick(tickets[0].commands).rejected.isEmpty)
    }

    @Test func aClosedTicketIsNotQueuedAgain() {
        let rig = rig(limits())
        let ticket = TestTicket(1, 1500)
        rig.tick(ticket.commands + [ticket.cancel])
        let again = rig.tick(ticket.commands + [ticket.cancel])
        #expect(again.rejected.map(\.reason) == [.ticketEnded, .unknownTicket])
        let told = Command.ended(
            EndedRequest(ticket: TicketID(number: 2), match: MatchID(high: 3, low: 4)))
        let late = rig.tick([told] + [TestTicket(2, 1500).cancel] + TestTicket(2, 1500).commands)
        #expect(late.rejected.map(\.reason) == [.tooLate, .ticketEnded])
        #expect(late.rejected.map(\.match.low) == [4, 4])
    }

    @Test func theOldestIsForgottenFirst() {
        let rig = rig(limits(ended: 3))
        for number in 1...5 {
            let ticket = TestTicket(number, 1500)
            rig.tick(ticket.commands + [ticket.cancel])
        }
        for number in 1...5 {
            let reasons = rig.tick(TestTicket(number, 9000).commands).rejected.map(\.reason)
            #expect(reasons == (number < 3 ? [] : [.ticketEnded]))
        }
    }

    @Test func settlingAllocatesNothing() {
        let rig = rig(limits(reservations: 512))
        let crowd = (1...400).map { TestTicket($0, 1500) }.commands
        let formed = rig.tick(crowd).matches
        let settlements = formed.map { $0.settle(true) }
        #expect(formed.count == 200)
        let before = allocation_count()
        _ = rig.tickOnly(settlements)
        #expect(allocation_count() == before)
        rig.discardOutcomes()
        expectEmpty(rig)
    }
}
