// Matches that the studio's own platform looks after (db/migrations/0013). Used by one thread;
// blocking.
import DaemonKit

/// Ends the watch over matches.
final class HandOverStore: @unchecked Sendable {
    // SAFETY: made by the main thread, then used by the handing-over thread alone.
    private let session: DatabaseSession
    private let lease: Lease

    init(session: DatabaseSession, lease: Lease) {
        self.session = session
        self.lease = lease
    }

    private static let handOver = PostgresStatement(
        "hand_over", "select mm.hand_over($1, $2, $3, interval '4 hours', $4)")

    /// Hands over all matches, which players may join for some hours from now on, and frees players
    /// who were committed more than `olderMilliseconds` ago; returns how many matches.
    func handOver(olderMilliseconds: Int, limit: Int) throws(PostgresError) -> Int {
        Int(
            try session.connection().execute(
                HandOverStore.handOver,
                [
                    .text(lease.shard), .int(Int64(lease.epoch)), .int(Int64(olderMilliseconds)),
                    .int(Int64(limit)),
                ])[0].int(0))
    }
}
