// A bounded set of PostgreSQL connections for threads that may block. Broken connections, and those
// left inside a transaction, are thrown away instead of being lent again.

/// Lends connections to threads of the caller's own.
package final class PostgresPool: Sendable {
    private let pool: BoundedPool<PostgresConnection>
    private let configuration: PostgresConfiguration

    /// - Parameter connectionCountMax: 1 or more.
    package init(configuration: PostgresConfiguration, connectionCountMax: Int) {
        self.configuration = configuration
        pool = BoundedPool(countMax: connectionCountMax)
    }

    /// Runs `body` with a connection that no other thread uses meanwhile; connects if need be.
    /// - Parameter waitMilliseconds: longest wait for a free connection.
    /// - Throws: `PostgresError.poolExhausted`, `.notConnected`, or what `body` throws.
    @discardableResult
    package func withConnection<Result>(
        waitMilliseconds: Int = 1000,
        _ body: (PostgresConnection) throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        let connection = try borrow(waitMilliseconds: waitMilliseconds)
        defer {
            let isClean = connection.isUsable && !connection.isInTransaction
            pool.giveBack(isClean ? connection : nil)
        }
        return try body(connection)
    }

    /// Refuses further use and ends the idle connections; lent ones end when they come back.
    package func close() { _ = pool.close() }

    private func borrow(waitMilliseconds: Int) throws(PostgresError) -> PostgresConnection {
        switch pool.borrow(timeoutMilliseconds: waitMilliseconds) {
        case .used(let idle): return idle
        case .timedOut, .closed: throw .poolExhausted
        case .vacancy:
            do throws(PostgresError) {
                return try PostgresConnection(configuration: configuration)
            } catch {
                pool.giveBack(nil)
                throw error
            }
        }
    }
}
