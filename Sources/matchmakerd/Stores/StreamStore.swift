// Makes the streams and repairs them. matchmakerd's own user may not: a connection of the boot user
// is opened where something has to be made, and closed after it. Blocking; one thread at a time.
import DaemonKit

/// The streams on the broker.
struct StreamStore {
    private let setup: StreamSetup
    private let own: JetStream
    private let boot: NATSSettings?

    /// - Parameters:
    ///   - own: as matchmakerd's user, who may look at the streams.
    ///   - boot: as whom streams are made; nil if `own` may.
    init(_ setup: StreamSetup, own: JetStream, boot: NATSSettings?) {
        self.setup = setup
        self.own = own
        self.boot = boot
    }

    /// Makes sure that all streams exist as wanted; returns what was done.
    /// - Throws: `NATSError`.
    func ensure() throws(NATSError) -> [(String, StreamAssertion)] {
        let maker = try maker()
        var done: [(String, StreamAssertion)] = []
        for config in setup.configs {
            do throws(NATSError) {
                done.append((config.name, try maker.ensureStream(config)))
            } catch {
                throw explained(error)
            }
        }
        return done
    }

    /// Makes streams anew that are gone, and leaves the others as an operator may have set them;
    /// returns the names.
    /// - Throws: `NATSError`.
    func restoreMissing() throws(NATSError) -> [String] {
        var missing: [StreamConfig] = []
        for config in setup.configs {
            do throws(NATSError) {
                _ = try own.state(of: config.name)
            } catch {
                guard error.isNotFound else { throw error }
                missing.append(config)
            }
        }
        if missing.isEmpty { return [] }
        let maker = try maker()
        for config in missing { _ = try maker.ensureStream(config) }
        return missing.map(\.name)
    }

    /// The server answers nothing to who may not make streams.
    private func explained(_ error: NATSError) -> NATSError {
        guard error.isTimeout && boot == nil else { return error }
        return NATSError(
            operation: error.operation, status: error.status,
            detail: error.detail + "; may this user make streams? If not, see nats.bootSeedFile")
    }

    /// Who may make streams. The boot user's connection ends with the value.
    private func maker() throws(NATSError) -> JetStream {
        guard let boot else { return own }
        return try JetStream(try NATSConnection(boot))
    }
}
