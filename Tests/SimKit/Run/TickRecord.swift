// What went into one tick and what came out: all that the auditor knows of the core. A canary
// falsifies records between the core and the auditor.

import MatchCore

/// A ticket's seat with its players.
package struct SeatView: Sendable {
    package var record: SeatRecord
    package var players: [PlayerID] = []
    package var roles: [UInt8] = []
    /// By player, in his role; empty where the ticket gave no ratings by role.
    package var ratings: [Rating] = []

    package init(record: SeatRecord) { self.record = record }
}

/// Outcomes that belong together.
package enum SimEvent: Sendable {
    case matched(MatchRecord, [SeatView])
    case proposed(MatchRecord, [SeatView])
    case substituted(MatchRecord, [SeatView])
    case backfilled(BackfilledRecord, [SeatView])
    case closed(ClosedRecord)
    case rejected(RejectedRecord)
    case returned(ReturnedRecord)
    case backfillEnded(BackfillEndedRecord)
    case explained(ExplainedRecord)
    /// A record where none of its kind may stand.
    case misplaced(String)
}

/// One tick from outside.
package struct TickRecord: Sendable {
    package var tick: Int32
    /// Rules that came into force just before.
    package var applied: [Rules] = []
    /// Commands that the core took, in order.
    package var commands: [Command] = []
    /// Commands given and not taken.
    package var commandsLeft = 0
    package var events: [SimEvent] = []
    package var report = TickReport()
    /// After the tick.
    package var waitingCount = 0
    package var waitingPlayerCount = 0
    /// By queue.
    package var queueCounts: [Int] = []
    /// By queue, then region.
    package var placeCounts: [Int] = []
    package var stateHash: UInt64 = 0

    package init(tick: Int32) { self.tick = tick }
}

/// Puts single outcomes together.
struct EventReader {
    private(set) var events: [SimEvent] = []
    private var open: SimEvent?
    private var seats: [SeatView] = []
    private var seatsMissing = 0
    private var playersMissing = 0

    mutating func take(_ outcome: Outcome) {
        switch outcome {
        case .matched(let record):
            begin(.matched(record, []), seats: Int(record.ticketCount))
        case .proposed(let record):
            begin(.proposed(record, []), seats: Int(record.ticketCount))
        case .substituted(let record): begin(.substituted(record, []), seats: 1)
        case .backfilled(let record):
            begin(.backfilled(record, []), seats: Int(record.ticketCount))
        case .seat(let record): addSeat(record)
        case .ratings(let group): addRatings(group)
        case .players(let group): addPlayers(group)
        case .closed(let record): single(.closed(record))
        case .rejected(let record): single(.rejected(record))
        case .returned(let record): single(.returned(record))
        case .backfillEnded(let record): single(.backfillEnded(record))
        case .explained(let record): single(.explained(record))
        }
    }

    /// The events of a tick; a match that is not whole is one that is misplaced.
    mutating func finish() -> [SimEvent] {
        if open != nil { events.append(.misplaced("a match lacks seats or players")) }
        open = nil
        let found = events
        events = []
        return found
    }

    private mutating func single(_ event: SimEvent) {
        if open != nil {
            events.append(.misplaced("\(event) among the records of a match"))
            return
        }
        events.append(event)
    }

    private mutating func begin(_ event: SimEvent, seats count: Int) {
        if open != nil { events.append(.misplaced("a match begins inside another")) }
        open = event
        seats = []
        seatsMissing = count
        playersMissing = 0
        if count == 0 { events.append(.misplaced("a match without seats")) }
    }

    private mutating func addSeat(_ record: SeatRecord) {
        if open == nil || seatsMissing == 0 || playersMissing > 0 {
            events.append(.misplaced("a seat without its match"))
            return
        }
        seatsMissing -= 1
        playersMissing = Int(record.memberCount)
        seats.append(SeatView(record: record))
        closeIfWhole()
    }

    private mutating func addRatings(_ group: RatingGroup) {
        if open == nil || seats.isEmpty || Int(group.count) > playersMissing
            || !seats[seats.count - 1].players.isEmpty
        {
            events.append(.misplaced("ratings without their seat"))
            return
        }
        for position in 0..<Int(group.count) {
            seats[seats.count - 1].ratings.append(group.ratings[position])
        }
    }

    private mutating func addPlayers(_ group: PlayerGroup) {
        if open == nil || seats.isEmpty || Int(group.count) > playersMissing {
            events.append(.misplaced("players without their seat"))
            return
        }
        for position in 0..<Int(group.count) {
            seats[seats.count - 1].players.append(group.players[position])
            seats[seats.count - 1].roles.append(group.roles[position])
        }
        playersMissing -= Int(group.count)
        closeIfWhole()
    }

    private mutating func closeIfWhole() {
        guard seatsMissing == 0, playersMissing == 0, let event = open else { return }
        open = nil
        switch event {
        case .matched(let record, _): events.append(.matched(record, seats))
        case .proposed(let record, _): events.append(.proposed(record, seats))
        case .substituted(let record, _): events.append(.substituted(record, seats))
        case .backfilled(let record, _): events.append(.backfilled(record, seats))
        default: break
        }
    }
}
