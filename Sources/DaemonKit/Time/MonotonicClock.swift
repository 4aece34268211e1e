// The clocks of a daemon: one that only runs forward, for schedules and durations; one that also
// counts suspension, for leases; and the wall clock, for display and for stamps that other machines
// read.
import CPlatform
import Glibc

/// Nanoseconds since an arbitrary start; never jumps.
package enum MonotonicClock {
    /// CLOCK_MONOTONIC in nanoseconds.
    package static func nowNanoseconds() -> UInt64 {
        var now = timespec()
        let code = clock_gettime(CLOCK_MONOTONIC, &now)
        assert(code == 0)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    /// Sleeps until the clock reads `nanoseconds`.
    package static func sleep(until nanoseconds: UInt64) {
        let code = platform_sleep_until(nanoseconds)
        assert(code == 0)
    }
}

/// Time of day; may jump when somebody sets it.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package static func nowMilliseconds() -> UInt64 { nowNanoseconds() / 1_000_000 }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    package static func nowNanoseconds() -> UInt64 {
        var now = timespec()
        let code = clock_gettime(CLOCK_REALTIME, &now)
        assert(code == 0)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}

/// Nanoseconds since the machine's start, time in suspension included: for leases, which run on
/// while this machine sleeps.
package enum BootClock {
    /// CLOCK_BOOTTIME in nanoseconds.
    package static func nowNanoseconds() -> UInt64 {
        var now = timespec()
        let code = clock_gettime(CLOCK_BOOTTIME, &now)
        assert(code == 0)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
