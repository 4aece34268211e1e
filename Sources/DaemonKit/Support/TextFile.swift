// Reads and writes small files as text: configuration, a port number for a script.
// Blocking; called at start and on reload only.
import Glibc

/// Small files, read or written whole.
package enum TextFile {
    /// Files above this are refused rather than read.
    package static let byteCountMax = 16 << 20

    /// The whole content of the file.
    /// - Throws: `SystemError` if it cannot be read or is larger than `byteCountMax`.
    package static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.last(operation: "open \(path)") }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError.last(operation: "read \(path)")
            }
            content.append(contentsOf: chunk[0..<count])
            if content.count > byteCountMax {
                throw SystemError(operation: "read \(path)", code: EFBIG)
            }
        }
    }

    /// Replaces the file's content in one step: readers see the old or the new, never a part.
    /// - Throws: `SystemError` if it cannot be written.
    package static func write(_ text: String, to path: String) throws(SystemError) {
        let partial = "\(path).partial"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError.last(operation: "open \(partial)") }
        let bytes = Array(text.utf8)
        let written = Glibc.write(descriptor, bytes, bytes.count)
        let code = errno
        close(descriptor)
        guard written == bytes.count else {
            throw SystemError(operation: "write \(partial)", code: code)
        }
        guard rename(partial, path) == 0 else {
            throw SystemError.last(operation: "rename \(partial)")
        }
    }
}
