// A described population: who comes when, with whom, how good, from where, how patient. Plain
// values, checked by `WorkloadReader`; the fields' meaning stands in Workloads/demo.json5.

/// Everything a workload file says.
struct Workload: Sendable, Equatable {
    var seed: UInt64
    var regions: [String]
    var arrivals: ArrivalPattern
    var skill: SkillPattern
    var parties: [PartyShare]
    var patience: PatiencePattern
    var games: GamePattern
    var accessDelay: AccessDelay
    var queues: [QueueShare]
    var homes: [Home]
}

/// When parties come for the first time.
struct ArrivalPattern: Sendable, Equatable {
    /// In an hour of average business.
    var partiesPerSecond: Double
    var initialParties: Int
    var initialSeconds: Double
    /// Seconds that a day takes.
    var daySeconds: Double
    /// Hour of the day in UTC at the start, 0..<24.
    var startHour: Double
    /// Relative arrivals by local hour, 24 of them.
    var hourly: [Double]
}

/// Ratings in points.
struct SkillPattern: Sendable, Equatable {
    var mean: Double
    var deviation: Double
    /// Correlation between members of a party, 0...1.
    var partyCorrelation: Double
}

struct PartyShare: Sendable, Equatable {
    var size: Int
    var share: Double
}

/// Weibull distribution of the time until a waiting party gives up.
struct PatiencePattern: Sendable, Equatable {
    var shape: Double
    var scaleSeconds: Double
}

struct GamePattern: Sendable, Equatable {
    /// Lognormal length.
    var medianSeconds: Double
    var sigma: Double
    /// Mean of the exponential pause between two games.
    var breakSeconds: Double
    /// Chance that a party leaves after a game.
    var leaveProbability: Double
}

/// Lognormal addition to every round trip.
struct AccessDelay: Sendable, Equatable {
    var medianMilliseconds: Double
    var sigma: Double
}

struct QueueShare: Sendable, Equatable {
    var name: String
    var share: Double
    /// Largest party that the queue takes.
    var partyMax: Int
}

/// A place that players come from.
struct Home: Sendable, Equatable {
    /// Ranks of the quantiles in `roundTripMilliseconds`.
    static let ranks = [0.05, 0.25, 0.5, 0.75, 0.95]

    var name: String
    var share: Double
    var utcOffsetHours: Double
    /// For each region of the workload the round trips at `ranks`, rising.
    var roundTripMilliseconds: [[Double]]
}
