// A described experiment: queues, who comes when, how good they are and how good they seem, where
// they live, how patient they are. Plain values, checked by `LabWorkloadReader`; the fields'
// meaning stands in the files of Benchmarks/Workloads, W4.json5 first.

import DaemonKit
import MatchCore

/// Everything a workload file says.
package struct LabWorkload: Sendable {
    package var name: String
    package var title: String
    package var tickMilliseconds: Int
    /// Simulated time, the warm-up included.
    package var seconds: Double
    /// Matches and waits that begin before this do not count.
    package var warmUpSeconds: Double
    package var arrivals: LabArrivals
    package var population: LabPopulation
    package var parties: [LabShare<Int>]
    package var roles: LabRoles?
    package var patience: LabPatience?
    package var games: LabGames?
    package var readyCheck: LabReadyCheck?
    package var learning: LabLearning?
    package var arena: LabArena?
    package var leavers: LabLeavers?
    package var verdict: LabVerdict?
    package var geography: LabGeography
    package var queues: [LabQueue]
    /// Rules that differ from the file's queues, under a name: the settings that a frontier is
    /// drawn over. The first entry is the file's own.
    package var settings: [LabSetting]
    /// The stream of lone players on which the offline bounds are computed; nil for none.
    package var plain: LabPlain?
    /// Other crowds for the same queues; empty for most.
    package var variants: [LabVariant]

    /// Names of the file's queue entries.
    package var groupNames: [String] {
        (0...(queues.last?.group ?? 0)).map { group in
            let members = queues.filter { $0.group == group }
            let name = members.first?.name ?? ""
            return members.count > 1 ? "\(name) to \(members.count)" : name
        }
    }

    package var tickSeconds: Double { Double(tickMilliseconds) / 1000 }
    package var tickCount: Int32 { Int32((seconds / tickSeconds).rounded()) }
}

/// Something with a share of all; shares are relative to each other.
package struct LabShare<Item: Sendable & Equatable>: Sendable, Equatable {
    package var item: Item
    package var share: Double
}

package struct LabArrivals: Sendable, Equatable {
    /// Players a second over all queues, those who come back after a match included; one run for
    /// each entry.
    package var playersPerSecond: [Double]
    /// Tickets that wait when the run begins.
    package var initialTickets: Int
    /// Seconds of a day, and the hour of it at which the run begins, at UTC.
    package var daySeconds: Double
    package var startHour: Double
    /// Relative arrivals by local hour 0...23; empty for a flat day.
    package var hourly: [Double]
    package var crowds: [LabCrowd]
    package var outages: [LabOutage]
}

/// Arrivals times `factor` for a while.
package struct LabCrowd: Sendable, Equatable {
    package var atSeconds: Double
    package var seconds: Double
    package var factor: Double
}

/// Nobody arrives for a while; who would have come does so within `reconnectSeconds` after it.
package struct LabOutage: Sendable, Equatable {
    package var atSeconds: Double
    package var seconds: Double
    package var reconnectSeconds: Double
}

/// Latent skill and what the matchmaker is told of it, in Elo points.
package struct LabPopulation: Sendable, Equatable {
    package var mean: Double
    package var deviation: Double
    package var partyCorrelation: Double
    /// Standard deviation of a settled player's rating round the true skill, and the uncertainty
    /// that is stated for it.
    package var ratingError: Double
    package var newcomers: LabNewcomers?
    package var smurfs: LabSmurfs?
    /// True points that each further member of a party adds to all of it.
    package var synergyPerMember: Double
    /// Change of the true skill in points a √week.
    package var driftPerRootWeek: Double
    /// Players that there are in all, who come again and again; 0: every arrival is a new one.
    package var accounts: Int
    /// Accounts that come less often; nil if all are alike.
    package var casuals: LabCasuals?
}

/// Players with the prior's rating, and weaker than the average.
package struct LabNewcomers: Sendable, Equatable {
    package var share: Double
    /// Added to the population's mean.
    package var shift: Double
    package var rating: Double
    package var ratingDeviation: Double
}

/// Players who are better than they seem.
package struct LabSmurfs: Sendable, Equatable {
    package var share: Double
    package var above: Double
}

/// Who is willing to play what, by position of the queue's roles.
package struct LabRoles: Sendable, Equatable {
    package var supply: [Double]
    /// Share of players who play a second role too.
    package var flexibleShare: Double
}

/// Weibull distribution of the time until a waiting party gives up.
package struct LabPatience: Sendable, Equatable {
    package var shape: Double
    package var scaleSeconds: Double
}

/// What follows a match: lognormal length, exponential break, then leaving or the next ticket.
package struct LabGames: Sendable, Equatable {
    package var medianSeconds: Double
    package var sigma: Double
    package var breakSeconds: Double
    package var leaveProbability: Double
}

/// How players answer when a match is found.
package struct LabReadyCheck: Sendable, Equatable {
    package var declineShare: Double
    package var loadFailureShare: Double
    /// Time to answer; answers come within it.
    package var seconds: Double
}

/// Regions and the homes that players come from.
package struct LabGeography: Sendable, Equatable {
    package var regions: [String]
    /// Empty: one region, no latency.
    package var homes: [LabHome]
    package var accessMedianMilliseconds: Double
    package var accessSigma: Double
}

package struct LabHome: Sendable, Equatable {
    /// Ranks of the quantiles in `roundTripMilliseconds`.
    package static let ranks = [0.05, 0.25, 0.5, 0.75, 0.95]
    package var name: String
    package var share: Double
    package var utcOffsetHours: Double
    /// For each region the round trips at `ranks`, rising.
    package var roundTripMilliseconds: [[Double]]
}

/// One queue with its share of the tickets.
package struct LabQueue: Sendable {
    package var name: String
    /// Position of its entry in the file, which all copies of a queue share.
    package var group: Int
    package var share: Double
    package var rules: QueueRules
    /// Party sizes where they differ from the workload's; empty for the workload's.
    package var parties: [LabShare<Int>]
    /// Rosters of war parties, with shares relative to those of the parties.
    package var warParties: [LabShare<Int>]
}

/// A named set of rules, one entry a queue of the workload.
package struct LabSetting: Sendable {
    package var name: String
    package var rules: [QueueRules]
}

/// Tickets with known ratings that never leave: arrivals by a Poisson process. Parties are of the
/// smallest size that the queue takes, so that premade teams are one ticket each.
package struct LabPlain: Sendable {
    package var tickets: Int
    /// Tickets that come before these, to which nobody of the stream is matched: a policy that
    /// learns from arrivals has then been running for a while.
    package var warmUpTickets: Int
    package var ticketsPerSecond: Double
    package var mean: Double
    package var deviation: Double
    /// Where the tickets live; nil for one region without latency.
    package var geography: LabGeography?
    /// Seeds over which figures are averaged unless the caller says otherwise.
    package var seeds: Int
    /// Weights w at which the offline optimum is computed: seconds that a whole point of fairness
    /// (1v1) or a point of rating (larger lobbies) is worth.
    package var weights: [Double]
    /// The workload's settings for one of its queues, without what a plain stream lacks.
    package var settings: [LabSetting]
}
