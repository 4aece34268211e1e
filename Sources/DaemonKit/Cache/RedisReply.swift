// Replies and arguments of Redis commands as Swift values. RESP2 only: that is what the library
// speaks. Replies are copied out of the library's memory at once.
import CHiredis

/// One reply, possibly nested.
package enum RedisReply: Equatable, Sendable {
    case null
    /// A short word such as OK.
    case status(String)
    case integer(Int64)
    case bytes([UInt8])
    case array([RedisReply])
    /// The server's refusal of one command in a pipeline.
    case error(String)

    /// Replies nest at most this deep; deeper ones are cut to `.null`.
    static let depthMax = 8

    init(copying reply: UnsafePointer<redisReply>, depth: Int = 0) {
        switch reply.pointee.type {
        case REDIS_REPLY_STATUS: self = .status(Self.text(reply))
        case REDIS_REPLY_ERROR: self = .error(Self.text(reply))
        case REDIS_REPLY_INTEGER: self = .integer(reply.pointee.integer)
        case REDIS_REPLY_STRING: self = .bytes(Array(Self.content(reply)))
        case REDIS_REPLY_ARRAY where depth < Self.depthMax:
            self = .array(
                (0..<reply.pointee.elements).map { index in
                    guard let element = reply.pointee.element?[index] else { return .null }
                    return RedisReply(copying: element, depth: depth + 1)
                })
        default: self = .null
        }
    }

    private static func content(_ reply: UnsafePointer<redisReply>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len)
    }

    private static func text(_ reply: UnsafePointer<redisReply>) -> String {
        String(decoding: content(reply), as: UTF8.self)
    }

    // MARK: Typed access

    /// The number of an integer reply.
    package func integer() throws(RedisError) -> Int64 {
        guard case .integer(let value) = self else { throw mismatch("an integer") }
        return value
    }

    /// The bytes of a value, nil when there is none.
    package func optionalBytes() throws(RedisError) -> [UInt8]? {
        switch self {
        case .null: return nil
        case .bytes(let bytes): return bytes
        default: throw mismatch("a string or nothing")
        }
    }

    /// The text of a value or status, nil when there is none; broken UTF-8 is repaired.
    package func optionalText() throws(RedisError) -> String? {
        switch self {
        case .null: return nil
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .status(let text): return text
        default: throw mismatch("a text or nothing")
        }
    }

    /// The elements of an array reply.
    package func array() throws(RedisError) -> [RedisReply] {
        guard case .array(let elements) = self else { throw mismatch("an array") }
        return elements
    }

    private func mismatch(_ expected: String) -> RedisError {
        if case .error(let text) = self { return .refused(text) }
        return .unexpectedReply("wanted \(expected), got \(self)")
    }
}

/// One argument of a command: bytes, never part of a format string.
package struct RedisArgument: Sendable, Equatable, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral
{
    let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }
    package init(_ number: Int64) { self.init(String(number)) }
    package init(_ number: UInt64) { self.init(String(number)) }
    package init(stringLiteral text: String) { self.init(text) }
    package init(integerLiteral number: Int64) { self.init(number) }
}

/// A command with its arguments, the command's name first.
package typealias RedisCommand = [RedisArgument]
