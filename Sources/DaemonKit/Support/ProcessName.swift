// Names of this machine and this process, for telling processes apart in logs and records.
import Glibc

package enum HostName {
    /// The machine's name; "localhost" if it has none.
    package static var current: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return bytes.isEmpty ? "localhost" : String(decoding: bytes, as: UTF8.self)
    }
}

package enum ProcessID {
    /// The number of this process.
    package static var current: Int32 { getpid() }
}
