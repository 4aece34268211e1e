// A table with several columns: lines under headings for people, a list of objects for machines.

import DaemonKit

/// Rows of figures under headings.
struct BenchTable {
    /// A column: its key for machines, its heading for people, and digits behind the point.
    struct Column {
        let key: String
        let heading: String
        var decimals = 0
    }

    enum Cell {
        case text(String)
        /// A figure, and its standard error if there is one to show.
        case number(Double, error: Double = 0)
    }

    let columns: [Column]
    private var rows: [[Cell]] = []

    init(_ columns: [Column]) { self.columns = columns }

    mutating func add(_ row: [Cell]) {
        precondition(row.count == columns.count)
        rows.append(row)
    }

    /// Lines with aligned columns: texts left, figures right.
    var text: String {
        let cells = rows.map { row in zip(row, columns).map(BenchTable.text) }
        let widths = columns.indices.map { column in
            ([columns[column].heading] + cells.map { $0[column] }).map(\.count).max() ?? 0
        }
        let lines = [columns.map(\.heading)] + cells
        return lines.map { line in
            let padded = line.enumerated().map { column, text in
                let gap = String(repeating: " ", count: widths[column] - text.count)
                return isText(column) ? text + gap : gap + text
            }
            var text = "  " + padded.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }.joined(separator: "\n")
    }

    /// A Markdown table, figures to the right.
    var markdown: String {
        let heads = columns.map { $0.heading.isEmpty ? " " : $0.heading }
        let rules = columns.indices.map { isText($0) ? "---" : "---:" }
        let cells = rows.map { row in zip(row, columns).map(BenchTable.text) }
        return ([heads, rules] + cells).map { line in
            let escaped = line.map { $0.replacing("|", with: "\\|") }
            return "| " + escaped.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }

    /// A JSON list with one object a row; errors stand under the key with `_error`.
    var json: String {
        let objects = rows.map { row in
            zip(row, columns).flatMap { cell, column -> [String] in
                let key = JSONText.quoted(column.key)
                switch cell {
                case .text(let text): return ["\(key):\(JSONText.quoted(text))"]
                case .number(let value, let error):
                    let own = "\(key):\(value.isFinite ? "\(value)" : "null")"
                    return error > 0
                        ? [own, "\(JSONText.quoted(column.key + "_error")):\(error)"] : [own]
                }
            }
        }
        return "[" + objects.map { "{\($0.joined(separator: ","))}" }.joined(separator: ",") + "]"
    }

    private func isText(_ column: Int) -> Bool {
        rows.contains { if case .text = $0[column] { true } else { false } }
    }

    private static func text(_ cell: Cell, _ column: Column) -> String {
        switch cell {
        case .text(let text): return text
        case .number(let value, let error):
            if !value.isFinite { return "-" }
            let own = fixed(value, column.decimals)
            return error > 0 ? "\(own) ±\(fixed(error, column.decimals))" : own
        }
    }

    /// A number with exactly so many digits behind the point.
    static func fixed(_ number: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let digits = String(Int((abs(number) * scale).rounded()))
        let sign = number < 0 && digits != "0" ? "-" : ""
        if decimals == 0 { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }
}
