// The settings as a whole: what a run gets, and that all mistakes come at once with the right code.
import DaemonKit
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct MatchmakerConfigTests {
    private static let queues =
        "{ version: 1, regions: ['eu', 'na'], queues: [{ name: 'q', teams: 2, teamSize: 1 }] }"

    private func file(_ text: String) throws -> String {
        let path = "/tmp/matchmaker-config-test-\(UInt64.random(in: 0...UInt64.max)).json5"
        try TextFile.write(text, to: path)
        return path
    }

    private func conclude(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> MatchmakerRequest {
        try MatchmakerConfig.conclude(arguments: arguments, environment: environment)
    }

    private func refusal(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) -> MatchmakerRefusal? {
        do throws(MatchmakerRefusal) {
            _ = try MatchmakerConfig.conclude(arguments: arguments, environment: environment)
            return nil
        } catch {
            return error
        }
    }

    @Test func aRunGetsItsSettings() throws {
        let path = try file(Self.queues)
        let request = try conclude(
            ["--queues", path, "--http", "0.0.0.0:0", "--limit-tickets", "100"],
            ["MUSTER_TICK_MS": "20", "MUSTER_NATS_URL": "nats://u:hush@h"])
        guard case .run(let config, let report) = request else {
            Issue.record("must run")
            return
        }
        #expect(config.tickMilliseconds == 20 && config.httpAddress == "0.0.0.0")
        #expect(config.limits.ticketCountMax == 100 && config.limits.playerCountMax == 200)
        #expect(config.limits.regionCount == 2)
        #expect(config.natsURL == "nats://u:hush@h")
        #expect(report.contains("natsURL = nats://u:***@h  (env MUSTER_NATS_URL)"))
        #expect(!report.joined().contains("hush"))
    }

    @Test func helpAndCheckDoNotRun() throws {
        guard case .help(let text) = try conclude(["--help"]) else {
            Issue.record("must help")
            return
        }
        for option in MatchmakerOptions.table.options { #expect(text.contains("--\(option.flag)")) }
        guard case .check = try conclude(["--check-config", "--queues", try file(Self.queues)])
        else {
            Issue.record("must check")
            return
        }
    }

    @Test func mistakesOfAllKindsComeTogether() throws {
        let bad = try file("{ version: 1, regions: ['eu'], queues: [{ name: 'q' }] }")
        let settings = try file("{ tickMiliseconds: 1, limits: { tickets: 1000, places: 10 } }")
        let refused = refusal(
            [
                "--config", settings, "--queues", bad, "--http", "localhost", "--ring-ingest",
                "1000", "--stream-event-age", "60", "--nats-inbox-prefix", "_IB.*",
            ], ["MUSTER_SEED": "-1", "MUSTER_NATS_BOOT_SEED_FILE": settings])
        #expect(refused?.exitCode == .configuration)
        #expect(
            refused?.problems.map(\.path) == [
                "MUSTER_SEED", "tickMiliseconds", "nats.inboxPrefix", "nats.bootSeedFile",
                "httpListen", "rings.ingest",
                "streams.eventAgeSeconds", "limits.places", "queues[0].teams",
                "queues[0].teamSize", "queues[0]",
            ])
    }

    @Test func theCommandLineHasItsOwnCode() {
        #expect(refusal(["--no-such"])?.exitCode == .usage)
        #expect(refusal(["--tick-ms", "0"])?.exitCode == .usage)
        #expect(refusal(["--queues", "/does/not/exist"])?.exitCode == .configuration)
    }
}
