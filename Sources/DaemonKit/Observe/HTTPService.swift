// The libwebsockets side of the HTTP endpoint: its callback, and the tables that the library keeps
// pointers into. Everything here runs on the endpoint's service thread.
import CLibWebSockets
import Glibc

/// What the callback needs: routes, limits, and memory that the library points into.
final class HTTPServiceTable: @unchecked Sendable {
    // SAFETY: immutable after init except `exchangesOpen`, `connectionsOpen` and the content of
    // `scratch`, which only the service thread touches while it runs.
    let routes: HTTPEndpoint.Routes
    let connectionCountMax: Int
    let timeoutSeconds: Int32
    let protocols: UnsafeMutablePointer<lws_protocols>
    let address: UnsafeMutablePointer<CChar>?
    let hostName: UnsafeMutablePointer<CChar>?
    let scratch: UnsafeMutablePointer<UInt8>
    var exchangesOpen = 0
    var connectionsOpen = 0

    /// The library writes its framing into this many bytes before the payload (LWS_PRE).
    static let prefixBytes = 16
    /// Bytes of body per write; the kernel's socket buffer takes this at once.
    static let chunkBytes = 16_384

    init(configuration: HTTPEndpointConfiguration, routes: HTTPEndpoint.Routes) {
        self.routes = routes
        connectionCountMax = configuration.connectionCountMax
        timeoutSeconds = Int32(configuration.timeoutSeconds)
        address = strdup(configuration.address)
        hostName = strdup("default")
        scratch = .allocate(capacity: Self.prefixBytes + Self.chunkBytes)
        // The list ends with an empty entry.
        protocols = .allocate(capacity: 2)
        protocols.initialize(repeating: lws_protocols(), count: 2)
        protocols[0].name = UnsafePointer(hostName)
        protocols[0].callback = httpCallback
        protocols[0].per_session_data_size = MemoryLayout<HTTPExchange>.size
    }

    deinit {
        protocols.deallocate()
        scratch.deallocate()
        free(address)
        free(hostName)
    }

    /// The refusal of a request that is not a GET without a body, nil if it is one.
    func refusal(method: Int32, hasBody: Bool) -> HTTPResponse? {
        if method != Int32(LWSHUMETH_GET) { return .text(405, "only GET is served here") }
        return hasBody ? .text(400, "a GET has no body here") : nil
    }

    /// The answer to a GET.
    func response(path: String) -> HTTPResponse {
        guard let route = routes[path] else {
            let known = routes.keys.sorted().joined(separator: " ")
            return .text(404, "no such page; there are: \(known)")
        }
        return route()
    }
}

