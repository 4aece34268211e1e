// Parameters of statements. Values travel beside the SQL text, never inside it.

/// One parameter of a statement. Single values are sent as text, which the server reads for any
/// type; bytes and arrays in binary form, which must be of exactly the parameter's type: no text is
/// built and none is read for the thousands of elements of a commit.
package enum PostgresValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    case bytes([UInt8])
    /// For `$1::boolean[]`.
    case bools([Bool])
    /// For `$1::int[]`.
    case int32s([Int32])
    /// For `$1::bigint[]`.
    case ints([Int64])
    /// For `$1::text[]`.
    case texts([String])
    /// For `$1::uuid[]`.
    case uuids([PostgresUUID])
    /// For `$1::bytea[]`.
    case byteArrays([[UInt8]])

    /// Whether it is sent in binary form.
    var isBinary: Bool {
        switch self {
        case .null, .bool, .int, .double, .text: false
        case .bytes, .bools, .int32s, .ints, .texts, .uuids, .byteArrays: true
        }
    }

    /// Appends what is sent; text with a zero byte behind it.
    func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: break
        case .bytes(let content): bytes += content
        case .bool(let flag): Self.append(flag ? "t" : "f", to: &bytes)
        case .int(let number): Self.append(String(number), to: &bytes)
        case .double(let number): Self.append(Self.number(number), to: &bytes)
        case .text(let text): Self.append(text, to: &bytes)
        case .bools(let flags):
            BinaryArray.append(flags, of: .bool, to: &bytes) { $1.append($0 ? 1 : 0) }
        case .int32s(let numbers):
            BinaryArray.append(numbers, of: .int4, to: &bytes) { $1.append(bigEndian: $0) }
        case .ints(let numbers):
            BinaryArray.append(numbers, of: .int8, to: &bytes) { $1.append(bigEndian: $0) }
        case .texts(let texts):
            BinaryArray.append(texts, of: .text, to: &bytes) { $1 += $0.utf8 }
        case .uuids(let ids):
            BinaryArray.append(ids, of: .uuid, to: &bytes) {
                $1.append(bigEndian: $0.high)
                $1.append(bigEndian: $0.low)
            }
        case .byteArrays(let arrays):
            BinaryArray.append(arrays, of: .bytea, to: &bytes) { $1 += $0 }
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

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes += text.utf8
        bytes.append(0)
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return "\(value)"
    }
}

/// A UUID as its two halves, the first byte the highest.
package struct PostgresUUID: Sendable, Equatable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
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
