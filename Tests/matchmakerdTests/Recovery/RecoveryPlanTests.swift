// What is still open after a restart, from the streams' history alone.
import DaemonKit
import MatchCore
import Testing
import Wire

@testable import matchmakerd

@Suite struct RecoveryPlanTests {
    /// Something in the history; time is its place in the list.
    enum Step: Sendable {
        case ticket(UInt64)
        case cancel(UInt64)
        case answer(UInt64, AnswerFact.Kind)
    }

    private static func open(_ steps: [Step]) -> [UInt64] {
        var history = RecoveryHistory()
        var sequence: UInt64 = 0
        for (time, step) in steps.enumerated() {
            let stored = UInt64(time) * 1_000
            switch step {
            case .ticket(let id), .cancel(let id):
                sequence += 1
                var isCancel = false
                if case .cancel = step { isCancel = true }
                history.intake.append(
                    IntakeFact(
                        ticket: TicketID(high: id, low: 1), isCancel: isCancel,
                        sequence: sequence, storedNanoseconds: stored))
            case .answer(let id, let kind):
                history.answers.append(
                    AnswerFact(
                        ticket: TicketID(high: id, low: 1), kind: kind, storedNanoseconds: stored))
            }
        }
        return RecoveryPlan.open(history)
    }

    @Test(
        arguments: [
            ([], []),
            ([.ticket(1), .ticket(2)], [1, 2]),
            ([.ticket(1), .ticket(2), .answer(1, .ended)], [2]),
            // Cancelled and answered; cancelled and not yet answered.
            ([.ticket(1), .cancel(1), .answer(1, .cancelled)], []),
            ([.ticket(1), .cancel(1)], [1, 2]),
            // A cancel that came too late is answered once, and owed until then.
            ([.ticket(1), .answer(1, .ended), .cancel(1)], [2]),
            ([.ticket(1), .answer(1, .ended), .cancel(1), .answer(1, .cancelRefused)], []),
            ([.cancel(1), .answer(1, .cancelRefused), .ticket(1)], [2]),
            // A repetition was refused: the first one waits on.
            ([.ticket(1), .ticket(1), .answer(1, .ticketRefused)], [1]),
            ([.ticket(1), .ticket(1), .answer(1, .ticketRefused), .answer(1, .ended)], []),
            ([.ticket(1), .ticket(1), .answer(1, .ended)], []),
            // The same id again after its end is a new ticket.
            ([.ticket(1), .answer(1, .ended), .ticket(1)], [2]),
            ([.ticket(1), .answer(1, .ticketRefused), .ticket(1)], [2]),
            // An overloaded matchmaker refused the cancel: the ticket waits on.
            ([.ticket(1), .cancel(1), .answer(1, .cancelRefused)], [1]),
            // Answers to tickets that have left the stream.
            ([.answer(1, .ended), .answer(2, .cancelled), .ticket(3)], [1]),
        ] as [([Step], [UInt64])])
    func casesAreSettled(_ steps: [Step], _ open: [UInt64]) {
        #expect(Self.open(steps) == open)
    }

    @Test func unreadableMessagesAreKeptAsideOnce() {
        var history = RecoveryHistory()
        history.unreadable = [3, 5, 9]
        history.deadLetters = [5]
        #expect(RecoveryPlan.open(history) == [3, 9])
    }

    /// A reference that walks the history in time order with sets.
    private static func walk(_ steps: [Step]) -> [UInt64] {
        var waiting: [UInt64: [UInt64]] = [:]
        var cancels: [UInt64: [UInt64]] = [:]
        var sequence: UInt64 = 0
        for step in steps {
            switch step {
            case .ticket(let id):
                sequence += 1
                waiting[id, default: []].append(sequence)
            case .cancel(let id):
                sequence += 1
                cancels[id, default: []].append(sequence)
            case .answer(let id, .ended): waiting[id] = []
            case .answer(let id, .cancelled):
                waiting[id] = []
                cancels[id] = []
            case .answer(let id, .ticketRefused): _ = waiting[id, default: []].popLast()
            case .answer(let id, .cancelRefused):
                if cancels[id]?.isEmpty == false { cancels[id]?.removeFirst() }
            }
        }
        return (waiting.values.flatMap { $0 } + cancels.values.flatMap { $0 }).sorted()
    }

    @Test func randomHistoriesAgreeWithAWalkInTime() {
        for _ in 0..<200 {
            let steps = (0..<Int.random(in: 0...60)).map { _ -> Step in
                let id = UInt64.random(in: 1...5)
                switch Int.random(in: 0...5) {
                case 0, 1: return .ticket(id)
                case 2: return .cancel(id)
                case 3: return .answer(id, .ended)
                case 4: return .answer(id, .cancelled)
                default: return .answer(id, Bool.random() ? .ticketRefused : .cancelRefused)
                }
            }
            #expect(Self.open(steps) == Self.walk(steps))
        }
    }

    @Test func eventsSayWhatTheyEnd() {
        let ticket = TicketID(high: 1, low: 2)
        let place = StreamPlace(sequence: 4, storedNanoseconds: 77, followingCount: 0)
        func kind(_ event: EventMessage) -> AnswerFact.Kind? {
            HistoryReader.answer(event, place)?.kind
        }
        func rejection(_ reason: RejectCode, queue: String) -> EventMessage {
            .rejected(
                RejectionMessage(ticket: ticket, queue: queue, lobby: "l", reason: reason))
        }
        func closed(_ reason: CloseCode) -> EventMessage {
            .closed(
                ClosedMessage(
                    ticket: ticket, queue: "q", lobby: "l", reason: reason, waitMilliseconds: 0))
        }
        #expect(kind(closed(.cancelled)) == .cancelled)
        #expect(kind(closed(.expired)) == .ended)
        #expect(kind(rejection(.duplicateTicket, queue: "q")) == .ticketRefused)
        #expect(kind(rejection(.overloaded, queue: "q")) == .ticketRefused)
        #expect(kind(rejection(.unknownTicket, queue: "")) == .cancelRefused)
        #expect(kind(rejection(.invalidField, queue: "q")) == nil)
        #expect(kind(rejection(.malformed, queue: "")) == nil)
        #expect(
            HistoryReader.answer(closed(.expired), place)
                == AnswerFact(ticket: ticket, kind: .ended, storedNanoseconds: 77))
    }
}
