// Plots as inline SVG: axes with round steps, lines, points, bars. Enough for the lab's pages and
// no more; no scripts, no fetched fonts.

import Glibc

/// A range of values on one side of a plot.
package struct PlotAxis: Sendable {
    package var title: String
    package var low: Double
    package var high: Double
    package var isLogarithmic: Bool

    package init(_ title: String, _ low: Double, _ high: Double, isLogarithmic: Bool = false) {
        self.title = title
        self.low = low
        self.high = max(high, low + 1e-9)
        self.isLogarithmic = isLogarithmic
    }

    /// Where a value lies, 0 at the low end and 1 at the high end.
    func share(_ value: Double) -> Double {
        let bounded = min(max(value, low), high)
        if isLogarithmic { return log(bounded / low) / log(high / low) }
        return (bounded - low) / (high - low)
    }

    /// Round values to write beside the axis.
    var marks: [Double] {
        if isLogarithmic {
            let all = (-3...6).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
            return all.filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
        }
        let rough = (high - low) / 6
        let power = pow(10, (log10(rough)).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        var marks: [Double] = []
        var mark = (low / step).rounded(.up) * step
        while mark <= high + step * 1e-6 {
            marks.append(mark)
            mark += step
        }
        return marks
    }

    static func text(_ value: Double) -> String {
        if abs(value - value.rounded()) < 1e-9 { return String(Int(value.rounded())) }
        let scaled = (value * 1000).rounded() / 1000
        return "\(scaled)"
    }
}

/// One plot under construction.
package struct Plot: Sendable {
    private let horizontal: PlotAxis
    private let vertical: PlotAxis
    private var shapes: [String] = []
    private var legend: [(name: String, color: String)] = []
    private let width = 760.0
    private let height = 420.0
    private let left = 64.0
    private let right = 190.0
    private let top = 16.0
    private let bottom = 52.0

    package init(_ horizontal: PlotAxis, _ vertical: PlotAxis) {
        self.horizontal = horizontal
        self.vertical = vertical
    }

    /// Colours that differ for people who see red and green alike too (Okabe and Ito 2008).
    package static let colors = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F",
    ]

    private func x(_ value: Double) -> String {
        PlotAxis.text(left + horizontal.share(value) * (width - left - right))
    }

    private func y(_ value: Double) -> String {
        PlotAxis.text(height - bottom - vertical.share(value) * (height - top - bottom))
    }

    /// A line through points, with a dot and a hint at each.
    package mutating func line(
        _ points: [(x: Double, y: Double, hint: String)], name: String, color: String,
        isThick: Bool = false
    ) {
        let shown = points.filter { $0.x.isFinite && $0.y.isFinite }
        if shown.isEmpty { return }
        let path = shown.map { "\(x($0.x)),\(y($0.y))" }.joined(separator: " ")
        shapes.append(
            "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color)\" "
                + "stroke-width=\"\(isThick ? 3 : 1.5)\"/>")
        for point in shown {
            shapes.append(
                "<circle cx=\"\(x(point.x))\" cy=\"\(y(point.y))\" r=\"\(isThick ? 4 : 3)\" "
                    + "fill=\"\(color)\"><title>\(Page.escaped(point.hint))</title></circle>")
        }
        legend.append((name, color))
    }

    /// Bars from the bottom, each from one value to the next.
    package mutating func bars(_ edges: [Double], _ heights: [Double], name: String, color: String)
    {
        for (position, value) in heights.enumerated() where value > 0 {
            let from = left + horizontal.share(edges[position]) * (width - left - right)
            let to = left + horizontal.share(edges[position + 1]) * (width - left - right)
            let above = height - bottom - vertical.share(value) * (height - top - bottom)
            shapes.append(
                "<rect x=\"\(PlotAxis.text(from))\" y=\"\(PlotAxis.text(above))\" "
                    + "width=\"\(PlotAxis.text(max(0.5, to - from - 1)))\" "
                    + "height=\"\(PlotAxis.text(height - bottom - above))\" fill=\"\(color)\"/>")
        }
        legend.append((name, color))
    }

    /// The plot as an SVG element.
    package var svg: String {
        var parts = [
            "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" "
                + "aria-label=\"\(Page.escaped(vertical.title))\">"
        ]
        for mark in horizontal.marks {
            parts.append(
                "<line x1=\"\(x(mark))\" x2=\"\(x(mark))\" y1=\"\(PlotAxis.text(top))\" "
                    + "y2=\"\(PlotAxis.text(height - bottom))\" class=\"grid\"/>"
                    + "<text x=\"\(x(mark))\" y=\"\(PlotAxis.text(height - bottom + 18))\" "
                    + "text-anchor=\"middle\">\(PlotAxis.text(mark))</text>")
        }
        for mark in vertical.marks {
            parts.append(
                "<line x1=\"\(PlotAxis.text(left))\" x2=\"\(PlotAxis.text(width - right))\" "
                    + "y1=\"\(y(mark))\" y2=\"\(y(mark))\" class=\"grid\"/>"
                    + "<text x=\"\(PlotAxis.text(left - 8))\" y=\"\(y(mark))\" "
                    + "text-anchor=\"end\" dominant-baseline=\"middle\">"
                    + "\(PlotAxis.text(mark))</text>"
            )
        }
        parts += shapes
        parts += titles
        return parts.joined(separator: "\n") + "\n</svg>"
    }

    private var titles: [String] {
        let middle = PlotAxis.text((left + width - right) / 2)
        var parts = [
            "<text x=\"\(middle)\" y=\"\(PlotAxis.text(height - 12))\" "
                + "text-anchor=\"middle\">\(Page.escaped(horizontal.title))</text>",
            "<text transform=\"translate(16 \(PlotAxis.text((top + height - bottom) / 2))) "
                + "rotate(-90)\" text-anchor=\"middle\">\(Page.escaped(vertical.title))</text>",
        ]
        for (row, entry) in legend.enumerated() {
            let line = top + 14 + Double(row) * 20
            parts.append(
                "<rect x=\"\(PlotAxis.text(width - right + 14))\" "
                    + "y=\"\(PlotAxis.text(line - 10))\" width=\"12\" height=\"12\" "
                    + "fill=\"\(entry.color)\"/>"
                    + "<text x=\"\(PlotAxis.text(width - right + 32))\" "
                    + "y=\"\(PlotAxis.text(line))\">\(Page.escaped(entry.name))</text>")
        }
        return parts
    }
}
