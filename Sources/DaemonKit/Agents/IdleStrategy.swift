// What an agent's thread does when there is no work: spin a little, yield a little, then sleep in
// growing naps. Two cores are shared with broker and clients, so spinning is short (at most 2,000
// rounds): a spinning consumer starves the broker that feeds it.
import Glibc

/// How a thread idles.
package enum IdleStrategy: Sendable, Equatable {
    /// Not at all: `step` waits by itself.
    case none
    /// Spin, yield, then sleep from `parkMin` doubling up to `parkMax`, in microseconds.
    case backoff(spinCount: Int, yieldCount: Int, parkMin: UInt32, parkMax: UInt32)

    /// Short naps: work is seen within about 100 µs to 1 ms.
    package static let standard = IdleStrategy.backoff(
        spinCount: 0, yieldCount: 10, parkMin: 100, parkMax: 1_000)
}

/// Where in its strategy an idle thread stands. Owned by the agent's thread.
struct Idler {
    private let strategy: IdleStrategy
    private var roundCount = 0
    private var parkMicroseconds: UInt32 = 0

    init(_ strategy: IdleStrategy) {
        if case .backoff(let spinCount, let yieldCount, let parkMin, let parkMax) = strategy {
            precondition(spinCount <= 2_000 && yieldCount >= 0)
            precondition(parkMin > 0 && parkMin <= parkMax && parkMax < 1_000_000)
        }
        self.strategy = strategy
    }

    /// One idle round.
    mutating func idle() {
        guard case .backoff(let spinCount, let yieldCount, let parkMin, let parkMax) = strategy
        else { return }
        if roundCount < spinCount {
            roundCount += 1
        } else if roundCount < spinCount + yieldCount {
            roundCount += 1
            sched_yield()
        } else {
            parkMicroseconds =
                parkMicroseconds == 0 ? parkMin : min(parkMicroseconds * 2, parkMax)
            usleep(parkMicroseconds)
        }
    }

    /// There was work: start over.
    mutating func reset() {
        roundCount = 0
        parkMicroseconds = 0
    }
}
