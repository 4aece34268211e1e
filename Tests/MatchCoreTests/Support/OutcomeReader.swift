// Puts matches together from the records of the outbox, and fails if a record is out of place.

import Testing

@testable import MatchCore

/// A ticket's place in a match with its players.
struct Seat {
    var record: SeatRecord
    var players: [PlayerID] = []
}

/// A match with all of its seats.
struct FormedMatch {
    var record: MatchRecord
    var seats: [Seat] = []

    var isWhole: Bool {
        seats.count == Int(record.ticketCount)
            && seats.allSatisfy { $0.players.count == Int($0.record.memberCount) }
    }

    /// The tickets' ids in order of size of id: the lobby, whatever the order of its seats.
    var lobby: [UInt64] { seats.map(\.record.ticket.low).sorted() }
}

/// What one tick or several gave.
struct TickResult {
    var report = TickReport()
    var matches: [FormedMatch] = []
    var closed: [ClosedRecord] = []
    var rejected: [RejectedRecord] = []
    /// Every record in order.
    var outcomes: [Outcome] = []

    mutating func append(_ other: TickResult) {
        matches += other.matches
        closed += other.closed
        rejected += other.rejected
        outcomes += other.outcomes
    }
}

/// As `#expect` without the capture of its parts, too slow for checks made a million times.
func verify(
    _ condition: Bool, _ comment: @autoclosure () -> Comment = "does not hold",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if !condition { Issue.record(comment(), sourceLocation: sourceLocation) }
}

struct OutcomeReader {
    private var result = TickResult()
    private var open: FormedMatch?

    mutating func take(_ outcome: borrowing Outcome) {
        let outcome = copy outcome
        result.outcomes.append(outcome)
        switch outcome {
        case .matched(let record):
            verify(open == nil, "a match began before the last one was whole")
            open = FormedMatch(record: record)
        case .seat(let record): addSeat(record)
        case .players(let group): addPlayers(group)
        case .closed(let record):
            verify(open == nil, "a closed ticket among the records of a match")
            result.closed.append(record)
        case .rejected(let record):
            verify(open == nil, "a refusal among the records of a match")
            result.rejected.append(record)
        case .proposed, .substituted, .returned, .backfilled, .backfillEnded, .explained: break
        }
    }

    /// What has been read since the last call; a match of which records are missing stays open.
    mutating func result(_ report: TickReport) -> TickResult {
        var given = result
        given.report = report
        result = TickResult()
        return given
    }

    private mutating func addSeat(_ record: SeatRecord) {
        guard var match = open else {
            Issue.record("a seat without its match")
            return
        }
        if let last = match.seats.last {
            verify(last.players.count == Int(last.record.memberCount), "a seat lacks players")
        }
        match.seats.append(Seat(record: record))
        open = match
    }

    private mutating func addPlayers(_ group: PlayerGroup) {
        guard var match = open, !match.seats.isEmpty else {
            Issue.record("players without their seat")
            return
        }
        let seat = match.seats.count - 1
        for position in 0..<Int(group.count) {
            match.seats[seat].players.append(group.players[position])
        }
        open = match
        if match.isWhole {
            result.matches.append(match)
            open = nil
        }
    }
}
