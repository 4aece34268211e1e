// How good a match is: fairness F, spread S, latency L, roles R and their composite, each 0...1.
// Definitions: docs/decisions/0005. Computed once for each match from what the tickets carry.

struct MatchScore {
    let queue: CompiledQueue
    let shape: TeamShape
    /// Mean over members of 1 for the role liked best, ½ for another, 0 for none of theirs.
    var roleShare = 1.0
    private var players = 0.0
    private var ratingSum = 0.0
    private var squareSum = 0.0
    private var deviationWithin = 0.0
    private var wellServed = 0.0
    private var latencyMax: UInt16 = 0
    private var low = Int32.max
    private var high = Int32.min
    /// Members beyond the first of each party, by team.
    private var premades = InlineArray<128, Int32>(repeating: 0)

    init(queue: CompiledQueue, shape: TeamShape) {
        self.queue = queue
        self.shape = shape
    }

    /// Counts one ticket in.
    /// - Parameters:
    ///   - latency: the ticket's round trip to the match's region, in milliseconds.
    ///   - deviationWithin: its members' squared differences to their mean, in points², summed.
    @inline(__always) mutating func add(
        _ record: TicketRecord, rating: Int32, team: Int, latency: UInt16, deviationWithin: Double
    ) {
        let size = Double(record.memberCount)
        let offset = queue.premadeOffsetPerMember * (Int32(record.memberCount) - 1)
        let mean = Double(rating - offset) / Double(Rating.stepsPerPoint)
        players += size
        ratingSum += size * mean
        squareSum += size * mean * mean
        self.deviationWithin += deviationWithin
        let isNear = Int(latency) - Int(record.bestLatency) <= Int(queue.deltaPingMilliseconds)
        if isNear, Int32(latency) <= queue.latencyCap.start { wellServed += size }
        latencyMax = max(latencyMax, latency)
        low = min(low, rating)
        high = max(high, rating)
        premades[team] += Int32(record.memberCount) - 1
    }

    /// - Parameter teamSums: sums of the members' ratings above the lowest, in steps, by team.
    func quality(_ teamSums: FixedArray<Int64>) -> MatchQuality {
        let mean = ratingSum / players
        let variance = max(0, squareSum / players - mean * mean) + deviationWithin / players
        let deviation = variance.squareRoot()
        let fair = fairness(teamSums)
        let scaled = deviation / queue.spreadScalePoints
        let spread = exponential(-(scaled * scaled))
        let latency = wellServed / players
        let roles = roleShare * premadeSymmetry()
        let composite =
            (fair.score * (spread * (latency * roles).squareRoot()).squareRoot()).squareRoot()
        return MatchQuality(
            fairness: Float(fair.score), spread: Float(spread), latency: Float(latency),
            roles: Float(roles), composite: Float(composite),
            ratingDeviationPoints: Float(deviation),
            ratingRangePoints: Float(Rating(steps: high - low).points),
            teamGapPoints: Float(fair.gap), latencyMillisecondsMax: latencyMax)
    }

    /// k times the weakest team's chance, by team strengths of 10^(mean rating / divisor)
    /// (Bradley and Terry 1952; for two teams this is Elo's expectation).
    private func fairness(_ teamSums: FixedArray<Int64>) -> (score: Double, gap: Double) {
        let teamCount = Int(queue.teamCount)
        let first = Double(shape.firstSize) * Double(Rating.stepsPerPoint)
        let other = Double(shape.otherSize) * Double(Rating.stepsPerPoint)
        var strongest = Double(teamSums[0]) / first
        var weakest = strongest
        for team in 1..<max(teamCount, 1) {
            strongest = max(strongest, Double(teamSums[team]) / other)
            weakest = min(weakest, Double(teamSums[team]) / other)
        }
        let gap = strongest - weakest
        if gap == 0 { return (1, 0) }
        var total = 0.0
        for team in 0..<teamCount {
            let below = strongest - Double(teamSums[team]) / (team == 0 ? first : other)
            total += powerOfTen(-below / queue.eloDivisorPoints)
        }
        let chance = powerOfTen(-gap / queue.eloDivisorPoints) / total
        return (min(1, Double(teamCount) * chance), gap)
    }

    /// 1 − (difference of premade members between the teams) / team size.
    private func premadeSymmetry() -> Double {
        var most = premades[0]
        var least = premades[0]
        for team in 1..<max(Int(queue.teamCount), 1) {
            most = max(most, premades[team])
            least = min(least, premades[team])
        }
        return 1 - Double(most - least) / Double(queue.teamSize)
    }
}
