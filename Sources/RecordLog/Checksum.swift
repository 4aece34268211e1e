// CRC-32C (polynomial 0x1EDC6F41, reflected) of a block, by a table of 256 entries. Finds what a
// full disk or a killed process leaves of a block; it is no protection against forgery.

/// Checksums of blocks.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
        return value
    }

    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes { sum = (sum >> 8) ^ table[Int((sum ^ UInt32(byte)) & 0xFF)] }
        return ~sum
    }
}
