// The public half of a user's nkey, compared with keys that another implementation made (nkeys of
// PyPI), and refusal of what is no seed of a user.
import DaemonKit
import Glibc
import Testing

@Suite struct NKeyTests {
    private let path = "/tmp/muster-nkey-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

    private func key(of seed: String) throws -> NKey {
        try TextFile.write(seed, to: path)
        defer { unlink(path) }
        #expect(chmod(path, 0o400) == 0)
        return try NKey(seedFile: path)
    }

    @Test(arguments: [
        (
            "SUAFT55YI7MMP6YCIDVSWRUFIUMW6WKD3NWSWKPIPZP4OONHVUROXVHZWM",
            "UDCW3YYU2LST5UG36X7PWIACRKWWHBOGR37UWZNRBOPXUHRBVVLXPP4G"
        ),
        (
            "SUAOG6UIHKDT655RR57OKCK5CHTR524JKOKS5HMSPKTTXZCPZXNIYE75VY",
            "UAQVSWF2226TEYNVRQFPJDA3HCZNICXOLTR3RRRKNZGZHO4W2FZKL3CB"
        ),
        (
            "SUADMQFUWCEWRXPS6DT7LJLXJQUKWA646VSV6UKPHAVY2JDTOY7PEPIDRM",
            "UBIUE2O3XSLM67VXRBMWTVG7YEIQFCZTQQFZAH3VLXBXZCKA3E45CAOX"
        ),
    ])
    func publicKeysAreAsAnotherImplementationHasThem(seed: String, publicKey: String) throws {
        let key = try key(of: seed + "\n")
        #expect(key.publicKey == publicKey)
        #expect(key.seedFile == path)
    }

    @Test(arguments: [
        // an account
        "SAAFJW2GVTEV2OBXJRTVWKUSGYS3OBCL4RA2636HZDA27RKRK22NQJ2M2A",
        // a changed letter
        "SUAFT55YI7MMP6YCIDVSARUFIUMW6WKD3NWSWKPIPZP4OONHVUROXVHZWM",
        // a letter outside the alphabet
        "SUAFT55YI7MMP6YCIDVSWRUFIUMW6WKD3NWSWKPIPZP4OONHVUROXVHZW1",
        // lower case
        "suaft55yi7mmp6ycidvswrufiumw6wkd3nwswkpipzp4oonhvuroxvhzwm",
        // a letter too many
        "SUAFT55YI7MMP6YCIDVSWRUFIUMW6WKD3NWSWKPIPZP4OONHVUROXVHZWMA",
        // a public key
        "UDCW3YYU2LST5UG36X7PWIACRKWWHBOGR37UWZNRBOPXUHRBVVLXPP4GAAA",
    ])
    func whatIsNoUsersSeedIsRefused(seed: String) throws {
        #expect(throws: ConfigProblem.self) { try key(of: seed) }
    }
}
