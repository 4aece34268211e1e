// Groups as the arrays that the database's functions take: matches, tickets that point at matches,
// players that point at tickets, messages that point at matches; all counted from 1.
import DaemonKit
import MatchCore
import Wire

/// The columns of one call.
struct CommitRows {
    private(set) var matches: [PostgresUUID] = []
    private(set) var queues: [String] = []
    private(set) var modes: [String] = []
    private(set) var regions: [String] = []
    private(set) var bodies: [[UInt8]] = []
    private var tickets: [PostgresUUID] = []
    private var ticketGroups: [Int32] = []
    private var players: [Int64] = []
    private var playerTickets: [Int32] = []
    private var messageGroups: [Int32] = []
    private var subjects: [String] = []
    private var messageIDs: [String] = []
    private var messageBodies: [[UInt8]] = []

    init(_ groups: ArraySlice<FormedGroup>) {
        for group in groups { add(group) }
    }

    /// Tickets and players.
    var places: [PostgresValue] {
        [.uuids(tickets), .int32s(ticketGroups), .ints(players), .int32s(playerTickets)]
    }

    /// What is to be told.
    var messages: [PostgresValue] {
        [
            .int32s(messageGroups), .texts(subjects), .texts(messageIDs),
            .byteArrays(messageBodies),
        ]
    }

    private mutating func add(_ group: FormedGroup) {
        matches.append(PostgresUUID(high: group.match.high, low: group.match.low))
        if case .match(let match) = group.allocation {
            queues.append(match.queue)
            modes.append(
                match.teams.map { "\($0.seats.reduce(0) { $0 + $1.players.count })" }
                    .joined(separator: "v"))
            regions.append(match.region)
            bodies.append(group.announcement.allocations.first?.body ?? [])
        }
        let place = Int32(matches.count)
        for seat in group.seats {
            tickets.append(PostgresUUID(high: seat.ticket.high, low: seat.ticket.low))
            ticketGroups.append(place)
            for player in seat.players {
                players.append(Int64(bitPattern: player.raw))
                playerTickets.append(Int32(tickets.count))
            }
        }
        add(group.announcement.allocations, place, isBodyKnown: group.generation == nil)
        add(group.announcement.events, place, isBodyKnown: false)
    }

    /// - Parameter isBodyKnown: the body stands with the match already; an empty one says so.
    private mutating func add(_ messages: [StreamMessage], _ place: Int32, isBodyKnown: Bool) {
        for message in messages {
            messageGroups.append(place)
            subjects.append(message.subject)
            messageIDs.append(message.messageID)
            messageBodies.append(isBodyKnown ? [] : message.body)
        }
    }
}
