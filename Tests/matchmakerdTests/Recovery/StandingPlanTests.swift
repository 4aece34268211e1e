// What of an earlier run's requests for players and marks still stands, from the streams alone.
import DaemonKit
import MatchCore
import Testing
import Wire

@testable import matchmakerd

@Suite struct StandingPlanTests {
    private static func open(_ steps: [BackfillFact.What]) -> [UInt64] {
        StandingPlan.open(
            steps.enumerated().map { time, what in
                BackfillFact(
                    match: MatchID(high: 1, low: 2), what: what, storedNanoseconds: UInt64(time))
            }
        ).sorted()
    }

    @Test(
        arguments: [
            ([.asked(1, 10)], [10]),
            // A later generation takes the place of the first, an earlier one that of none.
            ([.asked(1, 10), .asked(2, 11)], [11]),
            ([.asked(2, 10), .asked(1, 11), .asked(2, 12)], [10]),
            ([.asked(1, 10), .ended(1, .filled)], []),
            ([.asked(1, 10), .ended(1, .expired)], []),
            ([.asked(1, 10), .ended(1, .notAllowed)], []),
            ([.asked(1, 10), .asked(2, 11), .ended(1, .expired)], [11]),
            ([.asked(2, 10), .asked(1, 11), .ended(1, .staleGeneration)], [10]),
            // Somebody has joined: the places are others now, and the match asks again.
            ([.asked(1, 10), .filled(1)], []),
            ([.asked(1, 10), .filled(1), .asked(1, 11)], []),
            ([.asked(1, 10), .filled(1), .asked(2, 11)], [11]),
            // Taken back, and not yet or already answered.
            ([.asked(1, 10), .takenBack(11)], [10, 11]),
            ([.asked(1, 10), .takenBack(11), .ended(1, .withdrawn)], []),
            ([.takenBack(11)], [11]), ([.takenBack(11), .ended(0, .unknownMatch)], []),
            // After its end a match may ask again from the start.
            ([.asked(3, 10), .takenBack(11), .ended(3, .withdrawn), .asked(1, 12)], [12]),
        ] as [([BackfillFact.What], [UInt64])])
    func requestsAreSettled(_ steps: [BackfillFact.What], _ expected: [UInt64]) {
        #expect(Self.open(steps) == expected)
    }

    @Test func anAnswerOfTheSameMomentComesAfterWhatItAnswers() {
        let match = MatchID(high: 1, low: 2)
        let facts = [
            BackfillFact(match: match, what: .ended(1, .filled), storedNanoseconds: 5),
            BackfillFact(match: match, what: .asked(1, 10), storedNanoseconds: 5),
        ]
        #expect(StandingPlan.open(facts) == [])
    }

    @Test func matchesDoNotConcernEachOther() {
        let facts = (1...3).map { match in
            BackfillFact(
                match: MatchID(high: match, low: 0), what: .asked(1, match), storedNanoseconds: 1)
        }
        let other = BackfillFact(
            match: MatchID(high: 2, low: 0), what: .ended(1, .filled), storedNanoseconds: 2)
        #expect(StandingPlan.open(facts + [other]).sorted() == [1, 3])
    }

    @Test func marksStandUntilTheyRunOutOrAreTakenBack() {
        func mark(_ player: UInt64, _ scope: UInt8, ends: UInt64, _ sequence: UInt64) -> MarkFact {
            MarkFact(
                player: PlayerID(player), scope: CooldownScope(scope), sequence: sequence,
                endsNanoseconds: ends)
        }
        let facts = [
            mark(1, 0, ends: 100, 1), mark(1, 0, ends: 300, 2), mark(1, 1, ends: 200, 3),
            mark(2, 0, ends: 300, 4), mark(2, 0, ends: 0, 5), mark(2, 0, ends: 400, 6),
            mark(3, 0, ends: 300, 7), mark(3, 0, ends: 0, 8),
        ]
        #expect(StandingPlan.open(facts, nowNanoseconds: 150).sorted() == [2, 3, 6])
        #expect(StandingPlan.open(facts, nowNanoseconds: 400) == [])
        var history = RecoveryHistory()
        history.marks = facts
        history.nowNanoseconds = 150
        history.backfills = [
            BackfillFact(match: MatchID(high: 1, low: 1), what: .asked(1, 9), storedNanoseconds: 1)
        ]
        #expect(RecoveryPlan.open(history) == [2, 3, 6, 9])
    }
}

@Suite struct ProposalHistoryTests {
    private let ticket = TicketID(high: 1, low: 2)
    private let match = MatchID(high: 3, low: 4)
    private let place = StreamPlace(sequence: 4, storedNanoseconds: 77, followingCount: 0)

    @Test func whatIsProposedOrReturnedEndsNothing() {
        let seat = SeatMessage(
            ticket: ticket, lobby: "l", players: [PlayerID(1)], rating: 0, waitMilliseconds: 0,
            latencyMilliseconds: 0)
        let proposed = MatchMessage(
            match: match, queue: "q", region: "r", rulesVersion: 1, tick: 1,
            quality: QualityMessage(), teams: [TeamMessage(seats: [seat])],
            formedAtMilliseconds: 1)
        let events: [EventMessage] = [
            .proposed(ProposedMessage(match: proposed, acceptMilliseconds: 1)),
            .returned(
                ReturnedMessage(
                    match: match, ticket: ticket, queue: "q", lobby: "l", reason: .noSubstitute)),
            .substituted(
                SubstitutedMessage(
                    match: match, queue: "q", region: "r", map: "", team: 0, seat: seat,
                    acceptMilliseconds: 1, formedAtMilliseconds: 1)),
            // Refused answers say nothing of the ticket, whatever the reason.
            .rejected(
                RejectionMessage(ticket: ticket, queue: "", lobby: "l", reason: .unknownProposal)),
            .rejected(
                RejectionMessage(
                    ticket: ticket, queue: "", lobby: "l", reason: .overloaded, match: match)),
        ]
        for event in events { #expect(HistoryReader.answer(event, place) == nil) }
        for reason in [CloseCode.declined, .notAccepted] {
            let closed = EventMessage.closed(
                ClosedMessage(
                    ticket: ticket, queue: "q", lobby: "l", reason: reason, waitMilliseconds: 1))
            #expect(HistoryReader.answer(closed, place)?.kind == .ended)
        }
        let late = EventMessage.rejected(
            RejectionMessage(ticket: ticket, queue: "q", lobby: "l", reason: .wrongLevel))
        #expect(HistoryReader.answer(late, place)?.kind == .ticketRefused)
    }

    @Test func anIdTellsWhetherAnEventMustBeDecoded() {
        let (match, ticket) = (self.match.uuidText, self.ticket.uuidText)
        let cases: [(String, EventIdentifier)] = [
            (MessageIdentifier.matched(self.match, lobby: "proposed"), .allocated),
            (MessageIdentifier.matched(self.match, lobby: "closed"), .other),
            (
                MessageIdentifier.backfilled(self.match, first: self.ticket, lobby: "closed"),
                .allocated
            ),
            (MessageIdentifier.proposed(self.match, lobby: "l"), .endsNothing),
            (MessageIdentifier.substituted(self.match, self.ticket), .endsNothing),
            (MessageIdentifier.returned(self.match, self.ticket), .endsNothing),
            (MessageIdentifier.closed(self.ticket), .other), (ticket + ":rejected:1.2", .other),
            (match + ":backfill_ended:1.2", .other), ("17:rejected", .other), ("", .other),
            (match + ":", .other), (match, .other),
        ]
        for (id, expected) in cases { #expect(EventIdentifier(id) == expected, "\(id)") }
    }
}
