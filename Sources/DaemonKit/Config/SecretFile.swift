// Reads a secret from a file of its own, and refuses one that others may read or that is no secret.
// Blocking; called at start only.
import Glibc

/// Secrets in files.
package enum SecretFile {
    /// The only line of the file.
    /// - Parameter lengthMin: fewest characters of a secret of this kind.
    /// - Throws: `ConfigProblem` if the file cannot be read, if others than its owner and group may
    ///   read or its group may change it, or if what it holds is short or a stand-in.
    package static func load(_ path: String, lengthMin: Int = 32) throws(ConfigProblem) -> Secret {
        func refusal(_ why: String) -> ConfigProblem {
            ConfigProblem(file: path, path: "", why: why)
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw refusal(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw refusal("is not a plain file") }
        if status.st_mode & 0o027 != 0 {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw refusal("holds a secret but has mode 0\(mode); make it 0400")
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try TextFile.read(path)
        } catch {
            throw refusal(error.description)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.count == 1 else { throw refusal("must hold one line, has \(lines.count)") }
        let content = String(lines[0]).trimmingSpaces()
        if let weakness = weakness(of: content, lengthMin: lengthMin) { throw refusal(weakness) }
        return Secret(content)
    }

    /// Why `content` is no secret, or nil if it may be one.
    package static func weakness(of content: String, lengthMin: Int) -> String? {
        if content.count < lengthMin {
            return "holds a secret of \(content.count) characters, must be \(lengthMin) or more"
        }
        let lowered = content.lowercased()
        let isStandIn = standIns.contains { lowered.contains($0) }
        if isStandIn || Set(content).count < distinctCharacterCountMin {
            return "holds a stand-in, not a secret"
        }
        return nil
    }

    /// Words of examples and defaults; in random text of this length they do not turn up.
    private static let standIns = ["changeme", "change-me", "password", "example", "default"]
    /// Random text of 32 hexadecimal digits has fewer in one of five thousand million cases.
    private static let distinctCharacterCountMin = 7
}
