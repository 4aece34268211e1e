// Numbers as bytes: small ones short. Little-endian base 128 with a mark on every byte but the last
// (LEB128); signed numbers by zigzag, so that small ones of either sign are short.

/// Appends numbers to a list of bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func number(_ value: some UnsignedInteger & FixedWidthInteger) {
        var rest = UInt64(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func signed(_ value: some SignedInteger & FixedWidthInteger) {
        let wide = Int64(value)
        number(UInt64(bitPattern: (wide << 1) ^ (wide >> 63)))
    }

    /// - Precondition: `value` is not negative.
    mutating func count(_ value: Int) { number(UInt64(value)) }

    /// Eight bytes, lowest first: for numbers that are random in all bits.
    mutating func whole(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    /// A count and so many bytes.
    mutating func text(_ text: some Collection<UInt8>) {
        count(text.count)
        bytes.append(contentsOf: text)
    }
}
