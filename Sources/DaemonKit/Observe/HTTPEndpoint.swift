// A small GET-only HTTP/1.1 server for scrapes and health checks, over libwebsockets' poll loop, on
// one thread of its own. Routes are closures over atomics; they run on that thread, one at a time.
// It serves operators on a private address: no TLS, no bodies, no file access.
import CLibWebSockets
import CPlatform
import Glibc
import Synchronization

/// Why an endpoint could not start.
package enum HTTPEndpointError: Error, Equatable, Sendable, CustomStringConvertible {
    case library
    /// The address is not an IPv4 address, is not this machine's, or its port is taken.
    case listen(address: String, port: Int)
    case thread(code: Int32)

    package var description: String {
        switch self {
        case .library: "the HTTP library cannot make a context"
        case .listen(let address, let port): "cannot listen on \(address):\(port)"
        case .thread(let code): "cannot start the HTTP thread: error \(code)"
        }
    }
}

/// Where to listen and what a client may use up.
package struct HTTPEndpointConfiguration: Sendable {
    /// IPv4 address; 0.0.0.0 means all of this machine's.
    package var address: String
    /// 0 lets the system choose; see `HTTPEndpoint.port`.
    package var port: Int
    /// Connections open at one time; further ones are closed at once.
    package var connectionCountMax = 64
    /// A request's line and headers together.
    package var headerBytesMax = 4096
    /// A client that does not finish its request, or does not take its answer, is cut after this.
    package var timeoutSeconds = 5

    package init(address: String, port: Int) {
        self.address = address
        self.port = port
    }
}

/// The server. Made, started and stopped by one owner.
package final class HTTPEndpoint: @unchecked Sendable {
    package typealias Routes = [String: @Sendable () -> HTTPResponse]

    // SAFETY: `context` and `table` belong to the service thread from the end of init until
    // `stop` has joined it; `thread` is used by the owner alone. The only call from another
    // thread is lws_cancel_service, which the library allows.
    private var context: OpaquePointer?
    private var thread: pthread_t?
    private let table: HTTPServiceTable
    private let stopRequested = Atomic<Bool>(false)

    /// The port that is really listened on.
    package let port: Int

    /// Listens and starts to answer.
    /// - Parameter routes: by path, exactly as in the request line without its query.
    /// - Throws: `HTTPEndpointError` when the address cannot be had.
    package init(
        configuration: HTTPEndpointConfiguration, routes: Routes
    ) throws(HTTPEndpointError) {
        precondition((0...65_535).contains(configuration.port))
        precondition(configuration.connectionCountMax >= 1)
        table = HTTPServiceTable(configuration: configuration, routes: routes)
        let (context, port) = try openListener(configuration, table: table)
        self.context = context
        self.port = port
        var created = pthread_t()
        let owner = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&created, nil, serviceThreadMain, owner)
        if code != 0 {
            Unmanaged<HTTPEndpoint>.fromOpaque(owner).release()
            lws_context_destroy(context)
            self.context = nil
            throw .thread(code: code)
        }
        thread = created
    }

    /// Stops answering, closes every connection and joins the thread; a second call does nothing.
    package func stop() {
        guard let running = thread else { return }
        // Release/acquire with the loop's load, then a wake-up of its poll.
        stopRequested.store(true, ordering: .releasing)
        lws_cancel_service(context)
        pthread_join(running, nil)
        thread = nil
        lws_context_destroy(context)
        context = nil
        assert(table.exchangesOpen == 0, "every answer was released with its connection")
    }

    fileprivate func run() {
        platform_set_thread_name("http")
        // Signals are for the thread that waits for them; here they would only end the poll early.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        while !stopRequested.load(ordering: .acquiring) {
            // Negative: the context is being destroyed or poll itself failed.
            if lws_service(context, 0) < 0 { break }
        }
    }
}

/// Entry of the service thread; formed at file scope, so without any actor's isolation.
private let serviceThreadMain:
    @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { owner in
        guard let owner else { return nil }
        Unmanaged<HTTPEndpoint>.fromOpaque(owner).takeRetainedValue().run()
        return nil
    }

/// Makes the library's context and its listening socket.
private func openListener(
    _ configuration: HTTPEndpointConfiguration, table: HTTPServiceTable
) throws(HTTPEndpointError) -> (context: OpaquePointer, port: Int) {
    // The library would write to standard error in its own form; failures come back as codes.
    lws_set_log_level(0, nil)
    var info = lws_context_creation_info()
    info.port = Int32(CONTEXT_PORT_NO_LISTEN)
    info.options =
        UInt64(LWS_SERVER_OPTION_EXPLICIT_VHOSTS) | UInt64(LWS_SERVER_OPTION_DISABLE_IPV6)
    info.user = Unmanaged.passUnretained(table).toOpaque()
    info.max_http_header_data = UInt16(clamping: configuration.headerBytesMax)
    info.max_http_header_pool = UInt16(clamping: configuration.connectionCountMax)
    // Room for the listening socket and the library's own wake-up pipe.
    info.fd_limit_per_thread = UInt32(configuration.connectionCountMax + 8)
    info.count_threads = 1
    info.timeout_secs = UInt32(configuration.timeoutSeconds)
    info.timeout_secs_ah_idle = UInt32(configuration.timeoutSeconds)
    guard let context = lws_create_context(&info) else { throw .library }

    info.options |= 1 << 30  // LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND
    info.port = Int32(configuration.port)
    info.keepalive_timeout = Int32(configuration.timeoutSeconds)
    info.protocols = UnsafePointer(table.protocols)
    // The library keeps no copy of these two texts; the table lives longer than the context.
    info.iface = UnsafePointer(table.address)
    info.vhost_name = UnsafePointer(table.hostName)
    guard let host = lws_create_vhost(context, &info) else {
        lws_context_destroy(context)
        throw .listen(address: configuration.address, port: configuration.port)
    }
    let port = Int(lws_get_vhost_listen_port(host))
    guard port > 0 else {
        lws_context_destroy(context)
        throw .listen(address: configuration.address, port: configuration.port)
    }
    return (context, port)
}
