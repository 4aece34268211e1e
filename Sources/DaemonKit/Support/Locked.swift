// A value behind a pthread mutex with a condition to wait on. For cold paths only (scrapes, pools,
// reloads, a C library's answers): no agent on a fixed schedule may touch one.
// Not `Synchronization.Mutex`: the thread sanitizer does not see its futex and raises false alarms.
import Glibc

/// A value that several threads use in turn.
package final class Locked<Value>: @unchecked Sendable {
    // SAFETY: `value` is touched only between lock and unlock of `mutex`; the memory of mutex and
    // condition belongs to this object and lives exactly as long.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    package init(_ value: sending Value) {
        mutex = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        self.value = value
        // Waits are on the monotonic clock: a jump of the wall clock neither cuts nor extends one.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        let mutexCode = pthread_mutex_init(mutex, nil)
        let conditionCode = pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
        precondition(mutexCode == 0 && conditionCode == 0, "defaults can always be made")
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` with the value while no other thread has it.
    /// - Precondition: `body` does not use the same object again (the mutex is not recursive).
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let code = pthread_mutex_lock(mutex)
        precondition(code == 0)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// `withLock`, then wakes every thread in `wait`.
    package func update<Result>(_ body: (inout Value) -> Result) -> Result {
        let code = pthread_mutex_lock(mutex)
        precondition(code == 0)
        defer { pthread_mutex_unlock(mutex) }
        let result = body(&value)
        pthread_cond_broadcast(changed)
        return result
    }

    /// Waits until an `update` makes `holds` true or `milliseconds` have gone by; returns whether
    /// it holds.
    package func wait(milliseconds: Int, until holds: (Value) -> Bool) -> Bool {
        precondition(milliseconds >= 0)
        let deadline = MonotonicClock.nowNanoseconds() + UInt64(milliseconds) * 1_000_000
        var until = timespec(
            tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        let code = pthread_mutex_lock(mutex)
        precondition(code == 0)
        defer { pthread_mutex_unlock(mutex) }
        while !holds(value) {
            if pthread_cond_timedwait(changed, mutex, &until) == ETIMEDOUT { return holds(value) }
        }
        return true
    }
}
