// Walks the commands of a tick in order: what each must be answered, and what it changes.

import MatchCore

extension Auditor {
    /// - Parameter hasNewRules: rules came into force just before.
    mutating func walk(_ commands: [Command], hasNewRules: Bool) {
        figuresAdd(commands.count)
        var at = 0
        while at < commands.count {
            switch commands[at] {
            case .enqueue(let request):
                var end = at + 1
                while end < commands.count, commands[end].isFollower { end += 1 }
                enqueue(request, Array(commands[(at + 1)..<end]))
                at = end
                continue
            case .members, .detail, .avoided, .roleRatings:
                refused(TicketID(high: 0, low: 0), [.malformedParty], lobby: nil)
            case .cancel(let request): cancel(request)
            case .answer(let request): answer(request)
            case .backfill(let request): backfill(request)
            case .endBackfill(let request): endBackfill(request)
            case .mark(let request):
                marks.mark(request.player, request.scope, ticks: request.ticks, now: tick)
            case .offence(let request): restore(request)
            case .explain(let request):
                let known = live[request.ticket]
                let views = views(of: known, hasNewRules: hasNewRules)
                questions.append((request, known, views))
            case .expel(let request): expel(request)
            case .settle(let request): settle(request)
            case .ended(let request): tell(request)
            }
            at += 1
        }
    }

    private mutating func enqueue(_ request: TicketRequest, _ followers: [Command]) {
        guard let parsed = Followers(request, followers) else {
            refused(request.ticket, nil, lobby: request.lobby)
            note(.refusedMalformed)
            // How many of the followers belong to the spoilt ticket is not said; the others are
            // nobody's.
            var left = followers.count
            while left > 0, case .rejected(let record) = upcoming,
                record.reason == .malformedParty, record.ticket.high == 0, record.ticket.low == 0
            {
                position += 1
                leftTo.refused += 1
                left -= 1
                strayRefusals += 1
            }
            return
        }
        let known = Known(
            request, members: parsed.members, detail: parsed.detail, avoided: parsed.avoided,
            rated: parsed.rated, tick: tick)
        let refusal = reasonsToRefuse(known, choiceCount: 1 + Int(parsed.detail.choiceCount))
        if refusal.reasons.isEmpty {
            if refusal.mayBeFull, case .rejected(let record) = upcoming,
                record.ticket == known.id, record.reason == .tableFull
            {
                refused(known.id, [.tableFull], lobby: known.lobby)
            } else {
                letIn(known)
            }
        } else {
            let reasons =
                refusal.mayBeFull ? refusal.reasons.union([.tableFull]) : refusal.reasons
            refused(known.id, reasons, lobby: known.lobby, ticksLeft: refusal.cooldownTicks)
        }
        for _ in 0..<parsed.strayCount {
            refused(TicketID(high: 0, low: 0), [.malformedParty], lobby: nil)
        }
    }

    /// The next event must be this refusal. `reasons` nil: any reason will do.
    mutating func refused(
        _ ticket: TicketID, _ reasons: Set<RejectReason>?, lobby: LobbyIndex?,
        ticksLeft: Int32 = 0, match: MatchID? = nil
    ) {
        guard case .rejected(let record) = upcoming, record.ticket == ticket else {
            if ticket.high == 0, ticket.low == 0, strayRefusals > 0 {
                // Taken before, as that of a spoilt ticket's follower.
                strayRefusals -= 1
                return
            }
            let why = reasons.map { "\($0.map { "\($0)" }.sorted())" } ?? "spoilt"
            fail("silence", "ticket \(Int64(bitPattern: ticket.low)) was not refused: \(why)")
            return
        }
        position += 1
        leftTo.refused += 1
        let never: Set<RejectReason> = [.overloaded, .unknownTicket, .unknownProposal]
        if let reasons, !reasons.contains(record.reason) {
            fail("refusal", "ticket \(ticket.low): \(record.reason), true are \(reasons)")
        } else if reasons == nil, never.contains(record.reason) {
            fail("refusal", "spoilt ticket \(ticket.low): \(record.reason)")
        }
        if let lobby, record.lobby != lobby { fail("lobby", "refusal of \(ticket.low)") }
        let expected = record.reason == .onCooldown ? ticksLeft : 0
        if record.ticksLeft != expected {
            fail("cooldown", "\(ticket.low): \(record.ticksLeft) left, not \(expected)")
        }
        if record.match != matchToName(record, match) {
            fail("refusal", "\(ticket.low): match \(record.match.low) named")
        }
        if let situation = record.reason.situation { note(situation) }
    }

