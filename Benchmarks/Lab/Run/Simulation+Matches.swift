// Matches that take place: judged by true skill, noted, played, learned from.

import MatchCore

extension Simulation {
    mutating func begin(_ match: FormedMatch) {
        let entries = takeOut(match)
        for seat in match.seats { record.mark(seat.ticket &* 31 &+ seat.team) }
        record.mark(Int(tick))
        let players = judged(match, entries)
        note(judges[match.queue].verdict(players), match, entries)
        learn(players, entries)
        playArena(match, players, entries)
        if workload.leavers != nil {
            run(match, entries)
        } else {
            for entry in entries { play(entry) }
        }
    }

    /// The match's tickets, which do not wait any more.
    mutating func takeOut(_ match: FormedMatch) -> [Live] {
        match.seats.map { seat in
            guard let entry = live.removeValue(forKey: seat.ticket) else {
                preconditionFailure("ticket \(seat.ticket) was matched but does not wait")
            }
            noteWait(entry, seat, queue: match.queue)
            return entry
        }
    }

    /// Those who play; a war party may bring more.
    func fielded(_ seat: FormedSeat, _ entry: Live) -> ArraySlice<Int> {
        entry.arrival.players.prefix(seat.fielded ?? entry.arrival.players.count)
    }

    private mutating func noteWait(_ entry: Live, _ seat: FormedSeat, queue: Int) {
        guard isMeasured(entry.arrival) else { return }
        let players = fielded(seat, entry)
        let wait = now - entry.arrival.seconds
        for player in players {
            record.waits.append(
                RecordedWait(seconds: wait, skill: crowd.players[player].skill, queue: queue))
        }
        record.benched += entry.ticket.size - players.count
        if entry.arrival.isWarParty {
            record.war.waits.append(contentsOf: players.map { _ in wait })
        }
    }

    func judged(_ match: FormedMatch, _ entries: [Live]) -> [JudgedPlayer] {
        let region = RegionIndex(UInt8(match.region))
        return zip(match.seats, entries).flatMap { seat, entry in
            fielded(seat, entry).enumerated().map { position, index in
                judged(
                    index, partySize: entry.ticket.size, team: seat.team, region,
                    role: position < seat.roles.count
                        ? seat.roles[position] : RoleSet.noPreference)
            }
        }
    }

    private func judged(
        _ index: Int, partySize: Int, team: Int, _ region: RegionIndex, role: UInt8
    ) -> JudgedPlayer {
        let player = crowd.players[index]
        return JudgedPlayer(
            strength: strength(index, partySize: partySize), rating: player.rating, team: team,
            latency: player.latencies[region],
            bestLatency: player.latencies.lowest(regionCount: workload.geography.regions.count),
            partySize: partySize, roles: player.roles, preferredRole: player.preferredRole,
            role: role)
    }

    /// True skill with what the party adds.
    func strength(_ player: Int, partySize: Int) -> Double {
        crowd.players[player].skill
            + workload.population.synergyPerMember * Double(partySize - 1)
    }

    private mutating func note(_ verdict: Verdict, _ match: FormedMatch, _ entries: [Live]) {
        guard now >= workload.warmUpSeconds else { return }
        let people = zip(match.seats, entries).map { (fielded($0, $1), now - $1.arrival.seconds) }
        let skills = people.flatMap { $0.0.map { crowd.players[$0].skill } }
        let wait = people.reduce(0) { $0 + $1.1 * Double($1.0.count) } / Double(skills.count)
        record.matches.append(
            RecordedMatch(
                verdict: verdict, queue: match.queue, hour: crowd.hour(at: now),
                isPeak: crowd.isPeak(at: now), wait: wait,
                weakest: skills.min() ?? 0, strongest: skills.max() ?? 0))
        if entries.contains(where: { $0.arrival.isWarParty }) { record.war.matches += 1 }
        if workload.learning != nil { record.days.note(verdict, at: now) }
    }

    private mutating func play(_ entry: Live) {
        guard let (length, pause) = crowd.afterGame(entry.arrival) else { return }
        comeBack(entry.arrival, after: pause.map { length + $0 })
    }

    /// The party plays again after a time, or goes home at once.
    mutating func comeBack(_ party: Arrival, after seconds: Double?) {
        guard let seconds else {
            crowd.leave(party)
            return
        }
        if now + seconds <= workload.seconds {
            events.add(.ready(party), at: tick + ticks(seconds))
        }
    }

    // MARK: Ratings

    /// Draws who wins by true strength and lets the ratings follow, two teams only.
    private mutating func learn(_ players: [JudgedPlayer], _ entries: [Live]) {
        guard let learning = workload.learning else { return }
        let indices = entries.flatMap(\.arrival.players)
        let changes = RatingLearner(learning).changes(
            players, games: indices.map { crowd.players[$0].gamesLearned },
            draw: results.uniform())
        let isFirstSeason = now < learning.seasonSeconds
        for (index, change) in zip(indices, changes) {
            let before = crowd.players[index]
            if isFirstSeason, before.gamesLearned == 0 {
                record.errors.note(before.rating - before.skill, games: 0)
            }
            crowd.learn(index, change)
            let player = crowd.players[index]
            let error = player.rating - player.skill
            record.days.note(error: error, at: now)
            if isFirstSeason { record.errors.note(error, games: player.gamesLearned) }
        }
    }

    mutating func endSeason() {
        guard let learning = workload.learning else { return }
        crowd.beginSeason(learning)
        events.add(.endOfSeason, at: tick + ticks(learning.seasonSeconds))
    }

    mutating func decay() {
        guard let decay = workload.learning?.decay else { return }
        crowd.decay(decay, at: now)
        events.add(.decay, at: tick + ticks(Simulation.week))
    }
}
