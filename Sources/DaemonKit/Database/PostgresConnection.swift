// One connection to PostgreSQL over libpq. Statements are prepared or parameterised, their text is
// a literal; every wait has a deadline. A connection that broke stays broken: make a new one.
// Owned by one thread at a time; every call may block up to the configured timeouts.
import CLibPQ
import Glibc

/// A session with its prepared statements.
package final class PostgresConnection {
    /// Statements in one pipeline, at most: bounds what is in flight.
    package static let pipelineCountMax = 1000

    private var connection: OpaquePointer?
    private let answerTimeoutNanoseconds: UInt64
    private var preparedNames: Set<String> = []

    /// Connects.
    /// - Throws: `PostgresError.notConnected`.
    package init(configuration: PostgresConfiguration) throws(PostgresError) {
        answerTimeoutNanoseconds = UInt64(configuration.answerTimeoutMilliseconds) * 1_000_000
        let parameters = configuration.parameters()
        let keywords = CStringList(parameters.map(\.keyword))
        let values = CStringList(parameters.map(\.value))
        guard let opened = PQconnectdbParams(keywords.pointers, values.pointers, 0) else {
            throw .notConnected("out of memory")
        }
        guard PQstatus(opened) == CONNECTION_OK else {
            let text = postgresErrorText(opened)
            PQfinish(opened)
            throw .notConnected(text)
        }
        // Notices would go to standard error in the library's own form.
        PQsetNoticeReceiver(opened, ignoreNotice, nil)
        connection = opened
    }

    deinit { PQfinish(connection) }

    /// False once the connection broke or was closed.
    package var isUsable: Bool { connection != nil && PQstatus(connection) == CONNECTION_OK }

    /// True while a transaction is open, failed ones included.
    package var isInTransaction: Bool {
        let status = PQtransactionStatus(connection)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE
    }

    /// Ends the session.
    package func close() {
        PQfinish(connection)
        connection = nil
        preparedNames = []
    }

    /// Runs a statement once, without preparing it.
    @discardableResult
    package func execute(
        _ sql: StaticString, _ values: [PostgresValue] = []
    ) throws(PostgresError) -> PostgresResult {
        try check(values)
        let list = ParameterList(values)
        let sent = PQsendQueryParams(
            try usable(), "\(sql)", list.count, nil, list.pointers, list.lengths, list.formats, 0)
        return try singleAnswer(sent: sent)
    }

    /// Runs a prepared statement; the first use on a connection prepares it, a round trip more.
    @discardableResult
    package func execute(
        _ statement: PostgresStatement, _ values: [PostgresValue] = []
    ) throws(PostgresError) -> PostgresResult {
        try check(values)
        try prepare(statement)
        let list = ParameterList(values)
        let sent = PQsendQueryPrepared(
            try usable(), "\(statement.name)", list.count, list.pointers, list.lengths,
            list.formats, 0)
        return try singleAnswer(sent: sent)
    }

    /// Runs several statements in one round trip and as one transaction: all or none.
    /// - Throws: the first refusal; then none of them had an effect.
    package func pipeline(
        _ calls: [(statement: PostgresStatement, values: [PostgresValue])]
    ) throws(PostgresError) -> [PostgresResult] {
        precondition(calls.count <= Self.pipelineCountMax)
        precondition(!isInTransaction, "a pipeline is a transaction of its own")
        for call in calls {
            try check(call.values)
            try prepare(call.statement)
        }
        let connection = try usable()
        guard PQenterPipelineMode(connection) == 1 else { throw broken() }
        for call in calls {
            let list = ParameterList(call.values)
            let sent = PQsendQueryPrepared(
                connection, "\(call.statement.name)", list.count, list.pointers, list.lengths,
                list.formats, 0)
            guard sent == 1 else { throw broken() }
        }
        guard PQpipelineSync(connection) == 1 else { throw broken() }
        return try pipelineAnswers(count: calls.count)
    }

    /// Runs `body` between BEGIN and COMMIT; rolls back when it throws.
    /// - Throws: what `body` throws, or `unknownOutcome` when the answer to COMMIT is lost.
    @discardableResult
    package func transaction<Result>(
        _ body: (PostgresConnection) throws(PostgresError) -> Result
    ) throws(PostgresError) -> Result {
        precondition(!isInTransaction, "transactions do not nest")
        try execute("BEGIN")
        let result: Result
        do throws(PostgresError) {
            result = try body(self)
        } catch {
            // The server rolls back by itself when the session ends: a failure adds nothing.
            if isUsable { _ = try? execute("ROLLBACK") }
            throw error
        }
        try execute("COMMIT")
        return result
    }
}

