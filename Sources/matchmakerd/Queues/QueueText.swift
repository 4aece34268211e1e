// A queue file with the text that it was read from, so that a record holds the very bytes whose
// rules are in force, whatever becomes of the file.
import DaemonKit
import QueueFile

/// What a queue file says, and how it says it.
struct QueueText: Sendable {
    var file = QueueFile()
    var bytes: [UInt8] = []

    /// Reads the file at `path` once.
    /// - Throws: `QueueFileErrors` with every mistake.
    static func load(
        path: String, context: QueueFileContext
    ) throws(QueueFileErrors) -> QueueText {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.read(path)
        } catch {
            let problem = ConfigProblem(file: path, path: "", why: error.description)
            throw QueueFileErrors(list: [problem])
        }
        let tree: ConfigTree
        do {
            tree = try ConfigTree.parse(json5: bytes, file: path)
        } catch {
            throw QueueFileErrors(list: [error])
        }
        return QueueText(
            file: try QueueFileReader.read(tree, file: path, context: context), bytes: bytes)
    }
}
