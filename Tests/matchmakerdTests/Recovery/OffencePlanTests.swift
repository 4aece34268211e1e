// Who refused or ignored a match in an earlier run, from the streams alone: whom the core is told
// of, how long ago, and in what order.
import DaemonKit
import MatchCore
import Testing
import Wire

@testable import matchmakerd

@Suite struct OffencePlanTests {
    private static let second: UInt64 = 1_000_000_000
    private static let queue = QueueIndex(3)

    private static func ticket(_ number: UInt64) -> TicketID { TicketID(high: 1, low: number) }
    private static func match(_ number: UInt64) -> MatchID { MatchID(high: 2, low: number) }

    private static func close(
        _ number: UInt64, at time: UInt64, isDeclined: Bool = true
    ) -> OffenceHistory.Close {
        OffenceHistory.Close(
            ticket: ticket(number), queue: "q", isDeclined: isDeclined,
            storedNanoseconds: time * second)
    }

    private static func sent(
        _ number: UInt64, _ players: [UInt64], at time: UInt64
    ) -> OffenceHistory.Offender {
        OffenceHistory.Offender(
            ticket: ticket(number), queue: queue, players: players.map { PlayerID($0) },
            storedNanoseconds: time * second)
    }

    private static func said(
        _ number: UInt64, _ match: UInt64, _ answer: ProposalAnswer, by player: UInt64 = 0,
        at time: UInt64
    ) -> OffenceHistory.Said {
        OffenceHistory.Said(
            request: AnswerRequest(
                match: self.match(match), ticket: ticket(number), lobby: LobbyIndex(0),
                answer: answer, player: PlayerID(player)), storedNanoseconds: time * second)
    }

    /// What the core is told at second 100, with ticks of half a second.
    private func told(_ history: OffenceHistory) -> [String] {
        OffencePlan.commands(
            history, nowNanoseconds: 100 * Self.second, tickNanoseconds: Self.second / 2
        ).map { command in
            switch command {
            case .offence(let request):
                #expect(request.queue == Self.queue)
                return "\(request.player.raw) offended \(request.ticksAgo) ago"
            case .mark(let request):
                #expect(request.ticks == 0)
                return "\(request.player.raw) pardoned in \(request.scope.raw)"
            default: return "\(command)"
            }
        }
    }

    @Test func whoIsNamedIsToBlameOrElseTheWholeParty() {
        for (player, expected) in [
            (8, ["8 offended 40 ago"]),
            (0, ["7 offended 40 ago", "8 offended 40 ago"]),
            // Not of the party.
            (9, ["7 offended 40 ago", "8 offended 40 ago"]),
        ] as [(UInt64, [String])] {
            var history = OffenceHistory()
            history.closes = [Self.close(1, at: 80)]
            history.offenders = [Self.sent(1, [7, 8], at: 70)]
            history.said = [Self.said(1, 1, .declined, by: player, at: 79)]
            #expect(told(history) == expected)
        }
    }

    @Test func silenceIsAnOffenceAndAQuestionThatNeverArrivedIsNone() {
        var history = OffenceHistory()
        history.closes = [
            Self.close(1, at: 80, isDeclined: false), Self.close(2, at: 80, isDeclined: false),
        ]
        history.offenders = [Self.sent(1, [7, 8], at: 70), Self.sent(2, [9], at: 70)]
        history.said = [Self.said(2, 1, .undelivered, at: 75)]
        #expect(told(history) == ["7 offended 40 ago", "8 offended 40 ago"])
    }

    /// The acceptance stands and what follows it is refused; so is what names another match.
    @Test func onlyTheAnswerByWhichTheTicketLeftCounts() {
        var history = OffenceHistory()
        history.closes = [
            Self.close(1, at: 80, isDeclined: false), Self.close(2, at: 80, isDeclined: false),
            Self.close(3, at: 80),
        ]
        history.offenders = [
            Self.sent(1, [1], at: 10), Self.sent(2, [2], at: 10), Self.sent(3, [3, 4], at: 10),
        ]
        history.said = [
            // Accepted one match, which did not come about; was silent in the next.
            Self.said(1, 1, .accepted, at: 20), Self.said(1, 1, .undelivered, at: 21),
            Self.said(2, 9, .undelivered, at: 20),
            // Declined by one, then by another, who came too late.
            Self.said(3, 3, .declined, by: 4, at: 70), Self.said(3, 3, .declined, by: 3, at: 71),
        ]
        history.refused = [
            AnswerKey(ticket: Self.ticket(1), match: Self.match(1)): 1,
            AnswerKey(ticket: Self.ticket(2), match: Self.match(9)): 1,
            AnswerKey(ticket: Self.ticket(3), match: Self.match(3)): 1,
        ]
        #expect(
            told(history) == ["1 offended 40 ago", "2 offended 40 ago", "4 offended 40 ago"])
    }

    @Test func offencesAndPardonsComeInTheirOrder() {
        var history = OffenceHistory()
        history.closes = [Self.close(2, at: 90), Self.close(1, at: 60)]
        history.offenders = [Self.sent(1, [7], at: 50), Self.sent(2, [7], at: 80)]
        history.pardons = [(7, 70), (7, 95), (8, 70)].map { player, time in
            OffenceHistory.Pardon(
                player: PlayerID(player), scope: CooldownScope(1),
                storedNanoseconds: time * Self.second)
        }
        #expect(
            told(history) == [
                "7 offended 80 ago", "7 pardoned in 1", "7 offended 20 ago", "7 pardoned in 1",
            ])
    }

    /// One id may be sent again after its end: the last before the end is meant.
    @Test func aTicketIsTheOneThatWasSentLast() {
        var history = OffenceHistory()
        history.closes = [Self.close(1, at: 60), Self.close(1, at: 90), Self.close(5, at: 90)]
        history.offenders = [
            Self.sent(1, [7], at: 50), Self.sent(1, [8], at: 80), Self.sent(1, [9], at: 95),
        ]
        history.said = [Self.said(1, 1, .declined, by: 7, at: 55)]
        #expect(told(history) == ["7 offended 80 ago", "8 offended 20 ago"])
    }

    @Test func endsAndRefusedAnswersAreReadFromEvents() {
        let place = StreamPlace(sequence: 4, storedNanoseconds: 77, followingCount: 0)
        var history = OffenceHistory()
        for reason in CloseCode.allCases {
            let closed = ClosedMessage(
                ticket: Self.ticket(UInt64(reason.rawValue)), queue: "q", lobby: "l",
                reason: reason, waitMilliseconds: 1)
            HistoryReader.note(.closed(closed), place, in: &history)
        }
        for (reason, match) in [
            (RejectCode.unknownProposal, Self.match(1)), (.unknownProposal, nil),
            (.overloaded, Self.match(1)),
        ] as [(RejectCode, MatchID?)] {
            let rejection = RejectionMessage(
                ticket: Self.ticket(1), queue: "", lobby: "l", reason: reason, match: match)
            HistoryReader.note(.rejected(rejection), place, in: &history)
        }
        #expect(history.closes.map(\.isDeclined) == [true, false])
        #expect(history.closes.allSatisfy { $0.storedNanoseconds == 77 && $0.queue == "q" })
        #expect(history.refused == [AnswerKey(ticket: Self.ticket(1), match: Self.match(1)): 1])
    }
}
