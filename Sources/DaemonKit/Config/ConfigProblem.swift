// What is wrong with a configuration: file, field and why; and the list that gathers all of it,
// so that one run shows every mistake. Used by the thread that reads a configuration.

/// One mistake in a configuration.
package struct ConfigProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, or where else the value came from ("flag", "environment").
    package let file: String
    /// The field's path such as `queues[3].window.start`; "" for the file itself.
    package let path: String
    package let why: String

    package init(file: String, path: String, why: String) {
        self.file = file
        self.path = path
        self.why = why
    }

    package var description: String {
        path.isEmpty ? "\(file): \(why)" : "\(file): \(path): \(why)"
    }
}

/// Gathers problems. Owned by one reading of one configuration.
package final class ConfigProblems {
    package private(set) var list: [ConfigProblem] = []

    package init() {}

    package var isEmpty: Bool { list.isEmpty }

    package func add(_ problem: ConfigProblem) { list.append(problem) }

    package func add(file: String, path: String, _ why: String) {
        list.append(ConfigProblem(file: file, path: path, why: why))
    }
}
