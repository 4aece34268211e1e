// Events of the matchmaker as they come from the stream, decoded on the library's thread and taken
// by the main thread. Survives lost connections: it goes on where it stopped.
import DaemonKit
import Wire

/// One message of the stream of events.
struct FeedEntry: Sendable {
    let lobby: String
    let bytes: [UInt8]
    let form: ContentType
    /// Nil where the message cannot be read; `problem` says why.
    let event: EventMessage?
    let problem: String
}

/// What has come and has not been taken.
private struct Inbox {
    var entries: [FeedEntry] = []
    var cursor: UInt64
    var droppedCount = 0
}

/// Reads `mm.v1.evt.<lobby>`, or all lobbies.
final class EventFeed {
    /// Entries that wait for the main thread, at most.
    private static let entryCountMax = 200_000

    private let connection: NATSConnection
    private let stream: JetStream
    private let subject: String
    private let inbox: Locked<Inbox>
    private var subscription: NATSSubscription?
    private var reconnectCount: UInt64

    /// Starts to read.
    /// - Parameters:
    ///   - lobby: nil for all.
    ///   - isFromStart: from the oldest event kept; else from the next one on.
    /// - Throws: `NATSError`; `isNotFound` if there is no such stream yet.
    init(
        _ connection: NATSConnection, lobby: String?, isFromStart: Bool
    ) throws(NATSError) {
        self.connection = connection
        stream = try JetStream(connection)
        subject = lobby.map { Subject.event(lobby: $0) } ?? Subject.allEvents
        let last = try stream.lastSequence(of: StreamName.events)
        inbox = Locked(Inbox(cursor: isFromStart ? 0 : last))
        reconnectCount = connection.state.reconnectCount
        try subscribe()
    }

    /// Takes what has come.
    /// - Throws: `NATSError` if reading cannot go on after a lost connection; try again later.
    func take() throws(NATSError) -> [FeedEntry] {
        let count = connection.state.reconnectCount
        if count != reconnectCount {
            // A subscription can stay silent after a reconnect (nats.c issue 988): make it anew.
            subscription?.close()
            subscription = nil
            try subscribe()
            reconnectCount = count
        }
        return inbox.withLock { inbox in
            defer { inbox.entries.removeAll(keepingCapacity: true) }
            return inbox.entries
        }
    }

    /// Waits until something has come, at most `milliseconds`.
    func wait(milliseconds: Int) -> Bool {
        inbox.wait(milliseconds: milliseconds) { !$0.entries.isEmpty }
    }

    /// Entries that nobody took in time.
    var droppedCount: Int { inbox.withLock { $0.droppedCount } }

    func close() { subscription?.close() }

    private func subscribe() throws(NATSError) {
        let inbox = inbox
        let start = inbox.withLock { $0.cursor } + 1
        subscription = try stream.subscribe(
            stream: StreamName.events, subject: subject, from: start
        ) { message in
            let sequence = message.place?.sequence ?? 0
            let entry = entry(of: message)
            inbox.update { inbox in
                if sequence <= inbox.cursor { return }
                inbox.cursor = sequence
                if inbox.entries.count < EventFeed.entryCountMax {
                    inbox.entries.append(entry)
                } else {
                    inbox.droppedCount += 1
                }
            }
        }
    }
}

private func entry(of message: borrowing ReceivedMessage) -> FeedEntry {
    let form =
        message.header(HeaderName.contentType).flatMap { ContentType(headerValue: $0) }
        ?? .protobuf
    let lobby = Subject.lobby(ofEvent: message.subject) ?? ""
    let bytes = message.body.map { $0 }
    do throws(WireError) {
        let event = try form.decodeEvent(message.body)
        return FeedEntry(lobby: lobby, bytes: bytes, form: form, event: event, problem: "")
    } catch {
        return FeedEntry(
            lobby: lobby, bytes: bytes, form: form, event: nil, problem: error.description)
    }
}
