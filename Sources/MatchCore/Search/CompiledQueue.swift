// One queue's rules as the tick reads them: flat numbers, with what follows from them worked out
// once per rule change. Plain value; made by `BucketGrid`.

struct CompiledQueue: BitwiseCopyable {
    var isActive = false
    var teamCount: Int32 = 0
    var teamSize: Int32 = 0
    var playerCount: Int32 = 0
    /// Players of the smallest match that the queue makes do with.
    var playerCountMin: Int32 = 0
    var partySizeMin: Int32 = 1
    var partySizeMax: Int32 = 0
    var premadeOffsetPerMember: Int32 = 0
    var ratingWindow = WideningCurve(start: 0, growthPerTick: 0, max: 0)
    var latencyCap = WideningCurve(start: 0, growthPerTick: 0, max: 0)
    var timeoutTicks: Int32 = 0
    var waitPreference = 0.0
    /// The wait from which tickets that came later give way; `Int32.max`: never.
    var overdueAge = Int32.max
    var eloDivisorPoints = 0.0
    var spreadScalePoints = 0.0
    var deltaPingMilliseconds: UInt16 = 0
    /// Where the queue's trees begin in `BucketGrid.roots`.
    var rootBase: Int32 = 0
    /// How the waiting tickets of a bucket are told apart; see `Lanes`.
    var lanes = Lanes()
    /// The queue has rules that `features` tells; a queue without any takes the short way.
    var hasTeamRules = false
    var hasExclusions = false
    var hasMilestones = false
    /// Windows follow the density of arrivals.
    var hasDensity = false
    /// Ticks that a ticket has to accept a match; 0 where matches form at once.
    var acceptTicks: Int32 = 0
    /// Marks of this scope refuse a ticket; `Features.noScope` if none do.
    var cooldownScope = Features.noScope
    /// The wait from which a ticket plays in its best region whatever the latency.
    var bestRegionAge = Int32.max
    private var featuresAddress: UnsafePointer<Features>?
    /// The queue's optional rules, owned by the grid.
    var features: UnsafePointer<Features> { featuresAddress.unsafelyUnwrapped }
    /// Where the queue's party-size limits begin in `BucketGrid.sizeLimits`.
    var sizeBase: Int32 = 0
    /// Where the queue's table of possible size mixes begins, or −1 if it has none.
    var mixBase: Int32 = -1

    init() {}

    init(_ rules: QueueRules) {
        precondition(rules.teamCount >= 1 && rules.teamSize >= 1)
        precondition(rules.teamSize <= Limits.teamSizeMax)
        precondition(rules.playerCount >= 2 && rules.playerCount <= Limits.playersPerMatchMax)
        precondition(rules.partySizeMax >= 1 && rules.partySizeMax <= rules.teamSize)
        precondition(rules.partySizeMin >= 1 && rules.partySizeMin <= rules.partySizeMax)
        precondition(rules.timeoutTicks >= 1)
        isActive = true
        teamCount = Int32(rules.teamCount)
        teamSize = Int32(rules.teamSize)
        playerCount = Int32(rules.playerCount)
        partySizeMin = Int32(rules.partySizeMin)
        partySizeMax = Int32(rules.partySizeMax)
        premadeOffsetPerMember = rules.premadeOffsetPerMember
        ratingWindow = CompiledQueue.withinSpan(rules.ratingWindow)
        latencyCap = rules.latencyCap
        timeoutTicks = rules.timeoutTicks
        waitPreference = rules.waitPreference
        overdueAge = rules.overdueAfterTicks ?? Int32.max
        precondition(overdueAge >= 0)
        eloDivisorPoints = rules.quality.eloDivisorPoints
        spreadScalePoints = rules.quality.spreadScalePoints
        deltaPingMilliseconds = rules.quality.deltaPingMilliseconds
        lanes = Lanes(rules)
    }

