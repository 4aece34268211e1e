// Puts a match together again from the core's records: a match formed, proposed, completed by a
// substitute or filled up, then seats with their players. A value owned by the announcer; it keeps
// its place when a batch of records ends inside a match. Pure: names come from its owner, nothing
// is sent here.
import MatchCore
import Wire

/// Collects the records of one match.
struct MatchAssembler {
    /// A whole match with the queue's index, which the message does not carry.
    struct Assembled {
        enum Content {
            /// With the core's row for it; see `MatchRecord.reservation`.
            case matched(MatchMessage, Int32)
            case proposed(ProposedMessage)
            case substituted(SubstitutedMessage)
            case backfilled(BackfilledMessage, Int32)
        }

        let content: Content
        let queue: QueueIndex
    }

    /// The record that a match begins with.
    private enum Opening {
        case matched(MatchRecord)
        case proposed(MatchRecord)
        case substituted(MatchRecord)
        case backfilled(BackfilledRecord)

        var queue: QueueIndex {
            switch self {
            case .matched(let record), .proposed(let record), .substituted(let record):
                record.queue
            case .backfilled(let record): record.queue
            }
        }
    }

    private var opening: Opening?
    private var teams: [TeamMessage] = []
    private var seat: SeatMessage?
    private var seatTeam = 0
    private var playersDue = 0
    private var ticketsDue = 0

    /// True inside a match.
    var isOpen: Bool { opening != nil }

    /// Begins a match that was formed.
    /// - Precondition: the one before is complete. The same holds for all that begin one.
    mutating func begin(_ match: MatchRecord) {
        open(.matched(match), teams: match.teamCount, tickets: match.ticketCount)
    }

    /// Begins a match that is to be accepted.
    mutating func begin(proposed match: MatchRecord) {
        open(.proposed(match), teams: match.teamCount, tickets: match.ticketCount)
    }

    /// Begins the seat of a ticket that joins a proposed match.
    mutating func begin(substituted match: MatchRecord) {
        open(.substituted(match), teams: match.teamCount, tickets: 1)
    }

    /// Begins what joins a running match.
    mutating func begin(_ record: BackfilledRecord) {
        open(.backfilled(record), teams: 2, tickets: record.ticketCount)
    }

    private mutating func open(_ opening: Opening, teams teamCount: UInt16, tickets: UInt16) {
        precondition(!isOpen && tickets >= 1)
        self.opening = opening
        teams = Array(repeating: TeamMessage(seats: []), count: Int(teamCount))
        ticketsDue = Int(tickets)
    }

    /// Adds a ticket's place; its players follow.
    mutating func add(_ record: SeatRecord, names: OutcomeNames) {
        precondition(isOpen && seat == nil && ticketsDue > 0)
        precondition(Int(record.team) < teams.count && record.memberCount >= 1)
        seat = SeatMessage(
            ticket: record.ticket, lobby: names.lobby(record.lobby), players: [],
            rating: record.rating.points, waitMilliseconds: names.milliseconds(record.waitTicks),
            latencyMilliseconds: UInt32(record.latencyMilliseconds),
            isMercenary: record.isMercenary)
        seatTeam = Int(record.team)
        playersDue = Int(record.memberCount)
    }

    /// Adds ratings in their roles of the players who follow.
    mutating func add(_ group: RatingGroup) {
        precondition(seat != nil && Int(group.count) <= playersDue)
        for index in 0..<Int(group.count) {
            seat?.roleRatings.append(group.ratings[index].points)
        }
    }

    /// Adds players to the ticket; the whole match once the last one is there.
    mutating func add(
        _ group: PlayerGroup, names: OutcomeNames, formedAtMilliseconds: UInt64
    ) -> Assembled? {
        guard var open = seat, let opening else { preconditionFailure("players without a seat") }
        precondition(Int(group.count) <= playersDue)
        for index in 0..<Int(group.count) {
            open.players.append(group.players[index])
            if let role = names.role(group.roles[index], opening.queue) { open.roles.append(role) }
        }
        playersDue -= Int(group.count)
        guard playersDue == 0 else {
            seat = open
            return nil
        }
        // A role for each, or for none: a queue that has just lost its roles names no more.
        if open.roles.count != open.players.count {
            open.roles = []
            open.roleRatings = []
        }
        teams[seatTeam].seats.append(open)
        seat = nil
        ticketsDue -= 1
        guard ticketsDue == 0 else { return nil }
        self.opening = nil
        return assembled(opening, lastSeat: open, names, formedAtMilliseconds)
    }

    private func assembled(
        _ opening: Opening, lastSeat: SeatMessage, _ names: OutcomeNames,
        _ formedAtMilliseconds: UInt64
    ) -> Assembled {
        let content: Assembled.Content
        switch opening {
        case .matched(let record):
            content = .matched(match(record, names, formedAtMilliseconds), record.reservation)
        case .proposed(let record):
            content = .proposed(
                ProposedMessage(
                    match: match(record, names, formedAtMilliseconds),
                    acceptMilliseconds: names.acceptMilliseconds(record.queue)))
        case .substituted(let record):
            content = .substituted(
                SubstitutedMessage(
                    match: record.match, queue: names.queue(record.queue),
                    region: names.region(record.region), map: names.map(record.map, record.queue),
                    team: UInt32(seatTeam), seat: lastSeat,
                    acceptMilliseconds: names.acceptMilliseconds(record.queue),
                    formedAtMilliseconds: formedAtMilliseconds))
        case .backfilled(let record):
            content = .backfilled(
                backfilled(record, names, formedAtMilliseconds), record.reservation)
        }
        return Assembled(content: content, queue: opening.queue)
    }

    private func match(
        _ record: MatchRecord, _ names: OutcomeNames, _ formedAtMilliseconds: UInt64
    ) -> MatchMessage {
        var message = MatchMessage(
            match: record.match, queue: names.queue(record.queue),
            region: names.region(record.region), rulesVersion: record.rulesVersion,
            tick: UInt64(max(record.tick.raw, 0)), quality: QualityMessage(record.quality),
            teams: teams, formedAtMilliseconds: formedAtMilliseconds)
        message.map = names.map(record.map, record.queue)
        message.levels = names.levels(record.queue)
        message.experiment = names.experiment(record.queue)
        return message
    }

    private func backfilled(
        _ record: BackfilledRecord, _ names: OutcomeNames, _ formedAtMilliseconds: UInt64
    ) -> BackfilledMessage {
        BackfilledMessage(
            match: record.match, queue: names.queue(record.queue),
            region: names.region(record.region), lobby: names.lobby(record.lobby),
            generation: record.generation, rulesVersion: record.rulesVersion,
            tick: UInt64(max(record.tick.raw, 0)),
            teams: teams.indices.map { team in
                BackfilledTeam(
                    seats: teams[team].seats, openPlaces: UInt32(record.openPlaces[team]))
            },
            formedAtMilliseconds: formedAtMilliseconds)
    }
}
