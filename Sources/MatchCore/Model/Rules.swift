// The tuning rules of all queues as data, with the version that travels in every match.
// Swapped as a whole between ticks; times are in ticks and ratings in steps, converted once by
// the edge.

/// How one queue forms its matches.
package struct QueueRules: Sendable, Equatable {
    /// Teams in a match, at least 1. Free-for-all is `teamSize` 1.
    package var teamCount: Int
    /// Players in each team, exactly; 1...`Limits.teamSizeMax`.
    package var teamSize: Int
    /// Smallest party, 1...`partySizeMax`. Equal to `teamSize` where teams come ready made.
    package var partySizeMin = 1
    /// Largest party, 1...`teamSize`: a party plays in one team.
    package var partySizeMax: Int
    /// Added to a party's mean rating for each member beyond the first, in rating steps.
    package var premadeOffsetPerMember: Int32
    /// How far apart two tickets may be in rating, in steps, by each ticket's own wait.
    package var ratingWindow: WideningCurve
    /// Highest latency in milliseconds at which a ticket accepts a region, by its own wait.
    package var latencyCap: WideningCurve
    /// Wait in ticks after which a ticket expires.
    package var timeoutTicks: Int32
    /// How many rating steps of extra spread a match may have for each tick that its tickets have
    /// waited on average, when several matches are possible: 0 takes the closest ratings always.
    package var waitPreference: Double
    /// Wait in ticks from which a ticket is overdue: whoever came later gives way to it where it
    /// fits. Nil: never.
    package var overdueAfterTicks: Int32?
    package var quality: QualityRules
    /// Counts for ratings: never mercenaries, never backfill, even teams only.
    package var isRated = false
    /// Smaller teams that the queue makes do with after a wait, in falling size; may be empty.
    package var smallerTeams: [SmallerTeams] = []
    /// Players by which two teams may differ where full teams are not to be had: 0 or 1.
    package var teamSizeDifferenceMax = 0
    /// Composition of each team; nil where roles do not matter.
    package var roles: RoleRules?
    /// Two teams of one faction each; nil where factions do not matter.
    package var factions: FactionRules?
    package var premades = PremadeRules()
    /// Maps that tickets may choose among, 0 (no choice) to `MapSet.capacity`.
    package var mapCount = 0
    /// Ticks for which two tickets that were opponents do not meet again; 0 for none.
    package var rematchDelayTicks: Int32 = 0
    package var avoidance = AvoidanceRules()
    /// Asks every ticket to accept its match; nil to form matches at once.
    package var acceptance: AcceptanceRules?
    /// Marks of this scope refuse a ticket; nil if none do. See `CooldownScope`.
    package var cooldownScope: CooldownScope?
    /// Lets running matches ask for players; nil if none may.
    package var backfill: BackfillRules?
    /// Two war parties and their mercenaries; nil for all other queues.
    package var warParties: WarPartyRules?
    package var regionChoice = RegionChoiceRules()
    /// Windows that follow the density of arrivals; nil for the same window everywhere.
    package var density: DensityRules?

    /// Players in a match.
    package var playerCount: Int { teamCount * teamSize }

    package init(
        teamCount: Int, teamSize: Int, partySizeMax: Int, premadeOffsetPerMember: Int32,
        ratingWindow: WideningCurve, latencyCap: WideningCurve, timeoutTicks: Int32,
        waitPreference: Double, quality: QualityRules
    ) {
        self.teamCount = teamCount
        self.teamSize = teamSize
        self.partySizeMax = partySizeMax
        self.premadeOffsetPerMember = premadeOffsetPerMember
        self.ratingWindow = ratingWindow
        self.latencyCap = latencyCap
        self.timeoutTicks = timeoutTicks
        self.waitPreference = waitPreference
        self.quality = quality
    }
}

/// The scales of the quality score.
package struct QualityRules: Sendable, Equatable {
    /// Rating difference in points at which the stronger side wins ten times as often (Elo: 400).
    package var eloDivisorPoints: Double
    /// Standard deviation of ratings in points at which the spread score falls to 1/e.
    package var spreadScalePoints: Double
    /// Ping above a ticket's best region, in milliseconds, that still counts as well served.
    package var deltaPingMilliseconds: UInt16

    package init(
        eloDivisorPoints: Double = 400, spreadScalePoints: Double = 350,
        deltaPingMilliseconds: UInt16 = 20
    ) {
        self.eloDivisorPoints = eloDivisorPoints
        self.spreadScalePoints = spreadScalePoints
        self.deltaPingMilliseconds = deltaPingMilliseconds
    }
}

/// All queues' rules under one version.
package struct Rules: Sendable, Equatable {
    /// Grows with every change; a match carries the version that formed it.
    package var version: UInt64
    /// Indexed by `QueueIndex`. A queue taken out of service is nil and keeps its index.
    package var queues: [QueueRules?]

    package init(version: UInt64, queues: [QueueRules?]) {
        self.version = version
        self.queues = queues
    }
}
