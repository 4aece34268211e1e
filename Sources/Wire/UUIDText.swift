// The text form of 128-bit ids, read and written without Foundation and without allocation.

import MatchCore

/// RFC 9562 text form of a UUID: 8-4-4-4-12 hexadecimal digits.
package enum UUIDText {
    package static let byteCount = 36

    /// Reads 36 bytes in either case of letters; nil if they are no UUID.
    package static func parse(_ text: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64)? {
        guard text.count == byteCount else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<byteCount {
            if isHyphen(at: index) {
                guard text[index] == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = digit(text[index]) else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(digit)
        }
        return (high, low)
    }

    /// Writes the 36 bytes in lower case.
    /// - Precondition: `text` has room for 36 bytes.
    package static func write(
        high: UInt64, low: UInt64, to text: UnsafeMutableBufferPointer<UInt8>
    ) {
        precondition(text.count >= byteCount)
        var shift = 128
        for index in 0..<byteCount {
            if isHyphen(at: index) {
                text[index] = UInt8(ascii: "-")
                continue
            }
            shift -= 4
            let word = shift >= 64 ? high >> UInt64(shift - 64) : low >> UInt64(shift)
            let nibble = UInt8(truncatingIfNeeded: word & 15)
            text[index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
        }
    }

    static func string(high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: byteCount) { text in
            write(high: high, low: low, to: text)
            return byteCount
        }
    }

    static func parse(_ text: String) -> (high: UInt64, low: UInt64)? {
        var text = text
        return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
    }

    private static func isHyphen(at index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension TicketID {
    /// The id in its text form, or nil if `uuidText` is no UUID or the nil UUID.
    package init?(uuidText: String) {
        guard let id = UUIDText.parse(uuidText), id.high != 0 || id.low != 0 else { return nil }
        self.init(high: id.high, low: id.low)
    }

    /// 36 characters in lower case.
    package var uuidText: String { UUIDText.string(high: high, low: low) }
}

extension MatchID {
    /// The id in its text form, or nil if `uuidText` is no UUID or the nil UUID.
    package init?(uuidText: String) {
        guard let id = UUIDText.parse(uuidText), id.high != 0 || id.low != 0 else { return nil }
        self.init(high: id.high, low: id.low)
    }

    /// 36 characters in lower case.
    package var uuidText: String { UUIDText.string(high: high, low: low) }
}
