// The optional parts of a queue's rules: each a plain value, off unless the queue names it.
// Times are in ticks and ratings in steps; the edge has checked what is stated here.

/// A set of a queue's roles, one bit a role in the order of `RoleRules.roles`.
package struct RoleSet: Hashable, BitwiseCopyable, Sendable {
    package let bits: UInt8
    package init(bits: UInt8) { self.bits = bits }
    /// Whatever is needed.
    package static let all = RoleSet(bits: .max)
    /// Stands for "no role" where a role's position is expected.
    package static let noPreference: UInt8 = 15
}

/// How far a member's rating in each role lies above or below his rating.
package struct RoleOffsets: BitwiseCopyable, Sendable, Equatable {
    /// By the role's position, in `unit`; 0 where the rating is the same.
    private var units = InlineArray<6, Int16>(repeating: 0)

    /// Rating steps of one unit: an eighth of a point.
    package static let unit: Int32 = 16
    /// Largest distance in points between a member's rating in a role and his rating.
    package static let pointsMax = 4_000.0

    /// No offset is further from 0, in rating steps.
    static let stepsMax: Int32 = 1 << 19

    package init() {}

    /// The offset in whole units; those of a role that no queue can have are 0.
    package subscript(role: Int) -> Int16 {
        get { role < Limits.roleCountMax ? units[role] : 0 }
        set { if role < Limits.roleCountMax { units[role] = newValue } }
    }

    /// What the role adds to the member's rating, in rating steps.
    package func steps(_ role: Int) -> Int32 { Int32(self[role]) * RoleOffsets.unit }

    /// The nearest unit.
    /// - Precondition: `points` lies within `pointsMax` of 0.
    package mutating func set(_ role: Int, points: Double) {
        precondition(abs(points) <= RoleOffsets.pointsMax)
        let steps = points * Double(Rating.stepsPerPoint)
        self[role] = Int16((steps / Double(RoleOffsets.unit)).rounded())
    }

    package static func == (left: RoleOffsets, right: RoleOffsets) -> Bool {
        for role in 0..<Limits.roleCountMax where left.units[role] != right.units[role] {
            return false
        }
        return true
    }
}

/// A set of a queue's maps, one bit a map.
package struct MapSet: Hashable, BitwiseCopyable, Sendable {
    package static let capacity = 32
    package let bits: UInt32
    package init(bits: UInt32) { self.bits = bits }
    /// "Random map": whichever comes.
    package static let any = MapSet(bits: .max)
}

/// How many players of one role a team has.
package struct RoleCount: Sendable, Equatable {
    /// Least and most players, 0...team size.
    package var min: Int
    package var max: Int
    /// The same once the queue's `RoleRules.relaxedAfterTicks` have passed.
    package var relaxedMin: Int
    package var relaxedMax: Int

    package init(min: Int, max: Int, relaxedMin: Int? = nil, relaxedMax: Int? = nil) {
        self.min = min
        self.max = max
        self.relaxedMin = relaxedMin ?? min
        self.relaxedMax = relaxedMax ?? max
    }
}

/// A team's composition.
package struct RoleRules: Sendable, Equatable {
    /// 1...`Limits.roleCountMax`; the least of all add up to at most, the most to at least, a team.
    package var roles: [RoleCount]
    /// Wait of a match's longest waiting ticket after which the relaxed counts hold; nil: never.
    package var relaxedAfterTicks: Int32?
    /// Rating steps of difference between the teams' mean ratings that one player more of a role
    /// on one side is worth, when the teams are split; by role. Empty for none.
    package var differenceCosts: [Int32]
    /// Members count by their rating in the role that they play, where their tickets give one.
    package var countsRoleRatings: Bool

    package init(
        roles: [RoleCount], relaxedAfterTicks: Int32? = nil, differenceCosts: [Int32] = [],
        countsRoleRatings: Bool = true
    ) {
        self.roles = roles
        self.relaxedAfterTicks = relaxedAfterTicks
        self.differenceCosts = differenceCosts
        self.countsRoleRatings = countsRoleRatings
    }
}

/// Two teams, each of one faction.
package struct FactionRules: Sendable, Equatable {
    /// Wait after which a willing ticket may fill the other side; nil where none ever may.
    package var mercenaryAfterTicks: Int32?
    package init(mercenaryAfterTicks: Int32? = nil) {
        self.mercenaryAfterTicks = mercenaryAfterTicks
    }
}

/// What a queue does about parties against players who come alone.
package struct PremadeRules: Sendable, Equatable {
    /// Parties of at least this size are premades; 2...
    package var sizeMin = 2
    /// Ticks for which a premade is matched with premades alone; 0 to mix from the start.
    package var ownPoolTicks: Int32 = 0
    /// Rating steps of difference between the teams' mean ratings that one premade member more
    /// on one side is worth, when the teams are split.
    package var differenceCost: Int32 = 0
    package init() {}
}

/// Smaller teams after a wait.
package struct SmallerTeams: Sendable, Equatable {
    package var teamSize: Int
    /// Wait of the match's longest waiting ticket from which teams of this size will do.
    package var afterTicks: Int32
    package init(teamSize: Int, afterTicks: Int32) {
        self.teamSize = teamSize
        self.afterTicks = afterTicks
    }
}

