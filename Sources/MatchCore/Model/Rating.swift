// Ratings as fixed-point integers, so that every comparison is exact and the same on any machine.
// 24 bits in steps of 1/128 point: fine enough that the order of a million players is kept.

/// A skill rating in steps of 1/128 point.
package struct Rating: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// Steps of 1/128 point.
    package let steps: Int32

    package static let stepsPerPoint: Int32 = 128
    /// Lowest and highest rating in points that a ticket may carry, premade offset included.
    package static let pointsMin = -10_000.0
    package static let pointsMax = 100_000.0

    package init(steps: Int32) { self.steps = steps }

    /// Nearest step to a rating in points.
    /// - Precondition: `points` is finite and within `pointsMin...pointsMax`.
    package init(points: Double) {
        precondition(points >= Rating.pointsMin && points <= Rating.pointsMax)
        steps = Int32((points * Double(Rating.stepsPerPoint)).rounded())
    }

    /// The rating in points.
    package var points: Double { Double(steps) / Double(Rating.stepsPerPoint) }

    package static func < (left: Rating, right: Rating) -> Bool { left.steps < right.steps }
}
