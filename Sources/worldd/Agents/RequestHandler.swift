// Takes what the platform asks of this server, on the messaging library's thread: reads it, and
// hands it to the world. What cannot be read is answered here.
import DaemonKit
import Wire

/// The subscription to `mm.v1.gs.<server>.*`.
final class RequestHandler: Sendable {
    private let server: String
    private let incarnation: UInt64
    private let desk: WorldDesk
    private let counters: WorldCounters
    private let connection: NATSConnection
    private let subscription = Locked<NATSSubscription?>(nil)

    init(
        server: String, incarnation: UInt64, desk: WorldDesk, counters: WorldCounters,
        connection: NATSConnection
    ) {
        self.server = server
        self.incarnation = incarnation
        self.desk = desk
        self.counters = counters
        self.connection = connection
    }

    /// Begins to take requests.
    /// - Throws: `NATSError`.
    func open() throws(NATSError) {
        let opened = try NATSSubscription(
            connection, subject: Subject.server(server) + ".*"
        ) { [weak self] message in self?.take(message) }
        subscription.withLock { $0 = opened }
    }

    /// Takes no more requests.
    func close() { subscription.withLock { $0.take() }?.close() }

    private func take(_ message: borrowing ReceivedMessage) {
        // Who waits for no answer is no matchmaker.
        guard let reply = message.replySubject else { return }
        var form = ContentType.protobuf
        if let header = message.header(HeaderName.contentType) {
            form = ContentType(headerValue: header) ?? .protobuf
        }
        switch message.subject {
        case Subject.claim(server: server): takeClaim(message.body, form, reply)
        case Subject.release(server: server): takeRelease(message.body, form, reply)
        default: return
        }
    }

    private func takeClaim(_ body: UnsafeRawBufferPointer, _ form: ContentType, _ reply: String) {
        do throws(WireError) {
            let claim = try ClaimMessage(body, as: form)
            handOver(ServerRequest(body: .claim(claim), form: form, replySubject: reply))
        } catch {
            counters.claims[.invalid].add()
            refuse(
                ClaimReplyMessage(
                    match: nil, attempt: 0, server: server, incarnation: incarnation,
                    status: .invalid, detail: error.description), form, reply)
        }
    }

    private func takeRelease(
        _ body: UnsafeRawBufferPointer, _ form: ContentType, _ reply: String
    ) {
        do throws(WireError) {
            let release = try ReleaseMessage(body, as: form)
            handOver(ServerRequest(body: .release(release), form: form, replySubject: reply))
        } catch {
            counters.releases[.invalid].add()
            refuse(
                ReleaseReplyMessage(
                    match: nil, attempt: 0, server: server, incarnation: incarnation,
                    status: .invalid, detail: error.description), form, reply)
        }
    }

    /// A request for which there is no room gets no answer, and is asked again.
    private func handOver(_ request: ServerRequest) {
        if !desk.requests.push(request) { counters.requestsDropped.add() }
    }

    private func refuse(_ message: some CodedMessage, _ form: ContentType, _ reply: String) {
        try? connection.publish(
            subject: reply, headers: MessageHeaders.of(form), body: message.encoded(as: form))
    }
}
