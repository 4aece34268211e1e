// The fields by number of what is said about proposed and running matches, and of questions and
// their answers, as proto/ gives them.

import MatchCore

extension AnswerMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: match.high, low: match.low)
        writer.uuid(2, high: ticket.high, low: ticket.low)
        writer.string(3, lobby)
        writer.unsigned(4, UInt64(answer.wireValue))
        writer.unsigned(5, player.raw)
    }
}

extension BackfillMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: match.high, low: match.low)
        writer.string(2, queue)
        writer.string(3, region)
        writer.string(4, lobby)
        writer.unsigned(5, UInt64(generation))
        for team in teams { writer.nested(6) { team.write(to: &$0) } }
        writer.string(7, map)
        writer.unsigned(8, UInt64(level))
        writer.unsigned(9, leader.raw)
    }
}

extension BackfillTeam {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(playerCount))
        writer.double(2, rating)
        writer.unsigned(3, UInt64(openPlaces))
        for open in openRoles {
            writer.nested(4) { body in
                body.element(1, open.role)
                body.entryValue(2, UInt64(open.count))
            }
        }
    }
}

extension MarkMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, player.raw)
        writer.string(2, scope)
        writer.unsigned(3, UInt64(seconds))
        writer.string(4, lobby)
    }
}

extension SubstitutedMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: match.high, low: match.low)
        writer.string(2, queue)
        writer.string(3, region)
        writer.string(4, map)
        writer.unsigned(5, UInt64(team))
        writer.nested(6) { seat.write(to: &$0) }
        writer.unsigned(7, UInt64(acceptMilliseconds))
        writer.unsigned(8, formedAtMilliseconds)
    }
}

extension ReturnedMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: match.high, low: match.low)
        writer.uuid(2, high: ticket.high, low: ticket.low)
        writer.string(3, queue)
        writer.string(4, lobby)
        writer.unsigned(5, UInt64(reason.rawValue))
    }
}

extension BackfilledMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: match.high, low: match.low)
        writer.string(2, queue)
        writer.string(3, region)
        writer.string(4, lobby)
        writer.unsigned(5, UInt64(generation))
        writer.unsigned(6, rulesVersion)
        writer.unsigned(7, tick)
        for team in teams {
            writer.nested(8) { body in
                for seat in team.seats { body.nested(1) { seat.write(to: &$0) } }
                body.unsigned(2, UInt64(team.openPlaces))
            }
        }
        writer.unsigned(9, formedAtMilliseconds)
    }
}

extension BackfillEndedMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.uuid(1, high: match.high, low: match.low)
        writer.string(2, queue)
        writer.string(3, lobby)
        writer.unsigned(4, UInt64(generation))
        writer.unsigned(5, UInt64(reason.rawValue))
    }
}

extension ExplainMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.uuid(2, high: ticket.high, low: ticket.low)
    }
}

extension ExplanationMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        if let ticket { writer.uuid(2, high: ticket.high, low: ticket.low) }
        writer.unsigned(3, UInt64(status.rawValue))
        writer.string(4, detail.cut(toByteCount: WireLimits.detailByteCountMax))
        for queue in queues { writer.nested(5) { queue.write(to: &$0) } }
    }
}

extension QueueExplanation {
    func write(to writer: inout ProtobufWriter) {
        writer.string(1, queue)
        writer.string(2, region)
        writer.unsigned(3, UInt64(obstacle.rawValue))
        for role in missingRoles { writer.element(4, role) }
        writer.unsigned(5, UInt64(waitMilliseconds))
        writer.double(6, windowPoints)
        writer.unsigned(7, UInt64(playersNeeded))
        writer.unsigned(8, UInt64(playersWaiting))
        writer.unsigned(9, UInt64(playersWithin))
        if let nextDistancePoints { writer.presentDouble(10, nextDistancePoints) }
        if let nextWideningMilliseconds {
            writer.entryValue(11, UInt64(nextWideningMilliseconds))
        }
        writer.unsigned(12, UInt64(expiresMilliseconds))
        writer.unsigned(13, UInt64(ownPlayers))
        writer.unsigned(14, UInt64(mercenariesMissing))
        writer.unsigned(15, UInt64(teamSize))
        writer.unsigned(16, UInt64(nextTeamSize))
        writer.unsigned(17, UInt64(nextTeamSizeMilliseconds))
    }
}

extension EstimateMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.string(2, queue)
        writer.double(3, rating)
        writer.string(4, region)
        writer.string(5, role)
        writer.unsigned(6, UInt64(partySize))
        writer.unsigned(7, UInt64(level))
        writer.unsigned(8, leader.raw)
    }
}

extension EstimationMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.unsigned(2, UInt64(status.rawValue))
        writer.string(3, detail.cut(toByteCount: WireLimits.detailByteCountMax))
        writer.double(4, p10Seconds)
        writer.double(5, p50Seconds)
        writer.double(6, p90Seconds)
        writer.unsigned(7, UInt64(sampleCount))
        writer.unsigned(8, UInt64(basis.rawValue))
    }
}
