// Commands about proposed and running matches, and marks; and who has sent a message.

import CWire
import MatchCore

extension IntakeDecoder {
    func answer(_ answer: UnsafePointer<Muster__V1__Answer>) -> AnswerRequest {
        guard let kind = ProposalAnswer(answer.pointee.answer) else {
            preconditionFailure("an answer was read before it was checked")
        }
        return AnswerRequest(
            match: arena.matchID(answer.pointee.match_id),
            ticket: arena.ticketID(answer.pointee.ticket_id), lobby: LobbyIndex(0), answer: kind,
            player: PlayerID(answer.pointee.player_id))
    }

    func mark<Directory: NameDirectory>(
        _ mark: UnsafePointer<Muster__V1__Mark>, _ directory: inout Directory,
        _ issues: inout NameIssues
    ) -> MarkRequest {
        let scope = directory.scopeIndex(arena.text(mark.pointee.scope))
        if scope == nil {
            issues.add(.unknownScope, "mark.scope", "no such cooldown scope is configured")
        }
        // Rounded up: a mark that is not 0 must not become the taking back of one.
        let milliseconds = UInt64(mark.pointee.seconds) * 1_000
        let ticks = (milliseconds + UInt64(tickMilliseconds) - 1) / UInt64(tickMilliseconds)
        return MarkRequest(
            player: PlayerID(mark.pointee.player_id), scope: scope ?? CooldownScope(0),
            ticks: Int32(min(ticks, UInt64(TicketRequest.waitedTicksMax))))
    }

    func backfill<Directory: NameDirectory>(
        _ backfill: UnsafePointer<Muster__V1__Backfill>, _ directory: inout Directory,
        _ issues: inout NameIssues
    ) -> BackfillRequest {
        let source = backfill.pointee
        let queue = queue(of: source, &directory, &issues)
        let region = directory.regionIndex(arena.text(source.region))
        if region == nil {
            issues.add(.unknownRegion, "backfill.region", "no such region is configured")
        }
        var places: InlineArray<2, UInt8> = [0, 0]
        for team in 0..<2 {
            places[team] = UInt8(source.teams[team]?.pointee.open_places ?? 0)
        }
        var request = BackfillRequest(
            match: arena.matchID(source.match_id), queue: queue ?? QueueIndex(.max),
            region: region ?? RegionIndex(0), lobby: LobbyIndex(0), generation: source.generation,
            rating: Rating(points: meanRating(source)), openPlaces: places)
        for team in 0..<2 { request.teamSums[team] = surplus(of: team, source) }
        guard let queue else { return request }
        let vocabulary = directory.vocabulary(of: queue)
        request.map = map(of: source, queue, vocabulary, &directory, &issues)
        if vocabulary.hasRoles {
            for team in 0..<2 {
                setOpenRoles(of: team, source, queue, &request, &directory, &issues)
            }
        }
        return request
    }

    private func queue<Directory: NameDirectory>(
        of backfill: Muster__V1__Backfill, _ directory: inout Directory,
        _ issues: inout NameIssues
    ) -> QueueIndex? {
        let resolution = directory.resolveQueue(
            arena.text(backfill.queue), level: backfill.level,
            leader: PlayerID(backfill.leader_id))
        switch resolution {
        case .queue(let queue): return queue
        case .unknownQueue:
            issues.add(.unknownQueue, "backfill.queue", "no such queue is configured")
        case .wrongLevel:
            issues.add(
                .wrongLevel, "backfill.level",
                backfill.level == 0
                    ? "is missing: the queue has level brackets"
                    : "\(backfill.level) is in no level bracket of the queue")
        }
        return nil
    }

    /// Mean rating of all who play, in points.
    private func meanRating(_ backfill: Muster__V1__Backfill) -> Double {
        var sum = 0.0
        var count = 0.0
        for team in 0..<2 {
            guard let team = backfill.teams[team]?.pointee else { continue }
            sum += team.rating * Double(team.player_count)
            count += Double(team.player_count)
        }
        assert(count > 0)
        return sum / count
    }

