// A folder of small files that outlive a crash and a power cut: each is written whole, flushed to
// the disk and only then given its name. One process owns a folder at a time.
import Glibc

/// Files that are there or not, never in part.
package final class SpoolFolder: @unchecked Sendable {
    // SAFETY: the descriptors are set in init and closed in deinit; every method is a handful of
    // system calls on names of the caller's choosing, and two threads never use the same name.
    package let path: String
    private let folder: Int32
    private let lock: Int32

    /// Opens the folder, made if it is not there, and takes it for this process.
    /// - Throws: `SystemError`; `EWOULDBLOCK` if another process has it.
    package init(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw SystemError.last(operation: "make \(path)")
        }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw SystemError.last(operation: "open \(path)") }
        let lock = openat(folder, SpoolFolder.lockName, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let error = SystemError.last(operation: "lock \(path)")
            if lock >= 0 { close(lock) }
            close(folder)
            throw error
        }
        self.path = path
        self.folder = folder
        self.lock = lock
    }

    deinit {
        close(lock)
        close(folder)
    }

    /// Writes a file that is on the disk when the call returns, in place of one of that name.
    /// - Precondition: `name` has no slash and does not begin with a dot.
    /// - Throws: `SystemError`; then the former file, if any, is as it was.
    package func write(_ bytes: [UInt8], to name: String) throws(SystemError) {
        precondition(SpoolFolder.isName(name))
        let partial = ".\(name).partial"
        let file = openat(folder, partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError.last(operation: "open \(path)/\(partial)") }
        var code: Int32 = 0
        var sent = 0
        while sent < bytes.count && code == 0 {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            if count < 0 && errno != EINTR { code = errno }
            sent += max(0, count)
        }
        if code == 0 && fsync(file) != 0 { code = errno }
        close(file)
        if code == 0 && renameat(folder, partial, folder, name) != 0 { code = errno }
        if code == 0 && fsync(folder) != 0 { code = errno }
        if code != 0 {
            unlinkat(folder, partial, 0)
            throw SystemError(operation: "write \(path)/\(name)", code: code)
        }
    }

    /// The content of a file.
    /// - Throws: `SystemError`.
    package func read(_ name: String) throws(SystemError) -> [UInt8] {
        precondition(SpoolFolder.isName(name))
        return try TextFile.read("\(path)/\(name)")
    }

    /// Removes a file; one that is not there is fine. After a crash it may be back.
    /// - Throws: `SystemError`.
    package func remove(_ name: String) throws(SystemError) {
        precondition(SpoolFolder.isName(name))
        if unlinkat(folder, name, 0) != 0 && errno != ENOENT {
            throw SystemError.last(operation: "remove \(path)/\(name)")
        }
    }

    /// The names of all files in order, without what a crash left half written.
    /// - Throws: `SystemError`.
    package func names() throws(SystemError) -> [String] {
        guard let directory = opendir(path) else {
            throw SystemError.last(operation: "list \(path)")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
                start.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if SpoolFolder.isName(name) { names.append(name) }
        }
        return names.sorted()
    }

    private static let lockName = ".lock"

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && !name.hasPrefix(".") && !name.contains("/")
    }
}
