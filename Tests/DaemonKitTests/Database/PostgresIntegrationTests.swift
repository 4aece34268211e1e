// PostgreSQL connections, statements, pipelines and pools against a real server, where one is
// named. Tables are temporary, so nothing stays behind.
import Foundation
import Synchronization
import Testing

@testable import DaemonKit

private let serverURL = ProcessInfo.processInfo.environment["MUSTER_TEST_POSTGRES_URL"]

@Suite(.enabled(if: serverURL != nil), .serialized) struct PostgresIntegrationTests {
    private let configuration: PostgresConfiguration

    init() throws {
        configuration = try PostgresConfiguration(
            connectionString: serverURL ?? "", applicationName: "kit-test")
    }

    private func connect() throws -> PostgresConnection {
        try PostgresConnection(configuration: configuration)
    }

    private func sqlState(_ body: () throws -> Void) -> String? {
        do { try body() } catch { return (error as? PostgresError)?.sqlState ?? "\(error)" }
        return nil
    }

    @Test func valuesOfEveryTypeComeBack() throws {
        let connection = try connect()
        let bytes = [UInt8](0...255)
        let result = try connection.execute(
            """
            select $1::bigint, $2::float8, $3::text, $4::bytea, $5::bool, $6::text,
                   $7::bigint[], $8::text[], $9::bytea[], $10::bytea, $11::int[],
                   $12::uuid[], $13::boolean[], $14::uuid[]
            """,
            [
                .int(.min), .double(0.1), .text("it's; drop table x --"), .bytes(bytes),
                .bool(true),
                .null, .ints([1, 2]), .texts(["a,b", "\"\\"]), .byteArrays([bytes]), .bytes([]),
                .int32s([-1]), .uuids([PostgresUUID(high: 1, low: .max)]), .bools([true, false]),
                .uuids([]),
            ])
        #expect(result.rowCount == 1 && result.columnCount == 14)
        let row = result[0]
        #expect(try row.int(0) == .min)
        #expect(try row.double(1) == 0.1)
        #expect(try row.text(2) == "it's; drop table x --")
        #expect(try row.bytes(3) == bytes)
        #expect(try row.bool(4))
        #expect(row.isNull(5) && row.optionalText(5) == nil)
        #expect(try row.text(6) == "{1,2}")
        #expect(try row.text(7) == "{\"a,b\",\"\\\"\\\\\"}")
        #expect(try row.text(8).count == 4 + 2 * 256 + 3)
        #expect(try row.bytes(9) == [])
        #expect(try row.text(10) == "{-1}")
        #expect(try row.text(11) == "{00000000-0000-0001-ffff-ffffffffffff}")
        #expect(try row.text(12) == "{t,f}")
        #expect(try row.text(13) == "{}")
    }

    @Test func wrongTypesAndNullsAreErrors() throws {
        let row = try connect().execute("select 'x', null, 5")[0]
        #expect(throws: PostgresError.self) { try row.int(0) }
        #expect(throws: PostgresError.self) { try row.text(1) }
        #expect(throws: PostgresError.self) { try row.bytes(2) }
        #expect(throws: PostgresError.self) { try row.bool(2) }
    }

    @Test func sessionLimitsAreSet() throws {
        let row = try connect().execute(
            """
            select current_setting('statement_timeout'), current_setting('lock_timeout'),
              current_setting('idle_in_transaction_session_timeout'),
              current_setting('application_name')
            """)[0]
        #expect(try row.text(0) == "2s")
        #expect(try row.text(1) == "500ms")
        #expect(try row.text(2) == "2s")
        #expect(try row.text(3) == "kit-test")
    }

    @Test func aRefusalCarriesItsStateAndTheConnectionGoesOn() throws {
        let connection = try connect()
        try connection.execute("create temp table t (id int constraint t_key primary key)")
        let insert = PostgresStatement("kit_insert", "insert into t values ($1::int)")
        #expect(try connection.execute(insert, [.int(1)]).affectedCount == 1)
        #expect {
            try connection.execute(insert, [.int(1)])
        } throws: { error in
            guard case PostgresError.refused(let refusal)? = error as? PostgresError else {
                return false
            }
            return refusal.sqlState == "23505" && refusal.constraint == "t_key"
        }
        #expect(sqlState { try connection.execute(insert, [.text("x")]) } == "22P02")
        #expect(sqlState { try connection.execute("select $1::text", [.text("a\0b")]) } == "22021")
        #expect(sqlState { try connection.execute("selec") } == "42601")
        #expect(sqlState { try connection.execute("select 1; select 2") } == "42601")
        #expect(try connection.execute("select count(*) from t")[0].int(0) == 1)
    }

    @Test func aSlowStatementIsRefusedByTheServer() throws {
        var hurried = configuration
        hurried.statementTimeoutMilliseconds = 50
        let connection = try PostgresConnection(configuration: hurried)
        #expect(sqlState { try connection.execute("select pg_sleep(5)") } == "57014")
        #expect(connection.isUsable)
    }

    @Test func aSilentServerIsOfUnknownOutcome() throws {
        var hurried = configuration
        hurried.answerTimeoutMilliseconds = 100
        let connection = try PostgresConnection(configuration: hurried)
        #expect {
            try connection.execute("select pg_sleep(1)")
        } throws: { error in
            guard case PostgresError.unknownOutcome? = error as? PostgresError else {
                return false
            }
            return true
        }
        #expect(!connection.isUsable)
        #expect(throws: PostgresError.self) { try connection.execute("select 1") }
    }

    @Test func aPipelineIsOneTransaction() throws {
        let connection = try connect()
        try connection.execute("create temp table p (id int primary key)")
        let insert = PostgresStatement("kit_pipe", "insert into p values ($1::int) returning id")
        let results = try connection.pipeline(
            (1...500).map { (statement: insert, values: [.int($0)]) })
        #expect(results.count == 500)
        #expect(try results[499][0].int(0) == 500)
        let state = sqlState {
            _ = try connection.pipeline([
                (statement: insert, values: [.int(1_000)]), (statement: insert, values: [.int(7)]),
                (statement: insert, values: [.int(1_001)]),
            ])
        }
        #expect(state == "23505")
        #expect(try connection.execute("select count(*) from p")[0].int(0) == 500)
        #expect(try connection.pipeline([]).isEmpty)
    }

    @Test func aTransactionThatThrowsLeavesNothing() throws {
        let connection = try connect()
        try connection.execute("create temp table x (id int)")
        #expect(throws: PostgresError.poolExhausted) {
            try connection.transaction { connection throws(PostgresError) in
                try connection.execute("insert into x values (1)")
                throw .poolExhausted
            }
        }
        #expect(!connection.isInTransaction)
        try connection.transaction { connection throws(PostgresError) in
            try connection.execute("insert into x values (2)")
        }
        #expect(try connection.execute("select id from x").rows.count == 1)
    }

    @Test func aKilledSessionIsOfUnknownOutcome() throws {
        let connection = try connect()
        let pid = try connection.execute("select pg_backend_pid()")[0].int(0)
        try connect().execute("select pg_terminate_backend($1::int)", [.int(pid)])
        usleep(50_000)
        #expect(throws: PostgresError.self) { try connection.execute("select 1") }
        #expect(!connection.isUsable)
    }

    @Test func anAbsentServerIsNotConnected() throws {
        let absent = try PostgresConfiguration(
            connectionString: "postgresql://x:secret@127.0.0.1:1/x", applicationName: "kit-test")
        #expect {
            _ = try PostgresConnection(configuration: absent)
        } throws: { error in
            guard case PostgresError.notConnected(let text)? = error as? PostgresError else {
                return false
            }
            return !text.contains("secret")
        }
    }

    @Test func aPoolReplacesBrokenConnectionsAndKeepsItsBound() throws {
        let pool = PostgresPool(configuration: configuration, connectionCountMax: 2)
        let pids = Locked<Set<Int64>>([])
        let failures = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 6) { _ in
            for _ in 0..<30 {
                do throws(PostgresError) {
                    let pid = try pool.withConnection(waitMilliseconds: 5_000) {
                        connection throws(PostgresError) in
                        try connection.execute("select pg_backend_pid()")[0].int(0)
                    }
                    pids.withLock { _ = $0.insert(pid) }
                } catch {
                    failures.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        #expect(pids.withLock { $0.count } <= 2)
        try pool.withConnection { connection throws(PostgresError) in connection.close() }
        let answer = try pool.withConnection { connection throws(PostgresError) in
            try connection.execute("begin")
            return try connection.execute("select 1")[0].int(0)
        }
        #expect(answer == 1)
        let isOpen = try pool.withConnection { connection throws(PostgresError) in
            connection.isInTransaction
        }
        #expect(!isOpen, "a connection left in a transaction is not lent again")
        pool.close()
    }
}
