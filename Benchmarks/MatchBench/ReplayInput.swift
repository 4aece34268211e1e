// A record's file as a source of bytes, read piece by piece: a long run's record need not fit into
// memory.

import DaemonKit
import Glibc
import RecordLog

/// An open record.
final class ReplayInput {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private static let pieceByteCount = 1 << 20

    init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.last(operation: "open \(path)") }
    }

    deinit { close(descriptor) }

    /// A reader at the beginning of the record.
    static func reader(_ path: String) throws -> RecordReader {
        let input = try ReplayInput(path)
        do throws(RecordError) {
            return try RecordReader { (count: Int) throws(RecordError) -> [UInt8] in
                try input.bytes(count)
            }
        } catch {
            throw ReplayFailure("\(path) \(error)")
        }
    }

    /// At most `count` bytes; none at the end.
    private func bytes(_ count: Int) throws(RecordError) -> [UInt8] {
        if position == buffer.count { try refill() }
        let end = min(buffer.count, position + count)
        defer { position = end }
        return Array(buffer[position..<end])
    }

    private func refill() throws(RecordError) {
        position = 0
        var piece = [UInt8](repeating: 0, count: ReplayInput.pieceByteCount)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                throw .unreadable(SystemError.last(operation: "read \(path)").description)
            }
            buffer = Array(piece[..<count])
            return
        }
    }
}

/// Why a record cannot be replayed, in words.
struct ReplayFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
