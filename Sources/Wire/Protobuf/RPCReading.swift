// Questions and their answers as values, out of protobuf. What a person or a service asks is
// checked like any message; one error carries every wrong field.

import CWire
import MatchCore

extension ExplainMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let explain = try Unpacked.unpack(bytes, .explain, as: Muster__V1__Explain.self, &arena)
        try Unpacked.checkVersion(explain.pointee.version, shape)
        var reader = FieldReader(issues: shape)
        let ticket = reader.ticketID(explain.pointee.ticket_id, "ticket_id", arena)
        try reader.issues.finish()
        self.init(ticket: ticket)
    }
}

extension ExplanationMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let explanation = try Unpacked.unpack(
            bytes, .explanation, as: Muster__V1__Explanation.self, &arena)
        try Unpacked.checkVersion(explanation.pointee.version, shape)
        var reader = FieldReader(issues: shape)
        let hasTicket = !arena.text(explanation.pointee.ticket_id).isEmpty
        var message = ExplanationMessage(
            ticket: hasTicket
                ? reader.ticketID(explanation.pointee.ticket_id, "ticket_id", arena) : nil,
            status: ReplyStatus(wire: explanation.pointee.status),
            detail: reader.detail(explanation.pointee.detail, "detail", arena))
        let countMax = WireLimits.furtherQueueCountMax + 1
        if explanation.pointee.n_queues > countMax {
            reader.issues.add(
                "queues", "has \(explanation.pointee.n_queues) queues, not 0...\(countMax)")
        }
        for index in 0..<min(explanation.pointee.n_queues, countMax) {
            guard let queue = explanation.pointee.queues[index] else { continue }
            message.queues.append(reader.queueExplanation(queue, "queues[\(index)]", arena))
        }
        try reader.issues.finish()
        self = message
    }
}

extension EstimateMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let estimate = try Unpacked.unpack(
            bytes, .estimate, as: Muster__V1__Estimate.self, &arena)
        try Unpacked.checkVersion(estimate.pointee.version, shape)
        let source = estimate.pointee
        var reader = FieldReader(issues: shape)
        IntakeCheck.rating(source.rating, "rating", &reader.issues)
        IntakeCheck.number(
            source.party_size, max: UInt32(WireLimits.partySizeMax), "party_size", &reader.issues)
        IntakeCheck.level(source.level, "level", &reader.issues)
        IntakeCheck.optionalPlayerID(source.leader_id, "leader_id", &reader.issues)
        let message = EstimateMessage(
            queue: reader.token(source.queue, "queue", arena), rating: source.rating,
            region: reader.token(source.region, "region", arena),
            role: reader.optionalToken(source.role, "role", arena),
            partySize: max(source.party_size, 1), level: source.level,
            leader: PlayerID(source.leader_id))
        try reader.issues.finish()
        self = message
    }
}

extension EstimationMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let estimation = try Unpacked.unpack(
            bytes, .estimation, as: Muster__V1__Estimation.self, &arena)
        try Unpacked.checkVersion(estimation.pointee.version, shape)
        let source = estimation.pointee
        var reader = FieldReader(issues: shape)
        for (name, seconds) in [
            ("p10_seconds", source.p10_seconds), ("p50_seconds", source.p50_seconds),
            ("p90_seconds", source.p90_seconds),
        ] where !(seconds.isFinite && seconds >= 0) {
            reader.issues.add(name, "\(seconds) is no duration")
        }
        let message = EstimationMessage(
            status: ReplyStatus(wire: source.status),
            detail: reader.detail(source.detail, "detail", arena),
            p10Seconds: source.p10_seconds, p50Seconds: source.p50_seconds,
            p90Seconds: source.p90_seconds, sampleCount: source.sample_count,
            basis: SampleBasis(rawValue: UInt32(truncatingIfNeeded: source.basis.rawValue))
                ?? .unspecified)
        try reader.issues.finish()
        self = message
    }
}

extension FieldReader {
    fileprivate mutating func queueExplanation(
        _ queue: UnsafePointer<Muster__V1__QueueExplanation>, _ path: String,
        _ arena: borrowing MessageArena
    ) -> QueueExplanation {
        let source = queue.pointee
        var message = QueueExplanation(
            queue: token(source.queue, path + ".queue", arena),
            region: token(source.region, path + ".region", arena),
            obstacle: ObstacleCode(
                rawValue: UInt32(truncatingIfNeeded: source.obstacle.rawValue)) ?? .unspecified)
        message.missingRoles = names(
            source.missing_roles, source.n_missing_roles, path + ".missing_roles", arena)
        message.waitMilliseconds = source.wait_ms
        message.windowPoints = source.window
        message.playersNeeded = source.players_needed
        message.playersWaiting = source.players_waiting
        message.playersWithin = source.players_within
        message.expiresMilliseconds = source.expires_ms
        message.ownPlayers = source.own_players
        message.mercenariesMissing = source.mercenaries_missing
        message.teamSize = source.team_size
        message.nextTeamSize = source.next_team_size
        message.nextTeamSizeMilliseconds = source.next_team_size_ms
        if source.next_candidate_case
            == MUSTER__V1__QUEUE_EXPLANATION__NEXT_CANDIDATE_NEXT_DISTANCE
        {
            message.nextDistancePoints = source.next_distance
        }
        if source.next_step_case == MUSTER__V1__QUEUE_EXPLANATION__NEXT_STEP_NEXT_WIDENING_MS {
            message.nextWideningMilliseconds = source.next_widening_ms
        }
        if !message.windowPoints.isFinite || message.nextDistancePoints?.isFinite == false {
            issues.add(path, "has a number that is not finite")
        }
        return message
    }
}

extension ReplyStatus {
    /// A status that a newer matchmaker gives reads as unspecified.
    fileprivate init(wire: Muster__V1__ReplyStatus) {
        self = ReplyStatus(rawValue: UInt32(truncatingIfNeeded: wire.rawValue)) ?? .unspecified
    }
}
