// Players' ratings by role, as what the core keeps: offsets from their ratings.

import CWire
import MatchCore

extension IntakeDecoder {
    /// Players whose ratings by role the core is to know: none where no queue of the ticket counts
    /// them.
    func ratedCount(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: TicketQueues
    ) -> Int {
        guard queues.countRoleRatings else { return 0 }
        var count = 0
        for index in 0..<ticket.pointee.n_players
        where player(index, of: ticket).pointee.n_role_ratings > 0 {
            count += 1
        }
        return count
    }

    /// Appends those players in groups of `RoleRatingGroup.capacity`.
    func appendRoleRatings<Directory: NameDirectory>(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: TicketQueues,
        _ directory: inout Directory, _ commands: inout [Command], _ issues: inout NameIssues
    ) {
        var group: RoleRatingGroup?
        for index in 0..<ticket.pointee.n_players
        where player(index, of: ticket).pointee.n_role_ratings > 0 {
            let member = RatedMember(
                position: UInt8(index),
                offsets: offsets(index, of: ticket, queues, &directory, &issues))
            if group?.append(member) ?? false { continue }
            if let group { commands.append(.roleRatings(group)) }
            group = RoleRatingGroup(CollectionOfOne(member))
        }
        if let group { commands.append(.roleRatings(group)) }
    }

    private func offsets<Directory: NameDirectory>(
        _ index: Int, of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: TicketQueues,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> RoleOffsets {
        let player = self.player(index, of: ticket)
        var offsets = RoleOffsets()
        for entry in 0..<player.pointee.n_role_ratings {
            guard let given = player.pointee.role_ratings[entry] else { continue }
            let name = arena.text(given.pointee.key)
            let role = queues.position(
                of: name, .role,
                "ticket.players[\(index)].role_ratings.\(String(decoding: name, as: UTF8.self))",
                &directory, &issues)
            guard let role else { continue }
            offsets.set(Int(role), points: given.pointee.value - player.pointee.rating)
        }
        return offsets
    }
}
