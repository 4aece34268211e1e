// What is committed and has still to be told (db/migrations/0006). Used by the outbox thread;
// blocking.
import DaemonKit
import Wire

/// Unsent messages in the database.
final class OutboxStore: @unchecked Sendable {
    // SAFETY: made by the main thread, then used by the outbox thread alone.
    private let session: DatabaseSession

    init(session: DatabaseSession) { self.session = session }

    private static let take = PostgresStatement(
        "outbox_take", "select msg_id, epoch, subject, body from mm.outbox_take($1, $2, $3)")
    private static let sent = PostgresStatement("outbox_sent", "select mm.outbox_sent($1::text[])")
    private static let state = PostgresStatement(
        "outbox_state", "select unsent, oldest_ms from mm.outbox_state()")

    /// Messages that lie unsent for longer than `olderMilliseconds`; nobody else gets them for
    /// `holdMilliseconds`.
    func take(
        olderMilliseconds: Int, holdMilliseconds: Int, limit: Int
    ) throws(PostgresError) -> [StreamMessage] {
        let answer = try session.connection().execute(
            OutboxStore.take,
            [.int(Int64(olderMilliseconds)), .int(Int64(holdMilliseconds)), .int(Int64(limit))])
        return try answer.rows.map { row throws(PostgresError) in
            let body = try row.bytes(3)
            return StreamMessage(
                subject: try row.text(2), messageID: try row.text(0),
                headers: Announcement.headers(ContentType(firstByte: body.first)), body: body)
        }
    }

    /// Marks messages as stored by the broker.
    func markSent(_ messageIDs: [String]) throws(PostgresError) {
        _ = try session.connection().execute(OutboxStore.sent, [.texts(messageIDs)])
    }

    /// Unsent messages and the age of the oldest.
    func state() throws(PostgresError) -> (unsentCount: Int64, oldestMilliseconds: Int64) {
        let row = try session.connection().execute(OutboxStore.state)[0]
        return (try row.int(0), try row.int(1))
    }
}

extension ContentType {
    /// The form of a stored message: a JSON text begins with a brace, which no protobuf message of
    /// ours does (field 1 is the version, tag 0x08).
    init(firstByte: UInt8?) { self = firstByte == UInt8(ascii: "{") ? .json : .protobuf }
}
