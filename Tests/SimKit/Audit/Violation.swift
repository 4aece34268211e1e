// What an audit finds: broken rules, and the situations that a run has really met.

/// A broken rule.
package struct Violation: Sendable, CustomStringConvertible {
    package var tick: Int32
    /// A short name, the same for every breach of the rule.
    package var rule: String
    package var text: String

    package var description: String { "tick \(tick): \(rule): \(text)" }
}

/// Situations worth having met: a set of runs in which one of them never occurs shows nothing
/// about it.
package enum Situation: String, CaseIterable, Sendable {
    case quietPool, duelPool
    case matched, matchedParty, matchedByWidening, matchedBeyondFirstCap, matchedByBestRegion
    case matchedAfterReload, matchedInFurtherQueue, matchedWithOwnRating
    case expired, expiredInOneQueue, cancelled, cancelledOnArrival, queueRemoved, rulesChanged
    case commandsLeftOver, outboxFull, carriedOver, jumpedOverExpiry
    case explained, explainedUnknown
    case heldByNothing, heldByFewPlayers, heldByWindow, heldByRegion, heldByRoles, heldByFactions
    case heldByPartySizes, heldByExclusions, heldByProposal
    case refusedUnknownQueue, refusedOversize, refusedUndersize, refusedDuplicateTicket
    case refusedDuplicatePlayer, refusedRepeatedMember, refusedRegion, refusedTableFull
    case refusedUnknownTicket, refusedMalformed, refusedRating, refusedCooldown, refusedRoles
    case refusedConflict, refusedNotAdmitted, refusedProposal
    case rolesAssigned, rolesRelaxed, preferredRoleGiven, partyRolesSplit
    case roleRatingsTold, roleSeatsTried
    case mercenaryCrossed, sidesKept
    case smallerTeam, unevenTeams
    case premadesAlone, premadesMixed
    case mapChosen, rematchAllowed, avoidedButOld
    case proposed, proposalAccepted, substituted, substituteAccepted, returned
    case returnedByRules, returnedThenMatched, declined, notAccepted, undelivered
    case cancelledWhileProposed, warned, offendedAgain, offenceRestored
    case backfilled, backfillFilled, backfillWithdrawn, backfillExpired, backfillStale
    case backfillRefused, backfillUnknown, backfillPartly
    case stretched, windowStretched, windowAmongSeveral
    case overdueMatched, passedOverForOlder
    case warMatch, warWithBench, mercenaryOnlyMatch, warPartySubstituted, mercenarySubstituted
    case givenUp
    case held, committed, refusedByBooks, playerBusy, releasedThenMatched, releasedAndExpired
    case cancelledWhileHeld, cancelledTooLate, joinersLost, strayWord, reservationsFull
    case lateCancel, lateCancelOfEarlierRun, refusedEnded, forgotten

    /// The rule or trouble without which it cannot occur; nil if every scenario may meet it.
    package var feature: Feature? {
        switch self {
        case .quietPool, .duelPool, .matched, .matchedByWidening, .expired: nil
        case .matchedParty, .refusedOversize: .parties
        case .matchedBeyondFirstCap, .matchedByBestRegion: .regions
        case .matchedInFurtherQueue, .matchedWithOwnRating, .expiredInOneQueue: .severalQueues
        case .matchedAfterReload, .queueRemoved, .rulesChanged: .reloads
        case .cancelled, .cancelledOnArrival, .refusedUnknownTicket: .cancels
        case .commandsLeftOver, .outboxFull: .floods
        case .carriedOver, .refusedTableFull: .tightLimits
        case .jumpedOverExpiry: .jumps
        case .explained, .explainedUnknown, .heldByNothing, .heldByFewPlayers, .heldByWindow,
            .heldByRegion, .heldByRoles, .heldByFactions, .heldByPartySizes, .heldByExclusions,
            .heldByProposal:
            .explains
        case .refusedDuplicateTicket: .duplicates
        case .refusedDuplicatePlayer: nil
        case .refusedMalformed: .malformed
        case .refusedUnknownQueue, .refusedUndersize, .refusedRepeatedMember, .refusedRegion,
            .refusedRating, .refusedConflict:
            .impossible
        case .refusedCooldown: .cooldown
        case .refusedRoles, .rolesAssigned, .rolesRelaxed, .preferredRoleGiven, .partyRolesSplit:
            .roles
        case .refusedNotAdmitted, .warMatch, .warWithBench, .mercenaryOnlyMatch,
            .warPartySubstituted, .mercenarySubstituted:
            .warParties
        case .givenUp: .acceptance
        case .roleRatingsTold, .roleSeatsTried: .roleRatings
        case .mercenaryCrossed, .sidesKept: .factions
        case .smallerTeam, .unevenTeams: .smallerTeams
        case .premadesAlone, .premadesMixed: .premades
        case .mapChosen: .maps
        case .stretched, .windowStretched, .windowAmongSeveral: .density
        case .overdueMatched, .passedOverForOlder: .overdue
        case .rematchAllowed: .rematch
        case .avoidedButOld: .avoidance
        case .refusedProposal, .proposed, .proposalAccepted, .substituted, .substituteAccepted,
            .returned, .returnedByRules, .returnedThenMatched, .declined, .notAccepted,
            .undelivered, .cancelledWhileProposed, .warned, .offendedAgain, .offenceRestored:
            .acceptance
        case .backfilled, .backfillFilled, .backfillWithdrawn, .backfillExpired, .backfillStale,
            .backfillRefused, .backfillUnknown, .backfillPartly:
            .backfill
        case .held, .committed, .refusedByBooks, .playerBusy, .releasedThenMatched,
            .releasedAndExpired, .cancelledWhileHeld, .cancelledTooLate, .joinersLost, .strayWord,
            .reservationsFull:
            .settlement
        case .lateCancel, .lateCancelOfEarlierRun, .refusedEnded, .forgotten: .memory
        }
    }
}

/// How often each situation has occurred.
package struct Sometimes: Sendable {
    private var counts = [Int](repeating: 0, count: Situation.allCases.count)
    private static let positions = Dictionary(
        uniqueKeysWithValues: Situation.allCases.enumerated().map { ($1, $0) })

    package init() {}

    package mutating func note(_ situation: Situation) {
        counts[Sometimes.positions[situation, default: 0]] += 1
    }

    package func count(_ situation: Situation) -> Int {
        counts[Sometimes.positions[situation, default: 0]]
    }

    package mutating func add(_ other: Sometimes) {
        for position in counts.indices { counts[position] += other.counts[position] }
    }

    /// Situations that these features allow and that never occurred.
    package func missing(among features: Set<Feature>) -> [Situation] {
        Situation.allCases.filter { situation in
            count(situation) == 0 && situation.feature.map(features.contains) ?? true
        }
    }
}
