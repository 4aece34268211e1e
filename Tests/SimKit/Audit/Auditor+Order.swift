// What comes first in a tick, and that nothing is left: running matches are served before new ones
// form, and no two waiting tickets of a duel queue accept each other when the tick is over.

import MatchCore

extension Auditor {
    // MARK: - Running matches first

    /// A ticket that has just come and could have joined a running match is in no new one.
    mutating func checkServedFirst(
        _ record: MatchRecord, _ seats: [SeatView], _ rules: QueueRules
    ) {
        hasFormed = true
        guard rules.backfill != nil, unboundedTicks > 4, rules.avoidance.countMax == 0,
            rules.rematchDelayTicks == 0
        else { return }
        for standing in requests.values.sorted(by: { $0.request.match.low < $1.request.match.low })
        where standing.request.queue == record.queue && standing.request.region == record.region {
            for seat in seats {
                guard let known = live[seat.record.ticket], known.arrivedAt == tick,
                    couldJoin(known, standing, rules)
                else { continue }
                fail(
                    "backfill first",
                    "ticket \(known.id.low) in match \(record.match.low), while match "
                        + "\(standing.request.match.low) asks for it")
            }
        }
    }

    /// Whether the ticket alone could have taken places that are still open.
    private func couldJoin(
        _ known: Known, _ standing: StandingRequest, _ rules: QueueRules
    ) -> Bool {
        guard let backfill = rules.backfill, !known.isWarParty else { return false }
        let request = standing.request
        let reach = limit(backfill.ratingWindow, age: tick - standing.firstSince)
        let distance = abs(known.rating(request.queue, rules) - Int(request.rating.steps))
        if distance > min(reach, known.window(rules, tick: tick)) { return false }
        if isKept(known, rules) || !playsMap(of: request, known, rules) { return false }
        return (0..<2).contains { team in
            let left = standing.open[team] - known.members.count
            if left < 0 || !plays(known, team: UInt16(team), rules) { return false }
            // One who would leave the teams uneven is kept for the time being.
            let gap = abs(standing.open[0] - standing.open[1])
            if rules.teamCount == 2, abs(left - standing.open[1 - team]) > max(1, gap) {
                return false
            }
            guard let roles = rules.roles?.roles else { return true }
            let open = Array(standing.openRoles[team].prefix(roles.count))
            return takeRoles(known.members[...], open)
        }
    }

    private func takeRoles(_ members: ArraySlice<Member>, _ open: [Int]) -> Bool {
        guard let member = members.first else { return true }
        return open.indices.contains { role in
            if open[role] == 0 || member.roles.bits & (1 << UInt8(role)) == 0 { return false }
            var left = open
            left[role] -= 1
            return takeRoles(members.dropFirst(), left)
        }
    }

    // MARK: - Duels

    /// Every tick in which no bound was reached leaves a duel queue without a possible match.
    mutating func checkDuels(_ record: TickRecord) {
        guard unboundedTicks > 4, record.report.placesRefused == 0 else { return }
        for index in rules.queues.indices {
            let index = QueueIndex(UInt16(index))
            guard let rules = queue(index), isPlainDuel(rules) else { continue }
            for region in 0..<limits.regionCount { checkDuels(index, rules, region) }
        }
    }

    /// Queues in which two tickets may meet if windows, region and maps allow it.
    private func isPlainDuel(_ rules: QueueRules) -> Bool {
        rules.playerCount == 2 && rules.partySizeMax == 1 && rules.roles == nil
            && rules.factions == nil && rules.warParties == nil && rules.avoidance.countMax == 0
            && rules.rematchDelayTicks == 0
    }

    private mutating func checkDuels(_ index: QueueIndex, _ rules: QueueRules, _ region: Int) {
        let pool = live.values.filter { known in
            known.isFree && known.entries.contains(index) && known.uncertain.isEmpty
                && !returnedNow.contains(known.id) && reasonToLeave(known, index) == nil
                && known.accepts(region, rules, tick: tick, regionCount: limits.regionCount)
        }.sorted { $0.id.low < $1.id.low }
        if pool.count > 1 { note(.duelPool) }
        for (position, one) in pool.enumerated() {
            for other in pool[(position + 1)...] {
                let distance = abs(one.rating(index, rules) - other.rating(index, rules))
                let reach = min(one.window(rules, tick: tick), other.window(rules, tick: tick))
                let hasMap = rules.mapCount == 0 || !one.maps.isDisjoint(other.maps, rules)
                if distance <= reach, hasMap {
                    fail("left lying", "\(one.id.low) and \(other.id.low) in region \(region)")
                }
            }
        }
    }
}

extension MapSet {
    fileprivate func isDisjoint(_ other: MapSet, _ rules: QueueRules) -> Bool {
        let all = rules.mapCount >= 32 ? UInt32.max : (1 << UInt32(rules.mapCount)) - 1
        return bits & other.bits & all == 0
    }
}
