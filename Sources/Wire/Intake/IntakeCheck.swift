// Every rule that an intake message is held to, applied to the unpacked C structures, so that both
// forms and both ways of reading share one set of rules and texts. Allocates only to complain.

import CWire
import MatchCore

/// The rules of tickets and cancels.
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
        default:
            issues.add("body", "is missing: give a ticket or a cancel")
        }
    }

    private static func check(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        uuid(arena.text(ticket.pointee.ticket_id), "ticket.ticket_id", &issues)
        token(arena.text(ticket.pointee.queue), "ticket.queue", &issues)
        token(arena.text(ticket.pointee.lobby), "ticket.lobby", &issues)
        checkPlayers(ticket, &issues)
        checkLatencies(ticket, arena, &issues)
        let waited = ticket.pointee.waited_ms
        if waited > WireLimits.waitedMillisecondsMax {
            issues.add(
                "ticket.waited_ms",
                "\(waited) is not within 0...\(WireLimits.waitedMillisecondsMax)")
        }
    }

    private static func check(
        _ cancel: UnsafePointer<Muster__V1__Cancel>, _ arena: borrowing MessageArena,
        _ issues: inout IssueList
    ) {
        uuid(arena.text(cancel.pointee.ticket_id), "cancel.ticket_id", &issues)
        token(arena.text(cancel.pointee.lobby), "cancel.lobby", &issues)
    }

    private static func checkPlayers(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ issues: inout IssueList
    ) {
        let count = ticket.pointee.n_players
        if count < 1 || count > WireLimits.partySizeMax {
            issues.add(
                "ticket.players", "has \(count) players, not 1...\(WireLimits.partySizeMax)")
        }
        // What lies beyond the limit is refused unseen.
        for index in 0..<min(count, WireLimits.partySizeMax) {
            guard let player = ticket.pointee.players[index] else { continue }
            let id = player.pointee.player_id
            if id < 1 || id > WireLimits.playerIDMax {
                issues.add(
                    "ticket.players[\(index)].player_id",
                    "\(id) is not within 1...\(WireLimits.playerIDMax)")
            }
            // A comparison with NaN is false, so that one is refused here too.
            if !WireLimits.ratingPoints.contains(player.pointee.rating) {
                issues.add(
                    "ticket.players[\(index)].rating",
                    "\(player.pointee.rating) is not within \(WireLimits.ratingPoints)")
            }
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

    static func uuid(
        _ text: UnsafeRawBufferPointer, _ path: @autoclosure () -> String,
        _ issues: inout IssueList
    ) {
        guard let id = UUIDText.parse(text), id.high != 0 || id.low != 0 else {
            issues.add(path(), uuidRule)
            return
        }
    }

    static func token(
        _ text: UnsafeRawBufferPointer, _ path: @autoclosure () -> String,
        _ issues: inout IssueList
    ) {
        if !Token.isValid(text) { issues.add(path(), tokenRule) }
    }
}
