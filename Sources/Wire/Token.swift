// The names of queues, lobbies and regions: one subject token each, hence no dots and no wildcards.

/// A name that can stand as one token of a subject: 1 to 48 of `A-Z a-z 0-9 _ -`.
package enum Token {
    package static let byteCountMax = 48

    package static func isValid(_ name: String) -> Bool {
        name.utf8.count >= 1 && name.utf8.count <= byteCountMax && name.utf8.allSatisfy(isAllowed)
    }

    package static func isValid(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count >= 1 && name.count <= byteCountMax else { return false }
        for byte in name where !isAllowed(byte) { return false }
        return true
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
