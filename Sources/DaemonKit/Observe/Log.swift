// Structured log lines, `key=value`, one write each, for people and for machines. Any thread may
// log; a line never mixes with another because it goes out in one call. Logs are rare and never
// written by an agent on a fixed schedule: the write may wait for whoever reads the other end.
import Glibc
import Synchronization

/// How much a line matters.
package enum LogLevel: UInt8, Sendable, CaseIterable, Comparable {
    case debug
    case info
    case warning
    case error

    package var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The level of that name.
    package init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Where lines go and from which level on.
package final class LogSink: Sendable {
    /// Longest line in bytes; pipes keep writes up to this size in one piece (PIPE_BUF).
    package static let lineBytesMax = 4096

    private let descriptor: Int32
    private let minimum: Atomic<UInt8>

    /// - Parameter descriptor: an open file, standard error by default; not closed by the sink.
    package init(descriptor: Int32 = STDERR_FILENO, minimum: LogLevel = .info) {
        self.descriptor = descriptor
        self.minimum = Atomic(minimum.rawValue)
    }

    /// Lines below this level are dropped; may be changed at any time.
    package var minimumLevel: LogLevel {
        get { LogLevel(rawValue: minimum.load(ordering: .relaxed)) ?? .info }
        // Relaxed: the level stands for itself.
        set { minimum.store(newValue.rawValue, ordering: .relaxed) }
    }

    fileprivate func write(_ line: String) {
        var bytes = Array(line.utf8)
        if bytes.count >= Self.lineBytesMax {
            let mark = Array(" cut=true".utf8)
            bytes.removeLast(bytes.count - (Self.lineBytesMax - 1 - mark.count))
            // Not in the middle of a character: all of its bytes but the first are 10xxxxxx.
            while let byte = bytes.last, byte & 0xC0 == 0x80 { bytes.removeLast() }
            if let byte = bytes.last, byte >= 0xC0 { bytes.removeLast() }
            bytes += mark
        }
        bytes.append(UInt8(ascii: "\n"))
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            // A log that cannot be written is lost: there is nobody left to tell.
            if count <= 0 && errno != EINTR { return }
            sent += max(0, count)
        }
    }
}

/// A component's voice.
package struct Log: Sendable {
    package typealias Fields = KeyValuePairs<String, any CustomStringConvertible>

    package let component: String
    package let sink: LogSink

    package init(component: String, sink: LogSink) {
        self.component = component
        self.sink = sink
    }

    /// The same sink under another component's name.
    package func named(_ component: String) -> Log { Log(component: component, sink: sink) }

    package func debug(_ message: String, _ fields: Fields = [:]) { log(.debug, message, fields) }
    package func info(_ message: String, _ fields: Fields = [:]) { log(.info, message, fields) }
    package func warning(_ message: String, _ fields: Fields = [:]) {
        log(.warning, message, fields)
    }
    package func error(_ message: String, _ fields: Fields = [:]) { log(.error, message, fields) }

    /// Writes one line unless its level is below the sink's.
    package func log(_ level: LogLevel, _ message: String, _ fields: Fields = [:]) {
        if level < sink.minimumLevel { return }
        sink.write(Log.line(level, component, message, fields, at: wallClock()))
    }

    /// One line without its end.
    static func line(
        _ level: LogLevel, _ component: String, _ message: String, _ fields: Fields,
        at time: timespec
    ) -> String {
        var line = "time=\(timestamp(time)) level=\(level.name) component=\(value(component))"
        line += " msg=\(value(message))"
        for (key, field) in fields { line += " \(name(key))=\(value(field.description))" }
        return line
    }

    /// RFC 3339 in UTC with milliseconds.
    static func timestamp(_ time: timespec) -> String {
        var parts = tm()
        var seconds = time.tv_sec
        gmtime_r(&seconds, &parts)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date =
            "\(padded(Int(parts.tm_year) + 1900, 4))-\(padded(Int(parts.tm_mon) + 1, 2))"
            + "-\(padded(Int(parts.tm_mday), 2))"
        let clock =
            "\(padded(Int(parts.tm_hour), 2)):\(padded(Int(parts.tm_min), 2))"
            + ":\(padded(Int(parts.tm_sec), 2)).\(padded(time.tv_nsec / 1_000_000, 3))"
        return "\(date)T\(clock)Z"
    }

    /// A value as it stands in a line: bare when it is plain, else quoted and escaped.
    static func value(_ text: String) -> String {
        let plain =
            !text.isEmpty
            && text.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
                    && $0 != UInt8(ascii: "\\")
            }
        return plain ? text : JSONText.quoted(text)
    }

    /// A key with everything but letters, digits, `_`, `.` and `-` replaced.
    private static func name(_ key: String) -> String {
        String(
            key.map {
                $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) ? $0 : "_"
            })
    }
}

private func wallClock() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time
}
