// What the core says holds a ticket, against the auditor's own view of who waits about it.

import MatchCore

extension Auditor {
    /// What is about a ticket in each of its queues when a question is taken; empty where late
    /// work or new rules of this tick keep the core from knowing it.
    func views(of known: Known?, hasNewRules: Bool) -> [ObstacleView] {
        guard let known, unboundedTicks > 4, !hasNewRules, !returnedBefore.contains(known.id)
        else { return [] }
        if live.values.contains(where: { !$0.uncertain.isEmpty }) { return [] }
        return known.entries.compactMap { index in
            guard let rules = queue(index) else { return nil }
            var view = ObstacleView(
                known: known, index: index, rules: rules, tick: tick, seenTick: previousTick,
                regionCount: limits.regionCount)
            view.pools = (0..<limits.regionCount).map { pool(index, rules, region: $0, known.id) }
            view.mayMeet = { mayMeet(known, $0, rules) }
            return view
        }
    }

    /// Who stands in the region since an earlier tick, but for the ticket itself.
    private func pool(
        _ index: QueueIndex, _ rules: QueueRules, region: Int, _ id: TicketID
    ) -> [Known] {
        live.values.filter { other in
            other.id != id && other.arrivedAt < tick && other.isFree
                && !returnedBefore.contains(other.id) && other.entries.contains(index)
                && other.accepts(
                    region, rules, tick: previousTick, regionCount: limits.regionCount)
        }.sorted { $0.id.low < $1.id.low }
    }

    /// Opponents of any queue that remembers them are kept apart in all that do.
    private func mayMeet(_ one: Known, _ other: Known, _ rules: QueueRules) -> Bool {
        guard rules.rematchDelayTicks > 0, let left = lastMatches[one.identity],
            let right = lastMatches[other.identity], left.match == right.match,
            left.team != right.team
        else { return true }
        return tick >= max(left.until, right.until)
    }

    mutating func checkObstacle(_ record: ExplainedRecord, _ views: [ObstacleView]) {
        guard let view = views.first(where: { $0.index == record.queue }) else { return }
        if record.obstacle == .proposed, view.known.isFree {
            fail("obstacle", "ticket \(record.ticket.low) is in no match")
            return
        }
        guard let answers = view.answers() else { return }
        if !answers.contains(record.obstacle) {
            let named = answers.map { "\($0)" }.sorted()
            fail("obstacle", "ticket \(record.ticket.low): \(record.obstacle), not \(named)")
        } else if !view.isTrue(record) {
            fail(
                "obstacle",
                "ticket \(record.ticket.low) in region \(record.region.raw): "
                    + "\(record.playersWaiting) wait, \(record.playersWithin) within reach, "
                    + "roles \(record.missingRoles.bits) lack")
        } else {
            if let situation = record.obstacle.situation { note(situation) }
        }
    }
}

extension Obstacle {
    fileprivate var situation: Situation? {
        switch self {
        case .none: .heldByNothing
        case .tooFewPlayers: .heldByFewPlayers
        case .ratingWindow: .heldByWindow
        case .region: .heldByRegion
        case .roles: .heldByRoles
        case .factions: .heldByFactions
        case .partySizes: .heldByPartySizes
        case .exclusions: .heldByExclusions
        case .proposed: .heldByProposal
        // Of queues for war parties, which are not judged.
        case .warParties, .mercenaries: nil
        }
    }
}
