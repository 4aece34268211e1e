// An unpacked intake message as a value. Copies everything out of the arena.

import CWire
import MatchCore

extension IntakeMessage {
    /// - Parameter shape: issues that were found before, while a JSON text was read.
    init(
        protobuf bytes: UnsafeRawBufferPointer, shape: IssueList, _ arena: inout MessageArena
    ) throws(WireError) {
        let intake = try Unpacked.intake(bytes, &arena)
        try Unpacked.checkVersion(intake.pointee.version, shape)
        var issues = shape
        IntakeCheck.check(intake, arena, &issues)
        try issues.finish()
        switch intake.pointee.body_case {
        case MUSTER__V1__INTAKE__BODY_TICKET:
            self = .ticket(TicketMessage(intake.pointee.ticket, arena))
        case MUSTER__V1__INTAKE__BODY_CANCEL:
            self = .cancel(CancelMessage(intake.pointee.cancel, arena))
        case MUSTER__V1__INTAKE__BODY_ANSWER:
            self = .answer(AnswerMessage(intake.pointee.answer, arena))
        case MUSTER__V1__INTAKE__BODY_BACKFILL:
            self = .backfill(BackfillMessage(intake.pointee.backfill, arena))
        case MUSTER__V1__INTAKE__BODY_BACKFILL_END:
            self = .backfillEnd(BackfillEndMessage(intake.pointee.backfill_end, arena))
        case MUSTER__V1__INTAKE__BODY_MARK:
            self = .mark(MarkMessage(intake.pointee.mark, arena))
        default: preconditionFailure("a body that the check lets through and nobody reads")
        }
    }
}

// Each initialiser below has the precondition that its structure has passed `IntakeCheck`.

extension TicketMessage {
    fileprivate init(
        _ ticket: UnsafePointer<Muster__V1__Ticket>, _ arena: borrowing MessageArena
    ) {
        let source = ticket.pointee
        var latencies: [RegionLatency] = []
        latencies.reserveCapacity(source.n_latency_ms)
        for index in 0..<source.n_latency_ms {
            guard let entry = source.latency_ms[index] else { continue }
            latencies.append(
                RegionLatency(
                    region: arena.string(entry.pointee.key), milliseconds: entry.pointee.value))
        }
        self.init(
            ticket: arena.ticketID(source.ticket_id), queue: arena.string(source.queue),
            lobby: arena.string(source.lobby), players: [], latencies: latencies,
            waitedMilliseconds: source.waited_ms)
        players.reserveCapacity(source.n_players)
        for index in 0..<source.n_players {
            guard let player = source.players[index] else { continue }
            players.append(PlayerEntry(player, arena))
        }
        for index in 0..<source.n_queues {
            guard let choice = source.queues[index] else { continue }
            furtherQueues.append(FurtherQueue(choice, arena))
        }
        faction = arena.string(source.faction)
        isMercenary = source.mercenary != 0
        isWarParty = source.war_party != 0
        team = source.team_id
        maps = arena.strings(source.maps, source.n_maps)
        for index in 0..<source.n_avoid { avoided.append(PlayerID(source.avoid[index])) }
    }
}

extension PlayerEntry {
    fileprivate init(
        _ player: UnsafePointer<Muster__V1__Player>, _ arena: borrowing MessageArena
    ) {
        self.init(
            player: PlayerID(player.pointee.player_id), rating: player.pointee.rating,
            roles: arena.strings(player.pointee.roles, player.pointee.n_roles),
            faction: arena.string(player.pointee.faction), level: player.pointee.level)
        for index in 0..<player.pointee.n_role_ratings {
            guard let entry = player.pointee.role_ratings[index] else { continue }
            roleRatings.append(
                RoleRating(role: arena.string(entry.pointee.key), rating: entry.pointee.value))
        }
    }
}

extension FurtherQueue {
    fileprivate init(
        _ choice: UnsafePointer<Muster__V1__QueueChoice>, _ arena: borrowing MessageArena
    ) {
        self.init(queue: arena.string(choice.pointee.queue))
        if choice.pointee.own_rating_case == MUSTER__V1__QUEUE_CHOICE__OWN_RATING_RATING {
            rating = choice.pointee.rating
        }
    }
}

