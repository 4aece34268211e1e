// Parameters of statements. Values travel beside the SQL text, never inside it.

/// One parameter of a statement, sent in text form except for bytes.
package enum PostgresValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    case bytes([UInt8])
    /// For `$1::bigint[]` and the like.
    case ints([Int64])
    case doubles([Double])
    /// For `$1::text[]`, `$1::uuid[]` and other types that have a text form.
    case texts([String])
    /// For `$1::bytea[]`.
    case byteArrays([[UInt8]])

    /// What is sent: bytes and whether they are in binary form; nil for null.
    var encoded: (bytes: [UInt8], isBinary: Bool)? {
        switch self {
        case .null: nil
        case .bytes(let bytes): (bytes, true)
        case .bool(let flag): Self.terminated(flag ? "t" : "f")
        case .int(let number): Self.terminated(String(number))
        case .double(let number): Self.terminated(Self.number(number))
        case .text(let text): Self.terminated(text)
        case .ints(let numbers): Self.array(numbers.map { String($0) })
        case .doubles(let numbers): Self.array(numbers.map(Self.number))
        case .texts(let texts): Self.array(texts.map(Self.quoted))
        case .byteArrays(let arrays): Self.array(arrays.map { "\"\\\\x\(Self.hex($0))\"" })
        }
    }

    /// True when a text holds a zero byte, which PostgreSQL cannot store and libpq would cut at.
    var hasZeroByte: Bool {
        switch self {
        case .text(let text): text.utf8.contains(0)
        case .texts(let texts): texts.contains { $0.utf8.contains(0) }
        default: false
        }
    }

    private static func terminated(_ text: String) -> (bytes: [UInt8], isBinary: Bool) {
        (Array(text.utf8) + [0], false)
    }

    private static func array(_ elements: [String]) -> (bytes: [UInt8], isBinary: Bool) {
        terminated("{" + elements.joined(separator: ",") + "}")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return "\(value)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result.append("\\") }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A statement with a name under which each connection prepares it once. Both are literals of the
/// program, so that no input can ever become SQL.
package struct PostgresStatement: Sendable {
    let name: StaticString
    let sql: StaticString

    /// - Parameter name: unique among the statements of a process.
    package init(_ name: StaticString, _ sql: StaticString) {
        self.name = name
        self.sql = sql
    }
}
