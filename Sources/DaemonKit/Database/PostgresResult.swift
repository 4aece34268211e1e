// Rows of an answer with typed access. The memory is libpq's and lives as long as this object.
import CLibPQ

/// The answer to one statement.
package final class PostgresResult {
    private let result: OpaquePointer

    /// Takes over `result`.
    init(owning result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    /// Rows returned.
    package var rowCount: Int { Int(PQntuples(result)) }
    package var columnCount: Int { Int(PQnfields(result)) }

    /// Rows inserted, changed or deleted, or those returned by a select.
    package var affectedCount: Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// Names of the columns.
    package var columnNames: [String] {
        (0..<columnCount).map { index in
            PQfname(result, Int32(index)).map { String(cString: $0) } ?? ""
        }
    }

    /// - Precondition: `index` is below `rowCount`.
    package subscript(index: Int) -> PostgresRow {
        precondition(index >= 0 && index < rowCount)
        return PostgresRow(result: self, row: Int32(index))
    }

    package var rows: [PostgresRow] { (0..<rowCount).map { self[$0] } }

    fileprivate func field(_ row: Int32, _ column: Int) -> UnsafeRawBufferPointer? {
        precondition(column >= 0 && column < columnCount, "no column \(column)")
        if PQgetisnull(result, row, Int32(column)) == 1 { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, Int32(column)),
            count: Int(PQgetlength(result, row, Int32(column))))
    }
}

/// One row. Columns are counted from 0.
package struct PostgresRow {
    fileprivate let result: PostgresResult
    fileprivate let row: Int32

    package func isNull(_ column: Int) -> Bool { result.field(row, column) == nil }

    package func optionalText(_ column: Int) -> String? {
        result.field(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Any type's text form.
    /// - Throws: `PostgresError.unexpectedValue` for null; so do the others, and for other types.
    package func text(_ column: Int) throws(PostgresError) -> String {
        guard let text = optionalText(column) else { throw unexpected(column, "a text") }
        return text
    }

    /// smallint, integer or bigint.
    package func int(_ column: Int) throws(PostgresError) -> Int64 {
        guard let number = Int64(try text(column)) else { throw unexpected(column, "an integer") }
        return number
    }

    /// real, double precision or numeric.
    package func double(_ column: Int) throws(PostgresError) -> Double {
        guard let number = Double(try text(column)) else { throw unexpected(column, "a number") }
        return number
    }

    /// boolean.
    package func bool(_ column: Int) throws(PostgresError) -> Bool {
        switch try text(column) {
        case "t": return true
        case "f": return false
        default: throw unexpected(column, "a boolean")
        }
    }

    /// bytea in its hex form.
    package func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
        guard let field = result.field(row, column), field.count >= 2, field.count % 2 == 0,
            field[0] == UInt8(ascii: "\\"), field[1] == UInt8(ascii: "x")
        else { throw unexpected(column, "a bytea") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(field.count / 2 - 1)
        for index in stride(from: 2, to: field.count, by: 2) {
            guard let high = nibble(field[index]), let low = nibble(field[index + 1]) else {
                throw unexpected(column, "a bytea")
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private func unexpected(_ column: Int, _ wanted: String) -> PostgresError {
        let found = isNull(column) ? "null" : "something else"
        return .unexpectedValue("column \(column) of row \(row): wanted \(wanted), found \(found)")
    }
}
