// Log lines: form, escapes, levels, length, and threads that log at once.
import Foundation
import Testing

@testable import DaemonKit

@Suite struct LogTests {
    /// 2026-02-03T04:05:06.789Z
    private let moment = timespec(tv_sec: 1_770_091_506, tv_nsec: 789_000_000)

    private func line(_ message: String, _ fields: Log.Fields = [:]) -> String {
        Log.line(.info, "kit", message, fields, at: moment)
    }

    @Test func aLineIsKeysAndValues() {
        #expect(
            line("started", ["port": 8080, "ratio": 0.5, "name": "a b"])
                == "time=2026-02-03T04:05:06.789Z level=info component=kit msg=started"
                + " port=8080 ratio=0.5 name=\"a b\"")
    }

    @Test(arguments: [
        ("", "\"\""), ("a=b", "\"a=b\""), ("say \"hi\"", "\"say \\\"hi\\\"\""),
        ("a\r\nlevel=error", "\"a\\r\\nlevel=error\""), ("\u{1B}[31m", "\"\\u001b[31m\""),
        ("ü", "\"ü\""), ("\u{85}\u{2028}", "\"\\u0085\\u2028\""), ("plain-1.2/x", "plain-1.2/x"),
    ])
    func valuesCannotForgeLinesOrKeys(value: String, expected: String) {
        #expect(Log.value(value) == expected)
    }

    @Test func keysCannotForgeEither() {
        #expect(line("m", ["a b=\n": 1]).hasSuffix(" a_b__=1"))
    }

    @Test func linesBelowTheLevelAreDropped() throws {
        let pipe = Pipe()
        let sink = LogSink(
            descriptor: pipe.fileHandleForWriting.fileDescriptor, minimum: .warning)
        let log = Log(component: "kit", sink: sink)
        log.info("no")
        log.error("yes")
        sink.minimumLevel = .debug
        log.named("other").debug("now")
        try pipe.fileHandleForWriting.close()
        let text = String(
            decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let ends = text.split(separator: "\n").map { $0.split(separator: " ").dropFirst() }
        #expect(
            ends.map { $0.joined(separator: " ") } == [
                "level=error component=kit msg=yes", "level=debug component=other msg=now",
            ])
    }

    @Test func aLongLineIsCutAndSaysSo() throws {
        let pipe = Pipe()
        let sink = LogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        Log(component: "kit", sink: sink).info(String(repeating: "é", count: 5_000))
        try pipe.fileHandleForWriting.close()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        #expect(bytes.count <= LogSink.lineBytesMax)
        let text = try #require(String(data: bytes, encoding: .utf8))
        #expect(text.hasSuffix("é cut=true\n"))
    }

    @Test func linesOfSeveralThreadsDoNotMix() throws {
        let path = NSTemporaryDirectory() + "log-\(UUID().uuidString)"
        let descriptor = open(path, O_CREAT | O_WRONLY | O_APPEND, 0o600)
        #expect(descriptor >= 0)
        let log = Log(component: "kit", sink: LogSink(descriptor: descriptor))
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for number in 0..<200 { log.info("line", ["thread": thread, "number": number]) }
        }
        close(descriptor)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try FileManager.default.removeItem(atPath: path)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 800)
        #expect(lines.allSatisfy { $0.split(separator: " ").count == 6 })
    }
}
