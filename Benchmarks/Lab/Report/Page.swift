// The frame of the lab's pages: one file of HTML with its style and plots inside.

/// A page of sections.
package struct Page: Sendable {
    private let title: String
    private var body: [String] = []

    package init(_ title: String) { self.title = title }

    package mutating func heading(_ text: String) { body.append("<h2>\(Page.escaped(text))</h2>") }
    package mutating func paragraph(_ text: String) { body.append("<p>\(Page.escaped(text))</p>") }
    package mutating func plot(_ plot: Plot) { body.append(plot.svg) }

    package mutating func table(_ headings: [String], _ rows: [[String]]) {
        let head = headings.map { "<th>\(Page.escaped($0))</th>" }.joined()
        let lines = rows.map { row in
            "<tr>" + row.map { "<td>\(Page.escaped($0))</td>" }.joined() + "</tr>"
        }
        body.append("<table><tr>\(head)</tr>\n\(lines.joined(separator: "\n"))</table>")
    }

    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(Page.escaped(title))</title>
        <style>
        body { font: 15px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        svg { width: 100%; height: auto; font: 12px sans-serif; background: #fff; }
        .grid { stroke: #ddd; stroke-width: 1; }
        table { border-collapse: collapse; font-size: 13px; }
        th, td { border-bottom: 1px solid #ddd; padding: 2px 10px; text-align: right; }
        th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
        </style></head><body>
        <h1>\(Page.escaped(title))</h1>
        \(body.joined(separator: "\n"))
        </body></html>

        """
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A figure with its error for a table cell.
    static func text(_ estimate: Estimate, _ decimals: Int) -> String {
        if estimate.mean.isNaN { return "–" }
        let own = fixed(estimate.mean, decimals)
        return estimate.error > 0 ? "\(own) ± \(fixed(estimate.error, decimals))" : own
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        return PlotAxis.text((value * scale).rounded() / scale)
    }
}
