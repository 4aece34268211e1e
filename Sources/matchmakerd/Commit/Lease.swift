// Whether this process may speak for the shard. Written by the thread that renews the lease and by
// whoever is told that it is lost; read by every thread that emits something.
import DaemonKit
import Synchronization

/// The right to decide for one shard, for as long as it is renewed.
final class Lease: Sendable {
    let shard: String
    /// Rises with each owner; every write of ours names it.
    let epoch: UInt64
    /// On the clock that counts suspended time, too; 0 once the lease is lost.
    private let end: Atomic<UInt64>

    /// How long the database keeps the shard for us after each renewal.
    static let milliseconds = 5_000
    /// How long we rely on it, counted from the sending of the renewal: shorter, so that we fall
    /// silent before anybody else begins.
    static let reliedNanoseconds: UInt64 = 4_000_000_000

    /// - Parameter askedAt: when the database was asked, by `BootClock`.
    init(shard: String, epoch: UInt64, askedAt: UInt64) {
        self.shard = shard
        self.epoch = epoch
        end = Atomic(askedAt + Lease.reliedNanoseconds)
    }

    /// False from the moment at which somebody else might own the shard.
    var isHeld: Bool { BootClock.nowNanoseconds() < end.load(ordering: .acquiring) }

    /// Takes note of a renewal; one that comes after the loss changes nothing.
    func renew(askedAt: UInt64) {
        let known = end.load(ordering: .acquiring)
        if known == 0 { return }
        // Only this thread renews: the exchange fails if the lease was lost meanwhile.
        _ = end.compareExchange(
            expected: known, desired: askedAt + Lease.reliedNanoseconds,
            ordering: .acquiringAndReleasing)
    }

    /// Somebody else owns the shard.
    func lose() { end.store(0, ordering: .releasing) }
}
