// The fields by number of proto/muster/v1/server.proto.

import MatchCore

extension HeartbeatMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.string(2, server)
        writer.unsigned(3, incarnation)
        writer.string(4, region)
        writer.string(5, address)
        writer.string(6, build)
        writer.unsigned(7, UInt64(matchCountMax))
        writer.bool(8, isDraining)
        for session in sessions {
            writer.nested(9) { body in
                body.uuid(1, high: session.match.high, low: session.match.low)
                body.unsigned(2, UInt64(session.attempt))
                body.unsigned(3, UInt64(session.state.rawValue))
                body.unsigned(4, UInt64(session.playerCount))
            }
        }
        for queue in queues { writer.element(10, queue) }
    }
}

extension ClaimMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.nested(2) { match.write(to: &$0) }
        writer.unsigned(3, UInt64(attempt))
        writer.string(4, owner.shard)
        writer.unsigned(5, owner.epoch)
        writer.unsigned(6, UInt64(claimMilliseconds))
        writer.unsigned(7, UInt64(readyMilliseconds))
        writer.unsigned(8, UInt64(playersMilliseconds))
    }
}

extension ClaimReplyMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        if let match { writer.uuid(2, high: match.high, low: match.low) }
        writer.unsigned(3, UInt64(attempt))
        writer.string(4, server)
        writer.unsigned(5, incarnation)
        writer.unsigned(6, UInt64(status.rawValue))
        writer.string(7, detail.cut(toByteCount: WireLimits.detailByteCountMax))
        writer.string(8, address)
    }
}

extension ReleaseMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.uuid(2, high: match.high, low: match.low)
        writer.unsigned(3, UInt64(attempt))
        writer.string(4, owner.shard)
        writer.unsigned(5, owner.epoch)
        writer.unsigned(6, UInt64(reason.rawValue))
    }
}

extension ReleaseReplyMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        if let match { writer.uuid(2, high: match.high, low: match.low) }
        writer.unsigned(3, UInt64(attempt))
        writer.string(4, server)
        writer.unsigned(5, incarnation)
        writer.unsigned(6, UInt64(status.rawValue))
        writer.string(7, detail.cut(toByteCount: WireLimits.detailByteCountMax))
    }
}

extension ReportMessage {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, UInt64(wireVersion))
        writer.string(2, server)
        writer.unsigned(3, incarnation)
        writer.uuid(4, high: match.high, low: match.low)
        writer.unsigned(5, UInt64(attempt))
        writer.unsigned(6, reportedAtMilliseconds)
        switch body {
        case .ready(let address): writer.nested(7) { $0.string(1, address) }
        case .started(let playerCount): writer.nested(8) { $0.unsigned(1, UInt64(playerCount)) }
        case .failed(let reason, let detail):
            writer.nested(9) { body in
                body.unsigned(1, UInt64(reason.rawValue))
                body.string(2, detail.cut(toByteCount: WireLimits.detailByteCountMax))
            }
        case .ended(let result): writer.nested(10) { result.write(to: &$0) }
        }
    }
}

extension MatchResult {
    func write(to writer: inout ProtobufWriter) {
        writer.bool(1, winner == nil)
        writer.unsigned(2, UInt64(winner ?? 0))
        for team in teams {
            writer.nested(3) { body in
                body.unsigned(1, UInt64(team.score))
                for player in team.players { body.nested(2) { player.write(to: &$0) } }
            }
        }
        writer.unsigned(4, UInt64(durationMilliseconds))
        writer.unsigned(5, seed)
    }
}

extension PlayerResult {
    func write(to writer: inout ProtobufWriter) {
        writer.unsigned(1, player.raw)
        writer.unsigned(2, UInt64(kills))
        writer.unsigned(3, UInt64(deaths))
        writer.unsigned(4, UInt64(assists))
        writer.unsigned(5, damage)
        writer.unsigned(6, healing)
        writer.unsigned(7, UInt64(presence.rawValue))
    }
}
