// The process's environment as a dictionary, without Foundation. Read once at start.
import CPlatform

/// The environment that the process was started with.
package enum ProcessEnvironment {
    /// All variables; of a name given twice the first counts.
    package static func variables() -> [String: String] {
        var values: [String: String] = [:]
        var index = 0
        while let entry = platform_environment_entry(index) {
            index += 1
            let parts = String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, values[String(parts[0])] == nil else { continue }
            values[String(parts[0])] = String(parts[1])
        }
        return values
    }
}
