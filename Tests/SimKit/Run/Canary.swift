// Known bugs, put between the core and the auditor: each falsifies outcomes, or shows the auditor
// other rules than the core's. An auditor that lets one of them pass watches nothing.

import MatchCore

/// A planted bug.
package enum Canary: String, CaseIterable, Sendable {
    case otherTeam, splitParty, doubledSeat, matchTwice, foreignTicket, lostWait, wrongRegion
    case oldVersion, lostExpiry, lostRefusal, wrongReason, doubledRefusal, oneSidedWindow
    case narrowCap, endedEarly, wrongLobby, wrongMap, lostSeat, sameMatchID, wrongCount
    case otherRole, stricterRoles, forbiddenCrossing, hiddenCrossing, longerPool, longerRematch
    case longerAvoidance, exactTeams, lostReturn, lostPlace, unasked, shorterSilence
    case wrongRoleRating, otherLiking, uncountedRoles
    case wrongGeneration, extraPlace, wrongTicksLeft, unequalShare, wrongExplanation
    case wrongObstacle, hiddenExclusion, hiddenMercenaries, otherDensity, ignoredAvoidance
    case foreignSubstitute, shorterOffence, looserRoles
    case ignoredOverdue
    case releasedLosesWait, lateCancelIgnored, freedEarly, expiredWhileHeld, reusedNumber
    case forgetful, lateCancelUnknown, wrongMatchNamed, joinersNotTold, busyStays
    case committedReturns

    /// What a scenario needs for the bug to show; nil if any will do.
    package var feature: Feature? {
        switch self {
        case .otherTeam, .splitParty: .parties
        case .otherRole, .stricterRoles, .looserRoles: .roles
        case .wrongRoleRating, .otherLiking, .uncountedRoles: .roleRatings
        case .forbiddenCrossing, .hiddenCrossing: .factions
        case .longerPool: .premades
        case .wrongMap: .maps
        case .longerRematch: .rematch
        case .longerAvoidance: .avoidance
        case .exactTeams: .smallerTeams
        case .lostReturn, .lostPlace, .unasked, .shorterSilence: .acceptance
        case .wrongGeneration, .extraPlace: .backfill
        case .wrongTicksLeft: .cooldown
        case .unequalShare: .warParties
        case .wrongExplanation, .wrongObstacle, .hiddenExclusion, .hiddenMercenaries: .explains
        case .otherDensity: .density
        case .ignoredAvoidance, .shorterOffence: .acceptance
        case .foreignSubstitute: .acceptance
        case .ignoredOverdue: .overdue
        case .lostRefusal, .wrongReason, .doubledRefusal: .impossible
        case .releasedLosesWait, .lateCancelIgnored, .freedEarly, .expiredWhileHeld,
            .reusedNumber, .busyStays, .committedReturns:
            .settlement
        case .forgetful, .lateCancelUnknown, .wrongMatchNamed: .memory
        case .joinersNotTold: .backfill
        default: nil
        }
    }

    /// What else a scenario needs.
    package var furtherFeature: Feature? {
        switch self {
        case .joinersNotTold: .settlement
        case .hiddenExclusion, .ignoredAvoidance: .avoidance
        case .hiddenMercenaries: .factions
        case .foreignSubstitute: .warParties
        case .shorterOffence: .cooldown
        default: nil
        }
    }

    /// The rule that must catch it, where others see it too; nil if any will do.
    var rule: String? {
        switch self {
        case .wrongObstacle, .hiddenExclusion, .hiddenMercenaries: "obstacle"
        case .otherDensity: "window"
        case .ignoredAvoidance: "passed over"
        case .looserRoles: "left lying"
        default: nil
        }
    }

    /// Rules that the auditor sees instead of the core's; the bug shows only where it decides.
    var hidesInRules: Bool {
        switch self {
        case .oneSidedWindow, .narrowCap, .stricterRoles, .forbiddenCrossing, .longerPool,
            .longerRematch, .longerAvoidance, .exactTeams, .shorterSilence, .hiddenExclusion,
            .hiddenMercenaries, .otherDensity, .ignoredAvoidance, .shorterOffence, .looserRoles,
            .ignoredOverdue, .otherLiking, .uncountedRoles:
            true
        default: false
        }
    }
}

/// One run's falsification.
struct Tampering {
    private let canary: Canary?
    private var random: SimRandom
    /// How often something was falsified.
    private(set) var count = 0
    private var lastMatch: (MatchRecord, [SeatView])?
    private var watch = SettlementWatch()

    init(_ canary: Canary?, seed: UInt64) {
        self.canary = canary
        random = SimRandom(seed: seed ^ 0xCA9A)
    }

    /// The rules as the auditor is to see them.
    mutating func seen(_ rules: Rules) -> Rules {
        guard let canary, canary.hidesInRules else { return rules }
        count += 1
        var rules = rules
        rules.queues = rules.queues.map { queue in
            guard var queue else { return nil }
            canary.alter(&queue)
            return queue
        }
        return rules
    }

    mutating func tamper(_ record: TickRecord) -> TickRecord {
        guard let canary else { return record }
        var record = record
        record.applied = record.applied.map { seen($0) }
        if canary.hidesInRules || count > 0 { return record }
        // What the core says under rules that it has not looked at yet is not judged.
        if canary == .wrongObstacle, !record.applied.isEmpty { return record }
        if canary.watchesSettlement {
            if canary.alter(&record, watch) { count += 1 }
            watch.follow(record)
            return record
        }
        var position = 0
        while position < record.events.count, count == 0 {
            if let changed = canary.alter(record.events[position], lastMatch) {
                record.events.replaceSubrange(position...position, with: changed)
                count += 1
            }
            if position < record.events.count,
                case .matched(let match, let seats) = record.events[position]
            {
                lastMatch = (match, seats)
            }
            position += 1
        }
        return record
    }
}
