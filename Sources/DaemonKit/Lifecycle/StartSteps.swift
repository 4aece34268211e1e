// Steps of a start that all daemons share: waiting for the broker, and the page for operators.

/// Steps of a start.
package enum StartSteps {
    /// Connects to the broker, asking again until it answers.
    /// - Parameters:
    ///   - waitSeconds: how long to wait for it.
    ///   - payloadByteCountMin: the largest message that it must take.
    /// - Throws: `StartFailure`; with code `success` if the process is asked to stop meanwhile.
    package static func connect(
        _ settings: NATSSettings, waitSeconds: Int, payloadByteCountMin: Int
    ) throws(StartFailure) -> NATSConnection {
        let deadline = MonotonicClock.nowNanoseconds() + UInt64(waitSeconds) * 1_000_000_000
        while true {
            let reason: String
            do throws(NATSError) {
                let connection = try NATSConnection(settings)
                guard connection.payloadByteCountMax >= payloadByteCountMin else {
                    throw NATSError(
                        operation: "connect", status: 0,
                        detail: "the server's max_payload must be at least "
                            + "\(payloadByteCountMin) bytes")
                }
                return connection
            } catch {
                reason = error.description
            }
            if MonotonicClock.nowNanoseconds() >= deadline {
                throw StartFailure(.unavailable, reason)
            }
            if Signals.wait(milliseconds: 250) == .stop {
                throw StartFailure(.success, "stopped before it was connected")
            }
        }
    }

    /// Serves /metrics, /healthz and /readyz.
    /// - Parameter portFile: where the port is written; "" for nowhere.
    /// - Throws: `StartFailure`.
    package static func serve(
        _ registry: MetricsRegistry, _ health: Health, on listen: ListenAddress, portFile: String
    ) throws(StartFailure) -> HTTPEndpoint {
        let endpoint: HTTPEndpoint
        do throws(HTTPEndpointError) {
            endpoint = try HTTPEndpoint(
                configuration: HTTPEndpointConfiguration(
                    address: listen.address, port: listen.port),
                routes: [
                    "/metrics": { registry.response() },
                    "/healthz": { health.response(.live) },
                    "/readyz": { health.response(.ready) },
                ])
        } catch {
            throw StartFailure(.system, error.description)
        }
        guard !portFile.isEmpty else { return endpoint }
        do throws(SystemError) {
            try TextFile.write("\(endpoint.port)\n", to: portFile)
        } catch {
            endpoint.stop()
            throw StartFailure(.system, error.description)
        }
        return endpoint
    }
}
