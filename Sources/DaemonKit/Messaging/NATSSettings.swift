// How a connection to the message broker behaves. The defaults notice a frozen server in about
// three seconds and reconnect for ever; the library's own would take minutes and then give up.

/// Settings of one connection.
package struct NATSSettings: Sendable {
    /// One URL or several with commas: `nats://user:password@host:4222`.
    package var url: Secret
    /// Shown in the server's monitoring.
    package var name: String
    package var identity: NATSIdentity
    package var pingIntervalMilliseconds: Int64 = 1_000
    /// Pings without answer after which the connection counts as lost.
    package var unansweredPingCountMax: Int32 = 2
    package var reconnectWaitMilliseconds: Int64 = 250
    /// Random addition to each reconnect wait, so that clients do not come back all at once.
    package var reconnectJitterMilliseconds: Int64 = 250
    package var timeoutMilliseconds: Int64 = 2_000
    /// Flushes each publish at once: 0.2 ms instead of 1 ms a round trip, for about a third of
    /// the bulk rate.
    package var sendsAsap = false

    package init(url: String, name: String, identity: NATSIdentity = NATSIdentity()) {
        self.url = Secret(url)
        self.name = name
        self.identity = identity
    }
}
