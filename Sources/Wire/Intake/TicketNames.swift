// A ticket's names as positions: its queues, and what roles, factions and maps mean in all of them.
// The core keeps one set of positions for a ticket, so that all of its queues must agree on them.

import CWire
import MatchCore

/// The queues of one ticket that could be resolved.
struct TicketQueues {
    private(set) var count = 0
    private var indices = InlineArray<8, QueueIndex>(repeating: QueueIndex(0))
    private var vocabularies = InlineArray<8, QueueVocabulary>(repeating: QueueVocabulary())
    /// 0 for the ticket's first queue, n for `ticket.queues[n - 1]`.
    private var places = InlineArray<8, Int>(repeating: 0)

    mutating func append(_ queue: QueueIndex, _ vocabulary: QueueVocabulary, place: Int) {
        indices[count] = queue
        vocabularies[count] = vocabulary
        places[count] = place
        count += 1
    }

    func has(_ kind: NameKind) -> Bool {
        for index in 0..<count where vocabularies[index].has(kind) { return true }
        return false
    }

    /// True if ratings by role count in one of the queues.
    var countRoleRatings: Bool {
        for index in 0..<count where vocabularies[index].countsRoleRatings { return true }
        return false
    }

    /// The position that all queues with names of this kind give `name`; nil if none has any, or
    /// if something is wrong, which is then noted.
    func position<Directory: NameDirectory>(
        of name: UnsafeRawBufferPointer, _ kind: NameKind, _ path: @autoclosure () -> String,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> UInt8? {
        var found: UInt8?
        for index in 0..<count where vocabularies[index].has(kind) {
            guard let position = directory.position(name, kind, of: indices[index]) else {
                issues.add(
                    kind.unknown, path(),
                    "\(TicketQueues.path(places[index])) has no such \(kind.word)")
                return nil
            }
            if let found, found != position {
                issues.add(
                    .conflictingQueues, path(),
                    "is another \(kind.word) by position in \(TicketQueues.path(places[index])): "
                        + "send a ticket for each queue")
                return nil
            }
            found = position
        }
        return found
    }

    /// The path of the field that names the queue.
    static func path(_ place: Int) -> String {
        place == 0 ? "ticket.queue" : "ticket.queues[\(place - 1)].queue"
    }
}

extension IntakeDecoder {
    /// Resolves the queue at `place` for every member, and appends it.
    func resolve<Directory: NameDirectory>(
        place: Int, of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: inout TicketQueues,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> QueueIndex {
        let name = arena.text(
            place == 0 ? ticket.pointee.queue : ticket.pointee.queues[place - 1]?.pointee.queue)
        let leader = player(0, of: ticket)
        let leaderID = PlayerID(leader.pointee.player_id)
        let level = leader.pointee.level
        switch directory.resolveQueue(name, level: level, leader: leaderID) {
        case .unknownQueue:
            issues.add(
                .unknownQueue, TicketQueues.path(place), "no such queue is configured")
        case .wrongLevel:
            issues.add(
                .wrongLevel, "ticket.players[0].level",
                level == 0
                    ? "is missing: \(TicketQueues.path(place)) has level brackets"
                    : "\(level) is in no level bracket of \(TicketQueues.path(place))")
        case .queue(let queue):
            for index in 1..<max(ticket.pointee.n_players, 1) {
                let own = player(index, of: ticket).pointee.level
                // Most parties are of one level, and one level has one bracket.
                if own == level { continue }
                if directory.resolveQueue(name, level: own, leader: leaderID) != .queue(queue) {
                    issues.add(
                        .wrongLevel, "ticket.players[\(index)].level",
                        own == 0
                            ? "is missing: \(TicketQueues.path(place)) has level brackets"
                            : "\(own) is not in the leader's level bracket of "
                                + TicketQueues.path(place))
                }
            }
            queues.append(queue, directory.vocabulary(of: queue), place: place)
            return queue
        }
        return QueueIndex(.max)
    }

    /// The side for which the party plays: its leader's. 0 in queues without factions.
    func faction<Directory: NameDirectory>(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: TicketQueues,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> UInt8 {
        guard queues.has(.faction) else { return 0 }
        let count = ticket.pointee.n_players
        let common = arena.text(ticket.pointee.faction)
        var side: UInt8?
        for index in 0..<count {
            let own = arena.text(player(index, of: ticket).pointee.faction)
            if own.isEmpty && common.isEmpty {
                issues.add(
                    .wrongFaction, "ticket.players[\(index)].faction",
                    "is missing: the queue has factions")
                continue
            }
            let position =
                own.isEmpty
                ? queues.position(
                    of: common, .faction, "ticket.faction", &directory, &issues)
                : queues.position(
                    of: own, .faction, "ticket.players[\(index)].faction", &directory, &issues)
            if index == 0 { side = position }
            if let side, let position, side != position, count > WireLimits.mixedPartySizeMax {
                issues.add(
                    .wrongFaction, "ticket.players[\(index)].faction",
                    "is not the leader's: a party of more than \(WireLimits.mixedPartySizeMax) "
                        + "players is of one faction")
            }
        }
        return side ?? 0
    }

    /// The maps that the ticket plays.
    func maps<Directory: NameDirectory>(
        of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: TicketQueues,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> MapSet {
        guard ticket.pointee.n_maps > 0, queues.has(.map) else { return .any }
        var bits: UInt32 = 0
        for index in 0..<ticket.pointee.n_maps {
            let name = arena.text(ticket.pointee.maps[index])
            let position = queues.position(
                of: name, .map, "ticket.maps[\(index)]", &directory, &issues)
            if let position { bits |= 1 << UInt32(position) }
        }
        return MapSet(bits: bits)
    }

    /// A member of the party with his roles.
    func member<Directory: NameDirectory>(
        _ index: Int, of ticket: UnsafePointer<Muster__V1__Ticket>, _ queues: TicketQueues,
        _ directory: inout Directory, _ issues: inout NameIssues
    ) -> Member {
        let player = self.player(index, of: ticket)
        var member = Member(
            player: PlayerID(player.pointee.player_id),
            rating: Rating(points: player.pointee.rating))
        guard player.pointee.n_roles > 0, queues.has(.role) else { return member }
        var bits: UInt8 = 0
        for role in 0..<player.pointee.n_roles {
            let position = queues.position(
                of: arena.text(player.pointee.roles[role]), .role,
                "ticket.players[\(index)].roles[\(role)]", &directory, &issues)
            guard let position else { continue }
            bits |= 1 << position
            if role == 0 { member.preferredRole = position }
        }
        member.roles = RoleSet(bits: bits)
        return member
    }

    func player(
        _ index: Int, of ticket: UnsafePointer<Muster__V1__Ticket>
    ) -> UnsafePointer<Muster__V1__Player> {
        assert(index < ticket.pointee.n_players)
        guard let player = ticket.pointee.players[index] else {
            preconditionFailure("protobuf-c leaves no gap in a repeated field")
        }
        return UnsafePointer(player)
    }
}