// MARK: - Sending and waiting

extension PostgresConnection {
    private func usable() throws(PostgresError) -> OpaquePointer {
        guard let connection, PQstatus(connection) == CONNECTION_OK else {
            throw .notConnected("this connection broke before")
        }
        return connection
    }

    private func check(_ values: [PostgresValue]) throws(PostgresError) {
        if let index = values.firstIndex(where: \.hasZeroByte) {
            // What the server itself would say about such a text.
            throw .refused(
                PostgresRefusal(sqlState: "22021", message: "zero byte in parameter \(index + 1)"))
        }
    }

    private func prepare(_ statement: PostgresStatement) throws(PostgresError) {
        let name = "\(statement.name)"
        if preparedNames.contains(name) { return }
        _ = try singleAnswer(sent: PQsendPrepare(try usable(), name, "\(statement.sql)", 0, nil))
        preparedNames.insert(name)
    }

    /// Waits for the one answer to what was sent, and for its end.
    private func singleAnswer(sent: Int32) throws(PostgresError) -> PostgresResult {
        guard sent == 1 else { throw broken() }
        let deadline = MonotonicClock.nowNanoseconds() + answerTimeoutNanoseconds
        guard let answer = try nextResult(deadline) else { throw broken() }
        while try nextResult(deadline) != nil {}
        return try accepted(answer)
    }

    private func pipelineAnswers(count: Int) throws(PostgresError) -> [PostgresResult] {
        let deadline = MonotonicClock.nowNanoseconds() + answerTimeoutNanoseconds
        var answers: [PostgresResult] = []
        var refusal: PostgresError?
        for _ in 0..<count {
            guard let answer = try nextResult(deadline) else { throw broken() }
            // An empty result ends each statement's answer.
            while try nextResult(deadline) != nil {}
            do throws(PostgresError) {
                answers.append(try accepted(answer))
            } catch {
                // Those after the first refusal are only skipped.
                refusal = refusal ?? error
            }
        }
        guard let sync = try nextResult(deadline) else { throw broken() }
        let isSync = PQresultStatus(sync) == PGRES_PIPELINE_SYNC
        PQclear(sync)
        guard isSync, PQexitPipelineMode(connection) == 1 else { throw broken() }
        if let refusal { throw refusal }
        return answers
    }

    private func accepted(_ result: OpaquePointer) throws(PostgresError) -> PostgresResult {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            return PostgresResult(owning: result)
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            // 25P02, in_failed_sql_transaction: a statement before this one was refused.
            throw .refused(PostgresRefusal(sqlState: "25P02", message: "pipeline aborted"))
        default:
            let refusal = PostgresRefusal(result: result)
            PQclear(result)
            // Without a SQLSTATE it is libpq that speaks, of a broken connection; class 57 P01 to
            // P03 is the server going away in the middle of it.
            if refusal.sqlState.isEmpty || refusal.sqlState.hasPrefix("57P") { throw broken() }
            throw .refused(refusal)
        }
    }

    /// The next result, or nil at the end of an answer.
    private func nextResult(_ deadline: UInt64) throws(PostgresError) -> OpaquePointer? {
        while PQisBusy(connection) == 1 {
            let now = MonotonicClock.nowNanoseconds()
            let leftMilliseconds = now < deadline ? (deadline - now) / 1_000_000 + 1 : 0
            var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
            let ready = poll(&descriptor, 1, Int32(leftMilliseconds))
            if ready < 0 && errno == EINTR { continue }
            if ready == 0 {
                close()
                throw .unknownOutcome("no answer in time")
            }
            guard ready > 0, PQconsumeInput(connection) == 1 else { throw broken() }
        }
        return PQgetResult(connection)
    }

    private func broken() -> PostgresError {
        let text = postgresErrorText(connection)
        close()
        return .unknownOutcome(text)
    }
}

/// Swallows notices; formed at file scope, so without any actor's isolation.
private let ignoreNotice: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = {
    _, _ in
}
