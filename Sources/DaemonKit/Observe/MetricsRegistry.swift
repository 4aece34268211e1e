// All metrics of a process, in the order in which they were declared, and their text form.
// Declared at start; a scrape thread renders. Naming errors are programmer errors and stop at once.

/// The list of metric families.
package final class MetricsRegistry: Sendable {
    private struct Entry: Sendable {
        let name: String
        let help: String
        let kind: String
        let render: @Sendable (inout MetricText) -> Void
    }

    private let entries = Locked<[Entry]>([])

    package init() {}

    // MARK: Single metrics

    /// Declares a counter.
    /// - Precondition: `name` ends in `_total` and is new.
    package func counter(_ name: String, help: String) -> Counter {
        counterFamily(name, help: help, labels: []).replace([[]])[0]
    }

    /// Declares a gauge.
    package func gauge(_ name: String, help: String) -> Gauge {
        gaugeFamily(name, help: help, labels: []).replace([[]])[0]
    }

    /// Declares a histogram with these inclusive upper bounds.
    package func histogram(_ name: String, help: String, bounds: [Double]) -> Histogram {
        histogramFamily(name, help: help, labels: [], bounds: bounds).replace([[]])[0]
    }

    /// Declares a gauge that is read at each scrape; `read` runs on the scraping thread.
    package func gauge(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        add(name, help: help, kind: "gauge") { text in
            text.sample(name: name, labels: "", value: read())
        }
    }

    /// Declares a counter that is read at each scrape; `read` runs on the scraping thread.
    package func counter(_ name: String, help: String, read: @escaping @Sendable () -> Double) {
        precondition(name.hasSuffix("_total"), "\(name): counters end in _total")
        add(name, help: help, kind: "counter") { text in
            text.sample(name: name, labels: "", value: read())
        }
    }

    // MARK: Fixed label sets

    /// Declares counters that differ in one label, one for each of `values`, in that order.
    package func counters(
        _ name: String, help: String, label: String, values: [String]
    ) -> MetricSeries<Counter> {
        counterFamily(name, help: help, labels: [label]).replace(values.map { [$0] })
    }

    /// Declares gauges that differ in one label, one for each of `values`, in that order.
    package func gauges(
        _ name: String, help: String, label: String, values: [String]
    ) -> MetricSeries<Gauge> {
        gaugeFamily(name, help: help, labels: [label]).replace(values.map { [$0] })
    }

    /// Declares histograms that differ in one label, one for each of `values`, in that order.
    package func histograms(
        _ name: String, help: String, label: String, values: [String], bounds: [Double]
    ) -> MetricSeries<Histogram> {
        histogramFamily(name, help: help, labels: [label], bounds: bounds)
            .replace(values.map { [$0] })
    }

    // MARK: Label sets that change at a reload

    package func counterFamily(
        _ name: String, help: String, labels: [String]
    ) -> MetricFamily<Counter> {
        precondition(name.hasSuffix("_total"), "\(name): counters end in _total")
        return family(name, help: help, kind: "counter", labels: labels) { Counter() }
    }

    package func gaugeFamily(
        _ name: String, help: String, labels: [String]
    ) -> MetricFamily<Gauge> {
        family(name, help: help, kind: "gauge", labels: labels) { Gauge() }
    }

    package func histogramFamily(
        _ name: String, help: String, labels: [String], bounds: [Double]
    ) -> MetricFamily<Histogram> {
        precondition(!labels.contains("le"), "\(name): le belongs to the buckets")
        return family(name, help: help, kind: "histogram", labels: labels) {
            Histogram(bounds: bounds)
        }
    }

    // MARK: Output

    /// The text form of everything declared.
    package func render() -> [UInt8] {
        var text = MetricText()
        for entry in entries.withLock({ $0 }) {
            text.header(name: entry.name, help: entry.help, kind: entry.kind)
            entry.render(&text)
        }
        return text.bytes
    }

    /// An answer to a scrape.
    package func response() -> HTTPResponse {
        HTTPResponse(status: 200, contentType: MetricText.contentType, body: render())
    }

    private func family<Element: Metric>(
        _ name: String, help: String, kind: String, labels: [String],
        make: @escaping @Sendable () -> Element
    ) -> MetricFamily<Element> {
        for label in labels {
            precondition(Self.isName(label, colonAllowed: false), "label \(label)")
        }
        let family = MetricFamily(name: name, labelNames: labels, make: make)
        add(name, help: help, kind: kind) { family.renderSamples(into: &$0) }
        return family
    }

    private func add(
        _ name: String, help: String, kind: String,
        render: @escaping @Sendable (inout MetricText) -> Void
    ) {
        precondition(Self.isName(name, colonAllowed: true), "metric name \(name)")
        precondition(!help.isEmpty, "\(name) needs a help text")
        entries.withLock { entries in
            precondition(!entries.contains { $0.name == name }, "\(name) declared twice")
            entries.append(Entry(name: name, help: help, kind: kind, render: render))
        }
    }

    private static func isName(_ text: String, colonAllowed: Bool) -> Bool {
        guard let first = text.utf8.first else { return false }
        if first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9") { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"): colonAllowed
            default: false
            }
        }
    }
}
