// What /readyz asks about, as atomics and set-once values: written by the main thread, read by the
// endpoint's thread.
import DaemonKit
import Synchronization

/// Where the process stands.
final class Readiness: Sendable {
    let isRecovered = Atomic<Bool>(false)
    let isStopping = Atomic<Bool>(false)
    private let states = Locked<[NATSConnectionState]>([])

    /// The connections made so far.
    var connections: [NATSConnectionState] { states.withLock { $0 } }

    func add(_ connection: NATSConnectionState) { states.withLock { $0.append(connection) } }

    /// True while all connections that the process needs are up.
    var isConnected: Bool {
        let connections = self.connections
        return !connections.isEmpty && connections.allSatisfy(\.isConnected)
    }
}
