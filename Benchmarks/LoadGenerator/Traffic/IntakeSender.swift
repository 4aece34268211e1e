// Publishes tickets and cancels into the stream of intake and makes sure that each is stored: what
// was not acknowledged goes out again with the same id, so that nothing counts twice.
import DaemonKit
import MatchCore
import Wire

/// Sends for one lobby, from one thread.
struct IntakeSender {
    /// Messages that wait to be sent again, at most; older ones are given up.
    private static let pendingCountMax = 50_000
    /// Pause between two attempts, so that an absent broker is not hammered.
    private static let retrySeconds = 0.5

    private let publisher: StreamPublisher
    private let form: ContentType
    private var pending: [StreamMessage] = []
    private var nextAttemptSeconds = 0.0
    private(set) var givenUpCount = 0
    private(set) var lastRefusal = ""

    init(_ connection: NATSConnection, form: ContentType) throws(NATSError) {
        publisher = try StreamPublisher(connection)
        self.form = form
    }

    /// Messages that no acknowledgement has come for.
    var pendingCount: Int { pending.count }

    /// Sends; waits for acknowledgements, at most about two seconds a batch.
    mutating func send(_ messages: [IntakeMessage], queueOf: (IntakeMessage) -> String, now: Double)
    {
        pending += messages.map { Self.message($0, form: form, queue: queueOf($0)) }
        guard !pending.isEmpty, now >= nextAttemptSeconds else { return }
        var unsent: [StreamMessage] = []
        for start in stride(from: 0, to: pending.count, by: StreamPublisher.batchCountMax) {
            let end = min(start + StreamPublisher.batchCountMax, pending.count)
            let batch = Array(pending[start..<end])
            // After a failure the rest would fail too, each after its own timeout.
            if !unsent.isEmpty {
                unsent += batch
                continue
            }
            for (message, result) in zip(batch, publisher.publish(batch)) where !result.isStored {
                if case .refused(let why) = result { lastRefusal = why }
                unsent.append(message)
            }
        }
        nextAttemptSeconds = unsent.isEmpty ? 0 : now + Self.retrySeconds
        givenUpCount += max(0, unsent.count - Self.pendingCountMax)
        pending = Array(unsent.suffix(Self.pendingCountMax))
    }

    /// A message with its subject, id and headers.
    static func message(
        _ intake: IntakeMessage, form: ContentType, queue: String
    ) -> StreamMessage {
        let id =
            switch intake {
            case .ticket(let ticket): MessageIdentifier.ticket(ticket.ticket)
            case .cancel(let cancel): MessageIdentifier.cancel(cancel.ticket)
            case .answer(let answer): MessageIdentifier.answer(answer.match, answer.ticket)
            case .backfill, .backfillEnd, .mark:
                preconditionFailure("the load generator sends no such message")
            }
        return StreamMessage(
            subject: Subject.intake(queue: queue), messageID: id,
            headers: [
                NATSHeader(HeaderName.contentType, form.rawValue),
                NATSHeader(HeaderName.version, String(wireVersion)),
            ],
            body: form.encode(intake))
    }
}
