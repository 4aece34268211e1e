// Signals as values that the main thread waits for; no handler ever runs.
// `Signals.block` must be called before the first thread is started, which inherits the mask.
import CPlatform
import Glibc

/// What an operator asks for by a signal.
package enum SignalRequest: Equatable, Sendable {
    /// SIGTERM or SIGINT.
    case stop
    /// SIGHUP.
    case reload
}

/// The signals of a daemon.
package enum Signals {
    private static let numbers: [Int32] = [SIGTERM, SIGINT, SIGHUP]

    /// Keeps the signals pending for `wait`, and ignores SIGPIPE.
    package static func block() {
        platform_ignore_sigpipe()
        let code = platform_block_signals(numbers, numbers.count)
        precondition(code == 0)
    }

    /// Waits up to `milliseconds` for a request; nil if none came.
    package static func wait(milliseconds: Int64) -> SignalRequest? {
        precondition(milliseconds >= 0)
        switch platform_wait_signal(numbers, numbers.count, milliseconds) {
        case SIGTERM, SIGINT: return .stop
        case SIGHUP: return .reload
        default: return nil
        }
    }
}
