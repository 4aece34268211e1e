// Nobody who is overdue is passed over for one who came later: for every match, substitute and
// joiner each waiting overdue ticket is put in the place of some of one team's tickets, as many
// players as it has itself, and the match judged anew by the rules that it was judged by.

import MatchCore

/// How often an overdue ticket was passed over in a queue for some who came no later, and how often
/// it may be: each time one of those leaves the pool.
struct Passing {
    var count = 0
    var allowance: Int
}

/// A ticket in a queue.
struct QueueEntry: Hashable {
    var ticket: TicketID
    var queue: QueueIndex
}

extension Auditor {
    // MARK: - New matches

    /// - Parameter seats: of tickets that are still known as waiting.
    mutating func checkPassedOver(
        _ record: MatchRecord, _ seats: [SeatView], _ rules: QueueRules
    ) {
        let pairs = known(seats)
        guard pairs.count == seats.count else { return }
        noteOverdue(pairs, rules)
        for waiting in overdue(record.queue, record.region, rules, but: pairs) {
            var found: (isLater: Bool, givers: [Known])?
            for team in 0..<rules.teamCount {
                let members = pairs.indices.filter {
                    Int(pairs[$0].0.record.team) == team && !pairs[$0].1.isWarParty
                }
                for givers in sets(of: members, pairs, players: waiting.members.count, rules) {
                    let leaving = givers.map { pairs[$0].1 }
                    let isLater = leaving.allSatisfy { $0.enqueuedAt > waiting.enqueuedAt }
                    if found != nil, !isLater { continue }
                    if mayReplace(givers, waiting, record, pairs, rules, isWhole: true) {
                        found = (isLater, leaving)
                        if isLater { break }
                    }
                }
                if found?.isLater ?? false { break }
            }
            if let found { judge(waiting, found.givers, record.queue, "match \(record.match.low)") }
        }
    }

    /// Sets of a team's tickets with so many players in all; with three teams or more only single
    /// tickets, as a set would have to be packed anew.
    private func sets(
        of members: [Int], _ pairs: [(SeatView, Known)], players: Int, _ rules: QueueRules
    ) -> [[Int]] {
        func extend(_ chosen: [Int], _ rest: ArraySlice<Int>, _ missing: Int) -> [[Int]] {
            if missing == 0 { return [chosen] }
            if missing < 0 || rules.teamCount > 2 && !chosen.isEmpty { return [] }
            return rest.indices.flatMap { at in
                let left = missing - pairs[rest[at]].0.players.count
                return extend(chosen + [rest[at]], rest[(at + 1)...], left)
            }
        }
        return extend([], members[...], players)
    }

    /// Whether the match keeps all rules with the waiting ticket in place of these: its players
    /// take over their roles.
    private func mayReplace(
        _ givers: [Int], _ waiting: Known, _ record: MatchRecord, _ pairs: [(SeatView, Known)],
        _ rules: QueueRules, isWhole: Bool
    ) -> Bool {
        let staying = pairs.indices.filter { !givers.contains($0) }.map { pairs[$0] }
        let rating = waiting.rating(record.queue, rules)
        for (_, other) in staying {
            // The plain windows: what was learned of arrivals can only stretch them.
            let distance = abs(other.rating(record.queue, rules) - rating)
            if distance > other.window(rules, tick: tick) { return false }
            if distance > waiting.window(rules, tick: tick) { return false }
            if meetTooSoon(waiting, other, rules) { return false }
        }
        let given = givers.flatMap { pairs[$0].0.roles }
        guard let roles = takeOver(given, waiting.members, rules) else { return false }
        var seat = pairs[givers[0]].0
        let crosses = rules.factions != nil && seat.record.team != UInt16(waiting.faction)
        seat.record.ticket = waiting.id
        seat.record.rating = Rating(steps: Int32(rating))
        seat.record.waitTicks = tick - waiting.enqueuedAt
        seat.record.lobby = waiting.lobby
        seat.record.memberCount = UInt16(waiting.members.count)
        seat.record.latencyMilliseconds = waiting.latencies[record.region]
        seat.record.isMercenary = rules.warParties != nil || crosses
        seat.players = waiting.members.map(\.player)
        seat.roles = roles
        var changed = record
        changed.ticketCount = UInt16(staying.count + 1)
        var audit = MatchAudit(
            changed, staying + [(seat, waiting)], rules, tick: tick,
            regionCount: limits.regionCount, isWhole: isWhole)
        audit.checksQuality = false
        audit.run()
        return audit.broken.isEmpty
    }

    /// The members' roles if they can take over these; nil if they cannot.
    private func takeOver(
        _ given: [UInt8], _ members: [Member], _ rules: QueueRules
    ) -> [UInt8]? {
        guard rules.roles != nil else { return given }
        guard let member = members.first else { return [] }
        for at in given.indices where member.roles.bits & (1 << given[at]) != 0 {
            var left = given
            left.remove(at: at)
            if let rest = takeOver(left, Array(members.dropFirst()), rules) {
                return [given[at]] + rest
            }
        }
        return nil
    }

    // MARK: - Substitutes and joiners

