// The rules of a replay: those that were in force, made again from the recorded files, or those of
// another file under the same queue numbers, so that recorded tickets mean the same queues.

import DaemonKit
import MatchCore
import QueueFile
import RecordLog

/// Which rules a replayed run has, as it goes on.
struct ReplayBooks {
    /// Another queue file.
    struct Other {
        let path: String
        let file: QueueFile
    }

    private var recorded: QueueBook
    private let context: QueueFileContext
    private let other: Other?
    /// The book in force.
    private(set) var book: QueueBook

    /// - Parameter other: what holds in place of the recorded rules, all the time; nil for those.
    init(_ header: RecordHeader, other: Other?) throws {
        context = QueueFileContext(
            tickMilliseconds: header.tickMilliseconds, queueCountMax: header.limits.queueCountMax,
            timeoutSecondsMax: header.timeoutSecondsMax)
        self.other = other
        let file = try ReplayBooks.file(header.rules, context)
        recorded = QueueBook(file: file, version: header.rules.version)
        book = try ReplayBooks.inForce(recorded, other, context)
    }

    /// Takes over what a reload brought; the new rules if any come into force by it.
    mutating func change(_ rules: RecordedRules) throws -> Rules? {
        let file = try ReplayBooks.file(rules, context)
        let countBefore = recorded.labels.count
        recorded = try ReplayBooks.explained(rules.path) {
            try recorded.updated(
                with: file, path: rules.path, version: rules.version,
                queueCountMax: context.queueCountMax)
        }
        // Another file's rules stay as they are, but tickets may now name new queues.
        if other != nil && recorded.labels.count == countBefore { return nil }
        book = try ReplayBooks.inForce(recorded, other, context)
        return book.rules
    }

    /// Queues that tickets may be recorded for, and that the rules in force do not have.
    var missingLabels: [String] {
        zip(recorded.rules.queues, zip(book.rules.queues, book.labelTexts))
            .filter { $0.0 != nil && $0.1.0 == nil }.map(\.1.1)
    }

    /// Reads a queue file for a replay.
    static func load(_ path: String, _ header: RecordHeader) throws -> Other {
        let text: [UInt8]
        do {
            text = try TextFile.read(path)
        } catch {
            throw ReplayFailure("\(error)")
        }
        let context = QueueFileContext(
            tickMilliseconds: header.tickMilliseconds, queueCountMax: header.limits.queueCountMax,
            timeoutSecondsMax: header.timeoutSecondsMax)
        let rules = RecordedRules(version: 0, path: path, text: text)
        return Other(path: path, file: try file(rules, context))
    }

    private static func inForce(
        _ recorded: QueueBook, _ other: Other?, _ context: QueueFileContext
    ) throws -> QueueBook {
        guard let other else { return recorded }
        return try explained(other.path) {
            try recorded.updated(
                with: other.file, path: other.path, version: recorded.rules.version,
                queueCountMax: context.queueCountMax)
        }
    }

    private static func file(
        _ rules: RecordedRules, _ context: QueueFileContext
    ) throws -> QueueFile {
        let tree: ConfigTree
        do {
            tree = try ConfigTree.parse(json5: rules.text, file: rules.path)
        } catch {
            throw ReplayFailure("\(error)")
        }
        return try explained(rules.path) {
            try QueueFileReader.read(tree, file: rules.path, context: context)
        }
    }

    private static func explained<Value>(_ path: String, _ body: () throws -> Value) throws -> Value
    {
        do {
            return try body()
        } catch let errors as QueueFileErrors {
            let lines = errors.list.map(\.description).joined(separator: "\n  ")
            throw ReplayFailure("\(path) does not fit the record:\n  \(lines)")
        }
    }
}
