// The messages' fields by number, as proto/ gives them. Golden bytes and round trips through
// protobuf-c's reading hold these numbers to the schema.

import MatchCore

extension IntakeMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        switch self {
        case .ticket(let ticket): writer.nested(2) { ticket.write(to: &$0) }
        case .cancel(let cancel):
            writer.nested(3) { body in
                body.uuid(1, high: cancel.ticket.high, low: cancel.ticket.low)
                body.string(2, cancel.lobby)
            }
        case .answer(let answer): writer.nested(4) { answer.write(to: &$0) }
        case .backfill(let backfill): writer.nested(5) { backfill.write(to: &$0) }
        case .backfillEnd(let end):
            writer.nested(6) { body in
                body.uuid(1, high: end.match.high, low: end.match.low)
                body.string(2, end.lobby)
            }
        case .mark(let mark): writer.nested(7) { mark.write(to: &$0) }
        }
    }
}

extension TicketMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: ticket.high, low: ticket.low)
        writer.string(2, queue)
        writer.string(3, lobby)
        for player in players { writer.nested(4) { player.write(to: &$0) } }
        for latency in latencies {
            writer.nested(5) { body in
                // Key and value of a map's entry are written even where they are defaults.
                body.element(1, latency.region)
                body.entryValue(2, UInt64(latency.milliseconds))
            }
        }
        writer.unsigned(6, UInt64(waitedMilliseconds))
        for further in furtherQueues {
            writer.nested(7) { body in
                body.string(1, further.queue)
                if let rating = further.rating { body.presentDouble(2, rating) }
            }
        }
        writer.string(8, faction)
        writer.bool(9, isMercenary)
        writer.bool(10, isWarParty)
        writer.unsigned(11, team)
        for map in maps { writer.element(12, map) }
        writer.packed(13, avoided)
    }
}

extension PlayerEntry {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, player.raw)
        writer.double(2, rating)
        for role in roles { writer.element(3, role) }
        writer.string(4, faction)
        writer.unsigned(5, UInt64(level))
        for roleRating in roleRatings {
            writer.nested(6) { body in
                body.element(1, roleRating.role)
                body.presentDouble(2, roleRating.rating)
            }
        }
    }
}

extension EventMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        switch self {
        case .matched(let match): writer.nested(2) { match.write(to: &$0) }
        case .closed(let closed): writer.nested(3) { closed.write(to: &$0) }
        case .rejected(let rejection): writer.nested(4) { rejection.write(to: &$0) }
        case .proposed(let proposed):
            writer.nested(5) { body in
                body.nested(1) { proposed.match.write(to: &$0) }
                body.unsigned(2, UInt64(proposed.acceptMilliseconds))
            }
        case .substituted(let substituted): writer.nested(6) { substituted.write(to: &$0) }
        case .returned(let returned): writer.nested(7) { returned.write(to: &$0) }
        case .backfilled(let backfilled): writer.nested(8) { backfilled.write(to: &$0) }
        case .backfillEnded(let ended): writer.nested(9) { ended.write(to: &$0) }
        }
    }
}

extension ClosedMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: ticket.high, low: ticket.low)
        writer.string(2, queue)
        writer.string(3, lobby)
        writer.unsigned(4, UInt64(reason.rawValue))
        writer.unsigned(5, UInt64(waitMilliseconds))
    }
}

extension RejectionMessage {
    func write(to writer: inout ProtobufWriter) {
        if let ticket { writer.uuid(1, high: ticket.high, low: ticket.low) }
        writer.string(2, queue)
        writer.string(3, lobby)
        writer.unsigned(4, UInt64(reason.rawValue))
        writer.string(5, detail.cut(toByteCount: WireLimits.detailByteCountMax))
        writer.unsigned(6, UInt64(retryAfterMilliseconds))
        if let match { writer.uuid(7, high: match.high, low: match.low) }
    }
}

extension AllocationMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        switch self {
        case .match(let match): writer.nested(2) { match.write(to: &$0) }
        case .backfill(let backfilled): writer.nested(3) { backfilled.write(to: &$0) }
        }
    }
}

extension MatchMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: match.high, low: match.low)
        writer.string(2, queue)
        writer.string(3, region)
        writer.unsigned(4, rulesVersion)
        writer.unsigned(5, tick)
        writer.nested(6) { quality.write(to: &$0) }
        for team in teams {
            writer.nested(7) { body in
                for seat in team.seats { body.nested(1) { seat.write(to: &$0) } }
            }
        }
        writer.unsigned(8, formedAtMilliseconds)
        writer.string(9, map)
        writer.unsigned(10, UInt64(levels?.lowerBound ?? 0))
        writer.unsigned(11, UInt64(levels?.upperBound ?? 0))
        writer.string(12, experiment)
    }
}

extension SeatMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: ticket.high, low: ticket.low)
        writer.string(2, lobby)
        writer.packed(3, players)
        writer.double(4, rating)
        writer.unsigned(5, UInt64(waitMilliseconds))
        writer.unsigned(6, UInt64(latencyMilliseconds))
        writer.bool(7, isMercenary)
        for role in roles { writer.element(8, role) }
        writer.packed(9, roleRatings)
    }
}

extension QualityMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.float(1, fairness)
        writer.float(2, spread)
        writer.float(3, latency)
        writer.float(4, roles)
        writer.float(5, composite)
        writer.float(6, ratingDeviationPoints)
        writer.float(7, ratingRangePoints)
        writer.float(8, teamGapPoints)
        writer.unsigned(9, UInt64(latencyMillisecondsMax))
    }
}

extension ProtobufWriter {
    /// A repeated field of player ids, packed.
    mutating func packed(_ field: UInt32, _ players: [PlayerID]) {
        if players.isEmpty { return }
        nested(field) { packed in
            for player in players { packed.varint(player.raw) }
        }
    }
}

extension ProtobufWriter {
    /// A repeated field of numbers, packed.
    mutating func packed(_ field: UInt32, _ numbers: [Double]) {
        if numbers.isEmpty { return }
        nested(field) { packed in
            for number in numbers { packed.element(number) }
        }
    }
}

extension String {
    /// The longest beginning of whole characters that fits.
    func cut(toByteCount countMax: Int) -> String {
        if utf8.count <= countMax { return self }
        var end = utf8.index(startIndex, offsetBy: countMax)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
