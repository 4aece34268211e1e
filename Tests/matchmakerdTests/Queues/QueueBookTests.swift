// Names keep their index over reloads; what cannot change while running is refused.
import DaemonKit
import MatchCore
import Testing

@testable import matchmakerd

@Suite struct QueueBookTests {
    private func file(_ names: [String], regions: [String] = ["eu"]) throws -> QueueFile {
        let queues = names.map { "{ name: '\($0)', teams: 2, teamSize: 1 }" }.joined(separator: ",")
        let list = regions.map { "'\($0)'" }.joined(separator: ",")
        return try QueueFileTests.read("{ version: 1, regions: [\(list)], queues: [\(queues)] }")
    }

    private func updated(_ book: QueueBook, _ names: [String], version: UInt64) throws -> QueueBook
    {
        try book.updated(with: try file(names), path: "q", version: version, queueCountMax: 4)
    }

    @Test func indicesSurviveRemovalAndReturn() throws {
        var book = QueueBook(file: try file(["a", "b"]), version: 1)
        book = try updated(book, ["c", "b"], version: 2)
        #expect(book.names == ["a", "b", "c"])
        #expect(book.rules.version == 2)
        #expect(book.rules.queues.map { $0 != nil } == [false, true, true])
        book = try updated(book, ["a", "c"], version: 3)
        #expect(book.names == ["a", "b", "c"])
        #expect(book.rules.queues.map { $0 != nil } == [true, false, true])
    }

    @Test func otherRegionsAndTooManyNamesAreRefused() throws {
        let book = QueueBook(file: try file(["a", "b", "c"]), version: 1)
        let other = try file(["d", "e"], regions: ["na"])
        do {
            _ = try book.updated(with: other, path: "q", version: 2, queueCountMax: 4)
            Issue.record("must be refused")
        } catch {
            #expect(error.list.map(\.path) == ["regions", "queues"])
        }
    }

    @Test func theMailboxHandsOverTheLatestRules() {
        let mailbox = RulesMailbox(appliedVersion: 1)
        #expect(mailbox.take() == nil)
        mailbox.post(Rules(version: 2, queues: []))
        mailbox.post(Rules(version: 3, queues: [nil]))
        #expect(mailbox.take() == Rules(version: 3, queues: [nil]))
        #expect(mailbox.take() == nil)
        #expect(mailbox.appliedVersion == 1)
        mailbox.confirm(version: 3)
        #expect(mailbox.appliedVersion == 3)
        mailbox.post(Rules(version: 4, queues: []))
    }
}
