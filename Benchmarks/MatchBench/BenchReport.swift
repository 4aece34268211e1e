// What a subcommand found, as a table for people and as JSON for machines.

import DaemonKit
import Glibc

/// Named figures in order, with their units, under a heading.
struct BenchReport {
    /// One row of a report.
    enum Value {
        case number(Double, decimals: Int)
        case text(String)
        case rows([BenchReport])
        case table(BenchTable)
    }

    var name: String
    private var rows: [(key: String, label: String, value: Value)] = []

    init(_ name: String) { self.name = name }

    mutating func add(_ key: String, _ label: String, _ value: Double, decimals: Int = 0) {
        rows.append((key, label, .number(value, decimals: decimals)))
    }

    mutating func add(_ key: String, _ label: String, _ text: String) {
        rows.append((key, label, .text(text)))
    }

    mutating func add(_ key: String, rows reports: [BenchReport]) {
        rows.append((key, "", .rows(reports)))
    }

    mutating func add(_ key: String, _ table: BenchTable) {
        rows.append((key, "", .table(table)))
    }

    /// One line a figure.
    var table: String {
        var lines = [name]
        for row in rows {
            switch row.value {
            case .number(let number, let decimals):
                lines.append(line(row.label, grouped(number, decimals)))
            case .text(let text): lines.append(line(row.label, text))
            case .rows(let reports):
                for report in reports { lines.append(report.table) }
            case .table(let table): lines.append(table.text)
            }
        }
        return lines.joined(separator: "\n")
    }

    /// A heading, the single figures in one paragraph, and Markdown tables.
    var markdown: String {
        var figures: [String] = []
        var parts: [String] = []
        for row in rows {
            switch row.value {
            case .number(let number, let decimals):
                figures.append("\(row.label) \(grouped(number, decimals))")
            case .text(let text):
                figures.append(row.label.isEmpty ? text : "\(row.label) \(text)")
            case .rows(let reports): parts += reports.map(\.markdown)
            case .table(let table): parts.append(table.markdown)
            }
        }
        let paragraph = figures.joined(separator: "; ") + "."
        return (["### \(name)", paragraph] + parts).joined(separator: "\n\n")
    }

    private func line(_ label: String, _ value: String) -> String {
        let gap = max(1, 58 - label.count - value.count)
        return "  " + label + String(repeating: " ", count: gap) + value
    }

    /// One JSON object.
    var json: String {
        var fields = ["\"name\":\(JSONText.quoted(name))"]
        for row in rows {
            let key = JSONText.quoted(row.key)
            switch row.value {
            case .number(let number, let decimals):
                fields.append("\(key):\(number.isFinite ? plain(number, decimals) : "null")")
            case .text(let text): fields.append("\(key):\(JSONText.quoted(text))")
            case .rows(let reports):
                fields.append("\(key):[\(reports.map(\.json).joined(separator: ","))]")
            case .table(let table): fields.append("\(key):\(table.json)")
            }
        }
        return "{\(fields.joined(separator: ","))}"
    }

    private func plain(_ number: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(number) * scale).rounded()
        let sign = number < 0 && scaled > 0 ? "-" : ""
        if decimals == 0 { return sign + String(Int(scaled)) }
        let whole = Int(scaled / scale)
        let rest = String(Int(scaled) - whole * Int(scale))
        let zeros = String(repeating: "0", count: decimals - rest.count)
        return "\(sign)\(whole).\(zeros)\(rest)"
    }

    private func grouped(_ number: Double, _ decimals: Int) -> String {
        if !number.isFinite { return "-" }
        let parts = plain(number, decimals).split(separator: ".")
        var digits = ""
        for (index, digit) in parts[0].reversed().enumerated() {
            if index > 0, index % 3 == 0, digit != "-" { digits.append(",") }
            digits.append(digit)
        }
        let whole = String(digits.reversed())
        return parts.count == 2 ? "\(whole).\(parts[1])" : whole
    }
}

/// The share `fraction` of a sorted list of samples lies at or below the result.
func percentile(_ sorted: [Double], _ fraction: Double) -> Double {
    if sorted.isEmpty { return .nan }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * fraction))]
}

/// A line on standard error that tells how far long work has come; only on a terminal.
enum Progress {
    static func show(_ text: String) {
        if isatty(2) == 1 { writeError("\r\u{1B}[K\(text)") }
    }

    static func clear() {
        if isatty(2) == 1 { writeError("\r\u{1B}[K") }
    }
}

func printError(_ text: String) { writeError(text + "\n") }

private func writeError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}

func leave(_ code: ExitCode) -> Never { exit(code.rawValue) }
