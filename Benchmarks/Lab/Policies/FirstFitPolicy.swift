// First fit on a long interval, after the published description of Nakama's matchmaker: every 15 s
// the active tickets are visited in no order of age; each takes the tickets that its query finds,
// here ratings within a fixed range in the same region, until the lobby is full. After two
// intervals a ticket no longer looks, but can be found. Teams are the list in its order.

import MatchCore

/// Active tickets take what they find.
final class FirstFitPolicy: Policy {
    private let setup: PolicySetup
    private let range: Double
    private let interval: Int32
    private static let intervalCountMax = 2
    private var rooms: WaitingRooms
    private var intervals: [Int: Int] = [:]
    private var random: LabRandom

    /// - Parameter scale: the range of the query relative to ±100 points; the client chooses it,
    ///   so there is no published one.
    init(_ setup: PolicySetup, scale: Double) {
        self.setup = setup
        range = 100 * scale
        interval = setup.ticks(15)
        rooms = WaitingRooms(setup)
        random = LabRandom(seed: setup.seed, stream: 11)
    }

    func enqueue(_ ticket: LabTicket, at tick: Int32) {
        rooms.add(ticket)
        intervals[ticket.id] = 0
    }

    func cancel(_ ticket: Int) {
        rooms.remove(ticket)
        intervals[ticket] = nil
    }

    func step(at tick: Int32) -> PolicyStep {
        var step = PolicyStep()
        guard tick % interval == 0 else { return step }
        for room in rooms.rooms.indices {
            let active = rooms.rooms[room].filter {
                intervals[$0.id, default: 0] < FirstFitPolicy.intervalCountMax
            }
            for ticket in active.shuffled(using: &random) {
                intervals[ticket.id]? += 1
                if let match = match(ticket, room) { step.matches.append(match) }
            }
        }
        return step
    }

    private func match(_ searcher: LabTicket, _ room: Int) -> FormedMatch? {
        let waiting = rooms.rooms[room]
        guard waiting.contains(where: { $0.id == searcher.id }) else { return nil }
        let rules = setup.rules[rooms.queue(room)]
        let split = TeamSplit(teamCount: rules.teamCount, teamSize: rules.teamSize)
        var chosen = [searcher]
        var players = searcher.size
        func formed() -> FormedMatch? {
            guard players == rules.playerCount, let teams = split.inOrder(chosen.map(\.size))
            else { return nil }
            for ticket in chosen { intervals[ticket.id] = nil }
            return rooms.form(chosen, teams, queue: rooms.queue(room), region: rooms.region(room))
        }
        if let match = formed() { return match }
        for ticket in waiting where ticket.id != searcher.id {
            guard players + ticket.size <= rules.playerCount,
                // Both queries must accept each other, for every two of the lobby.
                chosen.allSatisfy({ abs($0.rating - ticket.rating) <= range })
            else { continue }
            chosen.append(ticket)
            players += ticket.size
            if let match = formed() { return match }
            if players == rules.playerCount {
                chosen.removeLast()
                players -= ticket.size
            }
        }
        return nil
    }
}
