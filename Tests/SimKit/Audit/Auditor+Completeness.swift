// What can be matched is matched: in a quiet pool of few tickets, every set that could form a match
// is tried, by the rules that a match is judged by. One that passes was left lying.

import MatchCore

extension Auditor {
    /// Sets are tried only where they are few.
    private static let ticketsTriedMax = 10
    private static let playersTriedMax = 6

    /// Looks for a match left lying where nothing has happened for a while and no window, region or
    /// rule can bring anything new at this very tick.
    mutating func checkCompleteness() {
        for index in rules.queues.indices {
            let index = QueueIndex(UInt16(index))
            guard let rules = queue(index), isTryable(rules) else { continue }
            for region in 0..<limits.regionCount {
                let pool = live.values.filter { known in
                    known.isFree && known.entries.contains(index)
                        && known.accepts(
                            region, rules, tick: tick, regionCount: limits.regionCount)
                }.sorted { $0.id.low < $1.id.low }
                if pool.count < 2 || pool.count > Auditor.ticketsTriedMax { continue }
                if !pool.allSatisfy({ $0.uncertain.isEmpty && isAtRest($0, rules) }) { continue }
                note(.quietPool)
                if let found = possibleMatch(pool, index, rules, region) {
                    fail("left lying", "tickets \(found) could play in region \(region)")
                }
            }
        }
    }

    /// Rules under which the core promises to find a match wherever there is one: it decides about
    /// avoided players and recent opponents one by one, and may miss the set that has none.
    private func isTryable(_ rules: QueueRules) -> Bool {
        rules.playerCount <= Auditor.playersTriedMax && rules.warParties == nil
            && rules.avoidance.countMax == 0 && rules.rematchDelayTicks == 0
    }

    /// Its window is at its widest and no wait changes its rules any more, for two ticks at least.
    private func isAtRest(_ known: Known, _ rules: QueueRules) -> Bool {
        let before = tick - 2
        if known.arrivedAt > before { return false }
        let age = before - known.enqueuedAt
        let window = limit(rules.ratingWindow, age: age)
        if rules.ratingWindow.growthPerTick > 0, window < Int(rules.ratingWindow.max) {
            return false
        }
        var waits: [Int32] = rules.smallerTeams.map(\.afterTicks)
        waits += [
            rules.roles?.relaxedAfterTicks, rules.factions?.mercenaryAfterTicks,
            rules.premades.ownPoolTicks, rules.regionChoice.bestAlwaysAfterTicks,
        ].compactMap { $0 }
        return waits.allSatisfy { age > $0 }
            && limit(rules.latencyCap, age: age) == limit(rules.latencyCap, age: age + 2)
    }

    /// The tickets of the first set that keeps every rule.
    private func possibleMatch(
        _ pool: [Known], _ index: QueueIndex, _ rules: QueueRules, _ region: Int
    ) -> [UInt64]? {
        guard let (record, seat) = anyMatch else { return nil }
        var sizes = [(rules.teamSize, rules.teamSize)]
        if let least = rules.smallerTeams.last?.teamSize {
            for size in least..<rules.teamSize { sizes.append((size, size)) }
        }
        for set in 1..<(1 << pool.count) {
            let chosen = pool.indices.filter { set & (1 << $0) != 0 }.map { pool[$0] }
            let players = chosen.reduce(0) { $0 + $1.members.count }
            for (first, other) in sizes
            where players == first + (rules.teamCount - 1) * other && chosen.count > 1 {
                if !agree(chosen, index, rules) { continue }
                let trial = Trial(
                    index: index, region: region, rules: rules, tick: tick,
                    regionCount: limits.regionCount, size: first, record: record,
                    template: seat)
                if trial.canSeat(chosen) { return chosen.map(\.id.low) }
            }
        }
        return nil
    }

    /// Every two are within each other's window: what most sets fail by.
    private func agree(_ chosen: [Known], _ index: QueueIndex, _ rules: QueueRules) -> Bool {
        let ratings = chosen.map { $0.rating(index, rules) }
        let range = (ratings.max() ?? 0) - (ratings.min() ?? 0)
        return chosen.allSatisfy { $0.windows(index, rules, tick: tick).lowerBound >= range }
    }
}

