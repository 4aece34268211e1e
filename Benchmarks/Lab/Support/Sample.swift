// Summaries of many values: of the waits and matches of one run, and of one figure over several
// seeds. Pure arithmetic.

/// Values in rising order.
package struct Sample: Sendable, Equatable {
    package let values: [Double]

    package init(_ values: [Double]) { self.values = values.sorted() }

    package var count: Int { values.count }

    /// NaN if there are none.
    package var mean: Double {
        values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
    }

    /// The value at rank `fraction` (0...1), between two values by proportion; NaN if there are
    /// none.
    package func percentile(_ fraction: Double) -> Double {
        guard let last = values.last else { return .nan }
        let rank = fraction * Double(values.count - 1)
        let below = Int(rank)
        if below + 1 >= values.count { return last }
        return values[below] + (rank - Double(below)) * (values[below + 1] - values[below])
    }
}

/// A figure over several seeds.
package struct Estimate: Sendable, Equatable {
    package let mean: Double
    /// Standard error of the mean; 0 for a single value.
    package let error: Double
    package let count: Int

    package init(mean: Double, error: Double, count: Int) {
        self.mean = mean
        self.error = error
        self.count = count
    }

    /// Values that are no numbers do not count; all fields are NaN or 0 if none is left.
    package init(_ values: [Double]) {
        let numbers = values.filter { !$0.isNaN }
        count = numbers.count
        let mean = numbers.isEmpty ? .nan : numbers.reduce(0, +) / Double(numbers.count)
        self.mean = mean
        guard numbers.count > 1 else {
            error = 0
            return
        }
        let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        error = (squares / Double(numbers.count - 1) / Double(numbers.count)).squareRoot()
    }
}
