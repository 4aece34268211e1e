// The oldest ticket as seed, after the published description of FlexMatch: the pool is sorted by
// age, candidates join one by one, each checked against all rules; here one distance rule to the
// lobby's mean, relaxed in steps by the wait of the newest ticket, and balanced teams. A seed that
// finds no lobby gives way to the next. A pass every 5 s, the least wait that users report.

import MatchCore

/// One distance rule with expansions.
final class OldestSeedPolicy: Policy {
    private let setup: PolicySetup
    private let scale: Double
    private let interval: Int32
    private var rooms: WaitingRooms

    /// Wait of the newest ticket in seconds, and the distance in points from then on: steps as in
    /// the vendor's examples.
    private static let expansions: [(seconds: Double, points: Double)] = [
        (0, 100), (10, 200), (30, 300), (60, 500),
    ]

    /// - Parameter scale: the rule's distances relative to `expansions`.
    init(_ setup: PolicySetup, scale: Double) {
        self.setup = setup
        self.scale = scale
        interval = setup.ticks(5)
        rooms = WaitingRooms(setup)
    }

    func enqueue(_ ticket: LabTicket, at tick: Int32) { rooms.add(ticket) }
    func cancel(_ ticket: Int) { rooms.remove(ticket) }

    func step(at tick: Int32) -> PolicyStep {
        var step = PolicyStep()
        guard tick % interval == 0 else { return step }
        for room in rooms.rooms.indices {
            var position = 0
            while position < rooms.rooms[room].count {
                if let match = match(room, seed: position, tick) {
                    step.matches.append(match)
                } else {
                    position += 1
                }
            }
        }
        return step
    }

    private func match(_ room: Int, seed: Int, _ tick: Int32) -> FormedMatch? {
        let waiting = rooms.rooms[room]
        let rules = setup.rules[rooms.queue(room)]
        let split = TeamSplit(teamCount: rules.teamCount, teamSize: rules.teamSize)
        var lobby = [waiting[seed]]
        var players = waiting[seed].size
        for ticket in waiting[(seed + 1)...] where players + ticket.size <= rules.playerCount {
            if players == rules.playerCount { break }
            if !admits(lobby + [ticket], tick) { continue }
            lobby.append(ticket)
            players += ticket.size
            if players == rules.playerCount, !split.fits(lobby.map(\.size)) {
                lobby.removeLast()
                players -= ticket.size
            }
        }
        guard players == rules.playerCount,
            let teams = split.balanced(lobby.map(\.size), lobby.map(\.rating))
        else { return nil }
        return rooms.form(lobby, teams, queue: rooms.queue(room), region: rooms.region(room))
    }

    private func admits(_ lobby: [LabTicket], _ tick: Int32) -> Bool {
        let newest = lobby.map(\.since).max() ?? tick
        let age = Double(tick - newest) * setup.tickSeconds
        let step = OldestSeedPolicy.expansions.last { $0.seconds <= age }
        let distance = (step?.points ?? 0) * scale
        let players = lobby.reduce(0) { $0 + $1.size }
        let mean = lobby.reduce(0) { $0 + $1.rating * Double($1.size) } / Double(players)
        return lobby.allSatisfy { abs($0.rating - mean) <= distance }
    }
}
