// Key files, and the seal of reports.
import DaemonKit
import Glibc
import ServerTrust
import Testing

@Suite struct KeyTests {
    private func file(_ text: String, mode: mode_t = 0o600) throws -> String {
        let path = "/tmp/server-trust-test-\(UInt64.random(in: 0...UInt64.max))"
        try TextFile.write(text, to: path)
        chmod(path, mode)
        return path
    }

    private static let hex = "3f9c02d1a7e84b56c0ffee12345678909a8b7c6d5e4f30211203fedcba987654"

    @Test func aKeyFileIsOneLine() throws {
        let path = try file("k-2026:\(Self.hex)\n")
        defer { unlink(path) }
        let key = try NamedKey.load(path)
        #expect(key.id == "k-2026")
        #expect(Hexadecimal.text(key.key.revealed) == Self.hex)
        #expect("\(key.key)" == "***" && !String(reflecting: key).contains("3f9c"))
    }

    @Test(arguments: [
        hex, "k1:\(hex.dropLast())", "k1:\(hex)00", "k 1:\(hex)", ":\(hex)",
        "k1:\(hex.uppercased())", "k1:\(hex):k2", "",
    ])
    func otherFilesAreRefused(text: String) throws {
        let path = try file(text)
        defer { unlink(path) }
        #expect(throws: ConfigProblem.self) { try NamedKey.load(path) }
    }

    @Test func aKeyThatOthersMayReadIsRefused() throws {
        let path = try file("k1:\(Self.hex)\n", mode: 0o644)
        defer { unlink(path) }
        #expect(throws: ConfigProblem.self) { try NamedKey.load(path) }
    }

    @Test func aSealHoldsForItsSubjectBytesAndServer() {
        let master = KeyRing(present: NamedKey(id: "k1", key: MACKey(Array(0..<32))))
        let keys = master.derived(forServer: "arena-1")
        let body = Array("body".utf8)
        let seal = ReportSeal.header(
            subject: "mm.v1.res.eu", body: body, signedBy: keys.present)
        func isValid(
            _ seal: String, subject: String = "mm.v1.res.eu", body: [UInt8] = Array("body".utf8),
            server: String = "arena-1"
        ) -> Bool {
            ReportSeal.isValid(
                seal, subject: subject, body: body, keys: master.derived(forServer: server))
        }
        #expect(isValid(seal))
        // Made by Tests/Golden/make_join_token.py with nothing but Python's standard library.
        #expect(
            seal == "k1:6e8b4fc338cc8bd3dbc6d6851b6d4f4bcc315"
                + "becbe893853ae86ec9d01ba05c4")
        #expect(!isValid(seal, subject: "mm.v1.res.na"))
        #expect(!isValid(seal, body: Array("bodx".utf8)))
        #expect(!isValid(seal, server: "arena-2"))
        #expect(!isValid("k2" + seal.dropFirst(2)))
        #expect(!isValid(String(seal.dropLast())) && !isValid("") && !isValid("k1:"))
    }
}
