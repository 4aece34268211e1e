// Heartbeats, claims and releases as values, out of protobuf. One error carries every wrong field.

import CWire
import MatchCore

extension HeartbeatMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let heartbeat = try Unpacked.unpack(
            bytes, .heartbeat, as: Muster__V1__ServerHeartbeat.self, &arena)
        try Unpacked.checkVersion(heartbeat.pointee.version, shape)
        let source = heartbeat.pointee
        var reader = FieldReader(issues: shape)
        IntakeCheck.tokens(
            source.queues, source.n_queues, countMax: WireLimits.serverQueueCountMax, "queues",
            "queues", arena, &reader.issues)
        IntakeCheck.number(
            source.capacity_matches, max: UInt32(WireLimits.sessionCountMax), "capacity_matches",
            &reader.issues)
        var message = HeartbeatMessage(
            server: reader.token(source.server_id, "server_id", arena),
            incarnation: reader.positive(source.incarnation, "incarnation"),
            region: reader.token(source.region, "region", arena),
            address: reader.address(source.address, "address", arena),
            build: reader.words(
                source.build, countMax: WireLimits.buildByteCountMax, "build", arena),
            matchCountMax: source.capacity_matches, isDraining: source.draining != 0)
        let countMax = WireLimits.sessionCountMax
        if source.n_sessions > countMax {
            reader.issues.add("sessions", "has \(source.n_sessions) matches, not 0...\(countMax)")
        }
        for index in 0..<min(source.n_sessions, countMax) {
            guard let session = source.sessions[index] else { continue }
            message.sessions.append(reader.session(session, "sessions[\(index)]", arena))
        }
        for index in 0..<min(source.n_queues, WireLimits.serverQueueCountMax) {
            message.queues.append(arena.string(source.queues[index]))
        }
        try reader.issues.finish()
        self = message
    }
}

extension ClaimMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let claim = try Unpacked.unpack(bytes, .claim, as: Muster__V1__Claim.self, &arena)
        try Unpacked.checkVersion(claim.pointee.version, shape)
        let source = claim.pointee
        var reader = FieldReader(issues: shape)
        let message = ClaimMessage(
            match: reader.match(source.match, "match", arena),
            attempt: reader.positive(source.attempt, "attempt"),
            owner: reader.owner(source.shard, source.epoch, arena),
            claimMilliseconds: source.claim_ms, readyMilliseconds: source.ready_ms,
            playersMilliseconds: source.players_ms)
        var players: Set<PlayerID> = []
        for seat in message.match.teams.flatMap(\.seats) {
            for player in seat.players where !players.insert(player).inserted {
                reader.issues.add("match.teams", "name player \(player.raw) twice")
            }
        }
        try reader.issues.finish()
        self = message
    }
}

extension ClaimReplyMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let reply = try Unpacked.unpack(
            bytes, .claimReply, as: Muster__V1__ClaimReply.self, &arena)
        try Unpacked.checkVersion(reply.pointee.version, shape)
        let source = reply.pointee
        var reader = FieldReader(issues: shape)
        let status = ClaimStatus(rawValue: UInt32(truncatingIfNeeded: source.status.rawValue))
        let hasAddress = status == .accepted || !arena.text(source.address).isEmpty
        let message = ClaimReplyMessage(
            match: reader.optionalMatchID(source.match_id, "match_id", arena),
            attempt: source.attempt, server: reader.token(source.server_id, "server_id", arena),
            incarnation: reader.positive(source.incarnation, "incarnation"),
            status: status ?? .unspecified, detail: reader.detail(source.detail, "detail", arena),
            address: hasAddress ? reader.address(source.address, "address", arena) : "")
        try reader.issues.finish()
        self = message
    }
}

extension ReleaseMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let release = try Unpacked.unpack(bytes, .release, as: Muster__V1__Release.self, &arena)
        try Unpacked.checkVersion(release.pointee.version, shape)
        let source = release.pointee
        var reader = FieldReader(issues: shape)
        let message = ReleaseMessage(
            match: reader.matchID(source.match_id, "match_id", arena),
            attempt: reader.positive(source.attempt, "attempt"),
            owner: reader.owner(source.shard, source.epoch, arena),
            reason: ReleaseReason(rawValue: UInt32(truncatingIfNeeded: source.reason.rawValue))
                ?? .unspecified)
        try reader.issues.finish()
        self = message
    }
}

extension ReleaseReplyMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let reply = try Unpacked.unpack(
            bytes, .releaseReply, as: Muster__V1__ReleaseReply.self, &arena)
        try Unpacked.checkVersion(reply.pointee.version, shape)
        let source = reply.pointee
        var reader = FieldReader(issues: shape)
        let message = ReleaseReplyMessage(
            match: reader.optionalMatchID(source.match_id, "match_id", arena),
            attempt: source.attempt, server: reader.token(source.server_id, "server_id", arena),
            incarnation: reader.positive(source.incarnation, "incarnation"),
            status: ReleaseStatus(rawValue: UInt32(truncatingIfNeeded: source.status.rawValue))
                ?? .unspecified,
            detail: reader.detail(source.detail, "detail", arena))
        try reader.issues.finish()
        self = message
    }
}

extension FieldReader {
    /// A number that is at least 1.
    mutating func positive<Number: FixedWidthInteger>(_ value: Number, _ path: String) -> Number {
        if value < 1 { issues.add(path, "is missing or 0, must be at least 1") }
        return value
    }

    /// `host:port`.
    mutating func address(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> String {
        let text = arena.string(pointer)
        if !ServerAddress.isValid(text) {
            issues.add(
                path, "must be host:port, at most \(WireLimits.addressByteCountMax) characters")
        }
        return text
    }

    mutating func optionalMatchID(
        _ pointer: UnsafePointer<CChar>?, _ path: String, _ arena: borrowing MessageArena
    ) -> MatchID? {
        arena.text(pointer).isEmpty ? nil : matchID(pointer, path, arena)
    }

    mutating func owner(
        _ shard: UnsafePointer<CChar>?, _ epoch: UInt64, _ arena: borrowing MessageArena
    ) -> ShardOwner {
        ShardOwner(shard: token(shard, "shard", arena), epoch: positive(epoch, "epoch"))
    }

    fileprivate mutating func session(
        _ session: UnsafePointer<Muster__V1__ServerSession>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> ServerSession {
        ServerSession(
            match: matchID(session.pointee.match_id, path + ".match_id", arena),
            attempt: positive(session.pointee.attempt, path + ".attempt"),
            state: SessionState(
                rawValue: UInt32(truncatingIfNeeded: session.pointee.state.rawValue))
                ?? .unspecified, playerCount: session.pointee.players)
    }
}

/// Where players connect.
package enum ServerAddress {
    /// True for `host:port` of printable ASCII with a port of 1 to 65535.
    package static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= WireLimits.addressByteCountMax,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...]),
            // No sign and no zeros in front: one address has one text.
            text.hasSuffix(":\(port)")
        else { return false }
        return port > 0
    }
}
