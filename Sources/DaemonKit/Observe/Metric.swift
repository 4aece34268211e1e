// The three kinds of metric: counter, gauge, histogram. Any thread may write, none ever waits; a
// scrape reads the same atomics. All orders are relaxed: each number stands for itself, no other
// memory is published through it.
import Synchronization

/// Something that a scrape turns into lines of text.
package protocol Metric: AnyObject, Sendable {
    /// Appends this metric's samples.
    func render(name: String, labels: String, into text: inout MetricText)
}

/// A number that only grows.
package final class Counter: Metric {
    private let total = Atomic<UInt64>(0)

    package init() {}

    /// Adds `count`.
    package func add(_ count: Int = 1) {
        precondition(count >= 0, "a counter never falls")
        total.wrappingAdd(UInt64(count), ordering: .relaxed)
    }

    /// Takes over a total that one owner counts in a plain variable of its own.
    package func publish(total value: UInt64) { total.store(value, ordering: .relaxed) }

    package var value: UInt64 { total.load(ordering: .relaxed) }

    package func render(name: String, labels: String, into text: inout MetricText) {
        text.sample(name: name, labels: labels, value: value)
    }
}

/// A number that rises and falls.
package final class Gauge: Metric {
    private let bits = Atomic<UInt64>(0)

    package init() {}

    package func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    package func set(_ value: Int) { set(Double(value)) }

    /// Adds `difference`; safe from several threads.
    package func add(_ difference: Double) { addAtomically(difference, to: bits) }

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    package func render(name: String, labels: String, into text: inout MetricText) {
        text.sample(name: name, labels: labels, value: value)
    }
}

/// Counts of observations in fixed buckets, and their sum.
package final class Histogram: Metric, @unchecked Sendable {
    // SAFETY: `counts` is memory of this object, made once and freed in deinit; its elements are
    // atomics.
    private let counts: UnsafeMutablePointer<Atomic<UInt64>>
    private let sum = Atomic<UInt64>(0)

    /// Inclusive upper bounds, strictly rising and finite; one more bucket takes the rest.
    package let bounds: [Double]

    package init(bounds: [Double]) {
        precondition(!bounds.isEmpty && bounds.allSatisfy(\.isFinite))
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must rise")
        self.bounds = bounds
        counts = .allocate(capacity: bounds.count + 1)
        for index in 0...bounds.count { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: bounds.count + 1)
        counts.deallocate()
    }

    /// Counts one observation. A value that is not a number is not counted.
    /// - Complexity: O(bounds), meant for at most some twenty of them.
    package func observe(_ value: Double) {
        if value.isNaN { return }
        var index = 0
        while index < bounds.count && value > bounds[index] { index += 1 }
        counts[index].wrappingAdd(1, ordering: .relaxed)
        addAtomically(value, to: sum)
    }

    /// All observations so far.
    package var count: UInt64 {
        (0...bounds.count).reduce(0) { $0 + counts[$1].load(ordering: .relaxed) }
    }

    /// Sum of all observed values.
    package var total: Double { Double(bitPattern: sum.load(ordering: .relaxed)) }

    package func render(name: String, labels: String, into text: inout MetricText) {
        // `_count` is the same running sum as the last bucket, so that a scrape is consistent with
        // itself while writers go on.
        var cumulated: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            cumulated += counts[index].load(ordering: .relaxed)
            text.bucket(name: name, labels: labels, bound: bound, value: cumulated)
        }
        cumulated += counts[bounds.count].load(ordering: .relaxed)
        text.bucket(name: name, labels: labels, bound: .infinity, value: cumulated)
        text.sample(name: name + "_sum", labels: labels, value: total)
        text.sample(name: name + "_count", labels: labels, value: cumulated)
    }
}

/// Adds to a double kept as bits. With one writer the exchange succeeds at once.
private func addAtomically(_ difference: Double, to bits: borrowing Atomic<UInt64>) {
    var old = bits.load(ordering: .relaxed)
    while true {
        let new = (Double(bitPattern: old) + difference).bitPattern
        let (exchanged, original) = bits.weakCompareExchange(
            expected: old, desired: new, ordering: .relaxed)
        if exchanged { return }
        old = original
    }
}
