// Names and indices: stable, bounded, readable while another thread adds.
import DaemonKit
import MatchCore
import Testing
import Wire

@testable import matchmakerd

@Suite struct NameTableTests {
    @Test func namesKeepTheirIndexAndTheTableItsBound() {
        let table = NameTable(capacity: 3)
        #expect(table.index(of: "a") == nil)
        #expect(table.add("a") == 0)
        #expect(table.add("b") == 1)
        #expect(table.add("a") == 0)
        #expect(table.add(String(repeating: "x", count: 48)) == 2)
        #expect(table.add("d") == nil)
        #expect(table.add("b") == 1)
        #expect(table.count == 3)
        #expect(table.name(at: 2) == String(repeating: "x", count: 48))
        #expect(table.name(at: 3) == nil && table.name(at: .max) == nil)
        #expect(table.index(of: "") == nil)
    }

    @Test func aFullTableOfThousandsIsFoundAgain() {
        let table = NameTable(capacity: 5_000)
        for number in 0..<5_000 { #expect(table.add("lobby-\(number)") == UInt16(number)) }
        for number in 0..<5_000 { #expect(table.index(of: "lobby-\(number)") == UInt16(number)) }
        #expect(table.add("one-more") == nil)
    }

    @Test func readersSeeWholeNamesWhileTheWriterAdds() throws {
        final class Writer: Agent {
            let table: NameTable
            var next = 0
            init(_ table: NameTable) { self.table = table }
            func step(nowNanoseconds: UInt64) -> Int {
                guard next < 20_000 else { return 0 }
                _ = table.add("name-\(next)")
                next += 1
                return 1
            }
        }
        let table = NameTable(capacity: 20_000)
        let runner = AgentRunner(name: "writer", idle: .standard, agent: Writer(table))
        try runner.start()
        while table.count < 20_000 {
            let count = table.count
            if count == 0 { continue }
            let number = Int.random(in: 0..<count)
            guard table.name(at: UInt16(number)) == "name-\(number)",
                table.index(of: "name-\(number)") == UInt16(number)
            else {
                Issue.record("name \(number) is not whole")
                break
            }
        }
        runner.stop()
    }

    @Test func aLobbyIsAnsweredInItsLastForm() throws {
        let lobbies = LobbyTable(capacity: 2)
        let index = try #require("l1".utf8CString.withUnsafeBytes { lobbies.add($0.prefixed(2)) })
        #expect(lobbies.form(of: index) == .protobuf)
        lobbies.setForm(.json, of: index)
        #expect(lobbies.form(of: "l1") == .json)
        lobbies.setForm(.protobuf, of: index)
        #expect(lobbies.form(of: index) == .protobuf)
        #expect(lobbies.form(of: "never") == .protobuf)
        #expect(lobbies.name(of: index) == "l1")
        #expect(lobbies.name(of: LobbyIndex(.max)) == nil)
        #expect(lobbies.form(of: LobbyIndex(.max)) == .protobuf)
    }
}

extension UnsafeRawBufferPointer {
    /// The first `count` bytes.
    fileprivate func prefixed(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[..<count])
    }
}
