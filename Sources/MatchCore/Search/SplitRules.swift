// What a split into two teams must keep to and what it minimises, and the same as the search for
// it reads it: flat integers. Plain values.

/// The rules for two teams, besides equal mean ratings.
struct SplitRules: BitwiseCopyable {
    /// Players of each team, 1...`Limits.teamSizeMax`.
    var firstSize: Int32
    var secondSize: Int32
    /// The composition of each team must hold.
    var hasRoles: Bool
    var firstCaps: RoleCaps
    var secondCaps: RoleCaps
    /// Members of the lobby have ratings by role, and they count.
    var usesRoleOffsets = false
    /// Rating steps of difference between the teams' means that a member's best liked role is
    /// worth, where he could play another; counts with `usesRoleOffsets` only.
    var likingCost: Int32
    /// Rating steps of difference between the teams' means that one premade member more on one
    /// side is worth, one player more of a role, and one ticket that plays outside its own side;
    /// each 0...`costMax`.
    var premadeDifferenceCost: Int32
    var roleDifferenceCosts: InlineArray<6, Int32>
    var flipCost = SplitRules.costMax

    /// Two equal teams without rules.
    init(teamSize: Int) {
        self.init(Features(), firstSize: teamSize, secondSize: teamSize)
    }

    /// 8192 points: more than balance can ever be worth, and sums stay within 32 bits.
    static let costMax: Int32 = 1 << 20

    init(
        _ features: borrowing Features, firstSize: Int, secondSize: Int, isRelaxed: Bool = false
    ) {
        precondition(firstSize >= 1 && firstSize <= Limits.teamSizeMax)
        precondition(secondSize >= 1 && secondSize <= Limits.teamSizeMax)
        self.firstSize = Int32(firstSize)
        self.secondSize = Int32(secondSize)
        hasRoles = features.roleCount > 0
        firstCaps = RoleCaps(features, teamSize: firstSize, isRelaxed: isRelaxed)
        secondCaps =
            firstSize == secondSize
            ? firstCaps : RoleCaps(features, teamSize: secondSize, isRelaxed: isRelaxed)
        likingCost = SplitRules.likingCost(
            eloDivisor: features.eloDivisor, playerCount: firstSize + secondSize)
        premadeDifferenceCost = features.premadeDifferenceCost
        roleDifferenceCosts = features.roleDifferenceCosts
    }

    /// What the composite quality says of one member of `playerCount` (n) who does not play what he
    /// likes best, as a difference of means: R falls by 1/(2n), and R^⅛ then falls by the factor by
    /// which F^½ falls for divisor / (4 n ln 10) points, to first order in an even match.
    static func likingCost(eloDivisor: Int32, playerCount: Int) -> Int32 {
        let cost = Int64(eloDivisor) * 1_086 / (10_000 * Int64(playerCount))
        return Int32(min(cost, Int64(costMax)))
    }
}

/// What is counted of a set of tickets beside ratings, a lane each: premade members and players of
/// each role (twice, so that the difference to the other team is the sum less the total), and
/// tickets outside their own side.
typealias SplitLanes = SIMD8<Int32>

/// The first team so far: the second is whatever is left.
struct SplitSums: BitwiseCopyable {
    var value: Int64 = 0
    var lanes = SplitLanes()
    var roles = RoleTally()
}

/// The cost of a split, as a function of its first team's sums.
struct SplitGoal {
    let firstSize: Int
    let secondSize: Int
    /// The means' difference is |weight × first sum − offset| / scale.
    private let weight: Int64
    private let offset: Int64
    private let scale: Int64
    let hasCosts: Bool
    private let laneWeights: SplitLanes
    private let laneOffsets: SplitLanes
    let hasRoles: Bool
    private let firstCaps: RoleCaps
    private let secondCaps: RoleCaps
    private let allRoles: RoleTally
    /// A split this cheap is not worth improving: within a quarter of a point of what the odd
    /// players cost in any case.
    let enough: Int64

    /// - Parameters:
    ///   - total: all tickets' sums.
    ///   - flipsOutside: tickets that would be outside their own side in the second team.
    init(_ rules: borrowing SplitRules, total: SplitSums, flipsOutside: Int32) {
        firstSize = Int(rules.firstSize)
        secondSize = Int(rules.secondSize)
        let isEven = rules.firstSize == rules.secondSize
        let firstWeight = isEven ? 1 : Int64(rules.secondSize)
        let secondWeight = isEven ? 1 : Int64(rules.firstSize)
        weight = firstWeight + secondWeight
        offset = secondWeight * total.value
        scale = isEven ? Int64(rules.firstSize) : Int64(rules.firstSize) * Int64(rules.secondSize)
        var weights = SplitLanes()
        var offsets = SplitLanes()
        weights[0] = min(rules.premadeDifferenceCost, SplitRules.costMax)
        weights[7] = min(rules.flipCost, SplitRules.costMax)
        for role in 0..<6 {
            weights[role + 1] = min(rules.roleDifferenceCosts[role], SplitRules.costMax)
        }
        // Lanes hold twice the number: half their total is what both teams have together.
        for lane in 0..<7 { offsets[lane] = -(total.lanes[lane] / 2) }
        offsets[7] = flipsOutside
        laneWeights = weights
        laneOffsets = offsets
        var isCounted = total.lanes[7] != 0 || flipsOutside != 0
        var odd: Int64 = 0
        for lane in 0..<7 where weights[lane] > 0 && total.lanes[lane] != 0 {
            isCounted = true
            odd += Int64(weights[lane]) * Int64(-offsets[lane] & 1)
        }
        hasCosts = isCounted
        hasRoles = rules.hasRoles
        firstCaps = rules.firstCaps
        secondCaps = rules.secondCaps
        allRoles = total.roles
        enough = scale * (odd + Int64(Rating.stepsPerPoint) / 4)
    }

    /// The difference of the means, in steps times `scale`.
    @inline(__always) func gap(_ value: Int64) -> Int64 { abs(weight &* value &- offset) }

    /// What the differences beside ratings cost, in the same unit.
    @inline(__always) func extra(_ lanes: SplitLanes) -> Int64 {
        let differences = lanes &+ laneOffsets
        let isNegative = differences .< SplitLanes()
        let sizes = differences.replacing(with: SplitLanes() &- differences, where: isNegative)
        return scale &* Int64((sizes &* laneWeights).wrappedSum())
    }

    /// True if both teams have their composition, or can have.
    @inline(__always) func allows(_ roles: RoleTally) -> Bool {
        if !firstCaps.holds(roles) { return false }
        var second = allRoles
        second.remove(roles)
        return secondCaps.holds(second)
    }

    @inline(__always) func cost(_ sums: SplitSums) -> Int64 {
        hasCosts ? gap(sums.value) &+ extra(sums.lanes) : gap(sums.value)
    }
}
