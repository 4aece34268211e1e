// A small configuration for the suites that need names: queue "duel" without any, and "temple" in
// two level brackets with roles, factions, maps and acceptance.
import DaemonKit
import MatchCore
import QueueFile

@testable import matchmakerd

enum Temple {
    /// The book of the file below: "duel" is queue 0, "temple" of levels 6 to 14 queue 1, of 15 to
    /// 29 queue 2.
    static func book() throws -> QueueBook {
        let text = """
            { version: 1, regions: ['eu', 'na'], cooldownScopes: ['pve', 'pvp'], queues: [
              { name: 'duel', teams: 2, teamSize: 1 },
              { name: 'temple', teams: 2, teamSize: 10, partyMax: 5,
                levels: [[6, 14], [15, 29]], factions: ['exile', 'dominion'],
                maps: ['halls', 'pass'], roles: [{ name: 'tank' }, { name: 'healer' }],
                acceptance: { seconds: 30, substituteSeconds: 10 } } ] }
            """
        let context = QueueFileContext(
            tickMilliseconds: 50, queueCountMax: 64, timeoutSecondsMax: 7_200)
        let tree = try ConfigTree.parse(json5: Array(text.utf8), file: "q")
        return QueueBook(
            file: try QueueFileReader.read(tree, file: "q", context: context), version: 1)
    }

    /// Lobbies "red" (0), "blue" (1) and "server" (2).
    static func lobbies() -> LobbyTable {
        let lobbies = LobbyTable(capacity: 4)
        for name in ["red", "blue", "server"] {
            var name = name
            _ = name.withUTF8 { lobbies.add(UnsafeRawBufferPointer($0)) }
        }
        return lobbies
    }

    static func names(_ lobbies: LobbyTable) throws -> OutcomeNames {
        OutcomeNames(
            queues: try book().names, regions: ["eu", "na"], lobbies: lobbies,
            tickMilliseconds: 50)
    }
}

/// The receiving end of a ring, which cannot be copied, for suites, which must be.
final class TestRing: Sendable {
    let consumer = IngestConsumer(capacity: 64)
    var producer: IngestProducer { consumer.producer }
}
