// Ratings by role: what a match tells of them, that its gap is by them, and, where a match has few
// players, that no other teams and roles of the same tickets would have cost less.

import MatchCore

extension Known {
    /// By player, his rating in the role of the seat in steps; empty where none is to be told.
    func ratingsInRoles(_ seat: SeatView, _ index: QueueIndex, _ queue: QueueRules) -> [Int] {
        guard let rules = queue.roles, rules.countsRoleRatings, !rated.isEmpty else { return [] }
        let own = choices.first { $0.queue == index }?.rating
        return zip(seat.players, seat.roles).map { player, role in
            guard let at = members.firstIndex(where: { $0.player == player }) else { return 0 }
            let hasOwn = own != nil && own != QueueChoice.sameRating
            let base = hasOwn ? own ?? members[at].rating : members[at].rating
            return Int(base.steps) + gain(at, Int(role), queue)
        }
    }

    /// What a role adds to a member's rating in the queue, in steps.
    func gain(_ member: Int, _ role: Int, _ queue: QueueRules) -> Int {
        guard queue.roles?.countsRoleRatings ?? false,
            let found = rated.last(where: { Int($0.position) == member })
        else { return 0 }
        return 16 * Int(found.offsets[role])
    }
}

extension MatchAudit {
    mutating func checkRoleRatings() {
        for seated in seats {
            let told = seated.seat.ratings.map { Int($0.steps) }
            let expected = seated.known.ratingsInRoles(seated.seat, record.queue, queue)
            if told != expected {
                fail("roleRating", "ticket \(seated.known.id.low): \(told), not \(expected)")
            }
            if !told.isEmpty { met.append(.roleRatingsTold) }
        }
    }

    /// The strongest team's mean less the weakest's, in points, by the ratings in the roles.
    mutating func checkGap() {
        var sums = [Int](repeating: 0, count: queue.teamCount)
        var sizes = sums
        for seated in seats where Int(seated.seat.record.team) < sums.count {
            let team = Int(seated.seat.record.team)
            sizes[team] += seated.seat.players.count
            sums[team] += seated.seat.players.count * seated.rating
            for (player, role) in zip(seated.seat.players, seated.seat.roles) {
                let at = seated.known.members.firstIndex { $0.player == player }
                sums[team] += at.map { seated.known.gain($0, Int(role), queue) } ?? 0
            }
        }
        let means = zip(sums, sizes).map { Double($0) / Double(max($1, 1)) / 128 }
        let gap = (means.max() ?? 0) - (means.min() ?? 0)
        if abs(Double(record.quality.teamGapPoints) - gap) > 0.01 * max(1, gap) {
            fail("quality", "a gap of \(record.quality.teamGapPoints), not \(gap)")
        }
    }

    /// Tries all teams and roles of the tickets where they are few and one of them has ratings by
    /// role.
    mutating func checkSeatsAreBest() {
        guard queue.teamCount == 2, let rules = queue.roles, rules.countsRoleRatings,
            seats.contains(where: { !$0.known.rated.isEmpty }),
            // Which composition a match was made by is not told.
            rules.relaxedAfterTicks.map({ longestWait < $0 }) ?? true
        else { return }
        let trial = SeatTrial(seats, queue, rules)
        guard trial.wayCount <= 20_000 else { return }
        met.append(.roleSeatsTried)
        let chosen = trial.cost(
            teams: seats.map { Int($0.seat.record.team) },
            roles: seats.flatMap { $0.seat.roles.map(Int.init) })
        guard let chosen else { return fail("roleSeats", "seats that break a rule") }
        if let best = trial.best(), best < chosen {
            fail("roleSeats", "seats that cost \(chosen), the best \(best)")
        }
    }
}

/// All ways to seat the tickets of a match in two teams.
private struct SeatTrial {
    let seats: [Seated]
    let queue: QueueRules
    let rules: RoleRules
    /// Players of the two teams.
    let sizes: [Int]
    private let members: [(ticket: Int, index: Int)]

