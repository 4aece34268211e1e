// The standing teams of a run and all their ratings: who plays for which, what the matchmaker is
// told, and what a result changes. Who is good is not known here.

/// What a team does to win.
package enum TeamKind: Int, Sendable, CaseIterable { case plain, sniper, hopper }

/// A standing team.
package struct StandingTeam: Sendable {
    package let queue: Int
    /// Positions in the run's list of players.
    package let roster: [Int]
    package let kind: TeamKind
    package var rating = 0
    /// By position in the roster.
    package var personal: [Int]
    /// Games under its present name.
    package var games = 0
}

/// Ratings of all teams and players.
package struct ArenaBooks: Sendable {
    private let rules: LabArena
    package private(set) var teams: [StandingTeam] = []
    /// By player.
    package private(set) var hidden: [Double] = []
    private var highest: [Double] = []
    private var games: [Int] = []
    /// Points by which the visible ratings of both teams together changed, a game at a time.
    package private(set) var pointsByGame: [Int] = []

    init(_ rules: LabArena) { self.rules = rules }

    /// - Precondition: the roster's players are the next in the run's list.
    mutating func found(queue: Int, roster: [Int], kind: TeamKind) {
        precondition(roster.first == hidden.count)
        hidden += roster.map { _ in ArenaRating.hiddenStart }
        highest += roster.map { _ in ArenaRating.hiddenStart }
        games += roster.map { _ in 0 }
        teams.append(
            StandingTeam(
                queue: queue, roster: roster, kind: kind, personal: roster.map { _ in 0 }))
    }

    /// What the matchmaker is told of a team when these members queue.
    func matchRating(_ team: Int, _ members: [Int]) -> Double {
        switch rules.matchBy {
        case .hidden: return hiddenMean(members)
        case .visible:
            let own = teams[team]
            let personal = own.roster.indices.filter { members.contains(own.roster[$0]) }
                .map { own.personal[$0] }
            return ArenaRating.matching(team: own.rating, personal: personal)
        }
    }

    func hiddenMean(_ members: [Int]) -> Double {
        members.reduce(0) { $0 + hidden[$1] } / Double(members.count)
    }

    /// Notes a game of two teams.
    mutating func play(_ winner: (team: Int, members: [Int]), _ loser: (team: Int, members: [Int]))
    {
        let means = (hiddenMean(winner.members), hiddenMean(loser.members))
        let points =
            settle(winner, against: means.1, won: true)
            + settle(loser, against: means.0, won: false)
        pointsByGame.append(points)
        let chance = ArenaRating.chance(means.0, against: means.1)
        learn(winner.members, teamChance: chance, won: true)
        learn(loser.members, teamChance: 1 - chance, won: false)
        for side in [winner.team, loser.team] { hopIfDue(side) }
    }

    /// - Returns: the change of the team's rating.
    private mutating func settle(
        _ side: (team: Int, members: [Int]), against opponents: Double, won: Bool
    ) -> Int {
        let before = teams[side.team]
        teams[side.team].rating = ArenaRating.visible(
            before.rating, games: before.games, against: opponents, won: won)
        for (position, player) in before.roster.enumerated() where side.members.contains(player) {
            teams[side.team].personal[position] = ArenaRating.visible(
                before.personal[position], games: before.games, against: opponents, won: won)
        }
        teams[side.team].games += 1
        return teams[side.team].rating - before.rating
    }

    private mutating func learn(_ members: [Int], teamChance: Double, won: Bool) {
        for player in members {
            hidden[player] = ArenaRating.hidden(
                hidden[player], games: games[player], highest: highest[player],
                teamChance: teamChance, won: won)
            highest[player] = max(highest[player], hidden[player])
            games[player] += 1
        }
    }

    /// A team that hops gives up its name: visible ratings begin at zero, hidden ones stay.
    private mutating func hopIfDue(_ team: Int) {
        guard teams[team].kind == .hopper, rules.hop.afterGames > 0,
            teams[team].games >= rules.hop.afterGames
        else { return }
        teams[team].rating = 0
        teams[team].games = 0
        for position in teams[team].personal.indices { teams[team].personal[position] = 0 }
    }
}
