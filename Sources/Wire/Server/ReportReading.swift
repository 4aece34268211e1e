// Reports as values, out of protobuf. One error carries every wrong field.

import CWire
import MatchCore

extension ReportMessage {
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let report = try Unpacked.unpack(
            bytes, .report, as: Muster__V1__ServerReport.self, &arena)
        try Unpacked.checkVersion(report.pointee.version, shape)
        let source = report.pointee
        var reader = FieldReader(issues: shape)
        let body = reader.body(report, arena)
        if body == nil { reader.issues.add("body", "is missing or of an unknown kind") }
        let message = ReportMessage(
            server: reader.token(source.server_id, "server_id", arena),
            incarnation: reader.positive(source.incarnation, "incarnation"),
            match: reader.matchID(source.match_id, "match_id", arena),
            attempt: reader.positive(source.attempt, "attempt"),
            reportedAtMilliseconds: source.reported_at_ms,
            body: body ?? .started(playerCount: 0))
        try reader.issues.finish()
        self = message
    }
}

extension FieldReader {
    /// Nil if there is no body that this reader knows.
    fileprivate mutating func body(
        _ report: UnsafePointer<Muster__V1__ServerReport>, _ arena: borrowing MessageArena
    ) -> ReportBody? {
        switch report.pointee.body_case {
        case MUSTER__V1__SERVER_REPORT__BODY_READY:
            return .ready(
                address: address(report.pointee.ready.pointee.address, "ready.address", arena))
        case MUSTER__V1__SERVER_REPORT__BODY_STARTED:
            return .started(playerCount: report.pointee.started.pointee.players)
        case MUSTER__V1__SERVER_REPORT__BODY_FAILED:
            let failed = report.pointee.failed.pointee
            return .failed(
                FailReason(rawValue: UInt32(truncatingIfNeeded: failed.reason.rawValue))
                    ?? .unspecified, detail: detail(failed.detail, "failed.detail", arena))
        case MUSTER__V1__SERVER_REPORT__BODY_ENDED:
            return .ended(result(report.pointee.ended, "ended"))
        default: return nil
        }
    }

    private mutating func result(
        _ result: UnsafePointer<Muster__V1__MatchResult>, _ path: String
    ) -> MatchResult {
        let source = result.pointee
        let countMax = WireLimits.matchPlayerCountMax
        if source.n_teams < 1 || source.n_teams > countMax {
            issues.add(path + ".teams", "has \(source.n_teams) teams, not 1...\(countMax)")
        }
        var teams: [TeamResult] = []
        for index in 0..<min(source.n_teams, countMax) {
            guard let team = source.teams[index] else { continue }
            teams.append(self.team(team, "\(path).teams[\(index)]"))
        }
        let isDraw = source.draw != 0
        if !isDraw && Int(source.winning_team) >= source.n_teams {
            issues.add(path + ".winning_team", "\(source.winning_team) is no team's position")
        }
        return MatchResult(
            winner: isDraw ? nil : Int(source.winning_team), teams: teams,
            durationMilliseconds: source.duration_ms, seed: source.seed)
    }

    private mutating func team(
        _ team: UnsafePointer<Muster__V1__TeamResult>, _ path: String
    ) -> TeamResult {
        let source = team.pointee
        let countMax = WireLimits.teamSizeMax
        if source.n_players < 1 || source.n_players > countMax {
            issues.add(path + ".players", "has \(source.n_players) players, not 1...\(countMax)")
        }
        var players: [PlayerResult] = []
        for index in 0..<min(source.n_players, countMax) {
            guard let player = source.players[index]?.pointee else { continue }
            IntakeCheck.playerID(
                player.player_id, "\(path).players[\(index)].player_id", &issues)
            players.append(
                PlayerResult(
                    player: PlayerID(player.player_id), kills: player.kills,
                    deaths: player.deaths, assists: player.assists, damage: player.damage,
                    healing: player.healing,
                    presence: PlayerPresence(
                        rawValue: UInt32(truncatingIfNeeded: player.presence.rawValue))
                        ?? .unspecified))
        }
        return TeamResult(score: source.score, players: players)
    }
}