/// Seats tickets in every way.
private struct Trial {
    let index: QueueIndex
    let region: Int
    let rules: QueueRules
    let tick: Int32
    let regionCount: Int
    let size: Int
    /// A record and a seat of a match that was formed, whose fields are overwritten.
    let record: MatchRecord
    let template: SeatView

    func canSeat(_ chosen: [Known]) -> Bool {
        let common = chosen.reduce(UInt32.max) { $0 & $1.maps.bits }
        for map in 0..<max(rules.mapCount, 1)
        where rules.mapCount == 0 || common & (1 << UInt32(map)) != 0 {
            if seat(chosen, [], [Int](repeating: 0, count: rules.teamCount), UInt8(map)) {
                return true
            }
        }
        return false
    }

    private func seat(
        _ rest: [Known], _ seats: [(SeatView, Known)], _ filled: [Int], _ map: UInt8
    ) -> Bool {
        guard let next = rest.first else { return isLegal(seats, map) }
        for team in 0..<rules.teamCount where filled[team] + next.members.count <= size {
            let isStranger = rules.factions != nil && team != Int(next.faction)
            if isStranger, !next.isMercenary { continue }
            var grown = filled
            grown[team] += next.members.count
            for roles in roleChoices(next.members) {
                let seat = self.seat(next, team, roles)
                if self.seat(Array(rest.dropFirst()), seats + [(seat, next)], grown, map) {
                    return true
                }
            }
        }
        return false
    }

    private func roleChoices(_ members: [Member]) -> [[UInt8]] {
        guard let count = rules.roles?.roles.count else {
            return [[UInt8](repeating: RoleSet.noPreference, count: members.count)]
        }
        return members.reduce(into: [[]]) { found, member in
            let own = (0..<UInt8(count)).filter { member.roles.bits & (1 << $0) != 0 }
            found = found.flatMap { before in own.map { before + [$0] } }
        }
    }

    private func seat(_ known: Known, _ team: Int, _ roles: [UInt8]) -> SeatView {
        let crosses = rules.factions != nil && team != Int(known.faction)
        var seat = template
        seat.record.ticket = known.id
        seat.record.rating = Rating(steps: Int32(known.rating(index, rules)))
        seat.record.waitTicks = tick - known.enqueuedAt
        seat.record.lobby = known.lobby
        seat.record.team = UInt16(team)
        seat.record.memberCount = UInt16(known.members.count)
        seat.record.latencyMilliseconds = known.latencies[RegionIndex(UInt8(region))]
        seat.record.isMercenary = crosses
        seat.players = known.members.map(\.player)
        seat.roles = roles
        return seat
    }

    /// The relaxed composition at least: asked before all else, because most ways fail by it.
    private func isComposed(_ seats: [(SeatView, Known)]) -> Bool {
        guard let roles = rules.roles?.roles else { return true }
        for team in 0..<rules.teamCount {
            for (role, count) in roles.enumerated() {
                var players = 0
                for (seat, _) in seats where Int(seat.record.team) == team {
                    players += seat.roles.count { Int($0) == role }
                }
                if players < min(count.min, count.relaxedMin) { return false }
                if players > max(count.max, count.relaxedMax) { return false }
            }
        }
        return true
    }

    private func isLegal(_ seats: [(SeatView, Known)], _ map: UInt8) -> Bool {
        if !isComposed(seats) { return false }
        var template = record
        template.queue = index
        template.region = RegionIndex(UInt8(region))
        template.teamCount = UInt16(rules.teamCount)
        template.ticketCount = UInt16(seats.count)
        template.playerCount = UInt16(seats.reduce(0) { $0 + $1.0.players.count })
        template.map = map
        var audit = MatchAudit(
            template, seats, rules, tick: tick, regionCount: regionCount, isWhole: true)
        audit.checksQuality = false
        audit.run()
        return audit.broken.isEmpty
    }
}
