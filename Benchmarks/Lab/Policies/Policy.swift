// What the lab asks of a matchmaker: take tickets, let them go, form matches. Muster's core is one
// of them; the others are the published rules of peers.

import MatchCore

/// Forms matches tick by tick. It sees displayed ratings, never true skill.
package protocol Policy: AnyObject {
    /// A ticket begins to wait, or waits again with its old `since`.
    func enqueue(_ ticket: LabTicket, at tick: Int32)
    /// A waiting ticket leaves.
    func cancel(_ ticket: Int)
    /// Forms the matches of a tick. Ticks come in rising order, each once.
    func step(at tick: Int32) -> PolicyStep
    /// True if the policy itself asks players to accept the matches of a queue and finds
    /// substitutes; otherwise the simulator asks, and a match that one refuses is off.
    func asks(queue: Int) -> Bool
    /// What a ticket says to the match that it was proposed for.
    func answer(_ ticket: Int, accepts: Bool)
}

extension Policy {
    package func asks(queue: Int) -> Bool { false }
    package func answer(_ ticket: Int, accepts: Bool) {}
}

/// What a policy did in a tick.
package struct PolicyStep: Sendable {
    /// Matches that take place.
    package var matches: [FormedMatch] = []
    /// Tickets that are asked to accept a match.
    package var asked: [Int] = []
    /// Tickets that were asked and wait again.
    package var returned: [Int] = []
    /// Tickets that left because they did not accept.
    package var declined: [Int] = []
    /// Tickets that the policy refused or let expire.
    package var dropped: [Int] = []
    package init() {}
}

/// A match as a policy formed it. Its tickets do not wait any more.
package struct FormedMatch: Sendable {
    package var queue: Int
    package var region: Int
    package var seats: [FormedSeat]

    package init(queue: Int, region: Int, seats: [FormedSeat]) {
        self.queue = queue
        self.region = region
        self.seats = seats
    }
}

/// A ticket's place in a match.
package struct FormedSeat: Sendable, Equatable {
    package var ticket: Int
    package var team: Int
    /// The role of each member; empty if the policy assigns none.
    package var roles: [UInt8]

    package init(ticket: Int, team: Int, roles: [UInt8] = []) {
        self.ticket = ticket
        self.team = team
        self.roles = roles
    }
}

/// What every policy is made with.
package struct PolicySetup: Sendable {
    package var rules: [QueueRules]
    package var regionCount: Int
    package var tickSeconds: Double
    package var seed: UInt64

    package init(rules: [QueueRules], regionCount: Int, tickSeconds: Double, seed: UInt64) {
        self.rules = rules
        self.regionCount = regionCount
        self.tickSeconds = tickSeconds
        self.seed = seed
    }

    /// Ticks of a time, at least 1.
    func ticks(_ seconds: Double) -> Int32 { max(1, Int32((seconds / tickSeconds).rounded())) }
}