extension CancelMessage {
    fileprivate init(
        _ cancel: UnsafePointer<Muster__V1__Cancel>, _ arena: borrowing MessageArena
    ) {
        self.init(
            ticket: arena.ticketID(cancel.pointee.ticket_id),
            lobby: arena.string(cancel.pointee.lobby))
    }
}

extension AnswerMessage {
    fileprivate init(
        _ answer: UnsafePointer<Muster__V1__Answer>, _ arena: borrowing MessageArena
    ) {
        guard let kind = ProposalAnswer(answer.pointee.answer) else {
            preconditionFailure("an answer was read before it was checked")
        }
        self.init(
            match: arena.matchID(answer.pointee.match_id),
            ticket: arena.ticketID(answer.pointee.ticket_id),
            lobby: arena.string(answer.pointee.lobby), answer: kind,
            player: PlayerID(answer.pointee.player_id))
    }
}

extension BackfillMessage {
    fileprivate init(
        _ backfill: UnsafePointer<Muster__V1__Backfill>, _ arena: borrowing MessageArena
    ) {
        let source = backfill.pointee
        var teams: [BackfillTeam] = []
        for index in 0..<source.n_teams {
            guard let team = source.teams[index] else { continue }
            teams.append(BackfillTeam(team, arena))
        }
        self.init(
            match: arena.matchID(source.match_id), queue: arena.string(source.queue),
            region: arena.string(source.region), lobby: arena.string(source.lobby),
            generation: source.generation, teams: teams, map: arena.string(source.map),
            level: source.level, leader: PlayerID(source.leader_id))
    }
}

extension BackfillTeam {
    fileprivate init(
        _ team: UnsafePointer<Muster__V1__BackfillTeam>, _ arena: borrowing MessageArena
    ) {
        self.init(
            playerCount: team.pointee.player_count, rating: team.pointee.rating,
            openPlaces: team.pointee.open_places)
        for index in 0..<team.pointee.n_open_roles {
            guard let entry = team.pointee.open_roles[index] else { continue }
            openRoles.append(
                OpenRole(role: arena.string(entry.pointee.key), count: entry.pointee.value))
        }
    }
}

extension BackfillEndMessage {
    fileprivate init(
        _ end: UnsafePointer<Muster__V1__BackfillEnd>, _ arena: borrowing MessageArena
    ) {
        self.init(
            match: arena.matchID(end.pointee.match_id), lobby: arena.string(end.pointee.lobby))
    }
}

extension MarkMessage {
    fileprivate init(
        _ mark: UnsafePointer<Muster__V1__Mark>, _ arena: borrowing MessageArena
    ) {
        self.init(
            player: PlayerID(mark.pointee.player_id), scope: arena.string(mark.pointee.scope),
            seconds: mark.pointee.seconds, lobby: arena.string(mark.pointee.lobby))
    }
}

extension MessageArena {
    /// A copy of a text that has been checked to be UTF-8.
    func string(_ pointer: UnsafePointer<CChar>?) -> String {
        String(decoding: text(pointer), as: UTF8.self)
    }

    /// Copies of a repeated field's texts.
    func strings(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int
    ) -> [String] {
        guard count > 0, let list else { return [] }
        var texts: [String] = []
        texts.reserveCapacity(count)
        for index in 0..<count { texts.append(string(list[index])) }
        return texts
    }

    /// - Precondition: the text has passed `IntakeCheck.uuid`.
    func ticketID(_ pointer: UnsafePointer<CChar>?) -> TicketID {
        guard let id = UUIDText.parse(text(pointer)) else {
            preconditionFailure("a ticket id was read before it was checked")
        }
        return TicketID(high: id.high, low: id.low)
    }

    /// - Precondition: the text has passed `IntakeCheck.uuid`.
    func matchID(_ pointer: UnsafePointer<CChar>?) -> MatchID {
        guard let id = UUIDText.parse(text(pointer)) else {
            preconditionFailure("a match id was read before it was checked")
        }
        return MatchID(high: id.high, low: id.low)
    }
}
