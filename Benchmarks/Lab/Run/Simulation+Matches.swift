// Matches that take place: judged by true skill, noted, played, learned from.

import MatchCore

extension Simulation {
    mutating func begin(_ match: FormedMatch) {
        let entries = match.seats.map { seat -> Live in
            guard let entry = live.removeValue(forKey: seat.ticket) else {
                preconditionFailure("ticket \(seat.ticket) was matched but does not wait")
            }
            return entry
        }
        for seat in match.seats { record.mark(seat.ticket &* 31 &+ seat.team) }
        record.mark(Int(tick))
        let players = judged(match, entries)
        note(judges[match.queue].verdict(players), match, entries)
        learn(players, entries)
        for entry in entries { play(entry) }
    }

    private func judged(_ match: FormedMatch, _ entries: [Live]) -> [JudgedPlayer] {
        let region = RegionIndex(UInt8(match.region))
        let regionCount = workload.geography.regions.count
        return zip(match.seats, entries).flatMap { seat, entry in
            let synergy = workload.population.synergyPerMember * Double(entry.ticket.size - 1)
            return entry.arrival.players.enumerated().map { position, index in
                let player = crowd.players[index]
                return JudgedPlayer(
                    strength: player.skill + synergy, rating: player.rating, team: seat.team,
                    latency: player.latencies[region],
                    bestLatency: player.latencies.lowest(regionCount: regionCount),
                    partySize: entry.ticket.size, roles: player.roles,
                    preferredRole: player.preferredRole,
                    role: position < seat.roles.count
                        ? seat.roles[position] : RoleSet.noPreference)
            }
        }
    }

    private mutating func note(_ verdict: Verdict, _ match: FormedMatch, _ entries: [Live]) {
        var waits: [Double] = []
        var skills: [Double] = []
        for entry in entries {
            for player in entry.arrival.players {
                let wait = now - entry.arrival.seconds
                let skill = crowd.players[player].skill
                waits.append(wait)
                skills.append(skill)
                if isMeasured(entry.arrival) {
                    record.waits.append(
                        RecordedWait(seconds: wait, skill: skill, queue: match.queue))
                }
            }
        }
        guard now >= workload.warmUpSeconds else { return }
        record.matches.append(
            RecordedMatch(
                verdict: verdict, queue: match.queue, hour: crowd.hour(at: now),
                isPeak: crowd.isPeak(at: now), wait: Sample(waits).mean,
                weakest: skills.min() ?? 0, strongest: skills.max() ?? 0))
    }

    private mutating func play(_ entry: Live) {
        let party = entry.arrival.players
        guard let seconds = crowd.secondsToReady(party), now + seconds <= workload.seconds else {
            return
        }
        events.add(
            .ready(players: party, queue: entry.arrival.queue), at: tick + ticks(seconds))
    }

    // MARK: Ratings

    /// Draws who wins by true strength and lets the ratings follow, two teams only.
    private mutating func learn(_ players: [JudgedPlayer], _ entries: [Live]) {
        guard let learning = workload.learning else { return }
        let indices = entries.flatMap(\.arrival.players)
        let changes = RatingLearner(learning).changes(
            players, games: indices.map { crowd.players[$0].games }, draw: results.uniform())
        for (index, change) in zip(indices, changes) {
            let player = crowd.players[index]
            crowd.setRating(index, player.rating + change)
            let error = player.rating + change - player.skill
            record.ratingErrors.append((player.games + 1, error))
        }
    }

    mutating func endSeason() {
        guard let learning = workload.learning else { return }
        let mean = workload.population.mean
        for index in crowd.players.indices {
            let distance = crowd.players[index].rating - mean
            crowd.setRating(index, mean + learning.seasonKeep * distance)
        }
        events.add(.endOfSeason, at: tick + ticks(learning.seasonSeconds))
    }
}
