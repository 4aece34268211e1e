// Metrics that share a name and differ in their labels. The set of label values is an immutable
// table: writers keep the table that they were handed and index it; a reload makes a new table in
// which metrics whose labels stay go on. Only reload and scrape meet at the lock.

/// The metrics of one family at one time, in the order in which their label values were given.
package struct MetricSeries<Element: Metric>: Sendable {
    /// Label values of each metric.
    package let labelValues: [[String]]
    let labels: [String]
    let metrics: [Element]

    package var count: Int { metrics.count }

    /// The metric whose label values stand at `index`.
    package subscript(index: Int) -> Element { metrics[index] }
}

/// A named family whose label values may change between reloads.
package final class MetricFamily<Element: Metric>: Sendable {
    package let name: String
    let labelNames: [String]
    private let make: @Sendable () -> Element
    private let series: Locked<MetricSeries<Element>>

    init(name: String, labelNames: [String], make: @escaping @Sendable () -> Element) {
        self.name = name
        self.labelNames = labelNames
        self.make = make
        series = Locked(MetricSeries(labelValues: [], labels: [], metrics: []))
    }

    /// The table as of the last `replace`.
    package var current: MetricSeries<Element> { series.withLock { $0 } }

    /// Sets the label values from now on; metrics with the same values as before are kept.
    /// - Parameter labelValues: one entry per metric, as many values as the family has labels, no
    ///   entry twice.
    /// - Returns: the new table, for the writers to index.
    /// - Complexity: O(n) in the old and new sizes.
    @discardableResult
    package func replace(_ labelValues: [[String]]) -> MetricSeries<Element> {
        let labels = labelValues.map { MetricText.labels(labelNames, $0) }
        precondition(Set(labels).count == labels.count, "\(name): a label set given twice")
        return series.withLock { series in
            let old = Dictionary(uniqueKeysWithValues: zip(series.labels, series.metrics))
            series = MetricSeries(
                labelValues: labelValues, labels: labels, metrics: labels.map { old[$0] ?? make() })
            return series
        }
    }

    func renderSamples(into text: inout MetricText) {
        let series = current
        for (labels, metric) in zip(series.labels, series.metrics) {
            metric.render(name: name, labels: labels, into: &text)
        }
    }
}
