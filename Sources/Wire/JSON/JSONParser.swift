// A strict reader of JSON (RFC 8259) that keeps what Foundation's would lose: numbers as written,
// for 64-bit ids, and repeated keys, so that they can be refused. For people's messages of at most
// 64 KiB, not for the hot path.

/// A JSON text as a tree.
package enum JSONValue: Equatable {
    case null
    case bool(Bool)
    /// As written; follows JSON's grammar of numbers.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text, repeated keys included.
    case object([JSONField])
}

/// One key and value of an object.
package struct JSONField: Equatable {
    package let key: String
    package let value: JSONValue
}

/// Reads one JSON text.
package struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    /// - Throws: `malformed`, with the byte at which the text stopped making sense.
    package static func parse(_ bytes: UnsafeRawBufferPointer) throws(WireError) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        if parser.at != bytes.count { throw parser.wrong("end of the text expected") }
        return value
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func value(depth: Int) throws(WireError) -> JSONValue {
        if depth > WireLimits.jsonDepthMax { throw wrong("nested too deeply") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return .number(try number())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw wrong("value expected")
        }
    }

    private mutating func object(depth: Int) throws(WireError) -> [JSONField] {
        var fields: [JSONField] = []
        at += 1
        skipSpace()
        if take("}") { return fields }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw wrong("key expected") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw wrong("':' expected") }
            fields.append(JSONField(key: key, value: try value(depth: depth + 1)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw wrong("',' or '}' expected") }
        return fields
    }

    private mutating func array(depth: Int) throws(WireError) -> [JSONValue] {
        var elements: [JSONValue] = []
        at += 1
        skipSpace()
        if take("]") { return elements }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw wrong("',' or ']' expected") }
        return elements
    }

    private mutating func number() throws(WireError) -> String {
        let start = at
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func digits() throws(WireError) {
        let start = at
        while let byte = peek, byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") { at += 1 }
        if at == start { throw wrong("digit expected") }
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONValue
    ) throws(WireError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[index] else { throw wrong("value expected") }
            at += 1
        }
        return value
    }

    private mutating func string() throws(WireError) -> String {
        var text: [UInt8] = []
        at += 1
        while let byte = peek {
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw wrong("string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw wrong("control character in a string")
            default: text.append(byte)
            }
        }
        throw wrong("string without an end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(WireError) {
        guard let byte = peek else { throw wrong("string without an end") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(Character(try scalar())).utf8)
        default: throw wrong("unknown escape")
        }
    }

    /// What follows `\u`: a scalar, or the first half of a pair whose second half must follow.
    private mutating func scalar() throws(WireError) -> Unicode.Scalar {
        var value = try hexadecimal()
        if UTF16.isLeadSurrogate(UInt16(value)) {
            guard take("\\") && take("u") else { throw wrong("half of a surrogate pair") }
            let trail = try hexadecimal()
            guard UTF16.isTrailSurrogate(UInt16(trail)) else {
                throw wrong("half of a surrogate pair")
            }
            value = 0x10000 + (value - 0xD800) << 10 + (trail - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw wrong("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(WireError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw wrong("four hexadecimal digits expected")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            at += 1
        }
    }

    private func wrong(_ why: String) -> WireError { .malformed("JSON: \(why) at byte \(at)") }
}
