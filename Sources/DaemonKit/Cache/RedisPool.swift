// A bounded set of Redis connections for threads that may block. A connection that broke goes back
// as well: it makes itself anew at its next use.

/// Lends connections to threads of the caller's own.
package final class RedisPool: Sendable {
    private let pool: BoundedPool<RedisConnection>
    private let configuration: RedisConfiguration

    /// - Parameter connectionCountMax: 1 or more.
    package init(configuration: RedisConfiguration, connectionCountMax: Int) {
        self.configuration = configuration
        pool = BoundedPool(countMax: connectionCountMax)
    }

    /// Runs `body` with a connection that no other thread uses meanwhile.
    /// - Parameter waitMilliseconds: longest wait for a free connection.
    /// - Throws: `RedisError.poolExhausted`, or what `body` throws.
    @discardableResult
    package func withConnection<Result>(
        waitMilliseconds: Int = 1000,
        _ body: (RedisConnection) throws(RedisError) -> Result
    ) throws(RedisError) -> Result {
        let connection: RedisConnection
        switch pool.borrow(timeoutMilliseconds: waitMilliseconds) {
        case .used(let idle): connection = idle
        case .vacancy: connection = RedisConnection(configuration: configuration)
        case .timedOut, .closed: throw .poolExhausted
        }
        // What a closed pool does not take back ends here with its last reference.
        defer { pool.giveBack(connection) }
        return try body(connection)
    }

    /// Refuses further use and ends the idle connections; lent ones end when they come back.
    package func close() { _ = pool.close() }
}
