// What each planted bug does to a queue's rules or to one event.

import MatchCore

extension Canary {
    func alter(_ queue: inout QueueRules) {
        switch self {
        case .oneSidedWindow:
            queue.ratingWindow = WideningCurve(start: 0, growthPerTick: 0, max: 0)
        case .narrowCap: queue.latencyCap = WideningCurve(start: 8, growthPerTick: 0, max: 400)
        case .stricterRoles: queue.roles?.relaxedAfterTicks = nil
        case .forbiddenCrossing: queue.factions?.mercenaryAfterTicks = nil
        case .longerPool: if queue.premades.ownPoolTicks > 0 { queue.premades.ownPoolTicks = 500 }
        case .longerRematch: if queue.rematchDelayTicks > 0 { queue.rematchDelayTicks = 5000 }
        case .longerAvoidance: queue.avoidance.hardForTicks = nil
        case .exactTeams:
            queue.smallerTeams = []
            queue.teamSizeDifferenceMax = 0
        case .otherLiking: queue.quality.eloDivisorPoints = 40_000
        case .uncountedRoles: queue.roles?.countsRoleRatings.toggle()
        case .shorterSilence: queue.acceptance?.ticks += 20
        case .hiddenExclusion, .ignoredAvoidance: queue.avoidance.countMax = 0
        case .hiddenMercenaries: queue.factions?.mercenaryAfterTicks = 0
        case .otherDensity: queue.density?.exponentHundredths += 15
        case .looserRoles:
            let any = RoleCount(min: 0, max: queue.teamSize)
            let count = queue.roles?.roles.count ?? 0
            queue.roles?.roles = [RoleCount](repeating: any, count: count)
        case .shorterOffence: queue.acceptance?.offenceTicks = 1
        // The core leaves those alone who have waited for less than it knows of.
        case .ignoredOverdue: if queue.overdueAfterTicks != nil { queue.overdueAfterTicks = 0 }
        default: break
        }
    }

    /// What the auditor sees instead of the event; nil leaves it as it is.
    func alter(_ event: SimEvent, _ last: (MatchRecord, [SeatView])?) -> [SimEvent]? {
        switch event {
        case .matched(let record, let seats): return alterMatch(record, seats, last)
        case .closed(let record): return alterClosed(record)
        case .rejected(let record): return alterRejected(record)
        case .proposed(let record, let seats):
            return self == .unasked ? [.matched(record, seats)] : nil
        case .returned(let record): return alterReturned(record)
        case .backfilled(let record, let seats): return alterBackfilled(record, seats)
        case .explained(let record): return alterExplained(record)
        case .substituted(let record, var seats):
            guard self == .foreignSubstitute, !seats[0].record.isMercenary else { return nil }
            seats[0].players.removeLast()
            return [.substituted(record, seats)]
        default: return nil
        }
    }

    private func alterExplained(_ record: ExplainedRecord) -> [SimEvent]? {
        var changed = record
        switch self {
        case .wrongExplanation where record.isWaiting: changed.waitTicks += 1
        case .wrongObstacle where record.isWaiting && record.obstacle != .proposed:
            changed.obstacle = .proposed
        default: return nil
        }
        return [.explained(changed)]
    }

    private func alterBackfilled(_ record: BackfilledRecord, _ seats: [SeatView]) -> [SimEvent]? {
        var changed = record
        switch self {
        case .wrongGeneration: changed.generation += 1
        case .extraPlace: changed.openPlaces[0] += 1
        default: return nil
        }
        return [.backfilled(changed, seats)]
    }

    private func alterMatch(
        _ record: MatchRecord, _ seats: [SeatView], _ last: (MatchRecord, [SeatView])?
    ) -> [SimEvent]? {
        switch self {
        case .matchTwice: return [.matched(record, seats), .matched(record, seats)]
        case .lostSeat:
            return seats.count < 2 ? nil : [.matched(record, Array(seats.dropLast()))]
        case .sameMatchID:
            guard let last else { return nil }
            var changed = record
            changed.match = last.0.match
            return [.matched(changed, seats)]
        case .oldVersion, .wrongRegion, .wrongMap, .wrongCount:
            return [.matched(changed(record), seats)]
        default:
            var changed = seats
            return alterSeats(&changed, record, last) ? [.matched(record, changed)] : nil
        }
    }

    private func changed(_ record: MatchRecord) -> MatchRecord {
        var record = record
        switch self {
        case .oldVersion: record.rulesVersion -= 1
        case .wrongRegion: record.region = RegionIndex(record.region.raw + 1)
        case .wrongMap: record.map += 8
        default: record.playerCount += 1
        }
        return record
    }

    private func alterSeats(
        _ seats: inout [SeatView], _ record: MatchRecord, _ last: (MatchRecord, [SeatView])?
    ) -> Bool {
        switch self {
        case .otherTeam:
            guard record.teamCount > 1 else { return false }
            seats[0].record.team = (seats[0].record.team + 1) % record.teamCount
        case .splitParty:
            guard let at = seats.firstIndex(where: { $0.players.count > 1 }) else { return false }
            seats[at].players.removeLast()
        case .doubledSeat:
            guard seats.count > 1 else { return false }
            seats[0] = seats[1]
        case .foreignTicket:
            guard let last else { return false }
            seats[0] = last.1[0]
        case .lostWait:
            guard seats[0].record.waitTicks > 0 else { return false }
            seats[0].record.waitTicks = 0
        case .wrongLobby: seats[0].record.lobby = LobbyIndex(77)
        case .otherRole:
            guard seats[0].roles[0] != RoleSet.noPreference else { return false }
            seats[0].roles[0] = 6
        case .wrongRoleRating:
            guard let at = seats.firstIndex(where: { !$0.ratings.isEmpty }) else { return false }
            seats[at].ratings[0] = Rating(steps: seats[at].ratings[0].steps + 16)
        case .hiddenCrossing:
            guard let at = seats.firstIndex(where: \.record.isMercenary) else { return false }
            seats[at].record.isMercenary = false
        case .unequalShare:
            guard let at = seats.firstIndex(where: { $0.players.count > 2 }) else { return false }
            seats[at].players.removeLast()
        default: return false
        }
        return true
    }

    private func alterClosed(_ record: ClosedRecord) -> [SimEvent]? {
        if self == .lostExpiry, record.reason == .expired { return [] }
        guard self == .endedEarly, record.reason == .expired else { return nil }
        var changed = record
        changed.reason = .queueRemoved
        return [.closed(changed)]
    }

    private func alterRejected(_ record: RejectedRecord) -> [SimEvent]? {
        var changed = record
        switch self {
        case .lostRefusal: return []
        case .doubledRefusal: return [.rejected(record), .rejected(record)]
        case .wrongReason: changed.reason = .overloaded
        case .wrongTicksLeft:
            guard record.reason == .onCooldown else { return nil }
            changed.ticksLeft += 1
        default: return nil
        }
        return [.rejected(changed)]
    }

    private func alterReturned(_ record: ReturnedRecord) -> [SimEvent]? {
        switch self {
        case .lostReturn: return []
        case .lostPlace:
            return [
                .closed(
                    ClosedRecord(
                        ticket: record.ticket, waitTicks: 0, queue: record.queue,
                        lobby: record.lobby, reason: .expired))
            ]
        default: return nil
        }
    }
}
