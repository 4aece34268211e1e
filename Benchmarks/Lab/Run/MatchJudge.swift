// Judges a match by what is true of its players, not by what the matchmaker believed: chance to
// win, spread, latency, roles. The four scores are those of the product's quality metric.

import Glibc
import MatchCore

/// A player's part in a match.
package struct JudgedPlayer: Sendable {
    /// True strength in points, that of his party's synergy included.
    package var strength: Double
    /// Displayed rating in points.
    package var rating: Double
    package var team: Int
    package var latency: UInt16
    package var bestLatency: UInt16
    /// Size of his party.
    package var partySize: Int
    package var roles: RoleSet
    package var preferredRole: UInt8
    /// The role that he plays; `RoleSet.noPreference` if none was assigned.
    package var role: UInt8

    package init(
        strength: Double, rating: Double, team: Int, latency: UInt16 = 0, bestLatency: UInt16 = 0,
        partySize: Int = 1, roles: RoleSet = .all, preferredRole: UInt8 = RoleSet.noPreference,
        role: UInt8 = RoleSet.noPreference
    ) {
        self.strength = strength
        self.rating = rating
        self.team = team
        self.latency = latency
        self.bestLatency = bestLatency
        self.partySize = partySize
        self.roles = roles
        self.preferredRole = preferredRole
        self.role = role
    }
}

/// What a match is worth.
package struct Verdict: Sendable, Equatable {
    /// k times the weakest team's true chance.
    package var fairness: Double
    /// The same by displayed ratings: what the matchmaker believed.
    package var believedFairness: Double
    /// The strongest team's true chance.
    package var favouriteChance: Double
    /// True and believed chance of the first team, for calibration.
    package var chance: Double
    package var believedChance: Double
    package var spread: Double
    package var latency: Double
    package var roles: Double
    /// F^½ · S^¼ · L^⅛ · R^⅛.
    package var composite: Double
    /// Mean absolute difference to the lobby's median strength, in points.
    package var deviation: Double
    package var playerCount: Int

    /// Expected log-loss of the belief; outcomes need not be drawn: the true chance is their mean.
    package var logLoss: Double {
        let belief = min(max(believedChance, 1e-9), 1 - 1e-9)
        return -chance * log(belief) - (1 - chance) * log(1 - belief)
    }
}

/// Judges matches of one queue.
package struct MatchJudge: Sendable {
    private let rules: QueueRules

    package init(_ rules: QueueRules) { self.rules = rules }

    /// Points at which the stronger side wins ten times as often.
    var eloDivisor: Double { rules.quality.eloDivisorPoints }
    /// How far from its own rating a ticket that has just come accepts others, in points.
    var freshWindow: Double { Rating(steps: rules.ratingWindow.start).points }

    package func verdict(_ players: [JudgedPlayer]) -> Verdict {
        let strengths = Sample(players.map(\.strength))
        let chances = self.chances(players, \.strength)
        let believed = self.chances(players, \.rating)
        let spread = spread(strengths)
        let latency = latency(players)
        let roles = roles(players)
        let median = strengths.percentile(0.5)
        let fairness = Double(chances.count) * (chances.min() ?? 0)
        return Verdict(
            fairness: fairness, believedFairness: Double(believed.count) * (believed.min() ?? 0),
            favouriteChance: chances.max() ?? 1, chance: chances.first ?? 1,
            believedChance: believed.first ?? 1, spread: spread, latency: latency, roles: roles,
            composite: fairness.squareRoot() * pow(spread, 0.25) * pow(latency * roles, 0.125),
            deviation: players.reduce(0) { $0 + abs($1.strength - median) }
                / Double(players.count), playerCount: players.count)
    }

    /// Each team's chance to win by its mean (Bradley and Terry 1952; Elo for two teams).
    private func chances(
        _ players: [JudgedPlayer], _ strength: KeyPath<JudgedPlayer, Double>
    ) -> [Double] {
        let teamCount = (players.map(\.team).max() ?? 0) + 1
        var sums = [Double](repeating: 0, count: teamCount)
        var counts = [Double](repeating: 0, count: teamCount)
        for player in players {
            sums[player.team] += player[keyPath: strength]
            counts[player.team] += 1
        }
        let means = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
        let best = means.max() ?? 0
        let powers = means.map { pow(10, ($0 - best) / rules.quality.eloDivisorPoints) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    private func spread(_ strengths: Sample) -> Double {
        let mean = strengths.mean
        let variance =
            strengths.values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            / Double(strengths.count)
        let scale = rules.quality.spreadScalePoints
        return exp(-variance / (scale * scale))
    }

    /// Share of players within the cap of a fresh ticket and close to their best region.
    private func latency(_ players: [JudgedPlayer]) -> Double {
        let served = players.count {
            Int32($0.latency) <= rules.latencyCap.start
                && Int($0.latency) - Int($0.bestLatency)
                    <= Int(rules.quality.deltaPingMilliseconds)
        }
        return Double(served) / Double(players.count)
    }

    /// Mean satisfaction with the role, times the symmetry of premade parties.
    private func roles(_ players: [JudgedPlayer]) -> Double {
        let teamCount = (players.map(\.team).max() ?? 0) + 1
        var premades = [Double](repeating: 0, count: teamCount)
        for player in players {
            premades[player.team] += Double(player.partySize - 1) / Double(player.partySize)
        }
        let excess = (premades.max() ?? 0) - (premades.min() ?? 0)
        let symmetry = max(0, 1 - excess / Double(rules.teamSize))
        guard rules.roles != nil else { return symmetry }
        let satisfaction = (0..<teamCount).reduce(0.0) { sum, team in
            sum + self.satisfaction(players.filter { $0.team == team })
        }
        return satisfaction / Double(players.count) * symmetry
    }

    /// 1 for the first choice, ½ for another role that the player is willing to play, 0 otherwise,
    /// summed over a team. Where no roles were assigned the players share them out themselves as
    /// well as can be.
    private func satisfaction(_ team: [JudgedPlayer]) -> Double {
        if team.allSatisfy({ $0.role != RoleSet.noPreference }) {
            return team.reduce(0) { $0 + MatchJudge.liking($1, $1.role) }
        }
        return RoleSharing(rules.roles?.roles.map(\.max) ?? []).best(team)
    }

    static func liking(_ player: JudgedPlayer, _ role: UInt8) -> Double {
        if player.roles.bits & (1 << role) == 0 { return 0 }
        if player.preferredRole == RoleSet.noPreference || player.preferredRole == role { return 1 }
        return 0.5
    }
}

/// The best assignment of roles within a team, by dynamic programming over the places taken.
struct RoleSharing {
    private let maxima: [Int]

    /// - Parameter maxima: most players of each role in a team.
    init(_ maxima: [Int]) { self.maxima = maxima }

    func best(_ team: [JudgedPlayer]) -> Double {
        var values = [Double](repeating: -1, count: maxima.reduce(1) { $0 * ($1 + 1) })
        values[0] = 0
        for player in team {
            // Who finds no place plays what is left over, and likes it not at all.
            var next = values
            for state in values.indices where values[state] >= 0 {
                var stride = 1
                for (role, most) in maxima.enumerated() {
                    let taken = state / stride % (most + 1)
                    if taken < most {
                        let liking = MatchJudge.liking(player, UInt8(role))
                        let target = state + stride
                        next[target] = max(next[target], values[state] + liking)
                    }
                    stride *= most + 1
                }
            }
            values = next
        }
        return values.max() ?? 0
    }
}
