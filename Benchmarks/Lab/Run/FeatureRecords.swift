// What a run notes of a workload's rarer parts: war parties, running matches, standing teams,
// ratings that are learned; and the figures that follow.

import Glibc

/// War parties of a run.
package struct WarRecord: Sendable {
    package var parties = 0
    /// Matches of two war parties.
    package var matches = 0
    /// Seconds, a member who plays at a time.
    package var waits: [Double] = []
}

/// Places that somebody left in a running match.
package struct BackfillRecord: Sendable {
    package var opened = 0
    /// Seconds until each place that was filled was.
    package var fills: [Double] = []
    /// Seconds that places were open, and seconds of all places.
    package var openSeconds = 0.0
    package var placeSeconds = 0.0
    /// True chance to win of each player who joined, when he did.
    package var joinChances: [Double] = []
}

/// A standing team at the end of a run.
package struct RecordedTeam: Sendable {
    package var kind: TeamKind
    /// Under its present name.
    package var games: Int
    package var visible: Double
    /// Mean hidden rating and mean true strength of its roster.
    package var hidden: Double
    package var strength: Double
}

/// Standing teams of a run.
package struct ArenaRecord: Sendable {
    private struct Side {
        var games = 0.0
        var chances = 0.0
        var fairness = 0.0
    }

    private var sides = Array(repeating: Side(), count: TeamKind.allCases.count)
    /// Times that a sniping team saw a weaker one and queued, or saw none and went home.
    package var strikes = 0
    package var retreats = 0
    package var pointsByGame: [Int] = []
    package var hiddenMean = Double.nan
    package var teams: [RecordedTeam] = []

    /// Games after which a team's visible rating counts as having arrived.
    static let settledGames = 50

    mutating func note(_ kind: TeamKind, chance: Double, fairness: Double) {
        sides[kind.rawValue].games += 1
        sides[kind.rawValue].chances += chance
        sides[kind.rawValue].fairness += fairness
    }

    func note(in figures: inout RunFigures) {
        guard !teams.isEmpty else { return }
        func mean(_ kind: TeamKind, _ value: (Side) -> Double) -> Double {
            let side = sides[kind.rawValue]
            return side.games > 0 ? value(side) / side.games : .nan
        }
        figures[.plainChance] = mean(.plain, \.chances)
        figures[.sniperChance] = mean(.sniper, \.chances)
        figures[.hopperChance] = mean(.hopper, \.chances)
        figures[.sniperFairness] = mean(.sniper, \.fairness)
        figures[.hopperFairness] = mean(.hopper, \.fairness)
        if strikes + retreats > 0 {
            figures[.sniperStrikes] = Double(strikes) / Double(strikes + retreats)
        }
        let later = pointsByGame.suffix(pointsByGame.count / 2)
        figures[.pointsPerGame] = Double(later.reduce(0, +)) / Double(max(later.count, 1))
        figures[.hiddenMean] = hiddenMean
        let settled = teams.filter { $0.games >= ArenaRecord.settledGames }
        figures[.visibleAboveHidden] = Sample(settled.map { $0.visible - $0.hidden }).mean
        figures[.sniperHidden] = above(.sniper, teams) - above(.plain, teams)
        figures[.hopperHidden] = above(.hopper, teams) - above(.plain, teams)
    }

    /// How far the hidden rating lies above the true strength, mean over teams of a kind.
    private func above(_ kind: TeamKind, _ teams: [RecordedTeam]) -> Double {
        Sample(teams.filter { $0.kind == kind }.map { $0.hidden - $0.strength }).mean
    }
}

/// How far ratings are off after so many games.
package struct ErrorsByGames: Sendable {
    /// Games up to which errors are kept.
    package static let gamesMax = 400
    private var counts = [Double](repeating: 0, count: gamesMax + 1)
    private var squares = [Double](repeating: 0, count: gamesMax + 1)
    /// Fewer players than this after so many games say nothing.
    private static let playersMin = 30.0

    mutating func note(_ error: Double, games: Int) {
        guard games <= ErrorsByGames.gamesMax else { return }
        counts[games] += 1
        squares[games] += error * error
    }

    /// Root mean square error in points after so many games; NaN if too few players had them.
    func error(_ games: Int) -> Double {
        counts[games] >= ErrorsByGames.playersMin
            ? (squares[games] / counts[games]).squareRoot() : .nan
    }

    /// The first number of games after which the error has lost nine tenths of what it ever loses;
    /// NaN without games.
    var gamesToConverge: Double {
        let start = error(0)
        let errors = (1...ErrorsByGames.gamesMax).map { error($0) }
        guard let least = errors.filter({ !$0.isNaN }).min() else { return .nan }
        let goal = least + 0.1 * (start - least)
        let first = errors.firstIndex { $0 <= goal }
        return first.map { Double($0 + 1) } ?? .nan
    }
}

/// Sums of one simulated day.
package struct DayTally: Sendable {
    package var matches = 0.0
    package var fairness = 0.0
    package var believed = 0.0
    package var logLoss = 0.0
    package var results = 0.0
    package var squaredErrors = 0.0
}

/// The days of a run.
package struct DayRecord: Sendable {
    package private(set) var days: [DayTally] = []
    private static let daySeconds = 86_400.0

    mutating func note(_ verdict: Verdict, at seconds: Double) {
        let day = day(seconds)
        days[day].matches += 1
        days[day].fairness += verdict.fairness
        days[day].believed += verdict.believedFairness
        days[day].logLoss += verdict.logLoss
    }

    mutating func note(error: Double, at seconds: Double) {
        let day = day(seconds)
        days[day].results += 1
        days[day].squaredErrors += error * error
    }

    private mutating func day(_ seconds: Double) -> Int {
        let day = Int(seconds / DayRecord.daySeconds)
        while days.count <= day { days.append(DayTally()) }
        return day
    }
}

extension RunRecord {
    func noteFeatures(_ figures: inout RunFigures, players: Double) {
        if war.parties > 0 {
            figures[.warWait] = Sample(war.waits).mean
            figures[.warMatches] = Double(war.matches) / Double(max(matches.count, 1))
            figures[.benched] = Double(benched) / players
            // Two war parties a match: one of each two must wait for the other.
            figures[.warBound] = measuredSeconds / Double(2 * war.parties)
        }
        noteBackfill(&figures)
        arena.note(in: &figures)
        figures[.ratingError12] = errors.error(12)
        figures[.ratingError50] = errors.error(50)
        figures[.ratingError100] = errors.error(100)
        figures[.gamesToConverge] = errors.gamesToConverge
    }

    private func noteBackfill(_ figures: inout RunFigures) {
        guard backfill.opened > 0 else { return }
        let fills = Sample(backfill.fills)
        let chances = Sample(backfill.joinChances)
        figures[.placesFilled] = Double(fills.count) / Double(backfill.opened)
        figures[.fillMean] = fills.mean
        figures[.fillP50] = fills.percentile(0.5)
        figures[.fillP90] = fills.percentile(0.9)
        figures[.openShare] = backfill.openSeconds / backfill.placeSeconds
        figures[.joinChance] = chances.mean
        figures[.joinFairness] = Sample(chances.values.map { 2 * min($0, 1 - $0) }).mean
        figures[.joinHopeless] =
            Double(chances.values.count { $0 < 0.25 }) / Double(max(chances.count, 1))
    }
}
