// Running matches whose parties may leave: the match asks the policy for others, who join if the
// policy knows how to do that. What is noted: how long places stay open, and how even the match is
// for those who join. The score of a match under way is not modelled, only who plays.

import Glibc
import MatchCore

/// A party in a running match.
struct RunningParty {
    let arrival: Arrival
    let team: Int
    /// Break until it is ready again; nil if it goes home.
    let pause: Double?
    var isPresent = true
}

/// A match under way.
struct RunningMatch {
    /// Nil for policies whose matches cannot ask for players.
    let id: MatchID?
    let queue: Int
    let region: Int
    let endTick: Int32
    var parties: [RunningParty]
    /// Places that somebody left, in order of that.
    var open: [(team: Int, since: Int32)] = []
    var generation: UInt32 = 0
}

/// All matches under way.
struct RunningMatches {
    var matches: [Int: RunningMatch] = [:]
    private var keys: [MatchID: Int] = [:]
    private var next = 0

    /// - Returns: the match's key.
    mutating func add(_ match: RunningMatch) -> Int {
        next += 1
        matches[next] = match
        if let id = match.id { keys[id] = next }
        return next
    }

    mutating func remove(_ key: Int) -> RunningMatch? {
        let match = matches.removeValue(forKey: key)
        if let id = match?.id { keys[id] = nil }
        return match
    }

    func key(of id: MatchID?) -> Int? { id.flatMap { keys[$0] } }
}

extension Simulation {
    /// Begins a match that parties may leave; it lasts as long as its first party says.
    mutating func run(_ match: FormedMatch, _ entries: [Live]) {
        var length: Double?
        var parties: [RunningParty] = []
        for (seat, entry) in zip(match.seats, entries) {
            guard let after = crowd.afterGame(entry.arrival) else { return }
            length = length ?? after.length
            parties.append(
                RunningParty(arrival: entry.arrival, team: seat.team, pause: after.pause))
        }
        guard let length else { return }
        let key = running.add(
            RunningMatch(
                id: match.id, queue: match.queue, region: match.region,
                endTick: tick + ticks(length), parties: parties))
        events.add(.endMatch(key), at: tick + ticks(length))
        for party in parties.indices { scheduleLeaving(key, party) }
        record.backfill.placeSeconds += length * Double(entries.reduce(0) { $0 + $1.ticket.size })
    }

    /// Draws when a party loses patience with its match, by a constant hazard.
    private mutating func scheduleLeaving(_ key: Int, _ party: Int) {
        guard let leavers = workload.leavers, let games = workload.games,
            let match = running.matches[key], leavers.share > 0
        else { return }
        var draws = crowd.random(of: match.parties[party].arrival.players[0], stream: 8)
        let mean = -games.medianSeconds / log(1 - leavers.share)
        let leaving = tick + ticks(draws.exponential(mean: mean))
        if leaving < match.endTick {
            events.add(.leaveMatch(match: key, party: party), at: leaving)
        }
    }

    mutating func leaveMatch(_ key: Int, _ party: Int) {
        guard var match = running.matches[key] else { return }
        match.parties[party].isPresent = false
        let leaving = match.parties[party]
        for _ in leaving.arrival.players { match.open.append((leaving.team, tick)) }
        running.matches[key] = match
        record.backfill.opened += leaving.arrival.players.count
        crowd.leave(leaving.arrival)
        askForOthers(key)
    }

    mutating func renewRequest(_ key: Int, _ generation: UInt32) {
        guard let match = running.matches[key], match.generation == generation,
            !match.open.isEmpty
        else { return }
        askForOthers(key)
    }

    private mutating func askForOthers(_ key: Int) {
        guard let leavers = workload.leavers, let match = running.matches[key],
            let id = match.id
        else { return }
        running.matches[key]?.generation += 1
        let generation = match.generation + 1
        policy.askForPlayers(request(match, id, generation), at: tick)
        let renewal = tick + ticks(leavers.renewSeconds)
        if renewal < match.endTick {
            events.add(.renewRequest(match: key, generation: generation), at: renewal)
        }
    }

