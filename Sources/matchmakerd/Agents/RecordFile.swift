// The file that a run is recorded into. Used by the recording thread alone; blocking.
import DaemonKit
import Glibc

/// A new file, written from front to back.
final class RecordFile: @unchecked Sendable {
    // SAFETY: made on the main thread and handed to the recording thread, which alone uses it.
    let path: String
    private var descriptor: Int32

    /// Makes the file. One that is there already is kept as `path.before`.
    init(_ path: String) throws(SystemError) {
        self.path = path
        let before = "\(path).before"
        if rename(path, before) != 0 && errno != ENOENT {
            throw SystemError.last(operation: "rename \(path) to \(before)")
        }
        // Players and their ratings are nobody else's business.
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError.last(operation: "open \(path)") }
    }

    /// A file that is open already.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// Appends all of `bytes`.
    func write(_ bytes: [UInt8]) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError.last(operation: "write \(path)")
            }
            done += count
        }
    }

    /// Waits until the disk has everything, and closes.
    func close() throws(SystemError) {
        let isSynced = fsync(descriptor) == 0
        let error = SystemError.last(operation: "fsync \(path)")
        Glibc.close(descriptor)
        descriptor = -1
        if !isSynced { throw error }
    }
}
