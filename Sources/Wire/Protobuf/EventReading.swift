// Unpacked events and allocations as values. Matchmakers write these messages, so that a wrong
// field means a foreign or damaged message; it is refused all the same, with every issue.

import CWire
import MatchCore

extension EventMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let event = try Unpacked.event(bytes, &arena)
        try Unpacked.checkVersion(event.pointee.version, shape)
        var reader = FieldReader(issues: shape)
        let message = reader.event(event, arena)
        if message == nil { reader.issues.add("body", "is missing or of an unknown kind") }
        try reader.issues.finish()
        guard let message else { throw .malformed("event without a body") }
        self = message
    }
}

extension AllocationMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let allocation = try Unpacked.allocation(bytes, &arena)
        try Unpacked.checkVersion(allocation.pointee.version, shape)
        var reader = FieldReader(issues: shape)
        let message: AllocationMessage?
        switch allocation.pointee.body_case {
        case MUSTER__V1__ALLOCATION__BODY_MATCH:
            message = .match(reader.match(allocation.pointee.match, "match", arena))
        case MUSTER__V1__ALLOCATION__BODY_BACKFILL:
            message = .backfill(
                reader.backfilled(allocation.pointee.backfill, "backfill", arena))
        default: message = nil
        }
        if message == nil { reader.issues.add("body", "is missing or of an unknown kind") }
        try reader.issues.finish()
        guard let message else { throw .malformed("allocation without a body") }
        self = message
    }
}

extension FieldReader {
    /// Nil if there is no body that this reader knows.
    fileprivate mutating func event(
        _ event: UnsafePointer<Muster__V1__Event>, _ arena: borrowing MessageArena
    ) -> EventMessage? {
        switch event.pointee.body_case {
        case MUSTER__V1__EVENT__BODY_MATCHED:
            .matched(match(event.pointee.matched, "matched", arena))
        case MUSTER__V1__EVENT__BODY_CLOSED: .closed(closed(event.pointee.closed, arena))
        case MUSTER__V1__EVENT__BODY_REJECTED:
            .rejected(rejection(event.pointee.rejected, arena))
        case MUSTER__V1__EVENT__BODY_PROPOSED:
            .proposed(proposed(event.pointee.proposed, arena))
        case MUSTER__V1__EVENT__BODY_SUBSTITUTED:
            .substituted(substituted(event.pointee.substituted, arena))
        case MUSTER__V1__EVENT__BODY_RETURNED:
            .returned(returned(event.pointee.returned, arena))
        case MUSTER__V1__EVENT__BODY_BACKFILLED:
            .backfilled(backfilled(event.pointee.backfilled, "backfilled", arena))
        case MUSTER__V1__EVENT__BODY_BACKFILL_ENDED:
            .backfillEnded(backfillEnded(event.pointee.backfill_ended, arena))
        default: nil
        }
    }

    private mutating func closed(
        _ closed: UnsafePointer<Muster__V1__TicketClosed>, _ arena: borrowing MessageArena
    ) -> ClosedMessage {
        ClosedMessage(
            ticket: ticketID(closed.pointee.ticket_id, "closed.ticket_id", arena),
            queue: token(closed.pointee.queue, "closed.queue", arena),
            lobby: token(closed.pointee.lobby, "closed.lobby", arena),
            reason: CloseCode(wire: closed.pointee.reason),
            waitMilliseconds: closed.pointee.wait_ms)
    }

    private mutating func rejection(
        _ rejection: UnsafePointer<Muster__V1__Rejection>, _ arena: borrowing MessageArena
    ) -> RejectionMessage {
        let hasTicket = !arena.text(rejection.pointee.ticket_id).isEmpty
        let hasMatch = !arena.text(rejection.pointee.match_id).isEmpty
        let hasQueue = !arena.text(rejection.pointee.queue).isEmpty
        return RejectionMessage(
            ticket: hasTicket
                ? ticketID(rejection.pointee.ticket_id, "rejected.ticket_id", arena) : nil,
            queue: hasQueue ? token(rejection.pointee.queue, "rejected.queue", arena) : "",
            lobby: token(rejection.pointee.lobby, "rejected.lobby", arena),
            reason: RejectCode(wire: rejection.pointee.reason),
            detail: detail(rejection.pointee.detail, "rejected.detail", arena),
            retryAfterMilliseconds: rejection.pointee.retry_after_ms,
            match: hasMatch ? matchID(rejection.pointee.match_id, "rejected.match_id", arena) : nil)
    }

    private mutating func proposed(
        _ proposed: UnsafePointer<Muster__V1__Proposed>, _ arena: borrowing MessageArena
    ) -> ProposedMessage {
        ProposedMessage(
            match: match(proposed.pointee.match, "proposed.match", arena),
            acceptMilliseconds: proposed.pointee.accept_ms)
    }

    private mutating func substituted(
        _ substituted: UnsafePointer<Muster__V1__Substituted>, _ arena: borrowing MessageArena
    ) -> SubstitutedMessage {
        let source = substituted.pointee
        if source.team >= UInt32(WireLimits.matchPlayerCountMax) {
            issues.add("substituted.team", "\(source.team) is no team's position")
        }
        return SubstitutedMessage(
            match: matchID(source.match_id, "substituted.match_id", arena),
            queue: token(source.queue, "substituted.queue", arena),
            region: token(source.region, "substituted.region", arena),
            map: optionalToken(source.map, "substituted.map", arena), team: source.team,
            seat: seat(source.seat, "substituted.seat", arena),
            acceptMilliseconds: source.accept_ms, formedAtMilliseconds: source.formed_at_ms)
    }

    private mutating func returned(
        _ returned: UnsafePointer<Muster__V1__Returned>, _ arena: borrowing MessageArena
    ) -> ReturnedMessage {
        ReturnedMessage(
            match: matchID(returned.pointee.match_id, "returned.match_id", arena),
            ticket: ticketID(returned.pointee.ticket_id, "returned.ticket_id", arena),
            queue: token(returned.pointee.queue, "returned.queue", arena),
            lobby: token(returned.pointee.lobby, "returned.lobby", arena),
            reason: ReturnCode(
                rawValue: UInt32(truncatingIfNeeded: returned.pointee.reason.rawValue))
                ?? .unspecified)
    }

    private mutating func backfillEnded(
        _ ended: UnsafePointer<Muster__V1__BackfillEnded>, _ arena: borrowing MessageArena
    ) -> BackfillEndedMessage {
        BackfillEndedMessage(
            match: matchID(ended.pointee.match_id, "backfill_ended.match_id", arena),
            queue: optionalToken(ended.pointee.queue, "backfill_ended.queue", arena),
            lobby: token(ended.pointee.lobby, "backfill_ended.lobby", arena),
            generation: ended.pointee.generation,
            reason: BackfillEndCode(
                rawValue: UInt32(truncatingIfNeeded: ended.pointee.reason.rawValue))
                ?? .unspecified)
    }
}

extension CloseCode {
    /// A reason that a newer matchmaker gives reads as unspecified.
    fileprivate init(wire: Muster__V1__CloseReason) {
        self = CloseCode(rawValue: UInt32(truncatingIfNeeded: wire.rawValue)) ?? .unspecified
    }
}

extension RejectCode {
    /// A reason that a newer matchmaker gives reads as unspecified.
    fileprivate init(wire: Muster__V1__RejectReason) {
        self = RejectCode(rawValue: UInt32(truncatingIfNeeded: wire.rawValue)) ?? .unspecified
    }
}
