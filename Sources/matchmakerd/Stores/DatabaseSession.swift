// One connection to the database that is made anew when it broke, at most once in a while, so that
// a dead server is not hammered. Used by one thread at a time; blocking.
import DaemonKit

/// A connection for as long as there is one.
final class DatabaseSession: @unchecked Sendable {
    // SAFETY: each session is used by one thread at a time, the one that its store belongs to.
    private let configuration: PostgresConfiguration
    private var current: PostgresConnection?
    private var nextAttempt: UInt64 = 0

    private static let pauseNanoseconds: UInt64 = 200_000_000

    init(_ configuration: PostgresConfiguration) { self.configuration = configuration }

    /// A usable connection.
    /// - Throws: `PostgresError.notConnected`, also when the last attempt is only just over.
    func connection() throws(PostgresError) -> PostgresConnection {
        if let current, current.isUsable { return current }
        current = nil
        let now = MonotonicClock.nowNanoseconds()
        if now < nextAttempt { throw .notConnected("tried a moment ago") }
        nextAttempt = now + DatabaseSession.pauseNanoseconds
        let made = try PostgresConnection(configuration: configuration)
        current = made
        return made
    }

    func close() {
        current?.close()
        current = nil
    }
}
