// The figures of a run, by name: what a table shows and JSON carries.

/// One figure.
package enum Figure: String, CaseIterable, Sendable {
    case players, playersPerSecond, matches
    case waitMean, waitP50, waitP90, waitP99
    case abandoned, declined, dropped, leftOver
    case fairnessMean, fairnessMedian, fairnessP10, believedFairness
    case spreadMean, spreadMedian, spreadP10
    case latencyMean, latencyMedian, latencyP10
    case rolesMean, rolesMedian, rolesP10
    case compositeMedian, compositeP10
    case blowouts, favouriteWins, calibrationError, logLoss
    case deviationMean
    case topWaitP99, topFairness, bottomWaitP99, bottomFairness
    case peakFairness, peakWait
    case ratingError12, ratingError50, ratingError100, gamesToConverge
    case countBound, waitToBound, skillBoundDeviation
    case warWait, warBound, warMatches, benched
    case placesFilled, fillMean, fillP50, fillP90, openShare
    case joinChance, joinFairness, joinHopeless
    case plainChance, sniperStrikes, sniperChance, hopperChance
    case sniperFairness, hopperFairness
    case pointsPerGame, hiddenMean, visibleAboveHidden, sniperHidden, hopperHidden

    /// What it is, with its unit.
    package var meaning: String {
        switch self {
        case .players: "players who arrived"
        case .playersPerSecond: "players a second"
        case .matches: "matches"
        case .waitMean: "mean wait of the matched, s"
        case .waitP50: "median wait, s"
        case .waitP90: "90 % wait, s"
        case .waitP99: "99 % wait, s"
        case .abandoned: "share of players who gave up"
        case .declined: "share of players who did not accept a match"
        case .dropped: "share of players refused or expired"
        case .leftOver: "share of players still waiting at the end"
        case .fairnessMean: "F by true skill, mean"
        case .fairnessMedian: "F, median"
        case .fairnessP10: "F, worst tenth begins at"
        case .believedFairness: "F as the matchmaker believed, mean"
        case .spreadMean: "S, mean"
        case .spreadMedian: "S, median"
        case .spreadP10: "S, worst tenth"
        case .latencyMean: "L, mean"
        case .latencyMedian: "L, median"
        case .latencyP10: "L, worst tenth"
        case .rolesMean: "R, mean"
        case .rolesMedian: "R, median"
        case .rolesP10: "R, worst tenth"
        case .compositeMedian: "Q, median"
        case .compositeP10: "Q, worst tenth"
        case .blowouts: "blow-outs: true p above 0.8"
        case .favouriteWins: "games won by the side rated higher"
        case .calibrationError: "calibration error of p"
        case .logLoss: "log-loss of p"
        case .deviationMean: "mean |skill − lobby's median|, points"
        case .topWaitP99: "99 % wait of the best 0.1 %, s"
        case .topFairness: "F in matches of the best 0.1 %, mean"
        case .bottomWaitP99: "99 % wait of the weakest 1 %, s"
        case .bottomFairness: "F in matches of the weakest 1 %, mean"
        case .peakFairness: "F in the busy part of the day, mean"
        case .peakWait: "mean wait in the busy part of the day, s"
        case .ratingError12: "rating off after 12 games, root mean square"
        case .ratingError50: "rating off after 50 games, root mean square"
        case .ratingError100: "rating off after 100 games, root mean square"
        case .gamesToConverge: "games until nine tenths of the error are gone"
        case .waitToBound: "mean wait as a multiple of B1"
        case .warWait: "mean wait in war parties, s"
        case .warBound: "least mean wait of war parties, two a match, s"
        case .warMatches: "share of matches between war parties"
        case .benched: "share of players who came with a war party and were not fielded"
        case .placesFilled: "share of places left in running matches that were filled"
        case .fillMean: "mean time to fill a place, s"
        case .fillP50: "median time to fill a place, s"
        case .fillP90: "90 % time to fill a place, s"
        case .openShare: "share of all places' time that they were open"
        case .joinChance: "joiners' true chance to win, mean"
        case .joinFairness: "F of the match that they join, mean"
        case .joinHopeless: "joiners with a true chance below a quarter"
        case .plainChance: "other teams' true chance to win, mean"
        case .sniperStrikes: "share of a sniping team's watches that found a weaker team"
        case .sniperChance: "sniping teams' true chance to win, mean"
        case .hopperChance: "hopping teams' true chance to win, mean"
        case .sniperFairness: "F in sniping teams' matches, mean"
        case .hopperFairness: "F in hopping teams' matches, mean"
        case .pointsPerGame: "visible points that a game adds, both teams, second half"
        case .hiddenMean: "mean hidden rating at the end; 1500 at first"
        case .visibleAboveHidden: "visible above hidden rating after 50 games, mean"
        case .sniperHidden: "hidden rating that sniping wins, points"
        case .hopperHidden: "hidden rating that hopping wins, points"
        case .countBound: "B1: least mean wait of any policy, s"
        case .skillBoundDeviation: "B4: least mean |skill − median| at unlimited wait"
        }
    }
}

/// All figures of one run.
package struct RunFigures: Sendable, Equatable {
    private var values: [Double]

    package init() { values = Array(repeating: .nan, count: Figure.allCases.count) }

    package subscript(figure: Figure) -> Double {
        get { values[RunFigures.place[figure] ?? 0] }
        set { values[RunFigures.place[figure] ?? 0] = newValue }
    }

    private static let place = Dictionary(
        uniqueKeysWithValues: Figure.allCases.enumerated().map { ($1, $0) })
}

/// The figures of several seeds.
package struct SeedFigures: Sendable {
    package let runs: [RunFigures]

    package init(_ runs: [RunFigures]) { self.runs = runs }

    package subscript(figure: Figure) -> Estimate { Estimate(runs.map { $0[figure] }) }
}
