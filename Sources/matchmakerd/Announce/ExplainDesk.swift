// Questions what holds a ticket, from the request on NATS over the core to the answer. The
// library's delivery thread brings questions, the announcer brings the core's records and looks
// after answers that do not come. Bounded: whoever finds it full is told so at once.
import DaemonKit
import MatchCore
import Wire

/// Answers `Explain` requests.
final class ExplainDesk: Sendable {
    /// Sends an answer to where its question waits for it.
    typealias Reply = @Sendable (_ subject: String, _ form: ContentType, _ body: [UInt8]) -> Void

    /// Questions under way at one time.
    static let questionCountMax = 1_024
    /// A tick takes at most a second; what has no answer after two gets none.
    static let timeoutNanoseconds: UInt64 = 2_000_000_000

    private struct Question {
        let ticket: TicketID
        let subject: String
        let form: ContentType
        let deadline: UInt64
        var queues: [QueueExplanation] = []
    }

    private struct State {
        var questions: [UInt64: Question] = [:]
        var lastToken: UInt64 = 0
        var subscription: NATSSubscription?
        var isClosed = false
    }

    private let state = Locked(State())
    private let producer: IngestProducer
    private let counters: ExplainCounters
    private let reply: Reply

    init(producer: IngestProducer, counters: ExplainCounters, reply: @escaping Reply) {
        self.producer = producer
        self.counters = counters
        self.reply = reply
    }

    /// Begins to take questions.
    /// - Throws: `NATSError`.
    func open(on connection: NATSConnection) throws(NATSError) {
        let subscription = try NATSSubscription(connection, subject: Subject.explain) {
            [weak self] message in
            guard let self, let subject = message.replySubject else { return }
            var form = ContentType.protobuf
            if let header = message.header(HeaderName.contentType) {
                form = ContentType(headerValue: header) ?? .protobuf
            }
            self.ask(
                message.body, form, replySubject: subject,
                nowNanoseconds: MonotonicClock.nowNanoseconds())
        }
        state.withLock { $0.subscription = subscription }
    }

    /// Takes one question.
    func ask(
        _ body: UnsafeRawBufferPointer, _ form: ContentType, replySubject: String,
        nowNanoseconds: UInt64
    ) {
        let ticket: TicketID
        do throws(WireError) {
            ticket = try ExplainMessage(body, as: form).ticket
        } catch {
            answer(
                ExplanationMessage(ticket: nil, status: .invalid, detail: error.description),
                replySubject, form)
            return
        }
        let question = Question(
            ticket: ticket, subject: replySubject, form: form,
            deadline: nowNanoseconds + ExplainDesk.timeoutNanoseconds)
        let token: UInt64? = state.withLock { state in
            guard !state.isClosed, state.questions.count < ExplainDesk.questionCountMax else {
                return nil
            }
            state.lastToken += 1
            state.questions[state.lastToken] = question
            return state.lastToken
        }
        guard let token else {
            answer(question, .unavailable, "the matchmaker is stopping or asked too much")
            return
        }
        if !producer.push(.explain(ExplainRequest(ticket: ticket, token: token))) {
            state.withLock { _ = $0.questions.removeValue(forKey: token) }
            answer(question, .unavailable, "the matchmaker is overloaded; try again later")
        }
    }

    /// Takes one of the core's records, and answers with the last one.
    func take(_ record: ExplainedRecord, _ names: OutcomeNames) {
        let finished: Question? = state.withLock { state in
            guard var question = state.questions.removeValue(forKey: record.token) else {
                return nil
            }
            if record.isWaiting { question.queues.append(QueueExplanation(record, names)) }
            if record.isLast { return question }
            state.questions[record.token] = question
            return nil
        }
        guard let finished else { return }
        if finished.queues.isEmpty {
            answer(finished, .unknown, "no such ticket waits")
        } else {
            answer(finished, .ok, "")
        }
    }

    /// Gives up questions that were not answered in time.
    func expire(nowNanoseconds: UInt64) {
        let late = state.withLock { state in
            let late = state.questions.filter { $0.value.deadline <= nowNanoseconds }
            for token in late.keys { state.questions[token] = nil }
            return late.values.map { $0 }
        }
        for question in late { answer(question, .unavailable, "no answer in time") }
    }

    /// Takes no more questions, and tells those who wait that no answer comes.
    func close() {
        let (subscription, left) = state.withLock { state in
            state.isClosed = true
            let left = state.questions.values.map { $0 }
            state.questions = [:]
            return (state.subscription.take(), left)
        }
        for question in left { answer(question, .unavailable, "the matchmaker is stopping") }
        subscription?.close()
    }

    private func answer(_ question: Question, _ status: ReplyStatus, _ detail: String) {
        answer(
            ExplanationMessage(
                ticket: question.ticket, status: status, detail: detail,
                queues: status == .ok ? question.queues : []), question.subject, question.form)
    }

    private func answer(_ message: ExplanationMessage, _ subject: String, _ form: ContentType) {
        counters.count(message.status)
        reply(subject, form, message.encoded(as: form))
    }
}

extension QueueExplanation {
    /// A record in people's units.
    init(_ record: ExplainedRecord, _ names: OutcomeNames) {
        self.init(
            queue: names.queue(record.queue), region: names.region(record.region),
            obstacle: ObstacleCode(record.obstacle))
        if record.obstacle == .roles {
            missingRoles = names.roles(record.missingRoles, record.queue)
        }
        waitMilliseconds = names.milliseconds(record.waitTicks)
        windowPoints = Rating(steps: record.window).points
        playersNeeded = UInt32(record.playersNeeded)
        playersWaiting = UInt32(clamping: record.playersWaiting)
        playersWithin = UInt32(record.playersWithin)
        if record.nextDistance != Int32.max {
            nextDistancePoints = Rating(steps: record.nextDistance).points
        }
        if record.ticksToWidening >= 0 {
            nextWideningMilliseconds = names.milliseconds(record.ticksToWidening)
        }
        expiresMilliseconds = names.milliseconds(record.ticksToExpiry)
        ownPlayers = UInt32(record.ownPlayers)
        mercenariesMissing = UInt32(record.mercenariesMissing)
        teamSize = UInt32(record.teamSize)
        if record.ticksToSmaller >= 0 {
            nextTeamSize = UInt32(record.nextTeamSize)
            nextTeamSizeMilliseconds = names.milliseconds(record.ticksToSmaller)
        }
    }
}
