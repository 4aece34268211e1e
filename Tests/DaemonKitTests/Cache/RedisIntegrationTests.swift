// Redis connections, scripts and pools against a real server, where one is named.
import Foundation
import Synchronization
import Testing

@testable import DaemonKit

private let serverURL = ProcessInfo.processInfo.environment["MUSTER_TEST_REDIS_URL"]

@Suite(.enabled(if: serverURL != nil), .serialized) struct RedisIntegrationTests {
    private let configuration: RedisConfiguration
    /// Keys of this run; they expire by themselves.
    private let prefix = "kit-test:\(UUID().uuidString):"

    init() throws { configuration = try RedisConfiguration(url: serverURL ?? "") }

    private func key(_ name: String) -> RedisArgument { RedisArgument(prefix + name) }

    @Test func valuesComeBackByteForByte() throws {
        let connection = RedisConnection(configuration: configuration)
        for value in [[], [0, 1, 2, 255], Array("%s %d %n \r\n$5".utf8), [UInt8](0...255)] {
            let set = try connection.command(
                ["SET", key("a"), RedisArgument(value), "PX", 10_000])
            #expect(set == .status("OK"))
            #expect(try connection.command(["GET", key("a")]).optionalBytes() == value)
        }
        #expect(try connection.command(["GET", key("none")]).optionalBytes() == nil)
    }

    @Test func aRefusalIsAnErrorAndTheConnectionGoesOn() throws {
        let connection = RedisConnection(configuration: configuration)
        _ = try connection.command(["SET", key("t"), "text", "PX", 10_000])
        #expect {
            _ = try connection.command(["INCR", key("t")])
        } throws: { error in
            guard case RedisError.refused(let text)? = error as? RedisError else { return false }
            return text.hasPrefix("ERR")
        }
        #expect(connection.isConnected)
        #expect(throws: RedisError.self) {
            _ = try connection.command(["GET", key("t")]).integer()
        }
    }

    @Test func aPipelineAnswersInOrderWithRefusalsAtTheirPlace() throws {
        let connection = RedisConnection(configuration: configuration)
        var commands: [RedisCommand] = [["SET", key("n"), "x", "PX", 10_000], ["INCR", key("n")]]
        commands += (0..<5_000).map { ["ECHO", RedisArgument(Int64($0))] }
        let replies = try connection.pipeline(commands)
        #expect(replies.count == 5_002)
        #expect(replies[0] == .status("OK"))
        guard case .error = replies[1] else {
            Issue.record("INCR of a text is refused")
            return
        }
        #expect(replies[5_001] == .bytes(Array("4999".utf8)))
    }

    @Test func aScriptSurvivesThatTheServerForgetsIt() throws {
        let connection = RedisConnection(configuration: configuration)
        let script = RedisScript("return {KEYS[1], ARGV[1], 7, {1, false}}")
        let loaded = try script.load(on: connection)
        let expected = RedisReply.array([
            .bytes(Array((prefix + "k").utf8)), .bytes(Array("v".utf8)), .integer(7),
            .array([.integer(1), .null]),
        ])
        #expect(try loaded.run(on: connection, keys: [key("k")], arguments: ["v"]) == expected)
        _ = try connection.command(["SCRIPT", "FLUSH"])
        #expect(try loaded.run(on: connection, keys: [key("k")], arguments: ["v"]) == expected)
    }

    @Test func aBrokenConnectionSaysUnknownOnceAndThenWorksAgain() throws {
        let connection = RedisConnection(configuration: configuration)
        let other = RedisConnection(configuration: configuration)
        let id = try connection.command(["CLIENT", "ID"]).integer()
        _ = try other.command(["CLIENT", "KILL", "ID", RedisArgument(id)])
        #expect {
            _ = try connection.command(["PING"])
        } throws: { error in
            guard case RedisError.unknownOutcome? = error as? RedisError else { return false }
            return true
        }
        #expect(!connection.isConnected)
        #expect(try connection.command(["PING"]) == .status("PONG"))
        #expect(try connection.command(["CLIENT", "ID"]).integer() != id)
    }

    @Test func aReplyThatTakesTooLongIsOfUnknownOutcome() throws {
        var impatient = configuration
        impatient.commandTimeoutMilliseconds = 100
        let connection = RedisConnection(configuration: impatient)
        _ = try connection.command(["PING"])
        let start = MonotonicClock.nowNanoseconds()
        #expect(throws: RedisError.self) {
            _ = try connection.command(["BLPOP", key("never"), 5])
        }
        #expect(MonotonicClock.nowNanoseconds() - start < 1_500_000_000)
    }

    @Test func anAbsentServerIsNotConnectedAndNotHammered() throws {
        var absent = RedisConfiguration(address: .tcp(host: "127.0.0.1", port: 1))
        absent.retryMilliseconds = 60_000
        let connection = RedisConnection(configuration: absent)
        for _ in 0..<2 {
            #expect {
                _ = try connection.command(["PING"])
            } throws: { error in
                guard case RedisError.notConnected? = error as? RedisError else { return false }
                return true
            }
        }
    }

    @Test func aWrongPasswordIsNotConnected() throws {
        var wrong = configuration
        wrong.password = Secret("certainly-not-it")
        let connection = RedisConnection(configuration: wrong)
        #expect {
            _ = try connection.command(["PING"])
        } throws: { error in
            guard case RedisError.notConnected(let text)? = error as? RedisError else {
                return false
            }
            return !text.contains("certainly")
        }
    }

    @Test func theDatabaseIsSelected() throws {
        var third = configuration
        third.database = 3
        let connection = RedisConnection(configuration: third)
        let text = try connection.command(["CLIENT", "LIST"]).optionalText() ?? ""
        #expect(text.contains(" db=3 "))
    }

    @Test func aPoolLendsEachConnectionToOneThread() throws {
        let pool = RedisPool(configuration: configuration, connectionCountMax: 3)
        let failures = Atomic<Int>(0)
        let counterKey = key("count")
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<100 {
                do throws(RedisError) {
                    let reply = try pool.withConnection(waitMilliseconds: 5_000) {
                        connection throws(RedisError) in
                        try connection.command(["INCR", counterKey])
                    }
                    _ = try reply.integer()
                } catch {
                    failures.wrappingAdd(1, ordering: .relaxed)
                }
            }
        }
        #expect(failures.load(ordering: .relaxed) == 0)
        let total = try pool.withConnection { connection throws(RedisError) in
            let total = try connection.command(["GET", counterKey]).optionalText()
            _ = try connection.command(["DEL", counterKey])
            return total
        }
        #expect(total == "800")
        pool.close()
        #expect(throws: RedisError.poolExhausted) {
            try pool.withConnection { _ throws(RedisError) in }
        }
    }
}
