// Standing teams: results move their ratings, some of them lie in wait for weaker ones, and at the
// end it is counted what that did to the ratings of all.

import MatchCore

/// A team that watches the queue.
struct Lurker {
    var arrival: Arrival
    let untilTick: Int32
}

extension Simulation {
    /// Seconds between two looks of those who lie in wait.
    private static let lookSeconds = 1.0

    /// The party queues, or watches the queue first.
    mutating func come(_ arrival: Arrival) {
        guard let arena = workload.arena, let team = arrival.team,
            crowd.arena?.teams[team].kind == .sniper, arena.snipe.lurkSeconds > 0
        else {
            enter(arrival)
            return
        }
        lurkers.append(
            Lurker(arrival: arrival, untilTick: tick + ticks(arena.snipe.lurkSeconds)))
    }

    /// Whoever lies in wait and sees a weaker team within reach queues; whoever has seen none for
    /// long enough goes home without a game.
    mutating func lookForPrey() {
        guard !lurkers.isEmpty, tick % ticks(Simulation.lookSeconds) == 0 else { return }
        var waiting: [Lurker] = []
        for lurker in lurkers {
            if seesPrey(lurker) {
                var arrival = lurker.arrival
                // The wait that counts is that in the queue.
                arrival.seconds = now
                record.arena.strikes += 1
                enter(arrival)
            } else if lurker.untilTick <= tick {
                record.arena.retreats += 1
                crowd.leave(lurker.arrival)
            } else {
                waiting.append(lurker)
            }
        }
        lurkers = waiting
    }

    private func seesPrey(_ lurker: Lurker) -> Bool {
        guard let arena = workload.arena else { return false }
        let own = meanStrength(lurker.arrival.players)
        let rating = crowd.players[lurker.arrival.players[0]].rating
        let window = judges[lurker.arrival.queue].freshWindow
        return live.values.contains { entry in
            entry.isWaiting && entry.arrival.queue == lurker.arrival.queue
                && abs(entry.ticket.rating - rating) <= window
                && own - meanStrength(entry.arrival.players) >= arena.snipe.edge
        }
    }

    private func meanStrength(_ players: [Int]) -> Double {
        players.reduce(0) { $0 + strength($1, partySize: players.count) } / Double(players.count)
    }

    /// Draws who wins by true strength and lets all ratings of both teams follow.
    mutating func playArena(
        _ match: FormedMatch, _ players: [JudgedPlayer], _ entries: [Live]
    ) {
        guard crowd.arena != nil, entries.count == 2, let first = entries[0].arrival.team,
            let second = entries[1].arrival.team
        else { return }
        let verdict = judges[match.queue].verdict(players)
        let chance = match.seats[0].team == 0 ? verdict.chance : 1 - verdict.chance
        let sides = [(first, entries[0].arrival.players), (second, entries[1].arrival.players)]
        noteSides(sides.map(\.0), [chance, 1 - chance], verdict.fairness)
        let firstWins = results.uniform() < chance
        crowd.arena?.play(sides[firstWins ? 0 : 1], sides[firstWins ? 1 : 0])
    }

    private mutating func noteSides(_ teams: [Int], _ chances: [Double], _ fairness: Double) {
        guard now >= workload.warmUpSeconds, let books = crowd.arena else { return }
        for (team, chance) in zip(teams, chances) {
            record.arena.note(books.teams[team].kind, chance: chance, fairness: fairness)
        }
    }

    /// At the end: what the ratings have come to.
    mutating func noteArena() {
        guard let books = crowd.arena else { return }
        record.arena.pointsByGame = books.pointsByGame
        record.arena.hiddenMean = Sample(books.hidden).mean
        for team in books.teams {
            let skill =
                meanStrength(team.roster) - workload.population.synergyPerMember
                * Double(workload.arena?.reserves ?? 0)
            let hidden = books.hiddenMean(team.roster)
            record.arena.teams.append(
                RecordedTeam(
                    kind: team.kind, games: team.games,
                    visible: Double(team.rating), hidden: hidden, strength: skill))
        }
    }
}
