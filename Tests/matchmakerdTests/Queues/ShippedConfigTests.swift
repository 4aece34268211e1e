// Every configuration file that ships loads without a mistake and states the true defaults.
import DaemonKit
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct ShippedConfigTests {
    /// The package's top folder: three levels above this file.
    private static let root = #filePath.split(separator: "/").dropLast(4)
        .reduce("") { $0 + "/" + $1 }

    @Test func theQueueFileCoversEveryMode() throws {
        let file = try QueueFileReader.load(
            path: Self.root + "/config/queues.json5", context: QueueFileTests.context)
        let modes = file.queues.map { "\($0.name) \($0.rules.teamCount)x\($0.rules.teamSize)" }
        #expect(
            modes == [
                "duel-1v1 2x1", "arena-2v2 2x2", "arena-3v3 2x3", "skirmish-5v5 2x5",
                "battleground-10v10 2x10", "warplot-40v40 2x40", "trio-2x2x2 3x2", "ffa-8 8x1",
            ])
        #expect(file.regions.count == 8)
    }

    @Test func theDefaultsInTheQueueFileAreTheBuiltInOnes() throws {
        let tree = try ConfigTree.load(file: Self.root + "/config/queues.json5")
        guard case .fields(let fields) = tree, let defaults = fields["defaults"] else {
            Issue.record("no defaults")
            return
        }
        let problems = ConfigProblems()
        let node = ConfigNode(defaults, file: "q", problems: problems)
        var settings = QueueSettings()
        settings.read(
            try #require(node.object(known: QueueSettings.fieldNames)),
            context: QueueFileTests.context)
        #expect(settings == QueueSettings() && problems.isEmpty)
    }

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
}
