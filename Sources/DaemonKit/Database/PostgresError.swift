// What can go wrong with a statement, told apart by what the caller may conclude from it.
import CLibPQ

/// A failed statement or connection.
package enum PostgresError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The connection string is unusable.
    case configuration(String)
    /// No connection could be made: the statement did not run.
    case notConnected(String)
    /// The connection broke or fell silent after the statement was sent: it may have committed.
    case unknownOutcome(String)
    /// The server refused: the statement had no effect.
    case refused(PostgresRefusal)
    /// A value is not what the caller asked for.
    case unexpectedValue(String)
    /// All connections of the pool stayed busy until the deadline, or the pool is closed.
    case poolExhausted

    package var description: String {
        switch self {
        case .configuration(let text): "PostgreSQL configuration: \(text)"
        case .notConnected(let text): "not connected to PostgreSQL: \(text)"
        case .unknownOutcome(let text): "connection to PostgreSQL lost, outcome unknown: \(text)"
        case .refused(let refusal): "PostgreSQL refused: \(refusal)"
        case .unexpectedValue(let text): "unexpected value from PostgreSQL: \(text)"
        case .poolExhausted: "no PostgreSQL connection free"
        }
    }

    /// The SQLSTATE of a refusal.
    package var sqlState: String? {
        if case .refused(let refusal) = self { return refusal.sqlState }
        return nil
    }
}

/// The server's refusal, in its own words.
package struct PostgresRefusal: Equatable, Sendable, CustomStringConvertible {
    /// Five characters, for example 23505 for a unique violation.
    package let sqlState: String
    package let message: String
    package let detail: String
    /// Name of the constraint that was violated, empty if none.
    package let constraint: String

    init(result: OpaquePointer) {
        // The field codes of libpq's postgres_ext.h.
        func field(_ code: Character) -> String {
            PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
                ?? ""
        }
        sqlState = field("C")
        message = field("M")
        detail = field("D")
        constraint = field("n")
    }

    init(sqlState: String, message: String) {
        self.sqlState = sqlState
        self.message = message
        detail = ""
        constraint = ""
    }

    package var description: String {
        "\(sqlState) \(message)" + (detail.isEmpty ? "" : " (\(detail))")
    }
}

/// libpq's words for the state of a connection, on one line.
func postgresErrorText(_ connection: OpaquePointer?) -> String {
    let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
    let lines = text.split(whereSeparator: \.isNewline)
    return lines.isEmpty ? "no reason given" : lines.joined(separator: "; ")
}
