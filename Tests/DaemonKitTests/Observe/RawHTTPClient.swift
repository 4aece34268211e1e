// A client on a bare socket, for requests that no proper client would send.
import Glibc

/// One connection to 127.0.0.1.
final class RawHTTPClient {
    let descriptor: Int32

    init?(port: Int) {
        // A failed initialiser still runs deinit once every property is set, which closes it.
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let fd = descriptor
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Sends all of it; false when the other side has gone.
    @discardableResult
    func send(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            == bytes.count
    }

    /// What comes until the other side closes, or until `end` has come.
    func receive(until end: String? = nil) -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count <= 0 { break }
            all += buffer[..<count]
            if let end, String(decoding: all, as: UTF8.self).hasSuffix(end) { break }
        }
        return String(decoding: all, as: UTF8.self)
    }
}

/// A whole exchange: request text in, answer text out.
func exchange(port: Int, _ request: String) -> String {
    guard let client = RawHTTPClient(port: port) else { return "no connection" }
    client.send(request)
    return client.receive()
}
