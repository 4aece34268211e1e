// Writes the protobuf wire format straight into a byte array that can be used again and again.
// protobuf-c's own packing wants a tree of C structures first, which costs more than the bytes;
// reading always goes through protobuf-c, so that a round trip holds the two against each other.

/// Appends fields in the order of its calls. Default values are left out, as proto3 asks.
struct ProtobufWriter: ~Copyable {
    private(set) var bytes: [UInt8]

    init() { bytes = [] }

    /// Takes over the memory of `bytes`, whose contents are dropped; `finish(into:)` gives it back.
    init(reusing bytes: inout [UInt8]) {
        self.bytes = []
        // Swapped, so that there is one owner and appending copies nothing.
        swap(&self.bytes, &bytes)
        self.bytes.removeAll(keepingCapacity: true)
    }

    consuming func finish() -> [UInt8] { bytes }

    mutating func finish(into bytes: inout [UInt8]) { swap(&self.bytes, &bytes) }

    mutating func unsigned(_ field: UInt32, _ value: UInt64) {
        if value == 0 { return }
        tag(field, .varint)
        varint(value)
    }

    /// A number that is written even if zero, as in an entry of a map or a member of a oneof.
    mutating func entryValue(_ field: UInt32, _ value: UInt64) {
        tag(field, .varint)
        varint(value)
    }

    mutating func bool(_ field: UInt32, _ value: Bool) { unsigned(field, value ? 1 : 0) }

    mutating func double(_ field: UInt32, _ value: Double) {
        // Minus zero is not the default value: it has a bit set.
        if value.bitPattern == 0 { return }
        presentDouble(field, value)
    }

    /// A number that is written even if zero, because its presence says something.
    mutating func presentDouble(_ field: UInt32, _ value: Double) {
        tag(field, .fixed64)
        littleEndian(value.bitPattern)
    }

    /// One number of a packed repeated field.
    mutating func element(_ value: Double) { littleEndian(value.bitPattern) }

    mutating func float(_ field: UInt32, _ value: Float) {
        if value.bitPattern == 0 { return }
        tag(field, .fixed32)
        littleEndian(value.bitPattern)
    }

    mutating func string(_ field: UInt32, _ value: String) {
        if value.isEmpty { return }
        element(field, value)
    }

    /// A string that is written even if empty, as in a repeated field.
    mutating func element(_ field: UInt32, _ value: String) {
        tag(field, .lengthDelimited)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    mutating func uuid(_ field: UInt32, high: UInt64, low: UInt64) {
        tag(field, .lengthDelimited)
        varint(UInt64(UUIDText.byteCount))
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: UUIDText.byteCount) { text in
            UUIDText.write(high: high, low: low, to: text)
            bytes.append(contentsOf: text)
        }
    }

    /// A message, or a packed repeated field, whose length is known once `body` has written it.
    mutating func nested<Failure: Error>(
        _ field: UInt32, _ body: (inout ProtobufWriter) throws(Failure) -> Void
    ) throws(Failure) {
        tag(field, .lengthDelimited)
        // Most bodies are shorter than 128 bytes and need one byte of length; others are moved.
        let lengthAt = bytes.count
        bytes.append(0)
        try body(&self)
        var length = UInt64(bytes.count - lengthAt - 1)
        bytes[lengthAt] = UInt8(truncatingIfNeeded: length & 0x7F)
        var at = lengthAt
        while length > 0x7F {
            length >>= 7
            bytes[at] |= 0x80
            at += 1
            bytes.insert(UInt8(truncatingIfNeeded: length & 0x7F), at: at)
        }
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private enum WireType: UInt32 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    private mutating func tag(_ field: UInt32, _ type: WireType) {
        assert(field >= 1 && field < 1 << 29)
        varint(UInt64(field << 3 | type.rawValue))
    }

    private mutating func littleEndian<Word: FixedWidthInteger>(_ word: Word) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
