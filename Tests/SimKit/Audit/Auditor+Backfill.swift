// Running matches that ask for players: which requests stand, and who may join.

import MatchCore

/// A request that stands.
struct StandingRequest {
    var request: BackfillRequest
    var since: Int32
    /// Of the first of its generations: the window's wait.
    var firstSince: Int32
    var open: [Int]
    /// By team, then role.
    var openRoles: [[Int]]
}

extension Auditor {
    mutating func backfill(_ request: BackfillRequest) {
        var reasons: Set<BackfillEndReason> = []
        if queue(request.queue)?.backfill == nil || queue(request.queue)?.isRated ?? true {
            reasons.insert(.notAllowed)
        }
        if Int(request.region.raw) >= limits.regionCount { reasons.insert(.notAllowed) }
        let standing = requests[request.match]
        let open = (0..<2).map { team in
            let most =
                team < queue(request.queue)?.teamCount ?? 0 ? queue(request.queue)?.teamSize : 0
            return min(Int(request.openPlaces[team]), most ?? 0)
        }
        if standing == nil, open == [0, 0] { reasons.insert(.filled) }
        if let standing, standing.request.generation >= request.generation {
            reasons.insert(.staleGeneration)
        }
        if standing == nil, requests.count >= limits.backfillCountMax {
            reasons.insert(.tableFull)
        }
        if reasons.isEmpty {
            requests[request.match] = StandingRequest(
                request: request, since: tick,
                firstSince: isSame(standing, request) ? standing?.firstSince ?? tick : tick,
                open: open,
                openRoles: (0..<2).map { team in
                    (0..<6).map { Int(request.openRoles[team * 6 + $0]) }
                })
            if open == [0, 0], case .backfillEnded(let record) = upcoming,
                record.match == request.match
            {
                position += 1
                takeBackfillEnded(record)
            }
            return
        }
        guard case .backfillEnded(let record) = upcoming, record.match == request.match,
            record.generation == request.generation, reasons.contains(record.reason)
        else { return fail("silence", "request \(request.match.low) not refused: \(reasons)") }
        position += 1
        if record.lobby != request.lobby { fail("lobby", "request of match \(request.match.low)") }
        note(record.reason == .staleGeneration ? .backfillStale : .backfillRefused)
    }

    /// The match still asks in the same place: its window goes on growing.
    private func isSame(_ standing: StandingRequest?, _ request: BackfillRequest) -> Bool {
        standing?.request.queue == request.queue && standing?.request.region == request.region
    }

    mutating func endBackfill(_ request: EndBackfillRequest) {
        let standing = requests.removeValue(forKey: request.match)
        let reason: BackfillEndReason = standing == nil ? .unknownMatch : .withdrawn
        guard case .backfillEnded(let record) = upcoming, record.match == request.match,
            record.reason == reason
        else { return fail("silence", "end of request \(request.match.low): \(reason)") }
        position += 1
        note(standing == nil ? .backfillUnknown : .backfillWithdrawn)
    }

    mutating func takeBackfillEnded(_ record: BackfillEndedRecord) {
        guard let standing = requests[record.match] else {
            return fail("backfill", "request \(record.match.low) ended, but none stands")
        }
        if record.generation != standing.request.generation {
            fail("generation", "request \(record.match.low) of \(record.generation) ended")
        }
        switch record.reason {
        case .filled:
            if standing.open.contains(where: { $0 > 0 }) {
                fail("backfill", "request \(record.match.low) is not filled: \(standing.open)")
            }
            note(.backfillFilled)
        case .expired:
            let age = tick - standing.since
            let timeout = queue(standing.request.queue)?.backfill?.timeoutTicks ?? 0
            if age < timeout { fail("backfill", "request \(record.match.low) after \(age)") }
            note(.backfillExpired)
        case .notAllowed, .withdrawn:
            if queue(standing.request.queue)?.backfill != nil {
                fail("backfill", "request \(record.match.low) ended: \(record.reason)")
            }
        case .staleGeneration, .tableFull, .unknownMatch, .joinersLost:
            fail("backfill", "request \(record.match.low): \(record.reason), nobody asked")
        }
        requests[record.match] = nil
    }