    private func request(
        _ match: RunningMatch, _ id: MatchID, _ generation: UInt32
    ) -> BackfillRequest {
        var ratings: [[Double]] = [[], []]
        for party in match.parties where party.isPresent {
            ratings[party.team] += party.arrival.players.map { crowd.players[$0].rating }
        }
        let all = ratings.flatMap(\.self)
        let mean = all.reduce(0, +) / Double(max(all.count, 1))
        let open = [0, 1].map { team in UInt8(match.open.count { $0.team == team }) }
        var request = BackfillRequest(
            match: id, queue: QueueIndex(UInt16(match.queue)),
            region: RegionIndex(UInt8(match.region)), lobby: LobbyIndex(0),
            generation: generation, rating: Rating(points: mean), openPlaces: [open[0], open[1]])
        for team in 0..<2 {
            let sum = ratings[team].reduce(0) { $0 + $1 - mean }
            request.teamSums[team] = Int32(sum * Double(Rating.stepsPerPoint))
        }
        return request
    }

    /// Parties join a running match.
    mutating func join(_ joined: FormedMatch) {
        guard let key = running.key(of: joined.id), var match = running.matches[key] else {
            preconditionFailure("somebody joined a match that is over")
        }
        let entries = takeOut(joined)
        let first = match.parties.count
        for (seat, entry) in zip(joined.seats, entries) {
            record.mark(seat.ticket &* 31 &+ seat.team)
            for _ in entry.arrival.players {
                guard let place = match.open.firstIndex(where: { $0.team == seat.team }) else {
                    preconditionFailure("more players joined than there were places")
                }
                noteFilled(match.open.remove(at: place).since)
            }
            match.parties.append(
                RunningParty(
                    arrival: entry.arrival, team: seat.team,
                    pause: crowd.afterGame(entry.arrival)?.pause))
        }
        running.matches[key] = match
        for party in first..<match.parties.count { scheduleLeaving(key, party) }
        noteJoiners(match, joined, entries)
    }

    private mutating func noteFilled(_ since: Int32) {
        let seconds = Double(tick - since) * workload.tickSeconds
        record.backfill.fills.append(seconds)
        record.backfill.openSeconds += seconds
    }

    /// The joiners' chance to win from here, if the score were even.
    private mutating func noteJoiners(
        _ match: RunningMatch, _ joined: FormedMatch, _ entries: [Live]
    ) {
        let chances = chances(match)
        for (seat, entry) in zip(joined.seats, entries) {
            for _ in entry.arrival.players {
                record.backfill.joinChances.append(chances[seat.team])
            }
        }
    }

    /// Both teams' true chances; a missing player counts as one much weaker than the mean.
    func chances(_ match: RunningMatch) -> [Double] {
        var sums = [0.0, 0.0]
        var counts = [0.0, 0.0]
        for party in match.parties where party.isPresent {
            for player in party.arrival.players {
                sums[party.team] += strength(player, partySize: party.arrival.players.count)
                counts[party.team] += 1
            }
        }
        let mean = (sums[0] + sums[1]) / max(1, counts[0] + counts[1])
        for place in match.open {
            sums[place.team] += mean - (workload.leavers?.missingPoints ?? 0)
            counts[place.team] += 1
        }
        let gap = sums[1] / max(1, counts[1]) - sums[0] / max(1, counts[0])
        let first = 1 / (1 + pow(10, gap / judges[match.queue].eloDivisor))
        return [first, 1 - first]
    }

    mutating func endMatch(_ key: Int) {
        guard let match = running.remove(key) else { return }
        if let id = match.id, !match.open.isEmpty { policy.endRequest(id) }
        for place in match.open {
            record.backfill.openSeconds += Double(tick - place.since) * workload.tickSeconds
        }
        for party in match.parties where party.isPresent {
            comeBack(party.arrival, after: party.pause)
        }
    }
}
