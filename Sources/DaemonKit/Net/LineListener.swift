// A TCP listener for text lines: takes connections, cuts what comes into lines, sends lines. Owned
// by one thread, which polls; nothing waits but `poll`. Everything a stranger can make grow has a
// bound: connections, the length of a line, what is kept for a slow reader, the time before he has
// said who he is.
import Glibc

/// A connection of a listener; never used again.
package struct LineConnectionID: Hashable, Sendable {
    package let raw: UInt64
    package init(_ raw: UInt64) { self.raw = raw }
}

/// What a client may use up.
package struct LineLimits: Sendable {
    package var connectionCountMax = 1_024
    /// Bytes of a line without its end.
    package var lineByteCountMax = 1_024
    /// Bytes kept for a client that reads slower than it is written to.
    package var outputByteCountMax = 65_536
    /// Time until `admit`, in milliseconds.
    package var admissionMilliseconds: UInt64 = 5_000

    package init() {}
}

/// What a poll has found.
package enum LineEvent: Equatable, Sendable {
    /// A line without its end.
    case line(LineConnectionID, [UInt8])
    /// The connection is gone; nothing more comes of it. Also told of those that `close` ended.
    case closed(LineConnectionID)
}

/// The listener.
package final class LineListener {
    private let limits: LineLimits
    private let listener: Int32
    private var connections: [LineConnectionID: LineConnection] = [:]
    private var nextID: UInt64 = 1
    private var acceptsAgainAt: UInt64 = 0

    /// The port that is really listened on.
    package let port: Int

    /// - Parameters:
    ///   - address: IPv4; 0.0.0.0 means all of this machine's.
    ///   - port: 0 lets the system choose.
    /// - Throws: `SystemError`.
    package init(address: String, port: Int, limits: LineLimits) throws(SystemError) {
        self.limits = limits
        listener = try LineSocket.listening(address: address, port: port)
        do throws(SystemError) {
            self.port = try LineSocket.port(of: listener)
        } catch {
            Glibc.close(listener)
            throw error
        }
    }

    deinit {
        for connection in connections.values { Glibc.close(connection.socket) }
        Glibc.close(listener)
    }

    package var connectionCount: Int { connections.count }

    /// Waits up to `milliseconds` for something to happen, and says what has.
    package func poll(milliseconds: Int32) -> [LineEvent] {
        let now = MonotonicClock.nowNanoseconds()
        let accepts = now >= acceptsAgainAt && connections.count < limits.connectionCountMax
        let ids = Array(connections.keys)
        var entries = ids.map { id in
            let wantsToWrite = connections[id]?.output.isEmpty == false
            let events = Int16(POLLIN) | (wantsToWrite ? Int16(POLLOUT) : 0)
            return pollfd(fd: connections[id]?.socket ?? -1, events: events, revents: 0)
        }
        entries.append(pollfd(fd: accepts ? listener : -1, events: Int16(POLLIN), revents: 0))
        var events: [LineEvent] = []
        if Glibc.poll(&entries, nfds_t(entries.count), milliseconds) > 0 {
            if entries[ids.count].revents != 0 { acceptAll() }
            for (index, id) in ids.enumerated() where entries[index].revents != 0 {
                serve(id, entries[index].revents, &events)
            }
        }
        closeLate(&events)
        return events
    }

    /// Sends a line; its end is added. A client that does not keep up is closed.
    package func send(_ line: String, to id: LineConnectionID) {
        guard connections[id] != nil else { return }
        connections[id]?.output.append(contentsOf: line.utf8)
        connections[id]?.output.append(UInt8(ascii: "\n"))
        flush(id)
    }

    /// Lifts the time limit of a connection: the client has said who it is.
    package func admit(_ id: LineConnectionID) { connections[id]?.closesAt = nil }

    /// Ends a connection once what was sent has gone out: tells the client, and closes when he does
    /// or a second later. Closing at once could take from him what he has not read yet.
    package func close(_ id: LineConnectionID) {
        guard connections[id] != nil else { return }
        connections[id]?.isClosing = true
        connections[id]?.closesAt = MonotonicClock.nowNanoseconds() + 1_000_000_000
    }

    // MARK: - Reading

    private func acceptAll() {
        while connections.count < limits.connectionCountMax {
            let socket = accept(listener, nil, nil)
            if socket < 0 {
                // Out of descriptors: others must close first, and asking at once would spin.
                if errno == EMFILE || errno == ENFILE {
                    acceptsAgainAt = MonotonicClock.nowNanoseconds() + 100_000_000
                }
                return
            }
            LineSocket.prepare(socket)
            let deadline =
                MonotonicClock.nowNanoseconds() + limits.admissionMilliseconds * 1_000_000
            connections[LineConnectionID(nextID)] = LineConnection(
                socket: socket, closesAt: deadline)
            nextID += 1
        }
    }

    private func serve(_ id: LineConnectionID, _ found: Int16, _ events: inout [LineEvent]) {
        if found & Int16(POLLOUT) != 0 { flush(id) }
        if found & Int16(POLLIN | POLLHUP | POLLERR) != 0 { read(id, &events) }
    }

    /// Reads once, so that one client cannot keep the thread to itself.
    private func read(_ id: LineConnectionID, _ events: inout [LineEvent]) {
        guard let connection = connections[id] else { return }
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(connection.socket, &chunk, chunk.count)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
        guard count > 0 else {
            drop(id, &events)
            return
        }
        // Who is being closed is not listened to.
        if connection.isClosing { return }
        var input = connections[id]?.input.take() ?? []
        for byte in chunk[..<count] {
            if byte == UInt8(ascii: "\n") {
                if input.last == UInt8(ascii: "\r") { input.removeLast() }
                events.append(.line(id, input))
                input = []
            } else if input.count < limits.lineByteCountMax {
                input.append(byte)
            } else {
                drop(id, &events)
                return
            }
        }
        connections[id]?.input = input
    }

    // MARK: - Writing and closing

    private func flush(_ id: LineConnectionID) {
        guard let connection = connections[id], !connection.output.isEmpty else { return }
        let count = connection.output.withUnsafeBytes {
            Glibc.write(connection.socket, $0.baseAddress, $0.count)
        }
        if count > 0 { connections[id]?.output.removeFirst(count) }
        let isBroken = count < 0 && errno != EAGAIN && errno != EINTR
        if isBroken || (connections[id]?.output.count ?? 0) > limits.outputByteCountMax {
            connections[id]?.output = []
            // Told as closed by the next poll.
            connections[id]?.isClosing = true
            connections[id]?.closesAt = 0
        }
    }

    private func closeLate(_ events: inout [LineEvent]) {
        let now = MonotonicClock.nowNanoseconds()
        for (id, connection) in connections {
            if connection.isClosing && connection.output.isEmpty && !connection.isShut {
                shutdown(connection.socket, Int32(SHUT_WR))
                connections[id]?.isShut = true
            }
            if connection.closesAt.map({ $0 <= now }) == true { drop(id, &events) }
        }
    }

    private func drop(_ id: LineConnectionID, _ events: inout [LineEvent]) {
        guard let connection = connections.removeValue(forKey: id) else { return }
        Glibc.close(connection.socket)
        events.append(.closed(id))
    }
}

