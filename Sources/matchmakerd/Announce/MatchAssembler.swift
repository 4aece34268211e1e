// Puts a match together again from the core's records: matched, then seats with their players.
// A value owned by the announcer; it keeps its place when a batch of records ends inside a match.
// Pure: names come from its owner, nothing is sent here.
import MatchCore
import Wire

/// Names and units that records do not carry.
struct OutcomeNames {
    let queues: NameTable
    let regions: [String]
    let lobbies: LobbyTable
    let tickMilliseconds: Int

    func queue(_ index: QueueIndex) -> String { queues.name(at: index.raw) ?? "" }

    func lobby(_ index: LobbyIndex) -> String { lobbies.name(of: index) ?? "" }

    func region(_ index: RegionIndex) -> String {
        Int(index.raw) < regions.count ? regions[Int(index.raw)] : ""
    }

    /// Ticks as milliseconds, never negative.
    func milliseconds(_ ticks: Int32) -> UInt32 {
        UInt32(clamping: Int64(max(ticks, 0)) * Int64(tickMilliseconds))
    }
}

/// Collects the records of one match.
struct MatchAssembler {
    /// A whole match with the queue's index, which the message does not carry.
    struct Assembled {
        let message: MatchMessage
        let queue: QueueIndex
        let ticketCount: Int
    }

    private var record: MatchRecord?
    private var teams: [TeamMessage] = []
    private var seat: SeatMessage?
    private var seatTeam = 0
    private var playersDue = 0
    private var ticketsDue = 0

    /// True inside a match.
    var isOpen: Bool { record != nil }

    /// Begins a match.
    /// - Precondition: the one before is complete.
    mutating func begin(_ match: MatchRecord) {
        precondition(!isOpen && match.ticketCount >= 1)
        record = match
        teams = Array(repeating: TeamMessage(seats: []), count: Int(match.teamCount))
        ticketsDue = Int(match.ticketCount)
    }

    /// Adds a ticket's place; its players follow.
    mutating func add(_ record: SeatRecord, names: OutcomeNames) {
        precondition(isOpen && seat == nil && ticketsDue > 0)
        precondition(Int(record.team) < teams.count && record.memberCount >= 1)
        seat = SeatMessage(
            ticket: record.ticket, lobby: names.lobby(record.lobby), players: [],
            rating: record.rating.points, waitMilliseconds: names.milliseconds(record.waitTicks),
            latencyMilliseconds: UInt32(record.latencyMilliseconds))
        seatTeam = Int(record.team)
        playersDue = Int(record.memberCount)
    }

    /// Adds players to the ticket; the whole match once the last one is there.
    mutating func add(
        _ group: PlayerGroup, names: OutcomeNames, formedAtMilliseconds: UInt64
    ) -> Assembled? {
        guard var open = seat, let record else { preconditionFailure("players without a seat") }
        precondition(Int(group.count) <= playersDue)
        for index in 0..<Int(group.count) { open.players.append(group.players[index]) }
        playersDue -= Int(group.count)
        guard playersDue == 0 else {
            seat = open
            return nil
        }
        teams[seatTeam].seats.append(open)
        seat = nil
        ticketsDue -= 1
        guard ticketsDue == 0 else { return nil }
        self.record = nil
        let message = MatchMessage(
            match: record.match, queue: names.queue(record.queue),
            region: names.region(record.region), rulesVersion: record.rulesVersion,
            tick: UInt64(max(record.tick.raw, 0)), quality: QualityMessage(record.quality),
            teams: teams, formedAtMilliseconds: formedAtMilliseconds)
        return Assembled(
            message: message, queue: record.queue, ticketCount: Int(record.ticketCount))
    }
}

extension MatchMessage {
    /// The lobbies of the match, each once, in order of their first seat.
    var lobbies: [String] {
        var names: [String] = []
        for team in teams {
            for seat in team.seats where !names.contains(seat.lobby) { names.append(seat.lobby) }
        }
        return names
    }
}
