// Answers how long a wait will be: a question on NATS, the estimator's counter, an answer. Runs on
// the messaging library's delivery thread and holds nothing but names.
import DaemonKit
import MatchCore
import QueueFile
import Wire

/// Answers `Estimate` requests.
final class EstimateResponder: Sendable {
    private let desk: EstimateDesk
    private let names: Locked<NamesReader>
    private let regions: [String]
    private let tickMilliseconds: Int
    private let reply: ExplainDesk.Reply
    private let subscription = Locked<NATSSubscription?>(nil)

    init(
        desk: EstimateDesk, names: NamesBoard, regions: [String], tickMilliseconds: Int,
        reply: @escaping ExplainDesk.Reply
    ) {
        self.desk = desk
        self.names = Locked(NamesReader(names))
        self.regions = regions
        self.tickMilliseconds = tickMilliseconds
        self.reply = reply
    }

    /// Begins to take questions.
    /// - Throws: `NATSError`.
    func open(on connection: NATSConnection) throws(NATSError) {
        let opened = try NATSSubscription(connection, subject: Subject.estimate) {
            [weak self] message in
            guard let self, let subject = message.replySubject else { return }
            var form = ContentType.protobuf
            if let header = message.header(HeaderName.contentType) {
                form = ContentType(headerValue: header) ?? .protobuf
            }
            self.reply(subject, form, self.answer(message.body, form).encoded(as: form))
        }
        subscription.withLock { $0 = opened }
    }

    /// Takes no more questions.
    func close() { subscription.withLock { $0.take() }?.close() }

    /// What is said to one question.
    func answer(_ body: UnsafeRawBufferPointer, _ form: ContentType) -> EstimationMessage {
        let question: EstimateMessage
        do throws(WireError) {
            question = try EstimateMessage(body, as: form)
        } catch {
            return EstimationMessage(status: .invalid, detail: error.description)
        }
        return names.withLock { reader in answer(question, reader.current()) }
    }

    private func answer(_ question: EstimateMessage, _ names: QueueNames) -> EstimationMessage {
        let level = question.level == 0 ? nil : Int(question.level)
        let resolved = names.resolve(question.queue, level: level, leader: question.leader)
        guard case .queue(let queue) = resolved else {
            return EstimationMessage(
                status: .unknown, detail: "no queue '\(question.queue)' for this level")
        }
        guard let region = regions.firstIndex(of: question.region) else {
            return EstimationMessage(
                status: .unknown, detail: "region '\(question.region)' is not configured")
        }
        var roles = RoleSet.all
        if !question.role.isEmpty {
            var role = question.role
            let position = role.withUTF8 { names.roleIndex(UnsafeRawBufferPointer($0), of: queue) }
            guard let position else {
                return EstimationMessage(
                    status: .unknown, detail: "the queue has no role '\(question.role)'")
            }
            roles = RoleSet(bits: 1 << position)
        }
        return EstimationMessage(
            desk.estimate(
                WaitProfile(
                    queue: queue, region: RegionIndex(UInt8(region)),
                    rating: Rating(points: question.rating),
                    partySize: max(1, Int(question.partySize)), roles: roles)),
            tickMilliseconds: tickMilliseconds)
    }
}

extension EstimationMessage {
    /// What an estimate says in seconds. A mark that is not known, because nobody was seen to wait
    /// so long, is −1 where something else is known.
    fileprivate init(_ estimate: WaitEstimate, tickMilliseconds: Int) {
        func seconds(_ ticks: Int32?) -> Double {
            ticks.map { Double($0) * Double(tickMilliseconds) / 1e3 } ?? -1
        }
        let isKnown = estimate.p10 != nil || estimate.p50 != nil
        let basis: SampleBasis =
            switch estimate.level {
            case _ where !isKnown: .none
            case .queue: .queue
            case .region: .region
            default: .alike
            }
        self.init(
            status: .ok, p10Seconds: isKnown ? seconds(estimate.p10) : 0,
            p50Seconds: isKnown ? seconds(estimate.p50) : 0,
            p90Seconds: isKnown ? seconds(estimate.p90) : 0,
            sampleCount: UInt32(clamping: estimate.basis), basis: basis)
    }
}