    mutating func takeBackfilled(_ record: BackfilledRecord, _ seats: [SeatView]) {
        guard var standing = requests[record.match], let rules = queue(record.queue),
            let backfill = rules.backfill
        else { return fail("backfill", "match \(record.match.low) filled, but asks for nobody") }
        if hasFormed { fail("backfill first", "match \(record.match.low) after new ones") }
        let request = standing.request
        if record.generation != request.generation {
            fail("generation", "match \(record.match.low): \(record.generation)")
        }
        if record.queue != request.queue || record.region != request.region {
            fail("backfill", "match \(record.match.low) is in another queue or region")
        }
        if record.rulesVersion != self.rules.version { fail("version", "backfill") }
        let reach = limit(backfill.ratingWindow, age: tick - standing.firstSince)
        checkPassedOver(joiners: seats, request, rules, reach: reach)
        for seat in seats {
            checkJoining(seat, standing, rules, reach)
            take(seat, into: &standing, rules)
        }
        let announced = [Int(record.openPlaces[0]), Int(record.openPlaces[1])]
        if announced != standing.open {
            fail("backfill", "match \(record.match.low): \(announced), not \(standing.open) open")
        }
        note(.backfilled)
        if standing.open.contains(where: { $0 > 0 }) { note(.backfillPartly) }
        requests[record.match] = standing
        depart(
            record.match, record.queue, record.reservation, seats,
            asked: (request.lobby, request.generation))
    }

    /// What every single ticket that joins must keep.
    private mutating func checkJoining(
        _ seat: SeatView, _ standing: StandingRequest, _ rules: QueueRules, _ reach: Int
    ) {
        let request = standing.request
        guard let known = live[seat.record.ticket] else {
            return fail("life", "ticket \(seat.record.ticket.low) joins, but does not wait")
        }
        let number = known.id.low
        if known.proposal != nil { fail("double", "ticket \(number) joins out of a proposal") }
        if isHeld(known.id) { fail("double", "ticket \(number) is in a match already") }
        if !known.entries.contains(request.queue) { fail("queue", "ticket \(number) joins") }
        if seat.players != known.members.map(\.player) { fail("party", "ticket \(number) joins") }
        let distance = abs(known.rating(request.queue, rules) - Int(request.rating.steps))
        if distance > reach || distance > known.windows(request.queue, rules, tick: tick).upperBound
        {
            fail("window", "ticket \(number) joins at \(distance) steps, reach \(reach)")
        }
        let region = Int(request.region.raw)
        if !known.accepts(region, rules, tick: tick, regionCount: limits.regionCount) {
            fail("region", "ticket \(number) joins in region \(region)")
        }
        // A map that the queue does not have is the running match's own affair.
        let isKnownMap = Int(request.map) < rules.mapCount
        if isKnownMap, known.maps.bits & (1 << UInt32(request.map & 31)) == 0 {
            fail("map", "ticket \(number) joins on map \(request.map)")
        }
        if seat.ratings.map({ Int($0.steps) })
            != known.ratingsInRoles(seat, request.queue, rules)
        {
            fail("roleRating", "ticket \(number) joins")
        }
        let wait = tick - known.enqueuedAt
        if seat.record.waitTicks != wait { fail("wait", "ticket \(number) joins") }
        guard let factions = rules.factions, seat.record.team != UInt16(known.faction) else {
            return
        }
        let mayCross =
            known.isMercenary && factions.mercenaryAfterTicks.map { wait >= $0 } ?? false
        if !mayCross { fail("side", "ticket \(number) joins the other side") }
    }

    /// Takes the seat's places from those that are free.
    private mutating func take(
        _ seat: SeatView, into standing: inout StandingRequest, _ rules: QueueRules
    ) {
        let team = Int(seat.record.team)
        guard team < 2, standing.open[team] >= seat.players.count else {
            return fail("size", "ticket \(seat.record.ticket.low) joins full team \(team)")
        }
        standing.open[team] -= seat.players.count
        guard let roles = rules.roles else { return }
        let most = standing.open[team] + seat.players.count
        for role in 0..<6 where standing.openRoles[team][role] != 255 {
            standing.openRoles[team][role] = min(standing.openRoles[team][role], most)
        }
        for (player, role) in zip(seat.players, seat.roles) {
            guard Int(role) < roles.roles.count, standing.openRoles[team][Int(role)] > 0 else {
                fail("composition", "player \(player.raw) joins as role \(role)")
                continue
            }
            if standing.openRoles[team][Int(role)] != 255 {
                standing.openRoles[team][Int(role)] -= 1
            }
            let member = live[seat.record.ticket]?.members.first { $0.player == player }
            if let member, member.roles.bits & (1 << role) == 0 {
                fail("role", "player \(player.raw) joins as role \(role)")
            }
        }
    }

    /// At the end of a tick no request stands that nobody has renewed in its time.
    mutating func checkRequests() {
        for (match, standing) in requests where !isBounded {
            guard let backfill = queue(standing.request.queue)?.backfill else { continue }
            if tick - standing.since >= backfill.timeoutTicks {
                fail("overdue", "request of match \(match.low) stands since \(standing.since)")
            }
        }
    }
}
