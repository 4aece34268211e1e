// Puts matches together from the records of the outbox, and fails if a record is out of place.

import Testing

@testable import MatchCore

/// A ticket's place in a match with its players.
struct Seat {
    var record: SeatRecord
    var players: [PlayerID] = []
    /// By player; `RoleSet.noPreference` without roles.
    var roles: [UInt8] = []
    /// By player, in the role that he was given; empty where the ticket gave no ratings by role.
    var ratings: [Rating] = []
}

/// A match with all of its seats.
struct FormedMatch {
    var record: MatchRecord
    var seats: [Seat] = []

    /// Ids of the tickets of one team, in order of size.
    func team(_ team: Int) -> [UInt64] {
        seats.filter { $0.record.team == UInt16(team) }.map(\.record.ticket.low).sorted()
    }

    /// Roles of one team's players, in order of size.
    func roles(ofTeam team: Int) -> [UInt8] {
        seats.filter { $0.record.team == UInt16(team) }.flatMap(\.roles).sorted()
    }

    /// The tickets' ids in order of size of id: the lobby, whatever the order of its seats.
    var lobby: [UInt64] { seats.map(\.record.ticket.low).sorted() }
}

/// Tickets that joined a running match.
struct FormedBackfill {
    var record: BackfilledRecord
    var seats: [Seat] = []

    var isWhole: Bool {
        seats.count == Int(record.ticketCount)
            && seats.allSatisfy { $0.players.count == Int($0.record.memberCount) }
    }

    /// The tickets' ids in order of their seats.
    var tickets: [UInt64] { seats.map(\.record.ticket.low) }
}

/// What one tick or several gave.
struct TickResult {
    var report = TickReport()
    var matches: [FormedMatch] = []
    var closed: [ClosedRecord] = []
    var rejected: [RejectedRecord] = []
    var explained: [ExplainedRecord] = []
    var backfills: [FormedBackfill] = []
    var backfillsEnded: [BackfillEndedRecord] = []
    /// Matches that ask their tickets to accept.
    var proposed: [FormedMatch] = []
    /// Proposed matches, each with nothing but the seat of a substitute.
    var substituted: [FormedMatch] = []
    var returned: [ReturnedRecord] = []
    /// Every record in order.
    var outcomes: [Outcome] = []

    mutating func append(_ other: TickResult) {
        matches += other.matches
        closed += other.closed
        rejected += other.rejected
        explained += other.explained
        backfills += other.backfills
        backfillsEnded += other.backfillsEnded
        proposed += other.proposed
        substituted += other.substituted
        returned += other.returned
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
    /// Where the open match goes, and the seats that make it whole.
    private var list: WritableKeyPath<TickResult, [FormedMatch]> = \.matches
    private var seatCount = 0
    private var joining: FormedBackfill?

    mutating func take(_ outcome: borrowing Outcome) {
        let outcome = copy outcome
        result.outcomes.append(outcome)
        switch outcome {
        case .matched(let record): begin(record, \.matches, Int(record.ticketCount))
        case .proposed(let record): begin(record, \.proposed, Int(record.ticketCount))
        case .substituted(let record): begin(record, \.substituted, 1)
        case .returned(let record):
            verify(open == nil && joining == nil, "a return among the records of a match")
            result.returned.append(record)
        case .seat(let record): if !addJoiner(record) { addSeat(record) }
        case .ratings(let group): addRatings(group)
        case .players(let group): if !addJoiner(group) { addPlayers(group) }
        case .closed(let record):
            verify(open == nil, "a closed ticket among the records of a match")
            result.closed.append(record)
        case .rejected(let record):
            verify(open == nil, "a refusal among the records of a match")
            result.rejected.append(record)
        case .explained(let record): result.explained.append(record)
        case .backfilled(let record):
            verify(open == nil && joining == nil, "joiners among the records of a match")
            joining = FormedBackfill(record: record)
        case .backfillEnded(let record):
            verify(open == nil && joining == nil, "an end among the records of a match")
            result.backfillsEnded.append(record)
        }
    }

    /// What has been read since the last call; a match of which records are missing stays open.
    mutating func result(_ report: TickReport) -> TickResult {
        var given = result
        given.report = report
        result = TickResult()
        return given
    }

    private mutating func begin(
        _ record: MatchRecord, _ list: WritableKeyPath<TickResult, [FormedMatch]>,
        _ seatCount: Int
    ) {
        verify(open == nil && joining == nil, "a match began before the last one was whole")
        open = FormedMatch(record: record)
        self.list = list
        self.seatCount = seatCount
    }

    private mutating func addJoiner(_ record: SeatRecord) -> Bool {
        if joining == nil { return false }
        joining?.seats.append(Seat(record: record))
        return true
    }

    private mutating func addJoiner(_ group: PlayerGroup) -> Bool {
        guard var join = joining, !join.seats.isEmpty else { return false }
        let seat = join.seats.count - 1
        for position in 0..<Int(group.count) {
            join.seats[seat].players.append(group.players[position])
            join.seats[seat].roles.append(group.roles[position])
        }
        joining = join
        if join.isWhole {
            result.backfills.append(join)
            joining = nil
        }
        return true
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

    private mutating func addRatings(_ group: RatingGroup) {
        let ratings = (0..<Int(group.count)).map { group.ratings[$0] }
        if let seat = joining?.seats.indices.last {
            joining?.seats[seat].ratings += ratings
        } else if let seat = open?.seats.indices.last {
            open?.seats[seat].ratings += ratings
        } else {
            Issue.record("ratings without their seat")
        }
    }

    private mutating func addPlayers(_ group: PlayerGroup) {
        guard var match = open, !match.seats.isEmpty else {
            Issue.record("players without their seat")
            return
        }
        let seat = match.seats.count - 1
        for position in 0..<Int(group.count) {
            match.seats[seat].players.append(group.players[position])
            match.seats[seat].roles.append(group.roles[position])
        }
        open = match
        let isFull = match.seats[seat].players.count == Int(match.seats[seat].record.memberCount)
        if match.seats.count == seatCount, isFull {
            result[keyPath: list].append(match)
            open = nil
        }
    }
}
