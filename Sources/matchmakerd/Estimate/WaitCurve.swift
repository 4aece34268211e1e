// How long tickets of one group wait: for each step of the wait, how many came through to its end
// or were matched in it, and how many of these were matched (Kaplan and Meier, 1958). Tickets that
// left or still wait count for the steps that they were seen in, and so say "at least so long".
// Old counts fade, but the last few hundred tickets always count.

/// Chances of being matched in each step, for one who has come so far; nil where nobody did.
struct WaitHazards {
    private(set) var values: [Double?]

    init() { values = Array(repeating: nil, count: WaitScale.stepCount) }

    subscript(step: Int) -> Double? {
        get { values[step] }
        set { values[step] = newValue }
    }
}

/// Counts of one group.
struct WaitCurve {
    /// By step: tickets that were seen to its end, or matched in it; one that left within it
    /// counts half.
    private var seen = [Float](repeating: 0, count: WaitScale.stepCount)
    private var matched = [Float](repeating: 0, count: WaitScale.stepCount)
    /// Tickets that the group has counted, faded like the rest.
    private(set) var weight: Float = 0
    /// Of these, matched.
    private(set) var matchedWeight: Float = 0
    private(set) var touchedAt: Int32

    /// Tickets that never fade: a queue with a match an hour still has an estimate.
    static let keptWeight: Float = 200
    /// Tickets of the coarser group that are mixed in: a group of so many of its own is believed
    /// as much as the coarser one.
    static let borrowedWeight = 20.0

    init(at tick: Int32) { touchedAt = tick }

    /// A ticket was seen through the steps `from..<through`.
    mutating func pass(from: Int, through: Int) {
        var step = from
        while step < through {
            seen[step] += 1
            step += 1
        }
    }

    mutating func match(in step: Int) {
        seen[step] += 1
        matched[step] += 1
        weight += 1
        matchedWeight += 1
    }

    /// A ticket left within a step.
    mutating func leave(in step: Int) {
        seen[step] += 0.5
        weight += 1
    }

    /// Lets counts fade to the moment `tick`.
    mutating func fade(to tick: Int32, halfLifeTicks: Int32) {
        let age = tick &- touchedAt
        // Groups in use are touched all the time: fade in steps, not each time by a hair.
        guard age >= max(halfLifeTicks / 64, 1) else { return }
        touchedAt = tick
        guard weight > WaitCurve.keptWeight else { return }
        let halves = Double(age) / Double(halfLifeTicks)
        let factor = max(WaitCurve.power(halves), WaitCurve.keptWeight / weight)
        for step in 0..<WaitScale.stepCount {
            seen[step] *= factor
            matched[step] *= factor
        }
        weight *= factor
        matchedWeight *= factor
    }

    /// Two to the power of minus `halves`.
    private static func power(_ halves: Double) -> Float {
        let whole = min(halves.rounded(.down), 120)
        let rest = halves - whole
        // Between two halvings the straight line is at most 6 % off.
        var value = Float(1 - rest / 2)
        for _ in 0..<Int(whole) { value /= 2 }
        return value
    }

    /// The group's own chances, mixed with those of the coarser group.
    func hazards(over coarser: WaitHazards?) -> WaitHazards {
        var result = WaitHazards()
        // Of the borrowed tickets, those that have come so far.
        var borrowed = coarser == nil ? 0 : WaitCurve.borrowedWeight
        for step in 0..<WaitScale.stepCount {
            let other = coarser?[step]
            let lent = other == nil ? 0 : borrowed
            let count = Double(seen[step]) + lent
            if count > 0 {
                result[step] = (Double(matched[step]) + lent * (other ?? 0)) / count
            }
            borrowed *= 1 - (other ?? 0)
        }
        return result
    }
}
