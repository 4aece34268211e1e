// Quality by difference and spread, after the published description of FAF's team matchmaker: at
// each pop every search gathers neighbours by rating, left and right in turn; the lobby is split
// into even teams; its quality is 1 − √((|ΣA − ΣB| / 250)² + (SD / 250)²) plus 0.01 for each pop
// that its tickets have missed on average, at most 0.2; lobbies of 0.4 and more are taken, best
// first. The next pop comes when 2.5 games' worth of players is expected, after 90 s at most.
// Left out: the bonuses for newcomers and rare ratings, whose size is not described.

import MatchCore

/// Pops at adaptive times.
final class SpreadFormulaPolicy: Policy {
    private let setup: PolicySetup
    private let scale: Double
    private var rooms: WaitingRooms
    private var nextPop: [Int32]
    private var lastPop: [Int32]
    private var arrivedSince: [Int]
    private var missedPops: [Int: Int] = [:]

    /// - Parameter scale: points that cost as much as the published 250, relative to them.
    init(_ setup: PolicySetup, scale: Double) {
        self.setup = setup
        self.scale = scale
        rooms = WaitingRooms(setup)
        let count = setup.rules.count * setup.regionCount
        nextPop = Array(repeating: setup.ticks(10), count: count)
        lastPop = Array(repeating: 0, count: count)
        arrivedSince = Array(repeating: 0, count: count)
    }

    func enqueue(_ ticket: LabTicket, at tick: Int32) {
        rooms.add(ticket)
        missedPops[ticket.id] = 0
        let region = ticket.bestRegion(regionCount: setup.regionCount)
        arrivedSince[ticket.queue * setup.regionCount + region] += ticket.size
    }

    func cancel(_ ticket: Int) {
        rooms.remove(ticket)
        missedPops[ticket] = nil
    }

    func step(at tick: Int32) -> PolicyStep {
        var step = PolicyStep()
        for room in rooms.rooms.indices where tick >= nextPop[room] {
            step.matches += pop(room)
            schedule(room, tick)
            for ticket in rooms.rooms[room] { missedPops[ticket.id]? += 1 }
        }
        return step
    }

    private func schedule(_ room: Int, _ tick: Int32) {
        let rules = setup.rules[rooms.queue(room)]
        let seconds = Double(tick - lastPop[room]) * setup.tickSeconds
        let wanted = 2.5 * Double(rules.playerCount)
        let wait = seconds * wanted / Double(max(arrivedSince[room], 1))
        nextPop[room] = tick + setup.ticks(min(90, wait))
        lastPop[room] = tick
        arrivedSince[room] = 0
    }

    private struct Game {
        let tickets: [LabTicket]
        let teams: [Int]
        let quality: Double
    }

    private func pop(_ room: Int) -> [FormedMatch] {
        let rules = setup.rules[rooms.queue(room)]
        let sorted = rooms.rooms[room].sorted { ($0.rating, $0.id) < ($1.rating, $1.id) }
        let games = sorted.indices.compactMap { game(sorted, around: $0, rules) }
            .filter { $0.quality >= 0.4 }
            .sorted { ($1.quality, $0.tickets[0].id) < ($0.quality, $1.tickets[0].id) }
        var taken: Set<Int> = []
        var matches: [FormedMatch] = []
        for game in games where !game.tickets.contains(where: { taken.contains($0.id) }) {
            for ticket in game.tickets {
                taken.insert(ticket.id)
                missedPops[ticket.id] = nil
            }
            matches.append(
                rooms.form(
                    game.tickets, game.teams, queue: rooms.queue(room),
                    region: rooms.region(room)))
        }
        return matches
    }

    private func game(
        _ sorted: [LabTicket], around center: Int, _ rules: QueueRules
    ) -> Game? {
        let split = TeamSplit(teamCount: rules.teamCount, teamSize: rules.teamSize)
        var chosen = [sorted[center]]
        var players = sorted[center].size
        var (left, right) = (center - 1, center + 1)
        var isLeft = true
        while players < rules.playerCount, left >= 0 || right < sorted.count {
            let takesLeft = left >= 0 && (isLeft || right >= sorted.count)
            let ticket = sorted[takesLeft ? left : right]
            if takesLeft { left -= 1 } else { right += 1 }
            isLeft.toggle()
            guard players + ticket.size <= rules.playerCount else { continue }
            chosen.append(ticket)
            players += ticket.size
            if players == rules.playerCount, !split.fits(chosen.map(\.size)) {
                chosen.removeLast()
                players -= ticket.size
            }
        }
        guard players == rules.playerCount,
            let teams = split.balanced(chosen.map(\.size), chosen.map(\.rating))
        else { return nil }
        return Game(tickets: chosen, teams: teams, quality: quality(chosen, teams))
    }

    private func quality(_ tickets: [LabTicket], _ teams: [Int]) -> Double {
        var sums = [Double](repeating: 0, count: (teams.max() ?? 0) + 1)
        var ratings: [Double] = []
        for (ticket, team) in zip(tickets, teams) {
            for member in ticket.members {
                sums[team] += member.rating
                ratings.append(member.rating)
            }
        }
        let difference = (sums.max() ?? 0) - (sums.min() ?? 0)
        let mean = ratings.reduce(0, +) / Double(ratings.count)
        let variance = ratings.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(ratings.count)
        let unit = 250 * scale
        let missed = tickets.reduce(0) { $0 + missedPops[$1.id, default: 0] }
        let bonus = min(0.2, 0.01 * Double(missed) / Double(tickets.count))
        let unevenness = difference / unit
        return 1 - (unevenness * unevenness + variance / (unit * unit)).squareRoot() + bonus
    }
}
