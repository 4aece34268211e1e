// Who owns a shard, by the database's word and clock (db/migrations/0002). Used by one thread at a
// time; blocking.
import DaemonKit

/// Acquires, renews and gives back shards.
final class OwnershipStore: @unchecked Sendable {
    // SAFETY: handed from the main thread to the renewing thread and back; one of them uses it.
    private let session: DatabaseSession
    /// The name under which this process owns shards.
    private let owner: String

    init(session: DatabaseSession, owner: String) {
        self.session = session
        self.owner = owner
    }

    /// The answer to a request for a shard.
    struct Claim {
        /// Nil if somebody else owns it.
        let lease: Lease?
        let owner: String
        let remainingMilliseconds: Int64
    }

    private static let acquire = PostgresStatement(
        "acquire_shard",
        "select granted, owner, epoch, remaining_ms from mm.acquire_shard($1, $2, $3)")
    private static let renew = PostgresStatement(
        "renew_shard", "select mm.renew_shard($1, $2, $3)")
    private static let release = PostgresStatement(
        "release_shard", "select mm.release_shard($1, $2)")

    /// Asks for a shard.
    /// - Throws: `PostgresError`; after an unknown outcome it may be ours until the lease ends.
    func acquire(_ shard: String) throws(PostgresError) -> Claim {
        let askedAt = BootClock.nowNanoseconds()
        let row = try session.connection().execute(
            OwnershipStore.acquire,
            [.text(shard), .text(owner), .int(Int64(Lease.milliseconds))])[0]
        let isGranted = try row.bool(0)
        let epoch = UInt64(try row.int(2))
        return Claim(
            lease: isGranted ? Lease(shard: shard, epoch: epoch, askedAt: askedAt) : nil,
            owner: try row.text(1), remainingMilliseconds: try row.int(3))
    }

    /// Lengthens a lease, or finds it lost.
    func renew(_ lease: Lease) throws(PostgresError) {
        let askedAt = BootClock.nowNanoseconds()
        let isOurs = try session.connection().execute(
            OwnershipStore.renew,
            [.text(lease.shard), .int(Int64(lease.epoch)), .int(Int64(Lease.milliseconds))]
        )[0].bool(0)
        if isOurs { lease.renew(askedAt: askedAt) } else { lease.lose() }
    }

    /// Ends a lease, so that a successor need not wait for its end.
    func release(_ lease: Lease) throws(PostgresError) {
        lease.lose()
        _ = try session.connection().execute(
            OwnershipStore.release, [.text(lease.shard), .int(Int64(lease.epoch))])
    }
}
