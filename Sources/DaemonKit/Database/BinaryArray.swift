// The binary form of one-dimensional arrays without nulls, as the server's array_recv reads it:
// dimensions, a flag for nulls, the elements' type; then length and first index; then each element
// with its length in bytes. All numbers big-endian.

enum BinaryArray {
    /// Types of elements by their numbers in pg_type, which never change.
    enum Element: Int32 {
        case bool = 16
        case bytea = 17
        case int8 = 20
        case int4 = 23
        case text = 25
        case uuid = 2950
    }

    /// Appends the array.
    /// - Parameter body: appends one element's own bytes.
    static func append<Content>(
        _ elements: [Content], of type: Element, to bytes: inout [UInt8],
        _ body: (Content, inout [UInt8]) -> Void
    ) {
        // An array without elements has no dimension.
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        bytes.append(bigEndian: Int32(0))
        bytes.append(bigEndian: type.rawValue)
        if elements.isEmpty { return }
        bytes.append(bigEndian: Int32(elements.count))
        bytes.append(bigEndian: Int32(1))
        for element in elements {
            let start = bytes.count
            bytes.append(bigEndian: Int32(0))
            body(element, &bytes)
            let length = UInt32(bytes.count - start - 4)
            for place in 0..<4 {
                bytes[start + place] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * place))
            }
        }
    }
}

extension [UInt8] {
    /// Appends the number, highest byte first.
    mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
