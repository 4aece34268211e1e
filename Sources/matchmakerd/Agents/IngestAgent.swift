// Keeps the intake subscription alive. The library may go silent after a reconnect without an
// error, so a watchdog compares the stream with our own cursor and subscribes anew where the
// cursor stands still. Its thread may wait for the broker; messages come on the library's thread.
import DaemonKit
import Synchronization
import Wire

/// Owns the intake subscription.
final class IngestAgent: Agent {
    private let stream: JetStream
    private let streams: StreamStore
    private let handler: IntakeHandler
    private let counters: MatchmakerCounters
    private let log: Log
    private var subscription: NATSSubscription?
    private var createdSeen: Int64 = 0
    private var nextCheck: UInt64 = 0
    private var nextStreamCheck: UInt64 = 0
    private var cursorSeen: UInt64 = 0
    private var cursorSeenAt: UInt64 = 0

    private static let checkNanoseconds: UInt64 = 1_000_000_000
    /// A stream that is gone stops everything: looked at now and then.
    private static let streamCheckNanoseconds: UInt64 = 5_000_000_000
    /// The stream being ahead of a cursor that has not moved for this long means a dead consumer.
    private static let stallNanoseconds: UInt64 = 3_000_000_000

    init(
        stream: JetStream, streams: StreamStore, handler: IntakeHandler,
        counters: MatchmakerCounters, log: Log
    ) {
        self.stream = stream
        self.streams = streams
        self.handler = handler
        self.counters = counters
        self.log = log
    }

    /// Subscribes behind the cursor.
    /// - Throws: `NATSError`.
    func subscribe() throws(NATSError) {
        let handler = self.handler
        createdSeen = try stream.state(of: StreamName.intake).createdNanoseconds
        subscription = try stream.subscribe(
            stream: StreamName.intake, subject: Subject.allIntake, from: handler.cursor + 1
        ) { message in handler.handle(message) }
        cursorSeen = handler.cursor
        cursorSeenAt = MonotonicClock.nowNanoseconds()
    }

    func step(nowNanoseconds: UInt64) -> Int {
        if nowNanoseconds < nextCheck { return 0 }
        nextCheck = nowNanoseconds + IngestAgent.checkNanoseconds
        do throws(NATSError) {
            if nowNanoseconds >= nextStreamCheck {
                nextStreamCheck = nowNanoseconds + IngestAgent.streamCheckNanoseconds
                for name in try streams.restoreMissing() {
                    log.warning("a stream was gone and was made anew", ["stream": name])
                }
            }
            try check(try stream.state(of: StreamName.intake))
        } catch {
            // Not connected, or the stream is gone: the next check tries again.
            if error.isNotFound { nextStreamCheck = 0 }
        }
        return 0
    }

    /// No more messages come after this.
    func finish() {
        subscription?.close()
        subscription = nil
    }

    private func check(_ state: StreamState) throws(NATSError) {
        let now = MonotonicClock.nowNanoseconds()
        let cursor = handler.cursor
        let lastSequence = state.lastSequence
        if state.createdNanoseconds != createdSeen {
            log.warning(
                "the intake stream was made anew; reading it from its start",
                ["last": lastSequence, "cursor": cursor])
            try resubscribe(from: 0)
        } else if lastSequence == cursor || cursor != cursorSeen {
            cursorSeen = cursor
            cursorSeenAt = now
        } else if subscription == nil || now - cursorSeenAt > IngestAgent.stallNanoseconds {
            log.warning(
                "the intake consumer stands still; subscribing anew",
                ["last": lastSequence, "cursor": cursor])
            try resubscribe(from: cursor)
        }
    }

    private func resubscribe(from cursor: UInt64) throws(NATSError) {
        subscription?.close()
        subscription = nil
        handler.setCursor(cursor)
        counters.intake.consumersRecreated.add()
        try subscribe()
    }
}
