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
        }
    }
}

extension TicketMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: ticket.high, low: ticket.low)
        writer.string(2, queue)
        writer.string(3, lobby)
        for player in players {
            writer.nested(4) { body in
                body.unsigned(1, player.player.raw)
                body.double(2, player.rating)
            }
        }
        for latency in latencies {
            writer.nested(5) { body in
                // Key and value of a map's entry are written even where they are defaults.
                body.element(1, latency.region)
                body.entryValue(2, UInt64(latency.milliseconds))
            }
        }
        writer.unsigned(6, UInt64(waitedMilliseconds))
    }
}

extension EventMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        switch self {
        case .matched(let match): writer.nested(2) { match.write(to: &$0) }
        case .closed(let closed): writer.nested(3) { closed.write(to: &$0) }
        case .rejected(let rejection): writer.nested(4) { rejection.write(to: &$0) }
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
    }
}

extension AllocationMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.nested(2) { match.write(to: &$0) }
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
    }
}

extension SeatMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: ticket.high, low: ticket.low)
        writer.string(2, lobby)
        if !players.isEmpty {
            writer.nested(3) { packed in
                for player in players { packed.varint(player.raw) }
            }
        }
        writer.double(4, rating)
        writer.unsigned(5, UInt64(waitMilliseconds))
        writer.unsigned(6, UInt64(latencyMilliseconds))
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

extension String {
    /// The longest beginning of whole characters that fits.
    fileprivate func cut(toByteCount countMax: Int) -> String {
        if utf8.count <= countMax { return self }
        var end = utf8.index(startIndex, offsetBy: countMax)
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