    mutating func checkPassedOver(
        substitute: SeatView, _ record: MatchRecord, _ seats: [SeatView], _ rules: QueueRules
    ) {
        let pairs = known(seats)
        guard let at = pairs.firstIndex(where: { $0.1.id == substitute.record.ticket }) else {
            return
        }
        for waiting in overdue(record.queue, record.region, rules, but: pairs)
        where waiting.members.count == pairs[at].1.members.count {
            if mayReplace([at], waiting, record, pairs, rules, isWhole: false) {
                judge(waiting, [pairs[at].1], record.queue, "substitute in \(record.match.low)")
            }
        }
    }

    /// - Parameter reach: how far from the match's mean a joiner may be.
    mutating func checkPassedOver(
        joiners seats: [SeatView], _ request: BackfillRequest, _ rules: QueueRules, reach: Int
    ) {
        let pairs = known(seats)
        for waiting in overdue(request.queue, request.region, rules, but: pairs) {
            let rating = waiting.rating(request.queue, rules)
            let distance = abs(rating - Int(request.rating.steps))
            if distance > min(reach, waiting.window(rules, tick: tick)) { continue }
            if isKept(waiting, rules) || !playsMap(of: request, waiting, rules) { continue }
            for (position, pair) in pairs.enumerated()
            where waiting.members.count == pair.1.members.count {
                let others = pairs.indices.filter { $0 != position }.map { pairs[$0].1 }
                if others.contains(where: { mayNotMeet(waiting, $0, rules) }) {
                    continue
                }
                if !plays(waiting, team: pair.0.record.team, rules) { continue }
                if takeOver(pair.0.roles, waiting.members, rules) == nil { continue }
                judge(waiting, [pair.1], request.queue, "joiners of \(request.match.low)")
            }
        }
    }

    /// Whether the ticket waits for premades alone.
    func isKept(_ known: Known, _ rules: QueueRules) -> Bool {
        known.members.count >= rules.premades.sizeMin
            && tick - known.enqueuedAt < rules.premades.ownPoolTicks
    }

    func playsMap(of request: BackfillRequest, _ known: Known, _ rules: QueueRules) -> Bool {
        rules.mapCount == 0 || known.maps.bits & (1 << UInt32(request.map & 31)) != 0
    }

    func plays(_ known: Known, team: UInt16, _ rules: QueueRules) -> Bool {
        guard let factions = rules.factions, team != UInt16(known.faction) else { return true }
        let wait = tick - known.enqueuedAt
        return known.isMercenary && factions.mercenaryAfterTicks.map { wait >= $0 } ?? false
    }

    private func mayNotMeet(_ one: Known, _ other: Known, _ rules: QueueRules) -> Bool {
        one.avoids(other, rules, tick: tick) || other.avoids(one, rules, tick: tick)
            || meetTooSoon(one, other, rules)
    }

    // MARK: - The bound

    /// Those who wait overdue in the place of a match, the order of their numbers.
    private func overdue(
        _ index: QueueIndex, _ region: RegionIndex, _ rules: QueueRules,
        but pairs: [(SeatView, Known)]
    ) -> [Known] {
        guard let after = rules.overdueAfterTicks, !isOverdueExcused else { return [] }
        let seated = Set(pairs.map(\.1.id))
        return live.values.filter { known in
            known.isFree && known.entries.contains(index) && !seated.contains(known.id)
                && tick - known.enqueuedAt >= after && known.uncertain.isEmpty
                && !known.isWarParty && !returnedNow.contains(known.id)
                && reasonToLeave(known, index) == nil
                && known.accepts(
                    Int(region.raw), rules, tick: tick, regionCount: limits.regionCount)
        }.sorted { $0.id.low < $1.id.low }
    }

    private func known(_ seats: [SeatView]) -> [(SeatView, Known)] {
        seats.compactMap { seat in live[seat.record.ticket].map { (seat, $0) } }
    }

    private mutating func noteOverdue(_ pairs: [(SeatView, Known)], _ rules: QueueRules) {
        guard let after = rules.overdueAfterTicks else { return }
        for (_, known) in pairs where tick - known.enqueuedAt >= after { note(.overdueMatched) }
        if isOverdueExcused { figuresExcuse() }
    }

    /// The ticket could have played in place of `givers`.
    private mutating func judge(
        _ waiting: Known, _ givers: [Known], _ index: QueueIndex, _ what: String
    ) {
        if givers.allSatisfy({ $0.enqueuedAt > waiting.enqueuedAt }) {
            let names = givers.map(\.id.low)
            return fail(
                "passed over", "ticket \(waiting.id.low), overdue, by \(names) in \(what)")
        }
        note(.passedOverForOlder)
        let entry = QueueEntry(ticket: waiting.id, queue: index)
        var passing =
            passings[entry]
            ?? Passing(
                allowance: live.values.count {
                    $0.id != waiting.id && $0.enqueuedAt <= waiting.enqueuedAt
                        && $0.entries.contains(index) && $0.isFree
                })
        passing.count += 1
        passings[entry] = passing
        if passing.count > passing.allowance {
            fail(
                "passed over",
                "ticket \(waiting.id.low) \(passing.count) times, \(passing.allowance) came before")
        }
    }

    /// Somebody comes to stand beside those who are overdue: by a wait that he brought, or back
    /// from a proposed or refused match.
    mutating func noteComer(_ known: Known) {
        for (entry, passing) in passings {
            guard let waiting = live[entry.ticket], waiting.enqueuedAt >= known.enqueuedAt,
                known.entries.contains(entry.queue)
            else { continue }
            passings[entry]?.allowance = passing.allowance + 1
        }
    }
}
