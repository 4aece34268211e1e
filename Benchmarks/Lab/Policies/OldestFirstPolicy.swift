// Oldest first within a window, after the published description of matchmaker-platform: every
// 200 ms each bucket is sorted by arrival; the oldest party's window of ±100 points, 10 more a
// second, at most ±500, decides alone who may join it; whoever comes first fills the lobby. If the
// head finds nobody, the bucket waits. Left out: its over-full teams, which are a mistake.

import MatchCore

/// The head's window decides.
final class OldestFirstPolicy: Policy {
    private let setup: PolicySetup
    private let scale: Double
    private let interval: Int32
    private var rooms: WaitingRooms

    /// - Parameter scale: the window's width relative to the published one.
    init(_ setup: PolicySetup, scale: Double) {
        self.setup = setup
        self.scale = scale
        interval = setup.ticks(0.2)
        rooms = WaitingRooms(setup)
    }

    func enqueue(_ ticket: LabTicket, at tick: Int32) { rooms.add(ticket) }
    func cancel(_ ticket: Int) { rooms.remove(ticket) }

    func step(at tick: Int32) -> PolicyStep {
        var step = PolicyStep()
        guard tick % interval == 0 else { return step }
        for room in rooms.rooms.indices {
            while let match = match(room, tick) { step.matches.append(match) }
        }
        return step
    }

    private func match(_ room: Int, _ tick: Int32) -> FormedMatch? {
        let waiting = rooms.rooms[room]
        guard let head = waiting.first else { return nil }
        let rules = setup.rules[rooms.queue(room)]
        let age = Double(tick - head.since) * setup.tickSeconds
        let window = min(100 + 10 * age, 500) * scale
        let split = TeamSplit(teamCount: rules.teamCount, teamSize: rules.teamSize)
        var chosen: [LabTicket] = []
        var players = 0
        for ticket in waiting where abs(ticket.rating - head.rating) <= window {
            if players + ticket.size > rules.playerCount { continue }
            chosen.append(ticket)
            players += ticket.size
            if players < rules.playerCount { continue }
            if let teams = split.balanced(chosen.map(\.size), chosen.map(\.rating)) {
                return rooms.form(
                    chosen, teams, queue: rooms.queue(room), region: rooms.region(room))
            }
            chosen.removeLast()
            players -= ticket.size
        }
        return nil
    }
}
