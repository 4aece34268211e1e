// A user's nkey: an ed25519 key whose secret half, the seed, stays in its file. The broker knows
// the public half and has each connection sign a nonce; the library reads the file for that.
import CCrypto

/// An nkey of a user of the broker.
package struct NKey: Sendable, Equatable {
    /// File with the seed: one line, `SU` and 56 characters.
    package let seedFile: String
    /// `U` and 55 characters; no secret.
    package let publicKey: String

    /// Reads the seed and works out the public key.
    /// - Throws: `ConfigProblem` if `SecretFile` refuses the file or it holds no user's seed.
    package init(seedFile: String) throws(ConfigProblem) {
        let seed = try SecretFile.load(seedFile, lengthMin: 58)
        guard let key = NKey.publicKey(ofSeed: seed.revealed) else {
            throw ConfigProblem(
                file: seedFile, path: "", why: "holds no seed of a NATS user (SU…)")
        }
        self.seedFile = seedFile
        publicKey = key
    }

    /// Prefix bytes: a seed of a user shows as `SU`, its public key as `U`.
    private static let seedPrefix: [UInt8] = [0x95, 0x00]
    private static let userPrefix: UInt8 = 0xA0

    private static func publicKey(ofSeed seed: String) -> String? {
        guard seed.utf8.count == 58, let bytes = Base32.decode(seed), bytes.count == 36 else {
            return nil
        }
        guard Array(bytes[..<2]) == seedPrefix, checksum(bytes[..<34]) == Array(bytes[34...]),
            let publicBytes = publicBytes(ofPrivate: Array(bytes[2..<34]))
        else { return nil }
        let body = [userPrefix] + publicBytes
        return Base32.encode(body + checksum(body[...]))
    }

    private static func publicBytes(ofPrivate bytes: [UInt8]) -> [UInt8]? {
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        else { return nil }
        defer { EVP_PKEY_free(key) }
        var count = 32
        var publicBytes = [UInt8](repeating: 0, count: count)
        guard EVP_PKEY_get_raw_public_key(key, &publicBytes, &count) == 1, count == 32 else {
            return nil
        }
        return publicBytes
    }

    /// CRC-16 with polynomial 0x1021 and start 0 (XMODEM), low byte first.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 != 0 ? (crc << 1) ^ 0x1021 : crc << 1 }
        }
        return [UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }
}

/// Base32 as in RFC 4648, without padding.
private enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in bytes {
            bits = (bits << 8) | UInt32(byte)
            bitCount += 8
            while bitCount >= 5 {
                bitCount -= 5
                text.append(alphabet[Int((bits >> UInt32(bitCount)) & 31)])
            }
        }
        if bitCount > 0 { text.append(alphabet[Int((bits << UInt32(5 - bitCount)) & 31)]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil where `text` has other characters; left-over bits are dropped.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var bitCount = 0
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            bits = (bits << 5) | UInt32(value)
            bitCount += 5
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8((bits >> UInt32(bitCount)) & 0xFF))
            }
        }
        return bytes
    }
}
