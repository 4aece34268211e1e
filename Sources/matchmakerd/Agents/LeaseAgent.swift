// The thread that keeps the shard: renews the lease every second, with a connection of its own, so
// that a slow commit never costs it.
import DaemonKit

/// Renews a lease.
final class LeaseAgent: Agent {
    private let lease: Lease
    private let store: OwnershipStore
    private let log: Log
    private var nextRenewal: UInt64 = 0
    private var failureCount = 0

    private static let renewNanoseconds: UInt64 = 1_000_000_000
    private static let retryNanoseconds: UInt64 = 200_000_000

    init(lease: Lease, store: OwnershipStore, log: Log) {
        self.lease = lease
        self.store = store
        self.log = log
        nextRenewal = MonotonicClock.nowNanoseconds() + LeaseAgent.renewNanoseconds
    }

    func step(nowNanoseconds: UInt64) -> Int {
        if nowNanoseconds < nextRenewal || !lease.isHeld { return 0 }
        do throws(PostgresError) {
            try store.renew(lease)
            failureCount = 0
            nextRenewal = nowNanoseconds + LeaseAgent.renewNanoseconds
        } catch {
            if failureCount == 0 {
                log.warning("cannot renew the lease", ["why": error.description])
            }
            failureCount += 1
            nextRenewal = nowNanoseconds + LeaseAgent.retryNanoseconds
        }
        return 1
    }
}
