// The settings as a whole: what a run gets, that all mistakes come at once, that no key is shown.
import DaemonKit
import Glibc
import ServerTrust
import Testing
import Wire

@testable import worldd

@Suite struct WorldConfigTests {
    private static let root = #filePath.split(separator: "/").dropLast(3)
        .reduce("") { $0 + "/" + $1 }
    private static let digits = "3f9c02d1a7e84b56c0ffee12345678909a8b7c6d5e4f30211203fedcba987654"

    private func key(_ id: String, mode: mode_t = 0o400) throws -> String {
        let path = "/tmp/world-config-test-\(UInt64.random(in: 0...UInt64.max))"
        try TextFile.write("\(id):\(Self.digits)\n", to: path)
        chmod(path, mode)
        return path
    }

    private func conclude(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) -> Result<WorldRequest, WorldRefusal> {
        Result { () throws(WorldRefusal) in
            try WorldConfig.conclude(
                arguments: arguments + ["--content", Self.root + "/config/worldd-content.json5"],
                environment: environment)
        }
    }

    @Test func aRunGetsItsSettingsAndShowsNoKey() throws {
        let path = try key("k1")
        let request = try conclude(
            ["--key-file", path, "--former-key-file", key("k0"), "--autoplay", "--region", "na"],
            ["MUSTER_SERVER_ID": "arena-7", "MUSTER_NATS_URL": "nats://u:hush@h"]
        ).get()
        guard case .run(let config, let report) = request else {
            Issue.record("must run")
            return
        }
        #expect(config.server == "arena-7" && config.region == "na" && config.isAutoplay)
        #expect(config.keys?.present.id == "k1" && config.keys?.former?.id == "k0")
        #expect(config.playersListen?.port == 7400 && config.reportForm == .protobuf)
        let shown = report.joined() + "\(config)" + String(reflecting: config.keys)
        #expect(!shown.contains(Self.digits) && !report.joined().contains("hush"))
    }

    @Test func theSettingsFileStatesTheDefaults() {
        let loaded = ConfigLoader.load(
            table: WorldOptions.table,
            arguments: ["--config", Self.root + "/config/worldd.json5"], environment: [:],
            fileKey: "configFile")
        #expect(loaded.problems == [] && loaded.usageProblems == [])
        for option in WorldOptions.table.options where option.isInFile {
            #expect(loaded.config.text(option.key) == option.standard)
            #expect(loaded.config.origin(option.key) != .standard)
        }
    }

    @Test func mistakesOfAllKindsComeTogether() throws {
        guard
            case .failure(let refusal) = conclude(
                [
                    "--server-id", "a.b", "--players", "0.0.0.0:0", "--http", "x", "--build",
                    String(repeating: "b", count: 65), "--key-file", try key("k1"),
                    "--former-key-file", try key("k1"),
                ], ["MUSTER_CAPACITY": "513"])
        else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.exitCode == .configuration)
        #expect(
            refusal.problems.map(\.path) == [
                "MUSTER_CAPACITY", "serverID", "build", "httpListen", "publicAddress",
                "formerKeyFile",
            ])
    }

    @Test func thereIsNoRunWithoutASoundKey() throws {
        for arguments in [
            [], ["--key-file", "/does/not/exist"], ["--key-file", try key("k1", mode: 0o644)],
        ] {
            guard case .failure(let refusal) = conclude(arguments) else {
                Issue.record("accepted \(arguments)")
                continue
            }
            #expect(refusal.exitCode == .configuration && refusal.problems.count == 1)
        }
    }

    @Test func helpNamesEverySetting() throws {
        guard case .help(let text) = try conclude(["--help"]).get() else {
            Issue.record("must help")
            return
        }
        for option in WorldOptions.table.options { #expect(text.contains("--\(option.flag)")) }
        guard case .failure(let refusal) = conclude(["--no-such"]) else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.exitCode == .usage)
    }
}
