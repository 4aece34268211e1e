// A connection to the message broker. The library reconnects by itself for ever; its callbacks
// only set atomics. Any thread may publish; whoever made the connection closes it, last.
import CNats
import Synchronization

/// What the library's own threads report about a connection.
package final class NATSConnectionState: Sendable {
    // Relaxed: figures for display and readiness; nothing else is ordered by them.
    fileprivate let connected = Atomic<Bool>(false)
    fileprivate let closed = Atomic<Bool>(false)
    fileprivate let disconnects = Atomic<UInt64>(0)
    fileprivate let reconnects = Atomic<UInt64>(0)
    fileprivate let errors = Atomic<UInt64>(0)
    fileprivate let lastError = Atomic<UInt32>(0)

    package var isConnected: Bool { connected.load(ordering: .relaxed) }
    /// Nobody tries to connect any more: closed by us, or by the library after the server had
    /// refused our key twice.
    package var isClosed: Bool { closed.load(ordering: .relaxed) }
    package var disconnectCount: UInt64 { disconnects.load(ordering: .relaxed) }
    package var reconnectCount: UInt64 { reconnects.load(ordering: .relaxed) }
    package var errorCount: UInt64 { errors.load(ordering: .relaxed) }
    /// The library's text for the last error that a callback saw, or nil.
    package var lastErrorText: String? {
        let status = lastError.load(ordering: .relaxed)
        guard status != 0 else { return nil }
        return String(cString: natsStatus_GetText(natsStatus(rawValue: status)))
    }
}

