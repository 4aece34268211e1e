// Every reason for which a ticket may not come in. More than one may be true; the core names one.

import MatchCore

/// Why a ticket must be refused.
struct Refusal {
    var reasons: Set<RejectReason> = []
    /// Ticks until the last mark ends.
    var cooldownTicks: Int32 = 0
    /// So near to a table's end that the auditor cannot tell.
    var mayBeFull = false
}

extension Auditor {
    func reasonsToRefuse(_ known: Known, choiceCount: Int) -> Refusal {
        var refusal = Refusal()
        if live[known.id] != nil { refusal.reasons.insert(.duplicateTicket) }
        if memory.recall(known.id, now: tick) != nil { refusal.reasons.insert(.ticketEnded) }
        if Set(known.members.map(\.player)).count < known.members.count {
            refusal.reasons.insert(.repeatedMember)
        }
        if known.members.contains(where: { players[$0.player] != nil }) {
            refusal.reasons.insert(.duplicatePlayer)
        }
        if choiceCount > 1 + Limits.furtherQueueCountMax
            || Set(known.choices.map(\.queue)).count < known.choices.count
        {
            refusal.reasons.insert(.conflictingQueues)
        }
        for choice in known.choices {
            guard let rules = queue(choice.queue) else {
                refusal.reasons.insert(.unknownQueue)
                continue
            }
            refusal.reasons.formUnion(reasons(known, choice.queue, rules))
            if let scope = rules.cooldownScope {
                for member in known.members {
                    let left = marks.ticksLeft(member.player, scope, now: tick)
                    refusal.cooldownTicks = max(refusal.cooldownTicks, left)
                }
            }
        }
        if refusal.cooldownTicks > 0 { refusal.reasons.insert(.onCooldown) }
        checkRoom(known, &refusal)
        return refusal
    }

    /// Why one queue does not take the ticket.
    func reasons(_ known: Known, _ index: QueueIndex, _ rules: QueueRules) -> Set<RejectReason> {
        var reasons: Set<RejectReason> = []
        let size = known.members.count
        if known.isWarParty {
            guard let war = rules.warParties else { return [.notAdmitted] }
            if size > war.rosterMax { reasons.insert(.oversizeParty) }
            if size < war.ownMin { reasons.insert(.undersizeParty) }
        } else {
            if rules.warParties != nil, !known.isMercenary { reasons.insert(.notAdmitted) }
            if size > rules.partySizeMax { reasons.insert(.oversizeParty) }
            if size < rules.partySizeMin { reasons.insert(.undersizeParty) }
        }
        let rating = Double(known.rating(index, rules)) / Double(Rating.stepsPerPoint)
        if rating < Rating.pointsMin || rating > Rating.pointsMax {
            reasons.insert(.ratingOutOfRange)
        }
        if let best = known.bestLatency(limits.regionCount) {
            let always = rules.regionChoice.bestAlwaysAfterTicks != nil
            if best > Int(rules.latencyCap.max), !always { reasons.insert(.noReachableRegion) }
        } else {
            reasons.insert(.noReachableRegion)
        }
        if !known.isWarParty, !fitsOneTeam(known.members, rules) {
            reasons.insert(.impossibleRoles)
        }
        return reasons
    }

    private func checkRoom(_ known: Known, _ refusal: inout Refusal) {
        // Entries that ended in one queue while the ticket waits in another are counted as taken
        // by none: between the two counts the auditor cannot tell.
        let asked = live.values.reduce(0) { $0 + $1.choices.count } + known.choices.count
        let standing =
            live.values.reduce(0) { $0 + $1.entries.count - $1.uncertain.count }
            + known.choices.count
        if standing > limits.ticketCountMax { refusal.reasons.insert(.tableFull) }
        if asked > limits.ticketCountMax { refusal.mayBeFull = true }
        let playerCount = live.values.reduce(0) { $0 + $1.members.count } + known.members.count
        if playerCount > limits.playerCountMax { refusal.reasons.insert(.tableFull) }
        // Which tickets need a row for what is rarer is the core's own affair.
        let detailed = live.values.count {
            !$0.avoided.isEmpty || !$0.rated.isEmpty || $0.choices.count > 1 || $0.team != 0
                || $0.maps != .any
        }
        let avoided = live.values.reduce(0) { $0 + $1.avoided.count } + known.avoided.count
        let rated = live.values.reduce(0) { $0 + $1.rated.count } + known.rated.count
        if detailed + 1 > limits.detailCountMax || avoided > limits.avoidedPlayerCountMax
            || rated > limits.ratedPlayerCountMax
        {
            refusal.mayBeFull = true
        }
        if asked * limits.regionCount * 2 > limits.placeCountMax { refusal.mayBeFull = true }
    }
}
