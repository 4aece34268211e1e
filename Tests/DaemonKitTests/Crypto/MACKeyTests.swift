// The vectors of RFC 4231 and RFC 5869, and what a key shows of itself.
import Testing

@testable import DaemonKit

@Suite struct MACKeyTests {
    private func bytes(_ hex: String) throws -> [UInt8] {
        try #require(Hexadecimal.bytes(hex))
    }

    @Test func signaturesAreThoseOfRFC4231() throws {
        // Test case 6: a key longer than a block.
        let long = MACKey([UInt8](repeating: 0xAA, count: 131))
        let data = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        let right = try bytes("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(long.mac(of: data) == right)
        #expect(long.isValid(right, of: data))
        #expect(!long.isValid(Array(right.dropLast()), of: data))
        #expect(!long.isValid([], of: data))
        for at in right.indices {
            var wrong = right
            wrong[at] ^= 0x80
            #expect(!long.isValid(wrong, of: data))
        }
    }

    @Test func derivedKeysAreThoseOfRFC5869() throws {
        let key = [UInt8](repeating: 0x0B, count: 22)
        let first = MACKey.hkdf(
            key, salt: Array(0...12), info: try bytes("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        #expect(
            Hexadecimal.text(first)
                == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865")
        let plain = MACKey.hkdf(key, salt: [], info: [], count: 42)
        #expect(
            Hexadecimal.text(plain)
                == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8")
    }

    @Test func aKeyForOnePurposeIsNoneForAnother() {
        let key = MACKey(SecureRandom.bytes(32))
        let one = key.derived(for: "one")
        #expect(one.revealed == key.derived(for: "one").revealed)
        #expect(one.revealed != key.derived(for: "two").revealed && one.revealed != key.revealed)
    }

    @Test func aKeyDoesNotShowItself() {
        let key = MACKey([UInt8](repeating: 0xAB, count: 32))
        #expect("\(key) \([key])" == "*** [***]")
        #expect(!String(reflecting: key).contains("171"))
    }

    @Test func hexadecimalHasOneForm() {
        #expect(Hexadecimal.text([0, 0x9F, 0xFF]) == "009fff")
        #expect(Hexadecimal.bytes("009fff") == [0, 0x9F, 0xFF])
        for text in ["0", "0G", "0F", " 0", "é"] { #expect(Hexadecimal.bytes(text) == nil) }
    }
}