    init(_ seats: [Seated], _ queue: QueueRules, _ rules: RoleRules) {
        self.seats = seats
        self.queue = queue
        self.rules = rules
        sizes = (0..<2).map { team in
            seats.reduce(0) {
                $0 + (Int($1.seat.record.team) == team ? $1.seat.players.count : 0)
            }
        }
        members = seats.indices.flatMap { ticket in
            seats[ticket].known.members.indices.map { (ticket, $0) }
        }
    }

    private func plays(_ member: (ticket: Int, index: Int), _ role: Int) -> Bool {
        seats[member.ticket].known.members[member.index].roles.bits & (1 << UInt8(role)) != 0
    }

    var wayCount: Double {
        members.reduce(Double(1 << min(seats.count, 20))) { count, member in
            count * Double(rules.roles.indices.count { plays(member, $0) })
        }
    }

    /// The least cost; nil if there is no way.
    func best() -> Int? {
        var best: Int?
        var roles = [Int](repeating: 0, count: members.count)
        func choose(_ position: Int, _ teams: [Int]) {
            if position == members.count {
                if let cost = cost(teams: teams, roles: roles) { best = min(best ?? cost, cost) }
                return
            }
            for role in rules.roles.indices where plays(members[position], role) {
                roles[position] = role
                choose(position + 1, teams)
            }
        }
        for set in 0..<(1 << seats.count) {
            let teams = seats.indices.map { set >> $0 & 1 }
            let first = zip(seats, teams).reduce(0) {
                $0 + ($1.1 == 0 ? $1.0.seat.players.count : 0)
            }
            if first == sizes[0] { choose(0, teams) }
        }
        return best
    }

    /// The cost of seats by its definition in docs/decisions/0015, in steps of difference between
    /// the means, times both teams' sizes; nil if they break a rule.
    func cost(teams: [Int], roles: [Int]) -> Int? {
        var sums = [0, 0]
        var counts = [[Int]](
            repeating: [Int](repeating: 0, count: rules.roles.count), count: 2)
        var premades = [0, 0]
        var extra = 0
        var position = 0
        for (ticket, team) in zip(seats, teams) {
            guard let sideCost = sideCost(ticket, team) else { return nil }
            extra += sideCost
            let size = ticket.known.members.count
            sums[team] += size * ticket.rating
            if size >= queue.premades.sizeMin { premades[team] += size }
            for (index, member) in ticket.known.members.enumerated() {
                let role = roles[position]
                sums[team] += ticket.known.gain(index, role, queue)
                counts[team][role] += 1
                if member.preferredRole != RoleSet.noPreference,
                    Int(member.preferredRole) != role
                {
                    extra += likingCost
                }
                position += 1
            }
        }
        extra += SeatTrial.bounded(queue.premades.differenceCost) * abs(premades[0] - premades[1])
        for (role, count) in rules.roles.enumerated() {
            for team in 0..<2 where !(count.min...count.max).contains(counts[team][role]) {
                return nil
            }
            if role < rules.differenceCosts.count {
                extra +=
                    SeatTrial.bounded(rules.differenceCosts[role])
                    * abs(counts[0][role] - counts[1][role])
            }
        }
        return abs(sums[0] * sizes[1] - sums[1] * sizes[0]) + sizes[0] * sizes[1] * extra
    }

    private static func bounded(_ cost: Int32) -> Int { min(Int(cost), 1 << 20) }

    private var likingCost: Int {
        Int(queue.quality.eloDivisorPoints * 128) * 1086 / (10_000 * (sizes[0] + sizes[1]))
    }

    /// What the side costs the ticket; nil where it may not play.
    private func sideCost(_ ticket: Seated, _ team: Int) -> Int? {
        guard let factions = queue.factions, team != Int(ticket.known.faction) else { return 0 }
        let mayCross =
            ticket.known.isMercenary && !queue.isRated
            && factions.mercenaryAfterTicks.map { ticket.wait >= $0 } ?? false
        return mayCross ? 1 << 20 : nil
    }
}