/// A connection to the broker.
package final class NATSConnection: @unchecked Sendable {
    // SAFETY: the library guards the connection behind `handle` with its own lock; `handle` is
    // destroyed only in `deinit`, when nobody refers to it any more.
    let handle: OpaquePointer
    package let state: NATSConnectionState

    /// Connects; fails at once if no server answers.
    /// - Throws: `NATSError`.
    package init(_ settings: NATSSettings) throws(NATSError) {
        let state = NATSConnectionState()
        let options = try NATSConnection.options(settings, state)
        defer { natsOptions_Destroy(options) }
        var connection: OpaquePointer?
        var status = natsConnection_Connect(&connection, options)
        // 3.4.1 takes a signature whose first byte is zero for none and leaves it out: one connect
        // in 256 is refused. The next one has another nonce to sign.
        var attemptCount = 1
        while status == NATS_CONNECTION_AUTH_FAILED, settings.identity.key != nil,
            attemptCount < NATSConnection.signatureAttemptCountMax
        {
            status = natsConnection_Connect(&connection, options)
            attemptCount += 1
        }
        guard status == NATS_OK, let connection else {
            // No connection, so the closed callback never comes: take back its reference.
            Unmanaged.passUnretained(state).release()
            throw NATSError("connect to \(Redaction.url(settings.url.revealed))", status)
        }
        state.connected.store(true, ordering: .relaxed)
        self.state = state
        handle = connection
    }

    /// One in 256⁴ connects is refused that often though its key is right.
    private static let signatureAttemptCountMax = 4

    deinit {
        natsConnection_Close(handle)
        natsConnection_Destroy(handle)
    }

    package var isConnected: Bool { natsConnection_Status(handle) == NATS_CONN_STATUS_CONNECTED }

    /// The largest message that the server takes, in bytes.
    package var payloadByteCountMax: Int { Int(natsConnection_GetMaxPayload(handle)) }

    /// Sends without waiting; at most once.
    /// - Throws: `NATSError` if the connection is closed or its buffer is full.
    package func publish(
        subject: String, headers: [NATSHeader] = [], body: some ContiguousBytesProvider
    ) throws(NATSError) {
        let message = try NATSConnection.message(subject: subject, headers: headers, body: body)
        defer { natsMsg_Destroy(message) }
        try NATSError.check("publish \(subject)", natsConnection_PublishMsg(handle, message))
    }

    /// Sends a request and waits for its first answer.
    /// - Throws: `NATSError`; `isTimeout` if none came in time.
    package func request(
        subject: String, headers: [NATSHeader] = [], body: some ContiguousBytesProvider,
        timeoutMilliseconds: Int64
    ) throws(NATSError) -> [UInt8] {
        let message = try NATSConnection.message(subject: subject, headers: headers, body: body)
        defer { natsMsg_Destroy(message) }
        var reply: OpaquePointer?
        try NATSError.check(
            "request \(subject)",
            natsConnection_RequestMsg(&reply, handle, message, timeoutMilliseconds))
        guard let reply else { return [] }
        defer { natsMsg_Destroy(reply) }
        return ReceivedMessage(reply).body.map { $0 }
    }

    /// Waits until the server has seen everything sent so far.
    /// - Throws: `NATSError`.
    package func flush(timeoutMilliseconds: Int64) throws(NATSError) {
        try NATSError.check("flush", natsConnection_FlushTimeout(handle, timeoutMilliseconds))
    }

    /// Closes the connection; subscriptions end, later calls throw.
    package func close() { natsConnection_Close(handle) }

    /// A message of ours; the caller destroys it or hands it to the library.
    static func message(
        subject: String, headers: [NATSHeader], body: some ContiguousBytesProvider
    ) throws(NATSError) -> OpaquePointer {
        var message: OpaquePointer?
        let status = body.withBytes { bytes in
            natsMsg_Create(
                &message, subject, nil,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard status == NATS_OK, let message else { throw NATSError("message \(subject)", status) }
        for header in headers {
            let status = natsMsgHeader_Set(message, header.name, header.value)
            guard status == NATS_OK else {
                natsMsg_Destroy(message)
                throw NATSError("header \(header.name)", status)
            }
        }
        return message
    }

    /// The library's options for `settings`. Retains `state` for the closed callback.
    private static func options(
        _ settings: NATSSettings, _ state: NATSConnectionState
    ) throws(NATSError) -> OpaquePointer {
        var created: OpaquePointer?
        try NATSError.check("options", natsOptions_Create(&created))
        guard let options = created else { throw NATSError("options", NATS_NO_MEMORY) }
        let context = Unmanaged.passRetained(state).toOpaque()
        let urls = settings.url.revealed.split(separator: ",").map {
            String($0).trimmingSpaces()
        }
        let identity = settings.identity
        let statuses = [
            CStringArray(urls).withPointers { natsOptions_SetServers(options, $0, Int32($1)) },
            natsOptions_SetName(options, settings.name),
            identity.key.map {
                natsOptions_SetNKeyFromSeed(options, $0.publicKey, $0.seedFile)
            } ?? NATS_OK,
            natsOptions_SetCustomInboxPrefix(options, identity.inboxPrefix),
            natsOptions_SetPingInterval(options, settings.pingIntervalMilliseconds),
            natsOptions_SetMaxPingsOut(options, settings.unansweredPingCountMax),
            natsOptions_SetMaxReconnect(options, -1),
            natsOptions_SetReconnectWait(options, settings.reconnectWaitMilliseconds),
            natsOptions_SetReconnectJitter(
                options, settings.reconnectJitterMilliseconds,
                settings.reconnectJitterMilliseconds),
            natsOptions_SetTimeout(options, settings.timeoutMilliseconds),
            natsOptions_SetWriteDeadline(options, settings.timeoutMilliseconds),
            natsOptions_SetFailRequestsOnDisconnect(options, true),
            natsOptions_SetSendAsap(options, settings.sendsAsap),
            natsOptions_SetErrorHandler(options, onError, context),
            natsOptions_SetDisconnectedCB(options, onDisconnected, context),
            natsOptions_SetReconnectedCB(options, onReconnected, context),
            natsOptions_SetClosedCB(options, onClosed, context),
        ]
        for status in statuses where status != NATS_OK {
            natsOptions_Destroy(options)
            Unmanaged<NATSConnectionState>.fromOpaque(context).release()
            throw NATSError("options for \(Redaction.url(settings.url.revealed))", status)
        }
        return options
    }
}

// Callbacks run on the library's threads: formed at file scope, they carry no isolation check,
// and they do nothing but set atomics.

private func connectionState(_ context: UnsafeMutableRawPointer?) -> NATSConnectionState? {
    context.map { Unmanaged<NATSConnectionState>.fromOpaque($0).takeUnretainedValue() }
}

private let onError: natsErrHandler = { _, _, status, context in
    guard let state = connectionState(context) else { return }
    state.errors.wrappingAdd(1, ordering: .relaxed)
    state.lastError.store(status.rawValue, ordering: .relaxed)
}

private let onDisconnected: natsConnectionHandler = { _, context in
    guard let state = connectionState(context) else { return }
    state.connected.store(false, ordering: .relaxed)
    state.disconnects.wrappingAdd(1, ordering: .relaxed)
}

private let onReconnected: natsConnectionHandler = { _, context in
    guard let state = connectionState(context) else { return }
    state.connected.store(true, ordering: .relaxed)
    state.reconnects.wrappingAdd(1, ordering: .relaxed)
}

/// Comes exactly once for a connection that was made, after all others: gives back the reference.
private let onClosed: natsConnectionHandler = { _, context in
    guard let context else { return }
    let state = Unmanaged<NATSConnectionState>.fromOpaque(context).takeRetainedValue()
    state.connected.store(false, ordering: .relaxed)
    state.closed.store(true, ordering: .relaxed)
}
