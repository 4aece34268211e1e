// Wait against fairness: the points that a policy or the optimum reaches over its settings, and
// the wait between them at a given fairness.

/// A frontier of points.
package struct Frontier: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        package var wait: Double
        package var fairness: Double
        package init(wait: Double, fairness: Double) {
            self.wait = wait
            self.fairness = fairness
        }
    }

    /// Points that no other beats in both, in rising order of both.
    package let points: [Point]

    package init(_ all: [Point]) {
        var kept: [Point] = []
        for point in all.sorted(by: { ($0.wait, -$0.fairness) < ($1.wait, -$1.fairness) })
        where kept.last.map({ point.fairness > $0.fairness }) ?? true {
            kept.append(point)
        }
        points = kept
    }

    /// The wait at a fairness, by proportion between the two points round it; nil beyond the ends.
    package func wait(atFairness fairness: Double) -> Double? {
        for (below, above) in zip(points, points.dropFirst())
        where below.fairness <= fairness && fairness <= above.fairness {
            let share = (fairness - below.fairness) / (above.fairness - below.fairness)
            return below.wait + share * (above.wait - below.wait)
        }
        return nil
    }
}
