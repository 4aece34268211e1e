// What is told of a wait that lies ahead, and how such words turned out.

/// How long a ticket's wait will be in all, in ticks.
struct WaitEstimate: Equatable, Sendable {
    /// Ticks within which one of ten, half, and nine of ten such tickets are matched; nil: not
    /// known, because too few were seen to wait so long.
    var p10: Int32?
    var p50: Int32?
    var p90: Int32?
    /// Tickets that the estimate rests on: those of the finest group that has enough of its own.
    var basis: Int
    /// That group's level.
    var level: WaitLevel

    /// Nothing is known.
    static func unknown(basis: Int = 0) -> WaitEstimate {
        WaitEstimate(p10: nil, p50: nil, p90: nil, basis: basis, level: .queue)
    }

    /// Matched tickets of a queue below which nothing is said about its waits.
    static let basisMin: Float = 10

    /// From the chances of being matched in each step, for one who has waited `waited` ticks.
    init(_ hazards: WaitHazards, waited: Int32, basis: Int, level: WaitLevel) {
        self.basis = basis
        self.level = level
        let marks = [0.1, 0.5, 0.9]
        var found: [Int32?] = [nil, nil, nil]
        var next = 0
        var left = 1.0
        let first = WaitScale.step(of: waited)
        for step in first..<WaitScale.stepCount {
            guard var chance = hazards[step] else { break }
            let end = step + 1 < WaitScale.stepCount ? WaitScale.start(of: step + 1) : Int32.max
            var start = WaitScale.start(of: step)
            if step == first && waited > start {
                // Part of the step is over.
                chance *= Double(end - waited) / Double(end - start)
                start = waited
            }
            let after = left * (1 - chance)
            while next < marks.count && 1 - after >= marks[next] && chance > 0 {
                let share = (marks[next] - (1 - left)) / (left - after)
                // Nobody knows how long the last step is.
                let width = step + 1 < WaitScale.stepCount ? Double(end - start) : 0
                found[next] = start + Int32(min(max(share, 0), 1) * width)
                next += 1
            }
            left = after
        }
        (p10, p50, p90) = (found[0], found[1], found[2])
    }

    private init(p10: Int32?, p50: Int32?, p90: Int32?, basis: Int, level: WaitLevel) {
        (self.p10, self.p50, self.p90) = (p10, p50, p90)
        self.basis = basis
        self.level = level
    }
}

/// How a matched ticket's wait compares with what was estimated when it came.
enum EstimateResult: String, CaseIterable, Sendable {
    /// Between p10 and p90: eight of ten, if the estimates are right.
    case within
    case below
    case above
    /// Nothing was known when it came.
    case unknown

    /// Its place among all results.
    var place: Int { EstimateResult.allCases.firstIndex(of: self) ?? 0 }
}
