// The bounded pool by itself: bound, deadline, wake-up, closing.
import Foundation
import Testing

@testable import DaemonKit

@Suite struct BoundedPoolTests {
    private func isTimedOut(_ loan: BoundedPool<Int>.Loan) -> Bool {
        if case .timedOut = loan { return true }
        return false
    }

    @Test func atMostTheBoundIsLent() {
        let pool = BoundedPool<Int>(countMax: 2)
        guard case .vacancy = pool.borrow(timeoutMilliseconds: 0),
            case .vacancy = pool.borrow(timeoutMilliseconds: 0)
        else {
            Issue.record("two may be made")
            return
        }
        #expect(pool.lent == 2)
        let start = MonotonicClock.nowNanoseconds()
        #expect(isTimedOut(pool.borrow(timeoutMilliseconds: 50)))
        #expect(MonotonicClock.nowNanoseconds() - start >= 50_000_000)
        pool.giveBack(7)
        guard case .used(7) = pool.borrow(timeoutMilliseconds: 0) else {
            Issue.record("what came back is lent again")
            return
        }
        pool.giveBack(nil)
        guard case .vacancy = pool.borrow(timeoutMilliseconds: 0) else {
            Issue.record("what broke may be made anew")
            return
        }
    }

    @Test func aWaiterWakesWhenSomethingComesBack() {
        let pool = BoundedPool<Int>(countMax: 1)
        _ = pool.borrow(timeoutMilliseconds: 0)
        let thread = Thread {
            usleep(20_000)
            pool.giveBack(1)
        }
        thread.start()
        guard case .used(1) = pool.borrow(timeoutMilliseconds: 5_000) else {
            Issue.record("the waiter was not woken")
            return
        }
    }

    @Test func aClosedPoolLendsNothingAndHandsBackWhatReturns() {
        let pool = BoundedPool<Int>(countMax: 2)
        _ = pool.borrow(timeoutMilliseconds: 0)
        _ = pool.borrow(timeoutMilliseconds: 0)
        pool.giveBack(1)
        #expect(pool.close() == [1])
        guard case .closed = pool.borrow(timeoutMilliseconds: 1_000) else {
            Issue.record("closed")
            return
        }
        #expect(pool.giveBack(2) == 2)
    }
}
