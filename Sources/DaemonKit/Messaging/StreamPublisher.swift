// Publishes batches into streams and learns for every message of a batch whether the server has
// stored it. One thread owns a publisher; the library's thread reports into the board.
// A publish that times out may still be stored: the caller repeats it with the same id.
import CNats

/// A message for a stream.
package struct StreamMessage: Sendable, Equatable {
    package var subject: String
    /// The business key by which the server recognises a repetition.
    package var messageID: String
    package var headers: [NATSHeader]
    package var body: [UInt8]

    package init(subject: String, messageID: String, headers: [NATSHeader] = [], body: [UInt8]) {
        precondition(!subject.isEmpty && !messageID.isEmpty)
        self.subject = subject
        self.messageID = messageID
        self.headers = headers
        self.body = body
    }
}

/// What became of one message of a batch.
package enum PublishResult: Sendable, Equatable {
    /// Stored; `isDuplicate` if it had been stored before under the same id.
    case stored(sequence: UInt64, isDuplicate: Bool)
    /// Not stored, by the server's or the library's word.
    case refused(String)
    /// No answer came: it may or may not be stored.
    case unknown

    package var isStored: Bool {
        if case .stored = self { true } else { false }
    }
}

/// Publishes batches.
package final class StreamPublisher: @unchecked Sendable {
    // SAFETY: `context` is the library's, guarded by its lock and destroyed in `deinit`; the
    // board is locked. `publish` belongs to one thread at a time.
    private let context: OpaquePointer
    private let connection: NATSConnection
    private let board: Locked<AcknowledgeBoard>
    private let boardReference: Unmanaged<Locked<AcknowledgeBoard>>

    /// Most messages of one batch; also the library's bound on what is under way.
    package static let batchCountMax = 4_096

    /// - Throws: `NATSError`.
    package init(_ connection: NATSConnection) throws(NATSError) {
        let board = Locked(AcknowledgeBoard())
        let reference = Unmanaged.passRetained(board)
        var options = jsOptions()
        jsOptions_Init(&options)
        options.Wait = 2_000
        options.PublishAsync.MaxPending = Int64(StreamPublisher.batchCountMax)
        options.PublishAsync.AckHandler = onAcknowledge
        options.PublishAsync.AckHandlerClosure = reference.toOpaque()
        var created: OpaquePointer?
        let status = natsConnection_JetStream(&created, connection.handle, &options)
        guard status == NATS_OK, let created else {
            reference.release()
            throw NATSError("stream publisher", status)
        }
        context = created
        boardReference = reference
        self.board = board
        self.connection = connection
    }

    deinit {
        // The library calls back from the connection's threads: only after it is closed can no
        // acknowledgement come any more, so the board outlives a context that has some under way.
        let pendingCount = board.withLock { $0.pendingCount }
        jsCtx_Destroy(context)
        if pendingCount == 0 { boardReference.release() }
    }

    /// Sends all and waits for every answer, at most `timeoutMilliseconds`; results stand in the
    /// order of `batch`.
    /// - Precondition: at most `batchCountMax` messages.
    package func publish(
        _ batch: [StreamMessage], timeoutMilliseconds: Int64 = 2_000
    ) -> [PublishResult] {
        precondition(batch.count <= StreamPublisher.batchCountMax)
        if batch.isEmpty { return [] }
        board.withLock { $0.begin(count: batch.count) }
        for (index, message) in batch.enumerated() {
            send(message, index: index, timeoutMilliseconds: timeoutMilliseconds)
        }
        // The library answers each message itself after its timeout; the second is for its timer.
        _ = board.wait(milliseconds: Int(timeoutMilliseconds) + 1_000) { $0.openCount == 0 }
        return board.withLock { $0.results }
    }

    private func send(_ message: StreamMessage, index: Int, timeoutMilliseconds: Int64) {
        let created: OpaquePointer
        do {
            created = try NATSConnection.message(
                subject: message.subject, headers: message.headers, body: message.body)
        } catch {
            board.withLock { $0.settle(index: index, .refused(error.description)) }
            return
        }
        // Known to the board before it is sent, since the answer may come before the call returns.
        board.withLock { $0.expect(created, index: index) }
        var handedOver: OpaquePointer? = created
        let status = message.messageID.withCString { id in
            var options = jsPubOptions()
            jsPubOptions_Init(&options)
            options.MsgId = id
            options.MaxWait = timeoutMilliseconds
            return js_PublishMsgAsync(context, &handedOver, &options)
        }
        if status != NATS_OK {
            let text = String(cString: natsStatus_GetText(status))
            board.withLock { $0.answer(created, .refused(text)) }
            if let kept = handedOver { natsMsg_Destroy(kept) }
        }
    }
}

/// Which message of the running batch awaits which answer.
private struct AcknowledgeBoard {
    private var generation = 0
    /// Messages under way by their address, which is unique until their answer frees them.
    private var expected: [OpaquePointer: (generation: Int, index: Int)] = [:]
    private(set) var results: [PublishResult] = []
    private var isOpen: [Bool] = []
    private(set) var openCount = 0

    /// Messages whose answer has not come, of all batches.
    var pendingCount: Int { expected.count }

    mutating func begin(count: Int) {
        generation += 1
        results = Array(repeating: .unknown, count: count)
        isOpen = Array(repeating: true, count: count)
        openCount = count
    }

    mutating func expect(_ message: OpaquePointer, index: Int) {
        expected[message] = (generation, index)
    }

    mutating func answer(_ message: OpaquePointer, _ result: PublishResult) {
        guard let entry = expected.removeValue(forKey: message) else { return }
        if entry.generation == generation { settle(index: entry.index, result) }
    }

    mutating func settle(index: Int, _ result: PublishResult) {
        guard isOpen[index] else { return }
        isOpen[index] = false
        openCount -= 1
        results[index] = result
    }
}

/// Formed at file scope: runs on the library's thread for each message exactly once.
private let onAcknowledge: jsPubAckHandler = { _, message, acknowledgement, failure, context in
    guard let message else { return }
    if let context {
        let board = Unmanaged<Locked<AcknowledgeBoard>>.fromOpaque(context).takeUnretainedValue()
        let result = publishResult(acknowledgement, failure)
        board.update { $0.answer(message, result) }
    }
    natsMsg_Destroy(message)
}

private func publishResult(
    _ acknowledgement: UnsafeMutablePointer<jsPubAck>?,
    _ failure: UnsafeMutablePointer<jsPubAckErr>?
) -> PublishResult {
    if let stored = acknowledgement?.pointee {
        return .stored(sequence: stored.Sequence, isDuplicate: stored.Duplicate)
    }
    guard let failure = failure?.pointee, failure.Err != NATS_TIMEOUT else { return .unknown }
    let text = failure.ErrText.map { String(cString: $0) } ?? ""
    return .refused("\(text) (JetStream \(failure.ErrCode.rawValue))")
}