/// What avoid lists do in a queue.
package struct AvoidanceRules: Sendable, Equatable {
    /// Players of a ticket's list that count, the first ones: 0...`Limits.avoidedCountMax`.
    package var countMax = Limits.avoidedCountMax
    /// Wait of the avoiding ticket for which its list is law; after that it gives way. Nil: always.
    package var hardForTicks: Int32?
    package init(countMax: Int = Limits.avoidedCountMax, hardForTicks: Int32? = nil) {
        self.countMax = countMax
        self.hardForTicks = hardForTicks
    }
}

/// One of the kinds of content that a mark may keep a player from, 0...15.
package struct CooldownScope: Hashable, BitwiseCopyable, Sendable {
    package static let capacity = 16
    package let raw: UInt8
    package init(_ raw: UInt8) { self.raw = raw }
}

/// How tickets accept a match.
package struct AcceptanceRules: Sendable, Equatable {
    /// Ticks to answer in, at least 1.
    package var ticks: Int32
    /// Ticks for which a proposed match looks for substitutes before it is given up.
    package var substituteTicks: Int32
    /// Ticks of cooldown for a first, second, third... offence within `offenceTicks`; the last
    /// holds for all further ones. A first of 0 is a warning. At most 8; empty for no cooldown.
    package var cooldownTicks: [Int32]
    /// Ticks after which an offence is forgotten.
    package var offenceTicks: Int32

    package init(
        ticks: Int32, substituteTicks: Int32, cooldownTicks: [Int32] = [], offenceTicks: Int32 = 1
    ) {
        self.ticks = ticks
        self.substituteTicks = substituteTicks
        self.cooldownTicks = cooldownTicks
        self.offenceTicks = offenceTicks
    }
}

/// How running matches are filled up.
package struct BackfillRules: Sendable, Equatable {
    /// How far a joining ticket's rating may be from the match's mean, in steps, by the wait of the
    /// request; the ticket's own window must cover the mean too.
    package var ratingWindow: WideningCurve
    /// Ticks after which a request that nobody renews ends.
    package var timeoutTicks: Int32
    package init(ratingWindow: WideningCurve, timeoutTicks: Int32) {
        self.ratingWindow = ratingWindow
        self.timeoutTicks = timeoutTicks
    }
}

/// Matches between two war parties, filled up with mercenaries.
package struct WarPartyRules: Sendable, Equatable {
    /// Largest roster that a war party may bring, team size...`Limits.partySizeMax`.
    package var rosterMax: Int
    /// Members of its own that a war party must bring, 1...team size. Both sides field equally
    /// many.
    package var ownMin: Int
    /// Players who must wait alone for a match without war parties; 0: never.
    package var mercenaryOnlyPlayerMin: Int
    package init(rosterMax: Int, ownMin: Int, mercenaryOnlyPlayerMin: Int = 0) {
        self.rosterMax = rosterMax
        self.ownMin = ownMin
        self.mercenaryOnlyPlayerMin = mercenaryOnlyPlayerMin
    }
}

/// Wider windows where few players are: at the tails of the ratings and in thin hours.
package struct DensityRules: Sendable, Equatable, BitwiseCopyable {
    /// The window is stretched by (density of the densest rating / density here) to this power, in
    /// hundredths: 0...100. 46 is near the best for one against one (docs/decisions/0009).
    package var exponentHundredths: Int32
    /// Largest stretch as a code: 16 × its logarithm to base 2, 0...112.
    package var stretchCodeMax: UInt8
    /// Arrivals after which an arrival is forgotten, 128...50,000.
    package var memoryArrivals: UInt32
    /// Arrivals a span in one bucket below which all windows are stretched, by the same power;
    /// 0: never.
    package var fullPerSpan: UInt32
    /// Ticks of a span.
    package var spanTicks: Int32

    /// Largest code.
    package static let codeMax = Stretch.codeMax

    /// The factor on a window that a code stands for: 2^(code/16).
    package static func factor(ofCode code: UInt8) -> Double {
        Double(Stretch(code: code).widened(1 << 20, max: .max)) / Double(1 << 20)
    }

    package init(
        exponentHundredths: Int32, stretchCodeMax: UInt8, memoryArrivals: UInt32 = 5000,
        fullPerSpan: UInt32 = 0, spanTicks: Int32 = 1200
    ) {
        self.exponentHundredths = exponentHundredths
        self.stretchCodeMax = stretchCodeMax
        self.memoryArrivals = memoryArrivals
        self.fullPerSpan = fullPerSpan
        self.spanTicks = spanTicks
    }
}

/// What a queue does about regions beside the latency cap.
package struct RegionChoiceRules: Sendable, Equatable {
    /// Wait after which a ticket accepts its best region whatever the latency, so that a party
    /// spread over the world plays at all; nil: never.
    package var bestAlwaysAfterTicks: Int32?
    /// Rating steps of extra range that one millisecond above a ticket's best region is worth.
    package var deltaPingCost: Int32 = 0
    package init() {}
}
