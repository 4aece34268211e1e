// Names on their way to the edge's threads: a reader sees those last posted, whole.
import DaemonKit
import MatchCore
import QueueFile
import Testing

@testable import matchmakerd

@Suite struct NamesBoardTests {
    /// A book with queues q0...q(count − 1).
    private func names(_ count: Int) throws -> QueueNames {
        let queues = (0..<count).map { "{ name: 'q\($0)', teams: 2, teamSize: 1 }" }
            .joined(separator: ",")
        let text = "{ version: 1, regions: ['eu'], queues: [\(queues)] }"
        let context = QueueFileContext(
            tickMilliseconds: 50, queueCountMax: 64, timeoutSecondsMax: 7_200)
        let tree = try ConfigTree.parse(json5: Array(text.utf8), file: "q")
        let file = try QueueFileReader.read(tree, file: "q", context: context)
        return QueueBook(file: file, version: 1).names
    }

    @Test func aReaderSeesWhatWasPostedLast() throws {
        let board = NamesBoard(try names(1))
        var early = NamesReader(board)
        #expect(early.current().count == 1)
        board.post(try names(2))
        board.post(try names(3))
        #expect(early.current().count == 3)
        var late = NamesReader(board)
        #expect(late.current().count == 3 && late.current() === early.current())
    }

    @Test func readersSeeWholeNamesWhileTheMainThreadPosts() throws {
        final class Reader: Agent {
            var reader: NamesReader
            let seen: Locked<Int>
            init(_ board: NamesBoard, _ seen: Locked<Int>) {
                reader = NamesReader(board)
                self.seen = seen
            }
            func step(nowNanoseconds: UInt64) -> Int {
                let names = reader.current()
                let last = QueueIndex(UInt16(names.count - 1))
                let isWhole = names.text(of: last) == "q\(names.count - 1)"
                seen.update { $0 = isWhole ? max($0, names.count) : -1_000 }
                return 1
            }
        }
        let editions = try (1...40).map { try names($0) }
        let board = NamesBoard(editions[0])
        let seen = Locked(0)
        let runner = AgentRunner(name: "reader", idle: .standard, agent: Reader(board, seen))
        try runner.start()
        for edition in editions { board.post(edition) }
        #expect(seen.wait(milliseconds: 10_000) { $0 == 40 || $0 < 0 })
        runner.stop()
        #expect(seen.withLock { $0 } == 40)
    }
}