    /// By how much a team's ratings lie above as many mean ones, in steps. At most 63 players of
    /// 60,000 points of 128 steps: it fits 32 bits.
    private func surplus(of team: Int, _ backfill: Muster__V1__Backfill) -> Int32 {
        guard let team = backfill.teams[team]?.pointee else { return 0 }
        let points = (team.rating - meanRating(backfill)) * Double(team.player_count)
        return Int32((points * Double(Rating.stepsPerPoint)).rounded())
    }

    private func map<Directory: NameDirectory>(
        of backfill: Muster__V1__Backfill, _ queue: QueueIndex, _ vocabulary: QueueVocabulary,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> UInt8 {
        guard vocabulary.hasMaps else { return 0 }
        let name = arena.text(backfill.map)
        if name.isEmpty {
            issues.add(.unknownMap, "backfill.map", "is missing: the queue has a choice of maps")
            return 0
        }
        guard let map = directory.mapIndex(name, of: queue) else {
            issues.add(.unknownMap, "backfill.map", "the queue has no such map")
            return 0
        }
        return map
    }

    private func setOpenRoles<Directory: NameDirectory>(
        of team: Int, _ backfill: Muster__V1__Backfill, _ queue: QueueIndex,
        _ request: inout BackfillRequest, _ directory: inout Directory,
        _ issues: inout NameIssues
    ) {
        guard let source = backfill.teams[team]?.pointee, source.n_open_roles > 0 else { return }
        let first = team * Limits.roleCountMax
        for role in 0..<Limits.roleCountMax { request.openRoles[first + role] = 0 }
        for index in 0..<source.n_open_roles {
            guard let entry = source.open_roles[index] else { continue }
            let name = arena.text(entry.pointee.key)
            guard let role = directory.roleIndex(name, of: queue) else {
                let path = "backfill.teams[\(team)].open_roles."
                issues.add(
                    .unknownRole, path + String(decoding: name, as: UTF8.self),
                    "the queue has no such role")
                continue
            }
            request.openRoles[first + Int(role)] = UInt8(entry.pointee.value)
        }
    }
}

/// The fields of a message that say whom it is about and whom to tell; nil where it has none.
struct SenderFields {
    var ticket: UnsafePointer<CChar>?
    var match: UnsafePointer<CChar>?
    var queue: UnsafePointer<CChar>?
    var lobby: UnsafePointer<CChar>?
}

extension MessageArena {
    /// The fields as they are, checked or not.
    func sender(of intake: UnsafePointer<Muster__V1__Intake>) -> SenderFields {
        var fields = SenderFields()
        switch intake.pointee.body_case {
        case MUSTER__V1__INTAKE__BODY_TICKET:
            guard let body = intake.pointee.ticket?.pointee else { break }
            fields.ticket = UnsafePointer(body.ticket_id)
            fields.queue = UnsafePointer(body.queue)
            fields.lobby = UnsafePointer(body.lobby)
        case MUSTER__V1__INTAKE__BODY_CANCEL:
            guard let body = intake.pointee.cancel?.pointee else { break }
            fields.ticket = UnsafePointer(body.ticket_id)
            fields.lobby = UnsafePointer(body.lobby)
        case MUSTER__V1__INTAKE__BODY_ANSWER:
            guard let body = intake.pointee.answer?.pointee else { break }
            fields.ticket = UnsafePointer(body.ticket_id)
            fields.match = UnsafePointer(body.match_id)
            fields.lobby = UnsafePointer(body.lobby)
        case MUSTER__V1__INTAKE__BODY_BACKFILL:
            guard let body = intake.pointee.backfill?.pointee else { break }
            fields.match = UnsafePointer(body.match_id)
            fields.queue = UnsafePointer(body.queue)
            fields.lobby = UnsafePointer(body.lobby)
        case MUSTER__V1__INTAKE__BODY_BACKFILL_END:
            guard let body = intake.pointee.backfill_end?.pointee else { break }
            fields.match = UnsafePointer(body.match_id)
            fields.lobby = UnsafePointer(body.lobby)
        case MUSTER__V1__INTAKE__BODY_MARK:
            fields.lobby = UnsafePointer(intake.pointee.mark?.pointee.lobby)
        default: break
        }
        return fields
    }
}
