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
        var message: EventMessage?
        switch event.pointee.body_case {
        case MUSTER__V1__EVENT__BODY_MATCHED:
            if let match = event.pointee.matched {
                message = .matched(reader.match(match, "matched", arena))
            }
        case MUSTER__V1__EVENT__BODY_CLOSED:
            if let closed = event.pointee.closed {
                message = .closed(reader.closed(closed, arena))
            }
        case MUSTER__V1__EVENT__BODY_REJECTED:
            if let rejection = event.pointee.rejected {
                message = .rejected(reader.rejection(rejection, arena))
            }
        default: break
        }
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
        guard let match = allocation.pointee.match else {
            reader.issues.add("match", "is missing")
            try reader.issues.finish()
            throw .malformed("allocation without a match")
        }
        let message = reader.match(match, "match", arena)
        try reader.issues.finish()
        self.init(match: message)
    }
}

/// Reads fields and notes what is wrong with them; a wrong field gets a placeholder, which no one
/// sees because the issues are thrown before the message is handed out.
private struct FieldReader {
    var issues: IssueList

    mutating func closed(
        _ closed: UnsafePointer<Muster__V1__TicketClosed>, _ arena: borrowing MessageArena
    ) -> ClosedMessage {
        ClosedMessage(
            ticket: ticketID(closed.pointee.ticket_id, "closed.ticket_id", arena),
            queue: token(closed.pointee.queue, "closed.queue", arena),
            lobby: token(closed.pointee.lobby, "closed.lobby", arena),
            reason: CloseCode(wire: closed.pointee.reason),
            waitMilliseconds: closed.pointee.wait_ms)
    }

    mutating func rejection(
        _ rejection: UnsafePointer<Muster__V1__Rejection>, _ arena: borrowing MessageArena
    ) -> RejectionMessage {
        let hasTicket = !arena.text(rejection.pointee.ticket_id).isEmpty
        let hasQueue = !arena.text(rejection.pointee.queue).isEmpty
        let detail = arena.text(rejection.pointee.detail)
        if detail.count > WireLimits.detailByteCountMax {
            issues.add(
                "rejected.detail", "has more than \(WireLimits.detailByteCountMax) bytes")
        }
        let text = String(validating: detail, as: UTF8.self)
        if text == nil { issues.add("rejected.detail", "is not UTF-8") }
        return RejectionMessage(
            ticket: hasTicket
                ? ticketID(rejection.pointee.ticket_id, "rejected.ticket_id", arena) : nil,
            queue: hasQueue ? token(rejection.pointee.queue, "rejected.queue", arena) : "",
            lobby: token(rejection.pointee.lobby, "rejected.lobby", arena),
            reason: RejectCode(wire: rejection.pointee.reason), detail: text ?? "")
    }

    mutating func match(
        _ match: UnsafePointer<Muster__V1__Match>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> MatchMessage {
        let id = ticketID(match.pointee.match_id, path + ".match_id", arena)
        return MatchMessage(
            match: MatchID(high: id.high, low: id.low),
            queue: token(match.pointee.queue, path + ".queue", arena),
            region: token(match.pointee.region, path + ".region", arena),
            rulesVersion: match.pointee.rules_version, tick: match.pointee.tick,
            quality: quality(match.pointee.quality, path + ".quality"),
            teams: teams(match, path + ".teams", arena),
            formedAtMilliseconds: match.pointee.formed_at_ms)
    }

    private mutating func teams(
        _ match: UnsafePointer<Muster__V1__Match>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> [TeamMessage] {
        let count = match.pointee.n_teams
        if count < 1 || count > WireLimits.matchPlayerCountMax {
            issues.add(path, "has \(count) teams, not 1...\(WireLimits.matchPlayerCountMax)")
            return []
        }
        var teams: [TeamMessage] = []
        teams.reserveCapacity(count)
        for index in 0..<count {
            guard let team = match.pointee.teams[index] else { continue }
            teams.append(TeamMessage(seats: seats(team, "\(path)[\(index)].seats", arena)))
        }
        return teams
    }

    private mutating func seats(
        _ team: UnsafePointer<Muster__V1__Team>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> [SeatMessage] {
        let count = team.pointee.n_seats
        if count < 1 || count > WireLimits.partySizeMax {
            issues.add(path, "has \(count) seats, not 1...\(WireLimits.partySizeMax)")
            return []
        }
        var seats: [SeatMessage] = []
        seats.reserveCapacity(count)
        for index in 0..<count {
            guard let seat = team.pointee.seats[index] else { continue }
            seats.append(self.seat(seat, "\(path)[\(index)]", arena))
        }
        return seats
    }

    private mutating func seat(
        _ seat: UnsafePointer<Muster__V1__Seat>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> SeatMessage {
        let count = seat.pointee.n_player_ids
        if count < 1 || count > WireLimits.partySizeMax {
            issues.add(
                path + ".player_ids", "has \(count) players, not 1...\(WireLimits.partySizeMax)")
        }
        var players: [PlayerID] = []
        players.reserveCapacity(min(count, WireLimits.partySizeMax))
        for index in 0..<min(count, WireLimits.partySizeMax) {
            players.append(PlayerID(seat.pointee.player_ids[index]))
        }
        if players.contains(where: { $0.raw < 1 || $0.raw > WireLimits.playerIDMax }) {
            issues.add(path + ".player_ids", "has an id that is no player's")
        }
        if !WireLimits.seatRatingPoints.contains(seat.pointee.rating) {
            issues.add(
                path + ".rating",
                "\(seat.pointee.rating) is not within \(WireLimits.seatRatingPoints)")
        }
        return SeatMessage(
            ticket: ticketID(seat.pointee.ticket_id, path + ".ticket_id", arena),
            lobby: token(seat.pointee.lobby, path + ".lobby", arena), players: players,
            rating: seat.pointee.rating, waitMilliseconds: seat.pointee.wait_ms,
            latencyMilliseconds: seat.pointee.latency_ms)
    }

    private mutating func quality(
        _ quality: UnsafePointer<Muster__V1__Quality>?, _ path: String
    ) -> QualityMessage {
        guard let quality = quality?.pointee else {
            issues.add(path, "is missing")
            return QualityMessage()
        }
        let message = QualityMessage(
            fairness: quality.fairness, spread: quality.spread, latency: quality.latency,
            roles: quality.roles, composite: quality.composite,
            ratingDeviationPoints: quality.rating_deviation,
            ratingRangePoints: quality.rating_range, teamGapPoints: quality.team_gap,
            latencyMillisecondsMax: quality.latency_ms_max)
        if !message.isFinite { issues.add(path, "has a number that is not finite") }
        return message
    }

    private mutating func ticketID(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> TicketID {
        let text = arena.text(pointer)
        IntakeCheck.uuid(text, path, &issues)
        let id = UUIDText.parse(text) ?? (0, 0)
        return TicketID(high: id.high, low: id.low)
    }

    private mutating func token(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> String {
        IntakeCheck.token(arena.text(pointer), path, &issues)
        return arena.string(pointer)
    }
}

extension QualityMessage {
    fileprivate var isFinite: Bool {
        fairness.isFinite && spread.isFinite && latency.isFinite && roles.isFinite
            && composite.isFinite && ratingDeviationPoints.isFinite
            && ratingRangePoints.isFinite && teamGapPoints.isFinite
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
