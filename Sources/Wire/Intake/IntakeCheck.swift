// Every rule that an intake message is held to, applied to the unpacked C structures, so that both
// forms and both ways of reading share one set of rules and texts. Allocates only to complain.

import CWire
import MatchCore

/// The rules of tickets and cancels; those of the other bodies are in IntakeCheck+Matches.swift.
enum IntakeCheck {
    static let tokenRule = "must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -"
    static let uuidRule = "must be a UUID of 36 characters and not the nil UUID"

    /// Notes whatever is wrong with the body; `intake.version` has been checked before.
    static func check(
        _ intake: UnsafePointer<Muster__V1__Intake>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        switch intake.pointee.body_case {
        case MUSTER__V1__INTAKE__BODY_TICKET:
            if let ticket = intake.pointee.ticket { check(ticket, arena, &issues) }
        case MUSTER__V1__INTAKE__BODY_CANCEL:
            if let cancel = intake.pointee.cancel { check(cancel, arena, &issues) }
        case MUSTER__V1__INTAKE__BODY_ANSWER:
            if let answer = intake.pointee.answer { check(answer, arena, &issues) }
        case MUSTER__V1__INTAKE__BODY_BACKFILL:
            if let backfill = intake.pointee.backfill { check(backfill, arena, &issues) }
        case MUSTER__V1__INTAKE__BODY_BACKFILL_END:
            if let end = intake.pointee.backfill_end { check(end, arena, &issues) }
        case MUSTER__V1__INTAKE__BODY_MARK:
            if let mark = intake.pointee.mark { check(mark, arena, &issues) }
        default:
            issues.add(
                "body",
                "is missing: give a ticket, cancel, answer, backfill, backfill_end or mark")
        }
    }

    private static func check(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        uuid(arena.text(ticket.pointee.ticket_id), "ticket.ticket_id", &issues)
        token(arena.text(ticket.pointee.queue), "ticket.queue", &issues)
        token(arena.text(ticket.pointee.lobby), "ticket.lobby", &issues)
        checkPlayers(ticket, arena, &issues)
        checkLatencies(ticket, arena, &issues)
        let waited = ticket.pointee.waited_ms
        if waited > WireLimits.waitedMillisecondsMax {
            issues.add(
                "ticket.waited_ms",
                "\(waited) is not within 0...\(WireLimits.waitedMillisecondsMax)")
        }
        checkFurtherQueues(ticket, arena, &issues)
        optionalToken(arena.text(ticket.pointee.faction), "ticket.faction", &issues)
        checkWarParty(ticket, &issues)
        tokens(
            ticket.pointee.maps, ticket.pointee.n_maps, countMax: WireLimits.mapCountMax, "maps",
            "ticket.maps", arena, &issues)
        checkAvoided(ticket, &issues)
    }

    private static func check(
        _ cancel: UnsafePointer<Muster__V1__Cancel>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        uuid(arena.text(cancel.pointee.ticket_id), "cancel.ticket_id", &issues)
        token(arena.text(cancel.pointee.lobby), "cancel.lobby", &issues)
    }

    private static func checkPlayers(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        let count = ticket.pointee.n_players
        if count < 1 || count > WireLimits.partySizeMax {
            issues.add(
                "ticket.players", "has \(count) players, not 1...\(WireLimits.partySizeMax)")
        }
        // What lies beyond the limit is refused unseen.
        for index in 0..<min(count, WireLimits.partySizeMax) {
            guard let player = ticket.pointee.players[index] else { continue }
            playerID(player.pointee.player_id, "ticket.players[\(index)].player_id", &issues)
            rating(player.pointee.rating, "ticket.players[\(index)].rating", &issues)
            tokens(
                player.pointee.roles, player.pointee.n_roles,
                countMax: WireLimits.roleCountMax, "roles", "ticket.players[\(index)].roles",
                arena, &issues)
            optionalToken(
                arena.text(player.pointee.faction), "ticket.players[\(index)].faction", &issues)
            level(player.pointee.level, "ticket.players[\(index)].level", &issues)
            if player.pointee.n_role_ratings > 0 {
                checkRoleRatings(
                    player, "ticket.players[\(index)].role_ratings", arena, &issues)
            }
        }
    }

    private static func checkFurtherQueues(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        let count = ticket.pointee.n_queues
        let countMax = WireLimits.furtherQueueCountMax
        if count > countMax {
            issues.add("ticket.queues", "has \(count) queues, not 0...\(countMax)")
        }
        for index in 0..<min(count, countMax) {
            guard let choice = ticket.pointee.queues[index] else { continue }
            let name = arena.text(choice.pointee.queue)
            token(name, "ticket.queues[\(index)].queue", &issues)
            var isRepeated = arena.text(ticket.pointee.queue).elementsEqual(name)
            for before in 0..<index {
                guard let other = ticket.pointee.queues[before] else { continue }
                isRepeated = isRepeated || arena.text(other.pointee.queue).elementsEqual(name)
            }
            if isRepeated {
                issues.add("ticket.queues[\(index)].queue", "names a queue for a second time")
            }
            if choice.pointee.own_rating_case == MUSTER__V1__QUEUE_CHOICE__OWN_RATING_RATING {
                rating(choice.pointee.rating, "ticket.queues[\(index)].rating", &issues)
            }
        }
    }

    private static func checkWarParty(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ issues: inout IssueList
    ) {
        guard ticket.pointee.war_party != 0 else { return }
        if ticket.pointee.team_id == 0 {
            issues.add("ticket.team_id", "is missing: a war party has one")
        }
        if ticket.pointee.mercenary != 0 {
            issues.add("ticket.mercenary", "is set for a war party: it has its own side")
        }
    }

    private static func checkAvoided(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ issues: inout IssueList
    ) {
        let count = ticket.pointee.n_avoid
        if count > WireLimits.avoidedCountMax {
            issues.add(
                "ticket.avoid", "has \(count) players, not 0...\(WireLimits.avoidedCountMax)")
        }
        for index in 0..<min(count, WireLimits.avoidedCountMax) {
            playerID(ticket.pointee.avoid[index], "ticket.avoid[\(index)]", &issues)
        }
    }

    private static func checkLatencies(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        let count = ticket.pointee.n_latency_ms
        if count < 1 || count > WireLimits.regionCountMax {
            issues.add(
                "ticket.latency_ms", "has \(count) regions, not 1...\(WireLimits.regionCountMax)")
        }
        for index in 0..<min(count, WireLimits.regionCountMax) {
            guard let entry = ticket.pointee.latency_ms[index] else { continue }
            let region = arena.text(entry.pointee.key)
            if !Token.isValid(region) {
                issues.add("ticket.latency_ms[#\(index)]", "region name " + tokenRule)
                continue
            }
            if isRepeated(region, before: index, ticket, arena) {
                issues.add("ticket.latency_ms[#\(index)]", "names a region for a second time")
            }
            if entry.pointee.value > WireLimits.latencyMillisecondsMax {
                issues.add(
                    "ticket.latency_ms.\(String(decoding: region, as: UTF8.self))",
                    "\(entry.pointee.value) is not within 0...\(WireLimits.latencyMillisecondsMax)")
            }
        }
    }

    private static func isRepeated(
        _ region: UnsafeRawBufferPointer, before end: Int,
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena
    ) -> Bool {
        for index in 0..<end {
            guard let entry = ticket.pointee.latency_ms[index] else { continue }
            if arena.text(entry.pointee.key).elementsEqual(region) { return true }
        }
        return false
    }
}
