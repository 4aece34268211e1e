// The HTTP endpoint on real sockets: answers, refusals, hostile clients, start and stop.
import Foundation
import Synchronization
import Testing

@testable import DaemonKit

@Suite(.serialized) struct HTTPEndpointTests {
    private static let bigBody = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)

    private func endpoint(
        port: Int = 0, connectionCountMax: Int = 64, timeoutSeconds: Int = 5
    ) throws -> HTTPEndpoint {
        var configuration = HTTPEndpointConfiguration(address: "127.0.0.1", port: port)
        configuration.connectionCountMax = connectionCountMax
        configuration.timeoutSeconds = timeoutSeconds
        return try HTTPEndpoint(
            configuration: configuration,
            routes: [
                "/metrics": {
                    HTTPResponse(status: 200, contentType: "text/plain", body: [65, 66])
                },
                "/big": {
                    HTTPResponse(status: 200, contentType: "text/plain", body: Self.bigBody)
                },
                "/empty": { HTTPResponse(status: 200, contentType: "text/plain", body: []) },
                "/sick": { .text(503, "ill") },
            ])
    }

    private func get(_ port: Int, _ path: String) -> String {
        exchange(port: port, "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    }

    @Test func aRouteIsAnswered() throws {
        let server = try endpoint()
        defer { server.stop() }
        #expect(server.port > 0)
        let answer = get(server.port, "/metrics?name=x")
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.lowercased().contains("\r\ncontent-type: text/plain\r\n"))
        #expect(answer.lowercased().contains("\r\ncontent-length: 2\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nAB"))
        #expect(!answer.lowercased().contains("libwebsockets"))
        #expect(get(server.port, "/sick").hasPrefix("HTTP/1.1 503 "))
        #expect(get(server.port, "/empty").hasSuffix("\r\n\r\n"))
    }

    @Test func anUnknownPathIs404() throws {
        let server = try endpoint()
        defer { server.stop() }
        for path in ["/", "/metricsx", "/../etc/passwd", "/metrics/"] {
            #expect(get(server.port, path).hasPrefix("HTTP/1.1 404 "), "\(path)")
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
    func otherMethodsAreRefused(method: String) throws {
        let server = try endpoint()
        defer { server.stop() }
        let answer = exchange(
            port: server.port,
            "\(method) /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.hasPrefix("HTTP/1.1 405 "), "\(answer)")
        #expect(answer.lowercased().contains("\r\nallow: get\r\n"))
        #expect(answer.hasSuffix("\r\n\r\nonly GET is served here\n"))
        #expect(get(server.port, "/metrics").hasPrefix("HTTP/1.1 200 "))
    }

    @Test func aGetWithABodyIsRefused() throws {
        let server = try endpoint()
        defer { server.stop() }
        let answer = exchange(
            port: server.port, "GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        #expect(get(server.port, "/metrics").hasPrefix("HTTP/1.1 200 "))
    }

    @Test func aConnectionServesSeveralRequests() throws {
        let server = try endpoint()
        defer { server.stop() }
        let client = try #require(RawHTTPClient(port: server.port))
        for _ in 0..<3 {
            client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(client.receive(until: "AB").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func aLargeBodyArrivesWhole() throws {
        let server = try endpoint()
        defer { server.stop() }
        let answer = get(server.port, "/big")
        #expect(answer.utf8.count > Self.bigBody.count)
        #expect(answer.utf8.suffix(Self.bigBody.count).elementsEqual(Self.bigBody))
    }

    @Test func manyScrapersAtOnceAllGetTheirAnswer() throws {
        let server = try endpoint()
        defer { server.stop() }
        let good = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 16) { index in
            for _ in 0..<20 {
                let path = index % 4 == 0 ? "/empty" : "/metrics"
                if get(server.port, path).hasPrefix("HTTP/1.1 200 ") {
                    good.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        #expect(good.load(ordering: .relaxed) == 320)
    }

    @Test func garbageDoesNotStopIt() throws {
        let server = try endpoint()
        defer { server.stop() }
        var random = SystemRandomNumberGenerator()
        let header = "X-Long: " + String(repeating: "a", count: 20_000) + "\r\n"
        var requests = [
            "GET\r\n\r\n", "\r\n\r\n", "GET /metrics\r\n\r\n", "GET  HTTP/1.1\r\n\r\n",
            "GET /metrics HTTP/9.9\r\n\r\n", "\u{0}\u{0}\u{0}", "GET /\u{0} HTTP/1.1\r\n\r\n",
            "GET /metrics HTTP/1.1\r\n" + header + "\r\n",
            "GET /" + String(repeating: "b", count: 20_000) + " HTTP/1.1\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ]
        for _ in 0..<50 {
            requests.append(
                String(
                    decoding: (0..<200).map { _ in UInt8.random(in: 1...127, using: &random) },
                    as: UTF8.self))
        }
        for request in requests {
            let client = try #require(RawHTTPClient(port: server.port))
            client.send(request)
        }
        #expect(get(server.port, "/metrics").hasPrefix("HTTP/1.1 200 "))
    }

    @Test func aClientThatDoesNotFinishIsCut() throws {
        let server = try endpoint(timeoutSeconds: 1)
        defer { server.stop() }
        let silent = try #require(RawHTTPClient(port: server.port))
        let half = try #require(RawHTTPClient(port: server.port))
        half.send("GET /metrics HTTP/1.1\r\nHo")
        let start = MonotonicClock.nowNanoseconds()
        #expect(!half.receive().hasPrefix("HTTP/1.1 200"))
        #expect(silent.receive() == "")
        let seconds = Double(MonotonicClock.nowNanoseconds() - start) / 1e9
        #expect(seconds < 6)
    }

    @Test func aClientThatDoesNotReadHoldsUpNobody() throws {
        let server = try endpoint(timeoutSeconds: 1)
        defer { server.stop() }
        let slow = try #require(RawHTTPClient(port: server.port))
        slow.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(get(server.port, "/metrics").hasPrefix("HTTP/1.1 200 "))
        usleep(3_000_000)
        let rest = slow.receive()
        #expect(rest.utf8.count < Self.bigBody.count, "it was cut")
    }

    @Test func connectionsBeyondTheLimitAreClosedAndOthersGoOn() throws {
        let server = try endpoint(connectionCountMax: 4, timeoutSeconds: 1)
        defer { server.stop() }
        var answers = 0
        for _ in 0..<40 where get(server.port, "/metrics").hasPrefix("HTTP/1.1 200 ") {
            answers += 1
        }
        #expect(answers == 40, "one at a time never meets the limit")
        let held = (0..<12).map { _ in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(UInt16(server.port).bigEndian)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            return descriptor
        }
        usleep(3_000_000)
        #expect(get(server.port, "/metrics").hasPrefix("HTTP/1.1 200 "), "idle ones were cut")
        for descriptor in held { close(descriptor) }
    }

    @Test func aPortInUseIsAnError() throws {
        let server = try endpoint()
        defer { server.stop() }
        #expect(throws: HTTPEndpointError.listen(address: "127.0.0.1", port: server.port)) {
            try endpoint(port: server.port)
        }
        #expect(throws: HTTPEndpointError.listen(address: "no-such-address", port: 0)) {
            try HTTPEndpoint(
                configuration: HTTPEndpointConfiguration(address: "no-such-address", port: 0),
                routes: [:])
        }
    }

    @Test func itStopsAtOnceAndItsPortIsFreeAgain() throws {
        var port = 0
        for _ in 0..<5 {
            let server = try endpoint(port: port)
            port = server.port
            let idle = try #require(RawHTTPClient(port: port))
            idle.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
            usleep(20_000)
            let start = MonotonicClock.nowNanoseconds()
            server.stop()
            server.stop()
            #expect(MonotonicClock.nowNanoseconds() - start < 1_000_000_000)
            withExtendedLifetime(idle) { #expect(RawHTTPClient(port: port) == nil) }
        }
    }
}
