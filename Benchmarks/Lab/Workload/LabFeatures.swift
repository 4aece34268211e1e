// The rarer sections of a workload: ratings that follow results, standing teams, players who leave
// running matches, other crowds, verdicts. Plain values; the files of Benchmarks/Workloads explain
// the fields where they are used.

/// The same workload with some of its sections replaced: another crowd, the same queues or others.
package struct LabVariant: Sendable {
    package var name: String
    package var workload: LabWorkload
}

/// Ratings learned from results: Elo with K = `factor` / (games + `offset`)^`power`.
package struct LabLearning: Sendable, Equatable {
    package var factor: Double
    package var offset: Double
    package var power: Double
    /// Length of a season, and the share of a rating's distance to the mean that survives its end.
    package var seasonSeconds: Double
    package var seasonKeep: Double
    /// Games that count for K at most when a season begins, so that ratings move again.
    package var seasonGamesMax: Int
    /// Nil: ratings stay while their players are away.
    package var decay: LabDecay?
}

/// What a high rating loses while its player is away.
package struct LabDecay: Sendable, Equatable {
    /// Ratings above this fall, and never below it.
    package var above: Double
    package var pointsPerWeek: Double
    /// Absence from which a week counts.
    package var idleSeconds: Double
}

/// Accounts that come less often than the others.
package struct LabCasuals: Sendable, Equatable {
    package var share: Double
    /// How often one of them comes relative to one of the others, 0...1.
    package var weight: Double
}

/// Standing teams with a team rating, personal ratings and hidden ratings.
package struct LabArena: Sendable, Equatable {
    package enum Basis: String, Sendable, CaseIterable {
        /// The team's visible rating; the members' average where that is 150 or more below it.
        case visible
        /// The members' hidden ratings on average.
        case hidden
    }

    /// Teams over all queues, by the queues' shares.
    package var teams: Int
    /// Members of a roster beyond those who play.
    package var reserves: Int
    /// What the matchmaker is told.
    package var matchBy: Basis
    package var hop: LabHop
    package var snipe: LabSnipe
}

/// Teams that begin anew under another name, with their visible ratings at zero.
package struct LabHop: Sendable, Equatable {
    package var share: Double
    /// Games after which they do; 0: they never do.
    package var afterGames: Int
}

/// Teams that watch the queue and come when a weaker one waits within reach.
package struct LabSnipe: Sendable, Equatable {
    package var share: Double
    /// Longest time to lie in wait; 0: they do not.
    package var lurkSeconds: Double
    /// True points by which the other must be weaker.
    package var edge: Double
}

/// Parties that leave running matches, whose places the match asks the matchmaker to fill.
package struct LabLeavers: Sendable, Equatable {
    /// Share of parties that have left when a match of median length ends.
    package var share: Double
    /// Time after which a match with open places asks again.
    package var renewSeconds: Double
    /// How much weaker than the match's mean a missing player counts, in points.
    package var missingPoints: Double
}

/// Quality in a large pool against the same queue at small size.
package struct LabVerdict: Sendable, Equatable {
    /// Position of the queue's entry in the file.
    package var queue: Int
    /// Size of the small one: share of the queue's players.
    package var smallShare: Double
    /// Largest share by which quality may fall.
    package var fallMax: Double
}
