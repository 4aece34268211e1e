// The counterpart of `ByteWriter`. Content that ends early or lies outside its type's range is an
// error: it has passed its checksum, so a writer made it wrong.

/// Content of a block makes no sense.
struct ByteError: Error {
    let what: String
}

/// Takes numbers from the front of a list of bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(ByteError) -> UInt8 {
        guard position < bytes.count else { throw ByteError(what: "it ends within a value") }
        position += 1
        return bytes[position - 1]
    }

    mutating func number<Number: UnsignedInteger & FixedWidthInteger>(
        _ type: Number.Type = Number.self
    ) throws(ByteError) -> Number {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            let bits = UInt64(byte & 0x7F)
            if shift > 63 || (shift == 63 && bits > 1) {
                throw ByteError(what: "a number has more than 64 bits")
            }
            value |= bits << shift
            if byte < 0x80 { break }
            shift += 7
        }
        guard let number = Number(exactly: value) else {
            throw ByteError(what: "\(value) is too large for \(Number.self)")
        }
        return number
    }

    mutating func signed<Number: SignedInteger & FixedWidthInteger>(
        _ type: Number.Type = Number.self
    ) throws(ByteError) -> Number {
        let folded = try number(UInt64.self)
        let value = Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
        guard let number = Number(exactly: value) else {
            throw ByteError(what: "\(value) is too large for \(Number.self)")
        }
        return number
    }

    mutating func count(max: Int = .max) throws(ByteError) -> Int {
        let value = try number(UInt64.self)
        guard let count = Int(exactly: value), count <= max else {
            throw ByteError(what: "a count is \(value), at most \(max) is possible")
        }
        return count
    }

    mutating func whole() throws(ByteError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 8) { value |= UInt64(try byte()) << UInt64(shift) }
        return value
    }

    mutating func text() throws(ByteError) -> [UInt8] {
        let count = try count(max: bytes.count - position)
        position += count
        return Array(bytes[(position - count)..<position])
    }
}
