// When a process may speak for its shard.
import DaemonKit
import Testing

@testable import matchmakerd

/// P5.
@Suite struct LeaseTests {
    @Test func itEndsByItselfAndEarlierThanTheDatabaseLetsItGo() {
        let now = BootClock.nowNanoseconds()
        #expect(Lease(shard: "main", epoch: 1, askedAt: now).isHeld)
        let late = Lease(shard: "main", epoch: 1, askedAt: now - Lease.reliedNanoseconds)
        #expect(!late.isHeld)
        #expect(Lease.reliedNanoseconds < UInt64(Lease.milliseconds) * 1_000_000)
    }

    @Test func aRenewalCountsFromWhenItWasAskedFor() {
        let now = BootClock.nowNanoseconds()
        let lease = Lease(shard: "main", epoch: 1, askedAt: now)
        lease.renew(askedAt: now - Lease.reliedNanoseconds)
        #expect(!lease.isHeld)
        lease.renew(askedAt: now)
        #expect(lease.isHeld, "late, but nobody has taken over")
    }

    @Test func whatIsLostStaysLost() {
        let lease = Lease(shard: "main", epoch: 1, askedAt: BootClock.nowNanoseconds())
        lease.lose()
        #expect(!lease.isHeld)
        lease.renew(askedAt: BootClock.nowNanoseconds())
        #expect(!lease.isHeld)
    }
}