    private mutating func cancel(_ request: CancelRequest) {
        guard let known = live[request.ticket] else {
            return cancelLate(request)
        }
        if isHeld(known.id) {
            // Answered by the word of the books, once however often it is asked for.
            settlements.takenBack.insert(known.id)
            return
        }
        guard case .closed(let record) = upcoming, record.ticket == request.ticket,
            record.reason == .cancelled
        else { return fail("silence", "cancel of ticket \(request.ticket.low) not answered") }
        position += 1
        leftTo.cancelled += 1
        note(known.arrivedAt == tick ? .cancelledOnArrival : .cancelled)
        checkClosed(record, known)
        if let match = known.proposal {
            note(.cancelledWhileProposed)
            leave(match, known.id)
        }
        end(known.id, "cancelled")
    }
}

extension Command {
    var isFollower: Bool {
        switch self {
        case .members, .detail, .avoided, .roleRatings: true
        default: false
        }
    }
}

/// A request's followers, read by the contract: members in full groups, detail, avoided, rated.
struct Followers {
    var members: [Member]
    var detail = TicketDetail()
    var avoided: [PlayerID] = []
    var rated: [RatedMember] = []
    /// Followers beyond what the request announced.
    var strayCount = 0

    /// Nil if something that the request announced is missing or of another count.
    init?(_ request: TicketRequest, _ commands: [Command]) {
        members = [request.leader]
        var at = 0
        while members.count < Int(request.memberCount) {
            let due = min(Int(request.memberCount) - members.count, MemberGroup.capacity)
            guard at < commands.count, case .members(let group) = commands[at],
                Int(group.count) == due
            else { return nil }
            for position in 0..<due { members.append(group.members[position]) }
            at += 1
        }
        if request.hasDetail {
            guard at < commands.count, case .detail(let found) = commands[at] else { return nil }
            detail = found
            at += 1
        }
        while avoided.count < Int(request.avoidedCount) {
            let due = min(Int(request.avoidedCount) - avoided.count, AvoidedGroup.capacity)
            guard at < commands.count, case .avoided(let group) = commands[at],
                Int(group.count) == due
            else { return nil }
            for position in 0..<due { avoided.append(group.players[position]) }
            at += 1
        }
        while rated.count < Int(request.ratedCount) {
            let due = min(Int(request.ratedCount) - rated.count, RoleRatingGroup.capacity)
            guard at < commands.count, case .roleRatings(let group) = commands[at],
                Int(group.count) == due
            else { return nil }
            for position in 0..<due { rated.append(group.members[position]) }
            at += 1
        }
        if rated.contains(where: { Int($0.position) >= members.count }) { return nil }
        strayCount = commands.count - at
    }
}

extension RejectReason {
    var situation: Situation? {
        switch self {
        case .unknownQueue: .refusedUnknownQueue
        case .oversizeParty: .refusedOversize
        case .duplicateTicket: .refusedDuplicateTicket
        case .duplicatePlayer: .refusedDuplicatePlayer
        case .repeatedMember: .refusedRepeatedMember
        case .noReachableRegion: .refusedRegion
        case .tableFull: .refusedTableFull
        case .unknownTicket: .refusedUnknownTicket
        case .malformedParty: .refusedMalformed
        case .overloaded: nil
        case .ratingOutOfRange: .refusedRating
        case .undersizeParty: .refusedUndersize
        case .onCooldown: .refusedCooldown
        case .impossibleRoles: .refusedRoles
        case .conflictingQueues: .refusedConflict
        case .notAdmitted: .refusedNotAdmitted
        case .unknownProposal: .refusedProposal
        case .tooLate: nil
        case .ticketEnded: .refusedEnded
        }
    }
}