    /// Ties the queue to its optional rules, which outlive it.
    mutating func tie(to features: UnsafePointer<Features>) {
        featuresAddress = features
        hasTeamRules = features.pointee.hasTeamRules
        hasExclusions = features.pointee.hasExclusions
        hasDensity = features.pointee.density != nil
        hasMilestones = features.pointee.milestones[0] != Int32.max
        bestRegionAge = features.pointee.bestRegionAge
        acceptTicks = features.pointee.acceptTicks
        cooldownScope = features.pointee.cooldownScope
        playerCountMin = playerCount
        let steps = Int(features.pointee.smallerTeamCount)
        if steps > 0 {
            let size = features.pointee.smallerTeamSizes[steps - 1]
            playerCountMin = 2 * size - features.pointee.teamSizeDifferenceMax
        }
        if features.pointee.hasWarParties { playerCountMin = 2 }
    }

    /// How far from its own rating a ticket accepts others after this wait, in steps.
    @inline(__always) func window(age: Int32, _ stretch: Stretch) -> Int32 {
        stretch.widened(ratingWindow.limit(age: age), max: ratingSpan)
    }

    /// The least wait at which a ticket's window reaches `distance`, or nil if it never does.
    @inline(__always) func age(windowReaching distance: Int32, _ stretch: Stretch) -> Int32? {
        ratingWindow.age(reaching: stretch.limit(reaching: distance))
    }

    /// The ticket's window at its widest.
    @inline(__always) func windowMax(_ stretch: Stretch) -> Int32 {
        stretch.widened(ratingWindow.max, max: ratingSpan)
    }

    private var ratingSpan: Int32 {
        Int32(Rating.pointsMax - Rating.pointsMin) * Rating.stepsPerPoint
    }

    /// True if a ticket of this wait plays in a region at this latency.
    @inline(__always) func accepts(latency: UInt16, best: UInt16, age: Int32) -> Bool {
        if latency == LatencyVector.unreachable { return false }
        if Int32(latency) <= latencyCap.limit(age: age) { return true }
        return latency == best && age >= bestRegionAge
    }

    /// The wait at which a ticket comes to play in a region at this latency, or nil if never.
    @inline(__always) func age(accepting latency: UInt16, best: UInt16) -> Int32? {
        if latency == LatencyVector.unreachable { return nil }
        let age = latencyCap.age(reaching: Int32(latency))
        if latency != best || bestRegionAge == Int32.max { return age }
        return min(age ?? Int32.max, bestRegionAge)
    }

    /// The same window, at most as wide as all ratings are apart: a rating plus its window then
    /// fits in 32 bits.
    private static func withinSpan(_ window: WideningCurve) -> WideningCurve {
        let span = Int32(Rating.pointsMax - Rating.pointsMin) * Rating.stepsPerPoint
        return WideningCurve(
            start: min(window.start, span), growthPerTick: window.growthPerTick,
            max: min(window.max, span))
    }

    /// Parties of `size` players that one match can hold.
    func sizeLimit(_ size: Int) -> Int { Int(teamCount) * (Int(teamSize) / size) }

    /// For each set of party sizes (bit i: size i + 1 is present), the sizes that can be part of a
    /// full match made of such parties alone. Says "no" for certain, "yes" only perhaps: it knows
    /// which sizes wait, not how many.
    func possibleSizes(among present: UInt64) -> UInt64 {
        var possible: UInt64 = 0
        let fills = teamFills(present)
        guard fills & (1 << UInt64(teamSize)) != 0 else { return 0 }
        for size in 1...Int(partySizeMax) where present & (1 << UInt64(size - 1)) != 0 {
            let rest = UInt64(Int(teamSize) - size)
            if fills & (1 << rest) != 0 { possible |= 1 << UInt64(size - 1) }
        }
        return possible
    }

    /// Bit f is set if parties of the present sizes can fill exactly f places of a team.
    private func teamFills(_ present: UInt64) -> UInt64 {
        var fills: UInt64 = 1
        for filled in 0..<Int(teamSize) where fills & (1 << UInt64(filled)) != 0 {
            for size in 1...Int(partySizeMax) where present & (1 << UInt64(size - 1)) != 0 {
                if filled + size <= Int(teamSize) { fills |= 1 << UInt64(filled + size) }
            }
        }
        return fills
    }
}
