// The decoder's questions, answered from a queue file, also after a reload.
import DaemonKit
import MatchCore
import QueueFile
import Testing
import Wire

@testable import matchmakerd

@Suite struct EdgeDirectoryTests {
    private func directory() throws -> EdgeDirectory {
        let regions = NameTable(capacity: 4)
        _ = regions.add("eu")
        return EdgeDirectory(
            queues: NamesBoard(try Temple.book().names), regions: regions,
            lobbies: Temple.lobbies())
    }

    private func bytes<Value>(
        _ name: String, _ body: (UnsafeRawBufferPointer) -> Value
    ) -> Value {
        var name = name
        return name.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    @Test(arguments: [
        ("duel", UInt32(0), QueueResolution.queue(QueueIndex(0))),
        ("duel", 50, .queue(QueueIndex(0))), ("temple", 14, .queue(QueueIndex(1))),
        ("temple", 15, .queue(QueueIndex(2))), ("temple", 0, .wrongLevel),
        ("temple", 5, .wrongLevel), ("temple", 30, .wrongLevel), ("chess", 6, .unknownQueue),
    ])
    func queuesAreFoundByNameAndLevel(
        name: String, level: UInt32, expected: QueueResolution
    ) throws {
        var directory = try directory()
        let found = bytes(name) {
            directory.resolveQueue($0, level: level, leader: PlayerID(1))
        }
        #expect(found == expected)
    }

    @Test func whatBelongsToAQueueIsFoundInIt() throws {
        var directory = try directory()
        let temple = QueueIndex(2)
        #expect(
            directory.vocabulary(of: temple)
                == QueueVocabulary(
                    hasRoles: true, hasFactions: true, hasMaps: true, countsRoleRatings: true))
        #expect(directory.vocabulary(of: QueueIndex(0)) == QueueVocabulary())
        #expect(bytes("healer") { directory.roleIndex($0, of: temple) } == 1)
        #expect(bytes("healer") { directory.roleIndex($0, of: QueueIndex(0)) } == nil)
        #expect(bytes("dominion") { directory.factionIndex($0, of: temple) } == 1)
        #expect(bytes("pass") { directory.mapIndex($0, of: temple) } == 1)
        #expect(bytes("pvp") { directory.scopeIndex($0) } == CooldownScope(1))
        #expect(bytes("raid") { directory.scopeIndex($0) } == nil)
        #expect(bytes("eu") { directory.regionIndex($0) } == RegionIndex(0))
        #expect(bytes("blue") { directory.lobbyIndex($0) } == LobbyIndex(1))
        #expect(directory.queueName(temple) == "temple")
        #expect(directory.queueName(QueueIndex(.max)) == "")
    }
}
