// Labels keep their index over reloads and names their position; what cannot change while tickets
// wait is refused with a way out.
import DaemonKit
import MatchCore
import Testing

@testable import QueueFile

@Suite struct QueueBookTests {
    private func plain(_ names: [String], regions: [String] = ["eu"]) throws -> QueueFile {
        try queues(names.map { "{ name: '\($0)', teams: 2, teamSize: 1 }" }, regions: regions)
    }

    private func queues(
        _ queues: [String], regions: [String] = ["eu"], scopes: String = ""
    ) throws -> QueueFile {
        let list = regions.map { "'\($0)'" }.joined(separator: ",")
        return try readFile(
            "{ version: 1, regions: [\(list)], cooldownScopes: [\(scopes)], queues: ["
                + queues.joined(separator: ",") + "] }")
    }

    private func updated(_ book: QueueBook, _ file: QueueFile, _ version: UInt64) throws
        -> QueueBook
    {
        try book.updated(with: file, path: "q", version: version, queueCountMax: 8)
    }

    private func refusal(_ book: QueueBook, _ file: QueueFile) -> [String] {
        do {
            _ = try updated(book, file, 2)
            return []
        } catch let errors as QueueFileErrors {
            return errors.list.map { "\($0.path): \($0.why)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test func indicesSurviveRemovalAndReturn() throws {
        var book = QueueBook(file: try plain(["a", "b"]), version: 1)
        book = try updated(book, try plain(["c", "b"]), 2)
        #expect(book.labelTexts == ["a", "b", "c"])
        #expect(book.rules.version == 2)
        #expect(book.rules.queues.map { $0 != nil } == [false, true, true])
        #expect(book.names.resolve("a", level: nil, leader: PlayerID(1)) == .unknownQueue)
        #expect(book.names.text(of: QueueIndex(0)) == "a", "its last answers still need the name")
        book = try updated(book, try plain(["a", "c"]), 3)
        #expect(book.labelTexts == ["a", "b", "c"])
        #expect(book.rules.queues.map { $0 != nil } == [true, false, true])
        #expect(book.names.resolve("a", level: nil, leader: PlayerID(1)) == .queue(QueueIndex(0)))
    }

    @Test func otherRegionsAndTooManyNamesAreRefused() throws {
        let book = QueueBook(file: try plain(["a", "b", "c"]), version: 1)
        let other = try plain(["d", "e"], regions: ["na"])
        do {
            _ = try book.updated(with: other, path: "q", version: 2, queueCountMax: 4)
            Issue.record("must be refused")
        } catch {
            #expect(error.list.map(\.path) == ["regions", "queues"])
        }
    }

    private func temple(_ levels: String, _ rest: String = "") -> String {
        "{ name: 'temple', teams: 2, teamSize: 10, levels: \(levels), \(rest) }"
    }

    @Test func bracketsAndArmsKeepTheirIndexByLabel() throws {
        let arm = "experiment: { name: 'wider', share: 0.5 }"
        var book = QueueBook(file: try queues([temple("[[6, 14], [50, 50]]", arm)]), version: 1)
        #expect(
            book.labelTexts == ["temple/6-14", "temple/50", "temple/6-14@wider", "temple/50@wider"])
        book = try updated(book, try queues([temple("[[6, 14], [15, 49], [50, 50]]")]), 2)
        #expect(
            book.labelTexts == [
                "temple/6-14", "temple/50", "temple/6-14@wider", "temple/50@wider", "temple/15-49",
            ])
        #expect(book.rules.queues.map { $0 != nil } == [true, true, false, false, true])
        #expect(
            book.names.resolve("temple", level: 20, leader: PlayerID(1)) == .queue(QueueIndex(4)))
        book = try updated(book, try queues([temple("[[6, 14], [50, 50]]", arm)]), 3)
        #expect(book.rules.queues.map { $0 != nil } == [true, true, true, true, false])
    }

    private func roles(_ names: [String], _ rest: String = "") -> String {
        let list = names.map {
            "{ name: '\($0)', min: \($0.utf8.count), differenceCost: \($0.utf8.count) }"
        }
        return
            "{ name: 'r', teams: 2, teamSize: 9, roles: [\(list.joined(separator: ","))], \(rest) }"
    }

    @Test func rolesKeepTheirPositionWhateverTheirOrder() throws {
        var book = QueueBook(file: try queues([roles(["a", "bb"])]), version: 1)
        book = try updated(book, try queues([roles(["ccc", "bb", "a"])]), 2)
        let queue = QueueIndex(0)
        #expect(
            ["a", "bb", "ccc", "d"].map { book.names.role(named: $0, of: queue) } == [0, 1, 2, nil])
        #expect(book.names.role(2, of: queue) == "ccc" && book.names.role(3, of: queue) == nil)
        let rules = try #require(book.rules.queues[0]?.roles)
        #expect(rules.roles.map(\.min) == [1, 2, 3])
        #expect(rules.differenceCosts == [128, 256, 384])
    }

    @Test func namesInUseCannotBeLost() throws {
        let all = "factions: ['x', 'y'], maps: ['m', 'n']"
        let book = QueueBook(
            file: try queues([roles(["a", "bb"], all)], scopes: "'s', 't'"), version: 1)
        let way =
            "while tickets wait; take the queue out with one reload and put it back with the next,"
            + " or restart"
        #expect(
            refusal(
                book,
                try queues(
                    [roles(["a", "ccc"], "factions: ['x', 'z'], maps: ['n']")], scopes: "'t'"))
                == [
                    "cooldownScopes: cannot lose 's' while running (players may bear marks of it);"
                        + " restart to take it out",
                    "queues[0].roles: cannot lose 'bb' \(way)",
                    "queues[0].factions: cannot lose 'y' \(way)",
                    "queues[0].maps: cannot lose 'm' \(way)",
                ])
    }

    @Test func namesOfAQueueOutOfServiceMayChange() throws {
        var book = QueueBook(
            file: try queues([roles(["a", "bb"], "maps: ['m']")]), version: 1)
        book = try updated(book, try plain(["other"]), 2)
        #expect(book.names.map(0, of: QueueIndex(0)) == "m")
        book = try updated(book, try queues([roles(["ccc"], "maps: ['n']")]), 3)
        #expect(book.names.role(named: "ccc", of: QueueIndex(0)) == 0)
        #expect(book.names.map(0, of: QueueIndex(0)) == "n")
    }

    @Test func namesThatComeBackHaveTheirOldPositions() throws {
        var book = QueueBook(file: try queues([roles(["a", "bb"])]), version: 1)
        book = try updated(book, try queues(["{ name: 'r', teams: 2, teamSize: 9 }"]), 2)
        #expect(book.rules.queues[0]?.roles == nil)
        #expect(book.names.role(named: "a", of: QueueIndex(0)) == nil, "no roles at present")
        book = try updated(book, try queues([roles(["bb", "a"])]), 3)
        #expect(book.names.role(named: "a", of: QueueIndex(0)) == 0)
    }

    @Test func factionsCannotBeginWhileTicketsWait() throws {
        let book = QueueBook(file: try plain(["q"]), version: 1)
        let found = refusal(
            book, try queues(["{ name: 'q', teams: 2, teamSize: 1, factions: ['x', 'y'] }"]))
        #expect(found.count == 1 && found[0].hasPrefix("queues[0].factions: cannot begin"))
    }

    @Test func scopesKeepTheirNumberWhateverTheirOrder() throws {
        let queue = "{ name: 'q', teams: 2, teamSize: 1, cooldownScope: 's' }"
        var book = QueueBook(file: try queues([queue], scopes: "'s'"), version: 1)
        book = try updated(book, try queues([queue], scopes: "'t', 's'"), 2)
        #expect(book.names.scope(named: "s") == CooldownScope(0))
        #expect(book.names.scope(named: "t") == CooldownScope(1))
        #expect(book.names.scope(named: "u") == nil)
        #expect(book.names.name(of: CooldownScope(1)) == "t")
        #expect(book.rules.queues[0]?.cooldownScope == CooldownScope(0))
    }
}
