// Questions on their way into the core and back: whole answers, and an answer in every case.
import DaemonKit
import Testing
import Wire

@testable import MatchCore
@testable import matchmakerd

@Suite struct ExplainDeskTests {
    /// What was sent, by the subject on which it is waited for.
    private let replies = Locked<[String: [ExplanationMessage]]>([:])
    private let ring = TestRing()
    private let desk: ExplainDesk
    private let counters = MatchmakerCounters(registry: MetricsRegistry())
    private let names: OutcomeNames
    private let ticket = TicketID(high: 3, low: 4)

    init() throws {
        names = try Temple.names(Temple.lobbies())
        let replies = self.replies
        desk = ExplainDesk(producer: ring.producer, counters: counters.explain) {
            subject, form, body in
            guard
                let message = try? body.withRawBytes({ bytes throws(WireError) in
                    try ExplanationMessage(bytes, as: form)
                })
            else { return }
            replies.withLock { $0[subject, default: []].append(message) }
        }
    }

    private func ask(_ subject: String, _ form: ContentType = .json, now: UInt64 = 0) {
        ExplainMessage(ticket: ticket).encoded(as: form).withUnsafeBytes {
            desk.ask($0, form, replySubject: subject, nowNanoseconds: now)
        }
    }

    /// The tokens of the questions that have come to the core.
    private func tokens() -> [UInt64] {
        let buffer = UnsafeMutableBufferPointer<Command>.allocate(capacity: 64)
        defer { buffer.deallocate() }
        return buffer[..<ring.consumer.drain(into: buffer)].compactMap {
            if case .explain(let request) = $0 { request.token } else { nil }
        }
    }

    private func record(_ token: UInt64, queue: UInt16, isLast: Bool) -> ExplainedRecord {
        ExplainedRecord(
            ticket: ticket, token: token, isWaiting: true, isLast: isLast,
            queue: QueueIndex(queue), region: RegionIndex(1), obstacle: .roles,
            missingRoles: RoleSet(bits: 0b10), waitTicks: 100, window: 150 * 128,
            playersNeeded: 20, playersWaiting: 31, playersWithin: 22, nextDistance: Int32.max,
            ticksToWidening: 10, ticksToExpiry: 11_900)
    }

    @Test(arguments: ContentType.allCases)
    func anAnswerHasAnEntryForEachQueue(form: ContentType) throws {
        ask("a", form)
        ask("b", form)
        let tokens = tokens()
        try #require(tokens.count == 2)
        // Records of two questions may come between each other.
        desk.take(record(tokens[1], queue: 1, isLast: false), names)
        desk.take(record(tokens[0], queue: 2, isLast: true), names)
        desk.take(record(tokens[1], queue: 0, isLast: true), names)
        var whole = QueueExplanation(queue: "temple", region: "na", obstacle: .roles)
        whole.missingRoles = ["healer"]
        whole.waitMilliseconds = 5_000
        whole.windowPoints = 150
        whole.playersNeeded = 20
        whole.playersWaiting = 31
        whole.playersWithin = 22
        whole.nextWideningMilliseconds = 500
        whole.expiresMilliseconds = 595_000
        var duel = whole
        duel.queue = "duel"
        duel.missingRoles = []
        let replies = self.replies.withLock { $0 }
        #expect(replies["a"] == [ExplanationMessage(ticket: ticket, status: .ok, queues: [whole])])
        #expect(
            replies["b"]
                == [ExplanationMessage(ticket: ticket, status: .ok, queues: [whole, duel])])
    }

    @Test func whatHoldsAWarPartyIsTold() throws {
        ask("a")
        var record = record(try #require(tokens().first), queue: 0, isLast: true)
        record.obstacle = .mercenaries
        record.ownPlayers = 31
        record.mercenariesMissing = 7
        record.teamSize = 40
        record.nextTeamSize = 30
        record.ticksToSmaller = 1_200
        desk.take(record, names)
        let told = replies.withLock { $0["a"]?.first?.queues.first }
        #expect(told?.obstacle == .mercenaries && told?.missingRoles == [])
        #expect(told?.ownPlayers == 31 && told?.mercenariesMissing == 7 && told?.teamSize == 40)
        #expect(told?.nextTeamSize == 30 && told?.nextTeamSizeMilliseconds == 60_000)
    }

    @Test func aTicketThatDoesNotWaitIsUnknown() throws {
        ask("a")
        var record = record(try #require(tokens().first), queue: 0, isLast: true)
        record.isWaiting = false
        desk.take(record, names)
        desk.take(record, names)
        #expect(
            replies.withLock { $0 } == [
                "a": [
                    ExplanationMessage(
                        ticket: ticket, status: .unknown, detail: "no such ticket waits")
                ]
            ])
    }

    @Test func aQuestionThatCannotBeReadIsAnsweredSo() {
        [UInt8]("{\"version\":1,\"ticketId\":\"x\"}".utf8).withUnsafeBytes {
            desk.ask($0, .json, replySubject: "a", nowNanoseconds: 0)
        }
        let reply = replies.withLock { $0["a"]?.first }
        #expect(reply?.status == .invalid && reply?.ticket == nil)
        #expect(reply?.detail.hasPrefix("ticket_id: must be a UUID") == true)
        #expect(tokens().isEmpty)
    }

    @Test func whatIsNotAnsweredInTimeIsGivenUp() throws {
        ask("a", now: 0)
        ask("b", now: 1_000)
        desk.expire(nowNanoseconds: ExplainDesk.timeoutNanoseconds)
        #expect(replies.withLock { $0.mapValues { $0.map(\.status) } } == ["a": [.unavailable]])
        // The core's late answer goes nowhere.
        desk.take(record(try #require(tokens().first), queue: 0, isLast: true), names)
        #expect(replies.withLock { $0["a"]?.count } == 1)
    }

    @Test func aStopAnswersEverybody() {
        ask("a")
        desk.close()
        ask("b")
        #expect(
            replies.withLock { $0.mapValues { $0.map(\.status) } }
                == ["a": [.unavailable], "b": [.unavailable]])
    }

    @Test func aFullRingOrDeskIsSaidAtOnce() {
        // The ring takes 64; the desk holds many more.
        for index in 0..<70 { ask("\(index)") }
        let refused = replies.withLock { $0 }
        #expect(refused.count == 6 && refused.values.allSatisfy { $0[0].status == .unavailable })
        for index in 0..<ExplainDesk.questionCountMax {
            _ = tokens()
            ask("more \(index)")
        }
        #expect(replies.withLock { $0.count } == 6 + 64)
    }
}
