// Lines over real sockets: what arrives, and what a stranger cannot make grow.
import Glibc
import Testing

@testable import DaemonKit

/// One connection to a listener on loopback.
private final class LineClient {
    let descriptor: Int32

    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, "127.0.0.1", &place.sin_addr)
        let fd = descriptor
        let code = withUnsafePointer(to: &place) { start in
            start.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if code != 0 { return nil }
    }

    deinit { close(descriptor) }

    func send(_ text: String) { _ = write(descriptor, text, text.utf8.count) }

    /// What comes until the other side closes or `count` bytes are there.
    func receive(_ count: Int) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < count {
            let got = read(descriptor, &chunk, chunk.count)
            if got <= 0 { break }
            bytes += chunk[..<got]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

@Suite struct LineListenerTests {
    private func listener(_ change: (inout LineLimits) -> Void = { _ in }) throws -> LineListener {
        var limits = LineLimits()
        change(&limits)
        return try LineListener(address: "127.0.0.1", port: 0, limits: limits)
    }

    /// Polls until `isEnough`, at most some seconds.
    private func events(
        _ listener: LineListener, until isEnough: ([LineEvent]) -> Bool
    ) -> [LineEvent] {
        var events: [LineEvent] = []
        for _ in 0..<500 where !isEnough(events) { events += listener.poll(milliseconds: 10) }
        return events
    }

    @Test func linesArriveWholeHoweverTheyAreCut() throws {
        let listener = try listener()
        let client = try #require(LineClient(port: listener.port))
        client.send("one\r\ntw")
        let first = events(listener) { $0.count == 1 }
        client.send("o\n\nend")
        let all = first + events(listener) { $0.count == 2 }
        let id = LineConnectionID(1)
        #expect(all == [.line(id, Array("one".utf8)), .line(id, Array("two".utf8)), .line(id, [])])
    }

    @Test func anAnswerGoesOutBeforeTheClose() throws {
        let listener = try listener()
        let client = try #require(LineClient(port: listener.port))
        client.send("hello\n")
        let id = LineConnectionID(1)
        #expect(events(listener) { !$0.isEmpty } == [.line(id, Array("hello".utf8))])
        listener.send("bye", to: id)
        listener.close(id)
        // What comes now is not listened to, and does not take from the client what was said.
        client.send(String(repeating: "more\n", count: 2_000))
        #expect(listener.poll(milliseconds: 10) == [])
        #expect(client.receive(100) == "bye\n")
        #expect(events(listener) { !$0.isEmpty } == [.closed(id)])
        #expect(listener.connectionCount == 0)
    }

    @Test func aLineThatIsTooLongEndsTheConnection() throws {
        let listener = try listener { $0.lineByteCountMax = 8 }
        let client = try #require(LineClient(port: listener.port))
        client.send("12345678\n123456789")
        let id = LineConnectionID(1)
        #expect(
            events(listener) { $0.count == 2 } == [.line(id, Array("12345678".utf8)), .closed(id)])
    }

    @Test func whoSaysNothingIsClosedUnlessAdmitted() throws {
        let listener = try listener { $0.admissionMilliseconds = 50 }
        let silent = try #require(LineClient(port: listener.port))
        let admitted = try #require(LineClient(port: listener.port))
        admitted.send("x\n")
        let first = events(listener) { !$0.isEmpty }
        guard case .line(let id, _) = try #require(first.first) else {
            Issue.record("\(first)")
            return
        }
        listener.admit(id)
        let closed = events(listener) { !$0.isEmpty }
        #expect(closed == [.closed(LineConnectionID(id.raw == 1 ? 2 : 1))])
        #expect(silent.receive(1) == "" && listener.connectionCount == 1)
    }

    @Test func aSlowReaderIsClosed() throws {
        let listener = try listener { $0.outputByteCountMax = 10_000 }
        let client = try #require(LineClient(port: listener.port))
        client.send("x\n")
        #expect(events(listener) { !$0.isEmpty }.count == 1)
        let line = String(repeating: "l", count: 9_000)
        var closed: [LineEvent] = []
        for _ in 0..<5_000 where closed.isEmpty {
            listener.send(line, to: LineConnectionID(1))
            closed = listener.poll(milliseconds: 0)
        }
        #expect(closed == [.closed(LineConnectionID(1))])
    }

    @Test func furtherConnectionsWaitForRoom() throws {
        let listener = try listener { $0.connectionCountMax = 1 }
        let first = try #require(LineClient(port: listener.port))
        let second = try #require(LineClient(port: listener.port))
        first.send("1\n")
        second.send("2\n")
        #expect(events(listener) { !$0.isEmpty } == [.line(LineConnectionID(1), [0x31])])
        listener.close(LineConnectionID(1))
        let rest = events(listener) { $0.count == 2 }
        #expect(rest == [.closed(LineConnectionID(1)), .line(LineConnectionID(2), [0x32])])
    }

    @Test func anAddressThatIsTakenOrNoneIsAnError() throws {
        let listener = try listener()
        #expect(throws: SystemError.self) {
            try LineListener(address: "127.0.0.1", port: listener.port, limits: LineLimits())
        }
        #expect(throws: SystemError.self) {
            try LineListener(address: "localhost", port: 0, limits: LineLimits())
        }
    }
}

@Suite struct ListenAddressTests {
    @Test func anAddressHasFourNumbersAndAPort() {
        #expect(ListenAddress("127.0.0.1:80")?.port == 80)
        #expect(ListenAddress("0.0.0.0:0")?.address == "0.0.0.0")
        for text in ["", ":1", "1.2.3:1", "1.2.3.4", "1.2.3.256:1", "1.2.3.4:65536", "host:1"] {
            #expect(ListenAddress(text) == nil)
        }
    }
}
