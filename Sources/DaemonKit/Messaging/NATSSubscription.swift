// A subscription whose handler runs on the library's thread. Closing waits until the last call
// of the handler has returned, and only then frees what the handler uses.
import CNats
import Glibc

/// Handles one message on the library's thread; must copy what it keeps and return soon.
package typealias MessageHandler = @Sendable (borrowing ReceivedMessage) -> Void

/// A running subscription.
package final class NATSSubscription: @unchecked Sendable {
    // SAFETY: `handle` is destroyed in `close`, which runs once (`isClosed` is guarded), after
    // the library has said that no handler call is under way.
    private let handle: OpaquePointer
    private let box: HandlerBox
    private let isClosed = Locked(false)

    /// Subscribes to a subject, past any stream.
    /// - Throws: `NATSError`.
    package convenience init(
        _ connection: NATSConnection, subject: String, handler: @escaping MessageHandler
    ) throws(NATSError) {
        try self.init(connection, handler: handler) { subscription, context in
            (
                natsConnection_Subscribe(
                    &subscription, connection.handle, subject, onMessage, context),
                jsErrCode(rawValue: 0)
            )
        }
    }

    /// Subscribes by `subscribe`, which is given the callback's context.
    init(
        _ connection: NATSConnection, handler: @escaping MessageHandler,
        subscribe: (inout OpaquePointer?, UnsafeMutableRawPointer) -> (natsStatus, jsErrCode)
    ) throws(NATSError) {
        let box = HandlerBox(connection: connection, handler: handler)
        let context = Unmanaged.passRetained(box).toOpaque()
        var created: OpaquePointer?
        let (status, code) = subscribe(&created, context)
        guard status == NATS_OK, let created else {
            Unmanaged<HandlerBox>.fromOpaque(context).release()
            throw NATSError("subscribe", status, code: code)
        }
        // Without limits nothing is dropped on our side: streams are flow-controlled, and every
        // handler only copies into a bounded ring.
        natsSubscription_SetPendingLimits(created, -1, -1)
        natsSubscription_SetOnCompleteCB(created, onComplete, context)
        self.box = box
        handle = created
    }

    deinit { close() }

    /// Ends the subscription; returns when no handler runs any more (at most about two seconds).
    package func close() {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        if wasClosed { return }
        natsSubscription_Unsubscribe(handle)
        let isComplete = box.completed.wait(milliseconds: 2_000) { $0 }
        // Destroying under a running handler crashes 3.4.1; a handler that hangs costs a leak.
        if isComplete { natsSubscription_Destroy(handle) }
    }
}

/// What a subscription's callback needs; owned by the library from subscribe to complete.
final class HandlerBox: Sendable {
    /// Keeps the connection alive as long as the callback may come.
    private let connection: NATSConnection
    let handler: MessageHandler
    let completed = Locked(false)

    init(connection: NATSConnection, handler: @escaping MessageHandler) {
        self.connection = connection
        self.handler = handler
    }
}

/// Formed at file scope: called on the library's thread, without any actor's isolation.
let onMessage: natsMsgHandler = { _, _, message, context in
    guard let message else { return }
    defer { natsMsg_Destroy(message) }
    guard let context else { return }
    let box = Unmanaged<HandlerBox>.fromOpaque(context).takeUnretainedValue()
    box.handler(ReceivedMessage(message))
}

private let onComplete: natsOnCompleteCB = { context in
    guard let context else { return }
    let box = Unmanaged<HandlerBox>.fromOpaque(context).takeRetainedValue()
    box.completed.update { $0 = true }
}
