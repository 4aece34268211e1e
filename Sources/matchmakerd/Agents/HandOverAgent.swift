// The thread that lets go of matches: without game servers of ours, who reads the allocations looks
// after them. Until it has had time to take over, their players are kept out of other matches, so
// that two lobbies that queue one player at once cannot place him twice.
import DaemonKit

/// Hands matches over.
final class HandOverAgent: Agent {
    private let store: HandOverStore
    private let lease: Lease
    private let log: Log
    private var nextTurn: UInt64 = 0
    private var hasFailed = false

    /// For as long a player is kept out of other matches.
    private static let olderMilliseconds = 1_000
    private static let turnNanoseconds: UInt64 = 200_000_000
    private static let limit = 2_000

    init(store: HandOverStore, lease: Lease, log: Log) {
        self.store = store
        self.lease = lease
        self.log = log
    }

    func step(nowNanoseconds: UInt64) -> Int {
        if nowNanoseconds < nextTurn || !lease.isHeld { return 0 }
        do throws(PostgresError) {
            let count = try store.handOver(
                olderMilliseconds: HandOverAgent.olderMilliseconds, limit: HandOverAgent.limit)
            hasFailed = false
            if count < HandOverAgent.limit {
                nextTurn = nowNanoseconds + HandOverAgent.turnNanoseconds
            }
            return count
        } catch {
            if !hasFailed { log.warning("players are not freed yet", ["why": error.description]) }
            hasFailed = true
            nextTurn = nowNanoseconds + HandOverAgent.turnNanoseconds
            return 0
        }
    }
}
