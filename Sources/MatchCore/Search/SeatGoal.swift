// What seats cost where skill depends on the role: the difference of the teams' means by the
// ratings in the roles given, and what differences beside ratings and disliked roles are worth.
// Plain values.

/// One team's seats, counted.
struct SeatSums: BitwiseCopyable {
    /// The members' ratings in their roles above the lobby's lowest, in rating steps.
    var value: Int64 = 0
    var counts = RoleCounts()
    /// Members who do not play what they like best.
    var unlikedCount: Int64 = 0
    var premadeCount: Int64 = 0
    /// Tickets outside their own side.
    var flipCount: Int64 = 0

    @inline(__always) func with(_ seating: Seating) -> SeatSums {
        var sums = self
        sums.value += Int64(seating.gain)
        sums.counts = seating.counts
        sums.unlikedCount = Int64(seating.unlikedCount)
        return sums
    }
}

/// The cost of two teams' seats.
struct SeatGoal: BitwiseCopyable {
    /// The means' difference is |first weight × first value − second weight × second value|
    /// / scale.
    private let firstWeight: Int64
    private let secondWeight: Int64
    private let scale: Int64
    private let likingCost: Int64
    private let premadeCost: Int64
    private let flipCost: Int64
    private let roleCosts: InlineArray<6, Int32>
    private let roleCount: Int

    init(_ rules: borrowing SplitRules) {
        let isEven = rules.firstSize == rules.secondSize
        firstWeight = isEven ? 1 : Int64(rules.secondSize)
        secondWeight = isEven ? 1 : Int64(rules.firstSize)
        scale = isEven ? Int64(rules.firstSize) : Int64(rules.firstSize) * Int64(rules.secondSize)
        likingCost = Int64(rules.likingCost)
        premadeCost = Int64(min(rules.premadeDifferenceCost, SplitRules.costMax))
        flipCost = Int64(min(rules.flipCost, SplitRules.costMax))
        var costs = rules.roleDifferenceCosts
        for role in 0..<costs.count { costs[role] = min(costs[role], SplitRules.costMax) }
        roleCosts = costs
        roleCount = rules.firstCaps.roleCount
    }

    /// In rating steps of difference between the means, times the scale.
    @inline(__always) func cost(_ first: SeatSums, _ second: SeatSums) -> Int64 {
        gap(first.value, second.value) + scale * extra(first, second)
    }

    @inline(__always) func gap(_ first: Int64, _ second: Int64) -> Int64 {
        abs(firstWeight * first - secondWeight * second)
    }

    /// The least gap where the values lie in these ranges.
    @inline(__always) func gapMin(
        _ first: ClosedRange<Int64>, _ second: ClosedRange<Int64>
    ) -> Int64 {
        let most = firstWeight * first.upperBound - secondWeight * second.lowerBound
        let least = firstWeight * first.lowerBound - secondWeight * second.upperBound
        return max(0, least, -most)
    }

    /// The value of the second team that evens out the first's, rounded down.
    @inline(__always) func balancing(_ first: Int64) -> Int64 {
        let wanted = firstWeight * first
        return wanted >= 0 || wanted % secondWeight == 0
            ? wanted / secondWeight : wanted / secondWeight - 1
    }

    /// What all but the roles costs, in the unit of `cost`.
    @inline(__always) func fixedCost(_ first: SeatSums, _ second: SeatSums) -> Int64 {
        scale
            * (premadeCost * abs(first.premadeCount - second.premadeCount)
                + flipCost * (first.flipCount + second.flipCount))
    }

    @inline(__always) private func extra(_ first: SeatSums, _ second: SeatSums) -> Int64 {
        var cost = premadeCost * abs(first.premadeCount - second.premadeCount)
        cost += flipCost * (first.flipCount + second.flipCount)
        cost += likingCost * (first.unlikedCount + second.unlikedCount)
        for role in 0..<roleCount where roleCosts[role] > 0 {
            cost += Int64(roleCosts[role]) * Int64(abs(first.counts[role] - second.counts[role]))
        }
        return cost
    }
}
