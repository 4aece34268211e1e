// Join tokens: a vector that Python's hmac and hashlib made, and every way to refuse one.
import DaemonKit
import MatchCore
import ServerTrust
import Testing

@Suite struct JoinTokenTests {
    private static let master = NamedKey(id: "k1", key: MACKey(Array(0..<32)))
    private static let keys = KeyRing(present: master.derived(forServer: "arena-1"))
    private static let now: UInt64 = 1_767_225_600

    private let reader = JoinTokenReader(server: "arena-1", keys: JoinTokenTests.keys)

    private var token: JoinToken {
        JoinToken(
            match: MatchID(high: 0x1111_1111_2222_5333, low: 0x8444_5555_5555_5555), attempt: 2,
            server: "arena-1", player: PlayerID(UInt64(Int64.max)), team: 1,
            expirySeconds: Self.now + 60, nonce: 0xDEAD_BEEF)
    }

    private func read(
        _ text: String, at seconds: UInt64 = JoinTokenTests.now
    ) -> Result<JoinToken, JoinTokenError> {
        Result { () throws(JoinTokenError) in try reader.read(text, nowSeconds: seconds) }
    }

    @Test func aTokenReadsBackAsItself() {
        let text = token.text(signedBy: Self.keys.present)
        #expect(read(text) == .success(token))
        #expect(text.utf8.count <= JoinToken.byteCountMax)
    }

    /// Made by Tests/Golden/make_join_token.py with nothing but Python's standard library.
    @Test func aForeignTokenIsReadAndMadeTheSame() {
        let foreign =
            "mmj1.k1.11111111-2222-5333-8444-555555555555.2.arena-1.9223372036854775807.1."
            + "1767225660.00000000deadbeef."
            + "d3de6a8d0e4715d97999dfc8b46644d1eba8b5be04f42edff41f459d8c8a318a"
        #expect(read(foreign) == .success(token))
        #expect(token.text(signedBy: Self.keys.present) == foreign)
    }

    @Test func everyFlippedBitIsNoticed() {
        let text = Array(token.text(signedBy: Self.keys.present).utf8)
        for at in text.indices {
            for bit in 0..<8 {
                var changed = text
                changed[at] ^= 1 << UInt8(bit)
                let result = read(String(decoding: changed, as: UTF8.self))
                #expect((try? result.get()) == nil, "byte \(at), bit \(bit)")
            }
        }
        for end in text.indices {
            let cut = String(decoding: text[..<end], as: UTF8.self)
            #expect((try? read(cut).get()) == nil)
        }
    }

    @Test func whatIsForAnotherServerIsRefused() {
        var other = token
        other.server = "arena-2"
        // Signed by the other server's key, as the platform does, and by this one's.
        let itsKey = Self.master.derived(forServer: "arena-2")
        #expect(read(other.text(signedBy: itsKey)) == .failure(.badSignature))
        #expect(read(other.text(signedBy: Self.keys.present)) == .failure(.wrongServer))
        // The stolen key of another server signs nothing for this one.
        #expect(read(token.text(signedBy: itsKey)) == .failure(.badSignature))
        #expect(read(token.text(signedBy: Self.master)) == .failure(.badSignature))
    }

    @Test func aTokenEndsWithItsTime() {
        let text = token.text(signedBy: Self.keys.present)
        #expect(read(text, at: Self.now + 64) == .success(token))
        #expect(read(text, at: Self.now + 65) == .failure(.expired))
        var endless = token
        endless.expirySeconds = .max
        #expect(read(endless.text(signedBy: Self.keys.present)) == .success(endless))
    }

    @Test func keysCanBeChanged() {
        let next = NamedKey(id: "k2", key: MACKey(Array(1..<33))).derived(forServer: "arena-1")
        let text = token.text(signedBy: Self.keys.present)
        let both = JoinTokenReader(
            server: "arena-1", keys: KeyRing(present: next, former: Self.keys.present))
        let new = token.text(signedBy: next)
        for text in [text, new] {
            #expect((try? both.read(text, nowSeconds: Self.now)) == token)
        }
        #expect(read(new) == .failure(.unknownKey))
        let renamed = NamedKey(id: "k1", key: next.key)
        #expect(read(token.text(signedBy: renamed)) == .failure(.badSignature))
    }

    @Test(arguments: [
        "", ".", "mmj1", "mmj2.k1.11111111-2222-5333-8444-555555555555.2.a.1.1.1.00.aa",
        "mmj1.k1.11111111-2222-5333-8444-555555555555.02.arena-1.1.1.1.0000000000000000.aa",
        "mmj1.k1.11111111-2222-5333-8444-555555555555.0.arena-1.1.1.1.0000000000000000.aa",
        "mmj1.k1.11111111-2222-5333-8444-555555555555.1.arena-1.+1.1.1.0000000000000000.aa",
        "mmj1.k1.11111111-2222-5333-8444-555555555555.1.arena-1.1.1.1.0000000000000000.aa.",
        "mmj1.k1.11111111-2222-5333-8444-555555555555.1.arena-1.1.1.1.000000000000000G.aa",
        "mmj1.k1.11111111-2222-5333-8444-555555555555.1.arena-1.0.1.1.0000000000000000.aa",
    ])
    func whatIsNoTokenIsMalformed(text: String) {
        #expect(read(text) == .failure(.malformed))
    }
}
