// What can go wrong with a Redis command, told apart by what the caller may conclude from it.
import CHiredis

/// A failed command or connection.
package enum RedisError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The configuration is unusable; the text says where.
    case configuration(String)
    /// No connection could be made: the command did not run.
    case notConnected(String)
    /// The connection broke after the command was sent: it may or may not have run. The caller
    /// repeats it only if it is idempotent.
    case unknownOutcome(String)
    /// The server refused the command: it did not run.
    case refused(String)
    /// The answer has another type than the command's contract says.
    case unexpectedReply(String)
    /// All connections of the pool stayed busy until the deadline, or the pool is closed.
    case poolExhausted

    package var description: String {
        switch self {
        case .configuration(let text): "Redis configuration: \(text)"
        case .notConnected(let text): "not connected to Redis: \(text)"
        case .unknownOutcome(let text): "connection to Redis lost, outcome unknown: \(text)"
        case .refused(let text): "Redis refused: \(text)"
        case .unexpectedReply(let text): "unexpected reply of Redis: \(text)"
        case .poolExhausted: "no Redis connection free"
        }
    }
}

/// The library's own words for what broke a connection; nil context means out of memory.
func redisErrorText(_ context: UnsafeMutablePointer<redisContext>?) -> String {
    guard let context else { return "out of memory" }
    return withUnsafeBytes(of: &context.pointee.errstr) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
