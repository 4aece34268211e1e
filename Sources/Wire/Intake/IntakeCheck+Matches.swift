// The rules of what is said about proposed and running matches, and of marks.

import CWire
import MatchCore

extension IntakeCheck {
    static func check(
        _ answer: UnsafePointer<Muster__V1__Answer>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        uuid(arena.text(answer.pointee.match_id), "answer.match_id", &issues)
        uuid(arena.text(answer.pointee.ticket_id), "answer.ticket_id", &issues)
        token(arena.text(answer.pointee.lobby), "answer.lobby", &issues)
        if ProposalAnswer(answer.pointee.answer) == nil {
            issues.add(
                "answer.answer",
                "must be ANSWER_KIND_ACCEPTED, ANSWER_KIND_DECLINED or ANSWER_KIND_UNDELIVERED")
        }
        optionalPlayerID(answer.pointee.player_id, "answer.player_id", &issues)
    }

    static func check(
        _ end: UnsafePointer<Muster__V1__BackfillEnd>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        uuid(arena.text(end.pointee.match_id), "backfill_end.match_id", &issues)
        token(arena.text(end.pointee.lobby), "backfill_end.lobby", &issues)
    }

    static func check(
        _ mark: UnsafePointer<Muster__V1__Mark>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        playerID(mark.pointee.player_id, "mark.player_id", &issues)
        token(arena.text(mark.pointee.scope), "mark.scope", &issues)
        number(mark.pointee.seconds, max: WireLimits.markSecondsMax, "mark.seconds", &issues)
        token(arena.text(mark.pointee.lobby), "mark.lobby", &issues)
    }

    static func check(
        _ backfill: UnsafePointer<Muster__V1__Backfill>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        uuid(arena.text(backfill.pointee.match_id), "backfill.match_id", &issues)
        token(arena.text(backfill.pointee.queue), "backfill.queue", &issues)
        token(arena.text(backfill.pointee.region), "backfill.region", &issues)
        token(arena.text(backfill.pointee.lobby), "backfill.lobby", &issues)
        if backfill.pointee.generation == 0 {
            issues.add("backfill.generation", "is missing: the first one is 1")
        }
        checkTeams(backfill, arena, &issues)
        optionalToken(arena.text(backfill.pointee.map), "backfill.map", &issues)
        level(backfill.pointee.level, "backfill.level", &issues)
        optionalPlayerID(backfill.pointee.leader_id, "backfill.leader_id", &issues)
    }

    private static func checkTeams(
        _ backfill: UnsafePointer<Muster__V1__Backfill>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        let count = backfill.pointee.n_teams
        if count != 2 { issues.add("backfill.teams", "has \(count) teams, not 2") }
        let sizeMax = UInt32(WireLimits.teamSizeMax)
        var players: UInt64 = 0
        var places: UInt64 = 0
        for index in 0..<min(count, 2) {
            guard let team = backfill.pointee.teams[index] else { continue }
            number(
                team.pointee.player_count, max: sizeMax,
                "backfill.teams[\(index)].player_count", &issues)
            rating(team.pointee.rating, "backfill.teams[\(index)].rating", &issues)
            number(
                team.pointee.open_places, max: sizeMax, "backfill.teams[\(index)].open_places",
                &issues)
            checkOpenRoles(team, index, arena, &issues)
            players += UInt64(team.pointee.player_count)
            places += UInt64(team.pointee.open_places)
        }
        guard count == 2 else { return }
        if players == 0 { issues.add("backfill.teams", "have no player: nobody plays") }
        if places == 0 { issues.add("backfill.teams", "have no open place: nobody can join") }
    }

    private static func checkOpenRoles(
        _ team: UnsafePointer<Muster__V1__BackfillTeam>, _ index: Int,
        _ arena: borrowing MessageArena, _ issues: inout IssueList
    ) {
        let count = team.pointee.n_open_roles
        let countMax = WireLimits.roleCountMax
        if count > countMax {
            issues.add(
                "backfill.teams[\(index)].open_roles", "has \(count) roles, not 0...\(countMax)")
        }
        for position in 0..<min(count, countMax) {
            guard let entry = team.pointee.open_roles[position] else { continue }
            let role = arena.text(entry.pointee.key)
            if !Token.isValid(role) {
                issues.add(
                    "backfill.teams[\(index)].open_roles[#\(position)]", "role name " + tokenRule)
                continue
            }
            for before in 0..<position {
                guard let other = team.pointee.open_roles[before] else { continue }
                if arena.text(other.pointee.key).elementsEqual(role) {
                    issues.add(
                        "backfill.teams[\(index)].open_roles[#\(position)]",
                        "names a role for a second time")
                }
            }
            number(
                entry.pointee.value, max: UInt32(WireLimits.teamSizeMax),
                "backfill.teams[\(index)].open_roles.\(String(decoding: role, as: UTF8.self))",
                &issues)
        }
    }
}

extension ProposalAnswer {
    /// Nil for a number that is no answer.
    init?(_ kind: Muster__V1__AnswerKind) {
        self.init(wireValue: UInt32(truncatingIfNeeded: kind.rawValue))
    }
}
