// Short ways to read a queue file in a test.
import DaemonKit
import MatchCore
import Testing

@testable import QueueFile

/// Room for eight queues at 20 ticks a second.
let testContext = QueueFileContext(
    tickMilliseconds: 50, queueCountMax: 8, timeoutSecondsMax: 7_200)

func readFile(_ text: String, tickMilliseconds: Int = 50) throws -> QueueFile {
    var context = testContext
    context.tickMilliseconds = tickMilliseconds
    return try QueueFileReader.read(
        try ConfigTree.parse(json5: Array(text.utf8), file: "q"), file: "q", context: context)
}

/// A file with one 5v5 queue whose further fields are `fields`.
func file(_ fields: String, shape: String = "teams: 2, teamSize: 5") -> String {
    "{ version: 1, regions: ['eu'], cooldownScopes: ['pvp', 'rated'],"
        + " queues: [{ name: 'q', \(shape), \(fields) }] }"
}

/// The rules of that queue.
func rules(
    _ fields: String, shape: String = "teams: 2, teamSize: 5", tickMilliseconds: Int = 50
) throws -> QueueRules {
    let read = try readFile(file(fields, shape: shape), tickMilliseconds: tickMilliseconds)
    return try #require(read.queues.first?.variants.first?.rules)
}

/// What is told about a file, each as `path: why`; empty if nothing is wrong.
func mistakes(in text: String) -> [String] {
    do {
        _ = try readFile(text)
        return []
    } catch let errors as QueueFileErrors {
        #expect(errors.list.allSatisfy { $0.file == "q" })
        return errors.list.map { $0.path.isEmpty ? $0.why : "\($0.path): \($0.why)" }
    } catch {
        return ["\(error)"]
    }
}

/// The names of a version as bytes, the way a message brings them.
extension QueueNames {
    func role(named name: String, of queue: QueueIndex) -> UInt8? {
        withBytes(name) { roleIndex($0, of: queue) }
    }

    func faction(named name: String, of queue: QueueIndex) -> UInt8? {
        withBytes(name) { factionIndex($0, of: queue) }
    }

    func map(named name: String, of queue: QueueIndex) -> UInt8? {
        withBytes(name) { mapIndex($0, of: queue) }
    }

    func scope(named name: String) -> CooldownScope? { withBytes(name) { scope($0) } }

    private func withBytes<Result>(
        _ name: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        var name = name
        return name.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
