// The visible and hidden ratings of arena teams: Elo with a divisor of 400 for both, whole points
// for the visible ones, which begin at zero, rise twice as fast at first and never fall below a
// floor that was reached. Pure arithmetic; who has which rating is for `ArenaBooks` to know.

import Glibc

/// The rules of arena ratings.
package enum ArenaRating {
    /// A visible average that lies so far below the team's rating replaces it.
    package static let averageGap = 150
    /// A hidden rating never falls further than this from its highest value.
    package static let hiddenDropMax = 500.0
    package static let hiddenStart = 1500.0

    private static let floorStep = 400
    private static let floorMax = 2_000

    /// The chance of `own` against `opponents`, both in points.
    package static func chance(_ own: Double, against opponents: Double) -> Double {
        1 / (1 + pow(10, (opponents - own) / 400))
    }

    /// 32 for the first ten games, 24 up to fifty, then 16; 16 above 2000 points.
    package static func step(rating: Double, games: Int) -> Double {
        if rating > 2_000 || games >= 50 { return 16 }
        return games < 10 ? 32 : 24
    }

    /// A visible rating after a game, in whole points.
    /// - Parameters:
    ///   - opponents: their mean hidden rating.
    ///   - games: before this one.
    package static func visible(
        _ own: Int, games: Int, against opponents: Double, won: Bool
    ) -> Int {
        let rating = Double(own)
        let chance = chance(rating, against: opponents)
        let step = step(rating: rating, games: games)
        if won {
            return own + max(1, Int((step * catchUp(rating) * (1 - chance)).rounded()))
        }
        let floor = min(floorMax, own / floorStep * floorStep)
        return max(floor, own - Int((step * chance).rounded()))
    }

    /// 2 below 1000 points, sliding to 1 at 1300.
    private static func catchUp(_ rating: Double) -> Double {
        min(2, max(1, 1 + (1_300 - rating) / 300))
    }

    /// A hidden rating after a game; the chance goes by both teams' averages.
    /// - Parameter highest: the member's highest hidden rating so far.
    package static func hidden(
        _ own: Double, games: Int, highest: Double, teamChance: Double, won: Bool
    ) -> Double {
        let change = step(rating: own, games: games) * ((won ? 1 : 0) - teamChance)
        return max(own + change, highest - hiddenDropMax)
    }

    /// The rating by which a team is matched: its own, or the average of those who queue where
    /// that is 150 or more below it.
    package static func matching(team: Int, personal: [Int]) -> Double {
        let average = Double(personal.reduce(0, +)) / Double(max(personal.count, 1))
        return Double(team) - average > Double(averageGap) ? average : Double(team)
    }
}
