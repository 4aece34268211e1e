// Stream administration and reading. Calls block for at most the connection's timeout and belong
// on threads that may wait. The cursor is ours: every reader says from which sequence it starts.
import CNats

/// A context for streams on one connection.
package final class JetStream: @unchecked Sendable {
    // SAFETY: the library guards a context with its own lock; destroyed only in `deinit`.
    private let context: OpaquePointer
    private let connection: NATSConnection

    /// - Parameter timeoutMilliseconds: longest wait of one administrative call.
    /// - Throws: `NATSError`.
    package init(_ connection: NATSConnection, timeoutMilliseconds: Int64 = 2_000)
        throws(NATSError)
    {
        var options = jsOptions()
        jsOptions_Init(&options)
        options.Wait = timeoutMilliseconds
        var created: OpaquePointer?
        try NATSError.check(
            "stream context", natsConnection_JetStream(&created, connection.handle, &options))
        guard let created else { throw NATSError("stream context", NATS_NO_MEMORY) }
        context = created
        self.connection = connection
    }

    deinit { jsCtx_Destroy(context) }

    /// Makes sure that the stream exists as wanted; safe to repeat and to run on several hosts.
    /// - Throws: `NATSError` if the server refuses (no space left for `byteCountMax`, another
    ///   stream owns a subject, a setting cannot be changed).
    package func ensureStream(_ wanted: StreamConfig) throws(NATSError) -> StreamAssertion {
        if let present = try config(of: wanted.name) {
            if present == wanted { return .unchanged }
            try apply(wanted, "update stream \(wanted.name)", js_UpdateStream)
            return .updated
        }
        try apply(wanted, "create stream \(wanted.name)", js_AddStream)
        return .created
    }

    /// What the stream holds now.
    /// - Throws: `NATSError`; `isNotFound` if there is no such stream.
    package func state(of stream: String) throws(NATSError) -> StreamState {
        let info = try info(of: stream)
        defer { jsStreamInfo_Destroy(info) }
        let state = info.pointee.State
        return StreamState(
            createdNanoseconds: info.pointee.Created, messageCount: state.Msgs,
            byteCount: state.Bytes, firstSequence: state.FirstSeq,
            lastSequence: state.LastSeq)
    }

    /// Sequence of the newest message ever stored in the stream, 0 if there was none.
    /// - Throws: `NATSError`.
    package func lastSequence(of stream: String) throws(NATSError) -> UInt64 {
        try state(of: stream).lastSequence
    }

    /// Delivers the stream's messages in order from `startSequence` on, old ones first and then
    /// live, each to `handler` on the library's thread.
    /// - Throws: `NATSError`.
    package func subscribe(
        stream: String, subject: String, from startSequence: UInt64,
        handler: @escaping MessageHandler
    ) throws(NATSError) -> NATSSubscription {
        try NATSSubscription(connection, handler: handler) { subscription, context in
            var code = jsErrCode(rawValue: 0)
            let status = withOrderedOptions(stream: stream, from: startSequence) { options in
                js_Subscribe(
                    &subscription, self.context, subject, onMessage, context, nil, &options,
                    &code)
            }
            return (status, code)
        }
    }

    /// Reads the stream from `startSequence` to the last message that it held at the call, in
    /// order, on the calling thread. Returns the sequence up to which it has read.
    ///
    /// The server's count of messages that follow is no sign of the end: while others publish it
    /// may say 0 too early (seen with 2.9.10). It counts only after nothing has come for
    /// `stallMilliseconds`, when the last messages must have been deleted meanwhile. That time is
    /// above the five seconds in which the library notices a gap and reads it again.
    /// - Throws: `NATSError`; `isTimeout` if messages that must follow do not come.
    package func read(
        stream: String, subject: String, from startSequence: UInt64 = 1,
        stallMilliseconds: Int64 = 12_000, handler: (borrowing ReceivedMessage) -> Void
    ) throws(NATSError) -> UInt64 {
        let before = try state(of: stream)
        let target = before.lastSequence
        guard before.messageCount > 0 && target >= startSequence else { return target }
        var created: OpaquePointer?
        var code = jsErrCode(rawValue: 0)
        let status = withOrderedOptions(stream: stream, from: max(startSequence, 1)) { options in
            js_SubscribeSync(&created, context, subject, nil, &options, &code)
        }
        try NATSError.check("read \(stream)", status, code: code)
        guard let subscription = created else { throw NATSError("read", NATS_NO_MEMORY) }
        natsSubscription_SetPendingLimits(subscription, -1, -1)
        defer {
            natsSubscription_Unsubscribe(subscription)
            natsSubscription_Destroy(subscription)
        }
        var followingCount: UInt64 = .max
        while true {
            var next: OpaquePointer?
            let status = natsSubscription_NextMsg(&next, subscription, stallMilliseconds)
            if status == NATS_TIMEOUT && followingCount == 0 {
                // Only a server that answers can have nothing more to send.
                if try lastSequence(of: stream) >= target { return target }
            }
            try NATSError.check("read \(stream)", status)
            guard let next else { continue }
            defer { natsMsg_Destroy(next) }
            let message = ReceivedMessage(next)
            guard let place = message.place else { continue }
            handler(message)
            followingCount = place.followingCount
            if place.sequence >= target { return place.sequence }
        }
    }

    /// The stream's present configuration, or nil if there is no such stream.
    private func config(of stream: String) throws(NATSError) -> StreamConfig? {
        let info: UnsafeMutablePointer<jsStreamInfo>
        do {
            info = try self.info(of: stream)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
        defer { jsStreamInfo_Destroy(info) }
        return StreamConfig(present: info.pointee.Config.pointee)
    }

    private func info(
        of stream: String
    ) throws(NATSError) -> UnsafeMutablePointer<jsStreamInfo> {
        var info: UnsafeMutablePointer<jsStreamInfo>?
        var code = jsErrCode(rawValue: 0)
        let status = js_GetStreamInfo(&info, context, stream, nil, &code)
        try NATSError.check("stream \(stream)", status, code: code)
        guard let info else { throw NATSError("stream \(stream)", NATS_NOT_FOUND) }
        return info
    }

    private typealias StreamCall = (
        UnsafeMutablePointer<UnsafeMutablePointer<jsStreamInfo>?>?, OpaquePointer?,
        UnsafeMutablePointer<jsStreamConfig>?, UnsafeMutablePointer<jsOptions>?,
        UnsafeMutablePointer<jsErrCode>?
    ) -> natsStatus

    private func apply(
        _ wanted: StreamConfig, _ operation: String, _ call: StreamCall
    ) throws(NATSError) {
        var code = jsErrCode(rawValue: 0)
        let names = CStringArray([wanted.name])
        let subjects = CStringArray(wanted.subjects)
        let status = names.withPointers { name, _ in
            subjects.withPointers { subjects, subjectCount in
                var config = jsStreamConfig()
                jsStreamConfig_Init(&config)
                config.Name = name[0]
                config.Subjects = subjects
                config.SubjectsLen = Int32(subjectCount)
                config.Retention = js_LimitsPolicy
                config.Discard = js_DiscardNew
                config.Storage = js_FileStorage
                config.MaxBytes = wanted.byteCountMax
                config.MaxAge = wanted.ageSecondsMax * 1_000_000_000
                config.Duplicates = wanted.duplicateWindowSeconds * 1_000_000_000
                config.MaxMsgSize = wanted.messageByteCountMax
                config.Replicas = wanted.replicaCount
                return call(nil, context, &config, nil, &code)
            }
        }
        try NATSError.check(operation, status, code: code)
    }
}

extension StreamConfig {
    /// A present stream's configuration; its name is emptied, so that it equals no wanted one,
    /// where storage, retention or discard policy differ.
    fileprivate init(present: jsStreamConfig) {
        name = present.Name.map { String(cString: $0) } ?? ""
        subjects = (0..<Int(present.SubjectsLen)).map { index in
            present.Subjects?[index].map { String(cString: $0) } ?? ""
        }
        byteCountMax = present.MaxBytes
        ageSecondsMax = present.MaxAge / 1_000_000_000
        duplicateWindowSeconds = present.Duplicates / 1_000_000_000
        messageByteCountMax = present.MaxMsgSize
        replicaCount = present.Replicas
        let isOurKind =
            present.Storage == js_FileStorage && present.Retention == js_LimitsPolicy
            && present.Discard == js_DiscardNew
        if !isOurKind { name = "" }
    }
}

/// Options of an ordered consumer (no acknowledgements, gaps re-read by the library).
private func withOrderedOptions(
    stream: String, from startSequence: UInt64, _ body: (inout jsSubOptions) -> natsStatus
) -> natsStatus {
    stream.withCString { name in
        var options = jsSubOptions()
        jsSubOptions_Init(&options)
        options.Stream = name
        options.Ordered = true
        options.Config.DeliverPolicy = js_DeliverByStartSequence
        options.Config.OptStartSeq = max(startSequence, 1)
        return body(&options)
    }
}
