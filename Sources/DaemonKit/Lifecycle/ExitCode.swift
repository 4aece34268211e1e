// Exit codes of all daemons and tools; those of sysexits.h where one fits.

/// How a process ended.
package enum ExitCode: Int32, Sendable, CaseIterable {
    /// Stopped as asked.
    case success = 0
    /// Something failed that has no code of its own.
    case failure = 1
    /// The command line is wrong.
    case usage = 64
    /// A server that is needed at start cannot be reached.
    case unavailable = 69
    /// The operating system refused something (thread, memory, port).
    case system = 71
    /// The configuration is wrong.
    case configuration = 78
}
