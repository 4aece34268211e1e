// Files of a spool are there whole or not at all, and one process has the folder.
import Glibc
import Testing

@testable import DaemonKit

@Suite struct SpoolFolderTests {
    private static func path() -> String {
        "/tmp/spool-test-\(UInt64.random(in: 0...UInt64.max))"
    }

    @Test func filesComeAndGo() throws {
        let path = Self.path()
        let spool = try SpoolFolder(path)
        #expect(try spool.names() == [])
        try spool.write([1, 2], to: "b")
        try spool.write(Array(repeating: 7, count: 100_000), to: "a")
        try spool.write([3], to: "b")
        #expect(try spool.names() == ["a", "b"])
        #expect(try spool.read("b") == [3] && spool.read("a").count == 100_000)
        try spool.remove("a")
        try spool.remove("a")
        #expect(try spool.names() == ["b"])
        #expect(throws: SystemError.self) { try spool.read("a") }
    }

    @Test func whatACrashLeftHalfWrittenIsNotSeen() throws {
        let path = Self.path()
        let spool = try SpoolFolder(path)
        try TextFile.write("half", to: "\(path)/.a.partial")
        #expect(try spool.names() == [])
        try spool.write([1], to: "a")
        #expect(try spool.names() == ["a"])
    }

    @Test func aFailedWriteLeavesTheFormerFile() throws {
        let path = Self.path()
        let spool = try SpoolFolder(path)
        try spool.write([1], to: "a")
        // A folder in the way of the unfinished file.
        mkdir("\(path)/.a.partial", 0o700)
        #expect(throws: SystemError.self) { try spool.write([2], to: "a") }
        #expect(try spool.read("a") == [1])
    }

    @Test func aFolderBelongsToOneAtATime() throws {
        let path = Self.path()
        var first: SpoolFolder? = try SpoolFolder(path)
        #expect(first?.path == path)
        #expect(throws: SystemError.self) { try SpoolFolder(path) }
        first = nil
        _ = try SpoolFolder(path)
    }

    @Test func aFolderThatCannotBeMadeIsAnError() {
        #expect(throws: SystemError.self) { try SpoolFolder("/dev/null/x") }
    }
}
