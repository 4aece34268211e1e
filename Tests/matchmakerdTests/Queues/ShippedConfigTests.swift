// Every configuration file that ships loads without a mistake and states the true defaults.
import DaemonKit
import MatchCore
import QueueFile
import Testing

@testable import matchmakerd

@Suite struct ShippedConfigTests {
    /// The package's top folder: three levels above this file.
    private static let root = #filePath.split(separator: "/").dropLast(4)
        .reduce("") { $0 + "/" + $1 }

    @Test func theSettingsFileStatesTheDefaults() throws {
        let loaded = ConfigLoader.load(
            table: MatchmakerOptions.table,
            arguments: ["--config", Self.root + "/config/matchmakerd.json5"], environment: [:],
            fileKey: "configFile")
        #expect(loaded.problems == [] && loaded.usageProblems == [])
        for option in MatchmakerOptions.table.options where option.isInFile {
            #expect(loaded.config.text(option.key) == option.standard)
            #expect(loaded.config.origin(option.key) != .standard)
        }
    }

    @Test func theShippedFilesTogetherMakeARun() throws {
        let request = try MatchmakerConfig.conclude(
            arguments: [
                "--config", Self.root + "/config/matchmakerd.json5", "--queues",
                Self.root + "/config/queues.json5",
            ], environment: [:])
        guard case .run(let config, _) = request else {
            Issue.record("must run")
            return
        }
        let count = config.queueFile.queues.reduce(0) { $0 + $1.variants.count }
        #expect(count <= config.limits.queueCountMax)
    }
}
