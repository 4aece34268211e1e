// HMAC-SHA-256 and the derivation of keys by HKDF-SHA-256, both by libcrypto. Keys never print
// themselves, and their memory is wiped when the last copy goes.
import CCrypto

/// A key that signs and checks bytes. Copies share one memory.
package struct MACKey: Sendable {
    /// Bytes of a signature.
    package static let macByteCount = 32
    /// Bytes of a derived key, and least bytes of any.
    package static let keyByteCount = 32

    private let memory: KeyMemory

    /// - Precondition: at least 32 bytes.
    package init(_ bytes: [UInt8]) {
        precondition(bytes.count >= MACKey.keyByteCount, "a key has at least 32 bytes")
        memory = KeyMemory(bytes)
    }

    /// HMAC-SHA-256 (RFC 2104) of `bytes`: 32 bytes.
    package func mac(of bytes: [UInt8]) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: MACKey.macByteCount)
        var count: UInt32 = 0
        let made = HMAC(
            EVP_sha256(), memory.bytes.baseAddress, Int32(memory.bytes.count), bytes, bytes.count,
            &mac, &count)
        precondition(made != nil && Int(count) == MACKey.macByteCount, "HMAC cannot fail")
        return mac
    }

    /// Whether `mac` is that of `bytes`; takes the same time wherever they differ.
    package func isValid(_ mac: [UInt8], of bytes: [UInt8]) -> Bool {
        let right = self.mac(of: bytes)
        return mac.count == right.count && CRYPTO_memcmp(mac, right, right.count) == 0
    }

    /// A key for one purpose: HKDF-SHA-256 (RFC 5869) without salt, of 32 bytes.
    /// - Parameter purpose: the `info` of the RFC.
    package func derived(for purpose: String) -> MACKey {
        MACKey(MACKey.hkdf(Array(memory.bytes), salt: [], info: Array(purpose.utf8), count: 32))
    }

    /// The key itself, for a file that only its owner reads.
    package var revealed: [UInt8] { Array(memory.bytes) }

    /// HKDF-SHA-256.
    static func hkdf(_ key: [UInt8], salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        var derived = [UInt8](repeating: 0, count: count)
        var derivedCount = count
        guard let context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil) else {
            preconditionFailure("libcrypto has no HKDF")
        }
        defer { EVP_PKEY_CTX_free(context) }
        let isDone =
            EVP_PKEY_derive_init(context) == 1
            && EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1
            && EVP_PKEY_CTX_set1_hkdf_salt(context, salt, Int32(salt.count)) == 1
            && EVP_PKEY_CTX_set1_hkdf_key(context, key, Int32(key.count)) == 1
            && EVP_PKEY_CTX_add1_hkdf_info(context, info, Int32(info.count)) == 1
            && EVP_PKEY_derive(context, &derived, &derivedCount) == 1
        precondition(isDone && derivedCount == count, "HKDF cannot fail")
        return derived
    }
}

extension MACKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// A key's bytes, wiped at the end.
private final class KeyMemory: @unchecked Sendable {
    // SAFETY: written in init only, read by any thread, freed by deinit.
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ content: [UInt8]) {
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: content.count)
        _ = memory.initialize(from: content)
        bytes = UnsafeBufferPointer(memory)
    }

    deinit {
        let memory = UnsafeMutableBufferPointer(mutating: bytes)
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }
}

/// Chance that nobody can foresee.
package enum SecureRandom {
    /// - Precondition: `count` is positive.
    package static func bytes(_ count: Int) -> [UInt8] {
        precondition(count > 0)
        var bytes = [UInt8](repeating: 0, count: count)
        let code = RAND_bytes(&bytes, Int32(count))
        precondition(code == 1, "the system has no randomness")
        return bytes
    }
}
