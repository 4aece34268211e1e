// Whom an allocation concerns, and under which ids it is told.
import MatchCore
import Wire

extension MatchMessage {
    /// The lobbies of the match, each once, in order of their first seat.
    var lobbies: [String] { eachOnce(teams.flatMap(\.seats).map(\.lobby)) }
}

extension BackfilledMessage {
    /// The lobbies of those who join and the one that asked, each once.
    var lobbies: [String] { eachOnce(seats.map(\.lobby) + [lobby]) }
}

extension AllocationMessage {
    /// The lobbies that are told of it.
    var lobbies: [String] {
        switch self {
        case .match(let match): match.lobbies
        case .backfill(let backfilled): backfilled.lobbies
        }
    }

    /// All tickets that it is the end of.
    var seats: [SeatMessage] {
        switch self {
        case .match(let match): match.teams.flatMap(\.seats)
        case .backfill(let backfilled): backfilled.seats
        }
    }

    var region: String {
        switch self {
        case .match(let match): match.region
        case .backfill(let backfilled): backfilled.region
        }
    }

    var messageID: String {
        switch self {
        case .match(let match): MessageIdentifier.allocation(match.match)
        case .backfill(let backfilled):
            MessageIdentifier.backfillAllocation(backfilled.match, first: backfilled.firstTicket)
        }
    }

    /// The same as an event for lobbies.
    var event: EventMessage {
        switch self {
        case .match(let match): .matched(match)
        case .backfill(let backfilled): .backfilled(backfilled)
        }
    }

    /// The id under which a lobby is told.
    func eventID(lobby: String) -> String {
        switch self {
        case .match(let match): MessageIdentifier.matched(match.match, lobby: lobby)
        case .backfill(let backfilled):
            MessageIdentifier.backfilled(
                backfilled.match, first: backfilled.firstTicket, lobby: lobby)
        }
    }
}

extension BackfilledMessage {
    /// Somebody always joins.
    fileprivate var firstTicket: TicketID {
        seats.first?.ticket ?? TicketID(high: match.high, low: match.low)
    }
}

/// The names without repetitions, in order of their first appearance.
private func eachOnce(_ names: [String]) -> [String] {
    var result: [String] = []
    for name in names where !result.contains(name) { result.append(name) }
    return result
}
