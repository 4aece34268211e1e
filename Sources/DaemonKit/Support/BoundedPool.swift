// A bounded set of resources that threads borrow in turn, with a deadline on the wait.
// Used for database and cache connections. Callers block: only threads of their own may call it,
// never an agent on a fixed schedule and never Swift's cooperative pool.
import Glibc

/// Up to `countMax` resources, made when first needed, lent to one borrower at a time.
package final class BoundedPool<Resource>: @unchecked Sendable {
    // SAFETY: all mutable fields are touched only while `mutex` is held; a resource is used by its
    // borrower alone between `borrow` and `giveBack`, which order its memory through the mutex.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let returned: UnsafeMutablePointer<pthread_cond_t>
    private var idle: [Resource] = []
    private var lentCount = 0
    private var isClosed = false

    /// Most resources that exist at one time, 1 or more.
    package let countMax: Int

    package init(countMax: Int) {
        precondition(countMax >= 1)
        self.countMax = countMax
        mutex = .allocate(capacity: 1)
        returned = .allocate(capacity: 1)
        idle.reserveCapacity(countMax)
        precondition(pthread_mutex_init(mutex, nil) == 0)
        // Deadlines are on the monotonic clock, so that a wall-clock jump neither cuts nor extends
        // a wait.
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        precondition(pthread_cond_init(returned, &attributes) == 0)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(returned)
        pthread_mutex_destroy(mutex)
        returned.deallocate()
        mutex.deallocate()
    }

    /// What a borrower gets.
    package enum Loan {
        /// An idle resource that was used before.
        case used(Resource)
        /// The right to make a new one; `giveBack(nil)` if that fails.
        case vacancy
        /// All were lent until the deadline.
        case timedOut
        /// The pool is closed.
        case closed
    }

    /// Borrows a resource or the right to make one; waits while all are lent.
    /// - Parameter timeoutMilliseconds: longest wait, 0 or more.
    package func borrow(timeoutMilliseconds: Int) -> Loan {
        precondition(timeoutMilliseconds >= 0)
        var deadline = monotonicDeadline(afterMilliseconds: timeoutMilliseconds)
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if isClosed { return .closed }
            if let resource = idle.popLast() {
                lentCount += 1
                return .used(resource)
            }
            if lentCount < countMax {
                lentCount += 1
                return .vacancy
            }
            if pthread_cond_timedwait(returned, mutex, &deadline) == ETIMEDOUT { return .timedOut }
        }
    }

    /// Ends a loan.
    /// - Parameter resource: what was borrowed, or nil when it was broken or could not be made.
    /// - Returns: the resource when the pool is closed and the caller has to dispose of it.
    @discardableResult
    package func giveBack(_ resource: Resource?) -> Resource? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        precondition(lentCount > 0, "nothing is lent")
        lentCount -= 1
        assert(idle.count + lentCount <= countMax)
        if isClosed { return resource }
        if let resource { idle.append(resource) }
        pthread_cond_signal(returned)
        return nil
    }

    /// Refuses further loans and hands out the idle resources for disposal.
    package func close() -> [Resource] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isClosed = true
        pthread_cond_broadcast(returned)
        let rest = idle
        idle = []
        return rest
    }

    /// Resources lent at this moment.
    package var lent: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return lentCount
    }
}

/// The moment `milliseconds` from now on the monotonic clock.
private func monotonicDeadline(afterMilliseconds milliseconds: Int) -> timespec {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let nanoseconds = now.tv_nsec + (milliseconds % 1000) * 1_000_000
    return timespec(
        tv_sec: now.tv_sec + milliseconds / 1000 + nanoseconds / 1_000_000_000,
        tv_nsec: nanoseconds % 1_000_000_000)
}
