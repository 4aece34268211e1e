// The order in which a daemon's parts start, and its reverse in which they stop: written here
// once. Owned by the main thread, which between the two waits for signals.

/// One part of a daemon.
package struct DaemonPart {
    package let name: String
    fileprivate let start: () throws(StartFailure) -> Void
    fileprivate let stop: () -> Void

    /// - Parameters:
    ///   - start: returns when the part works.
    ///   - stop: also called when `start` failed half-way; returns when the part has ended.
    package init(
        _ name: String, start: @escaping () throws(StartFailure) -> Void,
        stop: @escaping () -> Void
    ) {
        self.name = name
        self.start = start
        self.stop = stop
    }
}

/// Why a part did not start.
package struct StartFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// How the process should end; `success` when it was asked to stop meanwhile.
    package let exitCode: ExitCode
    package let reason: String

    package init(_ exitCode: ExitCode, _ reason: String) {
        self.exitCode = exitCode
        self.reason = reason
    }

    package var description: String { reason }
}

/// Runs a daemon's parts until a stop signal.
package struct Daemon {
    private let parts: [DaemonPart]
    private var startedCount = 0

    /// Parts in the order of their start.
    package init(parts: [DaemonPart]) {
        precondition(!parts.isEmpty)
        self.parts = parts
    }

    /// Starts every part in order; on a failure stops that part and those before it.
    /// - Throws: `StartFailure` of the part, its name before the reason.
    package mutating func start() throws(StartFailure) {
        precondition(startedCount == 0)
        for part in parts {
            startedCount += 1
            do throws(StartFailure) {
                try part.start()
            } catch {
                stop()
                throw StartFailure(error.exitCode, "\(part.name): \(error.reason)")
            }
        }
    }

    /// Stops the running parts in reverse order.
    package mutating func stop() {
        while startedCount > 0 {
            startedCount -= 1
            parts[startedCount].stop()
        }
    }

    /// Waits for signals: `reload` runs for each SIGHUP, `watch` some times a second; returns on
    /// SIGTERM or SIGINT.
    package func waitForStop(reload: () -> Void, watch: () -> Void = {}) {
        while true {
            switch Signals.wait(milliseconds: 200) {
            case .stop: return
            case .reload: reload()
            case nil: watch()
            }
        }
    }
}
