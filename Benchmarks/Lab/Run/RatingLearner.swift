// Ratings that follow results, for the workload that replays seasons: Elo with a step that falls
// with the number of games. The product's own rating families are not part of this.

import Glibc

/// Elo with K = factor / (games + offset)^power.
struct RatingLearner {
    private let learning: LabLearning

    init(_ learning: LabLearning) { self.learning = learning }

    /// Each player's change in points after a match of two teams; zeros for other matches.
    /// - Parameter draw: uniform in 0..<1; decides who wins by true strength.
    func changes(_ players: [JudgedPlayer], games: [Int], draw: Double) -> [Double] {
        guard (players.map(\.team).max() ?? 0) == 1 else {
            return Array(repeating: 0, count: players.count)
        }
        let firstWins = draw < chance(players, \.strength)
        let expected = chance(players, \.rating)
        return zip(players, games).map { player, games in
            let score = (player.team == 0) == firstWins ? 1.0 : 0.0
            let belief = player.team == 0 ? expected : 1 - expected
            return learning.factor / pow(Double(games) + learning.offset, learning.power)
                * (score - belief)
        }
    }

    /// The first team's chance by the mean of a strength.
    private func chance(
        _ players: [JudgedPlayer], _ strength: KeyPath<JudgedPlayer, Double>
    ) -> Double {
        let first = Sample(players.filter { $0.team == 0 }.map { $0[keyPath: strength] }).mean
        let second = Sample(players.filter { $0.team == 1 }.map { $0[keyPath: strength] }).mean
        return 1 / (1 + pow(10, (second - first) / 400))
    }
}