/// One client.
private struct LineConnection {
    let socket: Int32
    /// Nil for a client that may stay.
    var closesAt: UInt64?
    var isClosing = false
    /// The client has been told that nothing more comes.
    var isShut = false
    /// The beginning of a line whose end has not come; nil while it is worked on.
    var input: [UInt8]? = []
    var output: [UInt8] = []

    init(socket: Int32, closesAt: UInt64) {
        self.socket = socket
        self.closesAt = closesAt
    }
}

/// The calls of the system that make sockets.
private enum LineSocket {
    static func listening(address: String, port: Int) throws(SystemError) -> Int32 {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(port).bigEndian
        guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else {
            throw SystemError(operation: "listen on \(address)", code: EINVAL)
        }
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw SystemError.last(operation: "socket") }
        var one: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let bound = withUnsafePointer(to: &place) { start in
            start.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(socket, 128) == 0 else {
            let error = SystemError.last(operation: "listen on \(address):\(port)")
            close(socket)
            throw error
        }
        prepare(socket)
        return socket
    }

    static func port(of socket: Int32) throws(SystemError) -> Int {
        var place = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &place) { start in
            start.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &size)
            }
        }
        guard code == 0 else { throw SystemError.last(operation: "getsockname") }
        return Int(in_port_t(bigEndian: place.sin_port))
    }

    /// Never waits, not inherited, small lines at once.
    static func prepare(_ socket: Int32) {
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL, 0) | O_NONBLOCK)
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        var one: Int32 = 1
        setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
}