/// A body on its way; a class, so that the library's per-connection memory can hold one pointer.
private final class ResponseBody {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// Per-connection state, in memory that the library gives zeroed and frees without asking.
private struct HTTPExchange {
    var body: Unmanaged<ResponseBody>?
    var sentBytes: Int
}

/// The library's callback; formed at file scope, so without any actor's isolation.
private let httpCallback:
    @convention(c) (
        OpaquePointer?, lws_callback_reasons, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?,
        Int
    ) -> Int32 = { connection, reason, user, input, length in
        guard let connection, let pointer = lws_context_user(lws_get_context(connection)) else {
            return 0
        }
        let table = Unmanaged<HTTPServiceTable>.fromOpaque(pointer).takeUnretainedValue()
        let exchange = user?.assumingMemoryBound(to: HTTPExchange.self)
        switch reason {
        case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
            // Not zero: close at once.
            return table.connectionsOpen >= table.connectionCountMax ? 1 : 0
        case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
            table.connectionsOpen += 1
            return 0
        case LWS_CALLBACK_WSI_DESTROY:
            table.connectionsOpen = max(0, table.connectionsOpen - 1)
            return 0
        case LWS_CALLBACK_HTTP:
            guard let exchange else { return -1 }
            return beginAnswer(connection, exchange, table)
        case LWS_CALLBACK_HTTP_WRITEABLE:
            guard let exchange, exchange.pointee.body != nil else { return 0 }
            return continueAnswer(connection, exchange, table)
        case LWS_CALLBACK_HTTP_DROP_PROTOCOL, LWS_CALLBACK_CLOSED_HTTP:
            if let exchange { release(exchange, table) }
            return 0
        default:
            return lws_callback_http_dummy(connection, reason, user, input, length)
        }
    }

/// Runs the route and sends the headers; the body follows when the socket takes more.
private func beginAnswer(
    _ connection: OpaquePointer, _ exchange: UnsafeMutablePointer<HTTPExchange>,
    _ table: HTTPServiceTable
) -> Int32 {
    var uri: UnsafeMutablePointer<CChar>?
    var uriBytes: Int32 = 0
    let method = lws_http_get_uri_and_method(connection, &uri, &uriBytes)
    guard method >= 0, let uri else { return -1 }
    // Behind such a request a body may follow, for which the library would wait and which nobody
    // reads: the answer goes out at once, and the connection ends.
    let hasBody =
        lws_hdr_total_length(connection, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0
        || lws_hdr_total_length(connection, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0
    if let refusal = table.refusal(method: method, hasBody: hasBody) {
        sendWhole(refusal, connection, table)
        return -1
    }
    let text = UnsafeRawBufferPointer(start: uri, count: Int(uriBytes))
    let response = table.response(path: String(decoding: text, as: UTF8.self))
    release(exchange, table)
    guard sendHeaders(of: response, connection, table) else { return -1 }
    exchange.pointee.body = Unmanaged.passRetained(ResponseBody(response.body))
    exchange.pointee.sentBytes = 0
    table.exchangesOpen += 1
    lws_set_timeout(connection, PENDING_TIMEOUT_HTTP_CONTENT, table.timeoutSeconds)
    lws_callback_on_writable(connection)
    return 0
}

/// Sends a short answer in two writes; what fails is lost with the connection.
private func sendWhole(
    _ response: HTTPResponse, _ connection: OpaquePointer, _ table: HTTPServiceTable
) {
    precondition(response.body.count <= HTTPServiceTable.chunkBytes)
    guard sendHeaders(of: response, connection, table) else { return }
    let start = table.scratch + HTTPServiceTable.prefixBytes
    for (offset, byte) in response.body.enumerated() { start[offset] = byte }
    lws_write(connection, start, response.body.count, LWS_WRITE_HTTP_FINAL)
}

private func sendHeaders(
    of response: HTTPResponse, _ connection: OpaquePointer, _ table: HTTPServiceTable
) -> Bool {
    let start = table.scratch + HTTPServiceTable.prefixBytes
    let end = start + HTTPServiceTable.chunkBytes
    var position: UnsafeMutablePointer<UInt8>? = start
    let code = UInt32(response.status) | (1 << 30)  // LWSAHH_FLAG_NO_SERVER_NAME
    guard
        lws_add_http_common_headers(
            connection, code, response.contentType, UInt64(response.body.count), &position, end)
            == 0,
        add("cache-control:", "no-store"),
        response.status != 405 || add("allow:", "GET")
    else { return false }
    return lws_finalize_write_http_header(connection, start, &position, end) == 0

    func add(_ name: String, _ value: String) -> Bool {
        let bytes = Array(value.utf8)
        return lws_add_http_header_by_name(
            connection, name, bytes, Int32(bytes.count), &position, end) == 0
    }
}

/// Sends the next piece of the body; after the last one the connection waits for a new request.
private func continueAnswer(
    _ connection: OpaquePointer, _ exchange: UnsafeMutablePointer<HTTPExchange>,
    _ table: HTTPServiceTable
) -> Int32 {
    guard let body = exchange.pointee.body?.takeUnretainedValue() else { return -1 }
    let sent = exchange.pointee.sentBytes
    let count = min(HTTPServiceTable.chunkBytes, body.bytes.count - sent)
    let start = table.scratch + HTTPServiceTable.prefixBytes
    body.bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress, count > 0 else { return }
        start.update(from: base + sent, count: count)
    }
    let isLast = sent + count == body.bytes.count
    let kind = isLast ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP
    // What the socket does not take at once the library keeps and sends before it asks for more.
    if lws_write(connection, start, count, kind) < Int32(count) { return -1 }
    exchange.pointee.sentBytes = sent + count
    if isLast {
        release(exchange, table)
        return lws_http_transaction_completed(connection) == 0 ? 0 : -1
    }
    lws_set_timeout(connection, PENDING_TIMEOUT_HTTP_CONTENT, table.timeoutSeconds)
    lws_callback_on_writable(connection)
    return 0
}

private func release(_ exchange: UnsafeMutablePointer<HTTPExchange>, _ table: HTTPServiceTable) {
    guard let body = exchange.pointee.body else { return }
    body.release()
    exchange.pointee.body = nil
    table.exchangesOpen -= 1
}
