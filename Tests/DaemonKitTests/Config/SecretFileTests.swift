// Files with secrets: which are read, and that one that others may read or that holds no secret is
// refused by name and reason, without its content.
import DaemonKit
import Glibc
import Testing

@Suite struct SecretFileTests {
    private let path = "/tmp/muster-secret-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    private let good = "b3f1c2a4958677d0e1f2a3b4c5d6e7f8"

    private func refusal(of content: String, mode: mode_t = 0o400) throws -> String? {
        try TextFile.write(content, to: path)
        defer { unlink(path) }
        #expect(chmod(path, mode) == 0)
        do throws(ConfigProblem) {
            #expect(try SecretFile.load(path).revealed == good)
            return nil
        } catch {
            #expect(error.file == path)
            #expect(!error.description.contains(content))
            return error.why
        }
    }

    @Test(arguments: [0o400, 0o600, 0o440] as [mode_t])
    func ownersAndGroupsFilesAreRead(mode: mode_t) throws {
        #expect(try refusal(of: good, mode: mode) == nil)
        #expect(try refusal(of: "  \(good)\r\n", mode: mode) == nil)
    }

    @Test(arguments: [0o404, 0o402, 0o401, 0o644, 0o660] as [mode_t])
    func filesOfOthersAreRefused(mode: mode_t) throws {
        let why = try #require(try refusal(of: good, mode: mode))
        #expect(why.contains("mode 0\(String(mode, radix: 8))"))
    }

    @Test(arguments: [
        ("", "must hold one line, has 0"), ("a\nb", "must hold one line, has 2"),
        ("b3f1c2a4958677d0e1f2a3b4c5d6e7f", "31 characters, must be 32"),
        ("00000000000000000000000000000000", "stand-in"),
        ("abcabcabcabcabcabcabcabcabcabcabcabc", "stand-in"),
        ("please-ChangeMe-before-production-1", "stand-in"),
    ])
    func whatIsNoSecretIsRefused(content: String, why: String) throws {
        let refused = try #require(try refusal(of: content + "\n"))
        #expect(refused.contains(why))
    }

    @Test func missingFilesAndFoldersAreRefused() {
        #expect(throws: ConfigProblem.self) { try SecretFile.load("/does/not/exist") }
        #expect(throws: ConfigProblem.self) { try SecretFile.load("/tmp") }
    }
}
