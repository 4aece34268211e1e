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
    /// A running match has open places, or asks for others than before.
    func askForPlayers(_ request: BackfillRequest, at tick: Int32)
    /// A running match asks for nobody any more.
    func endRequest(_ match: MatchID)
}

/// None of the peers' published rules asks for acceptance or fills running matches.
extension Policy {
    package func askForPlayers(_ request: BackfillRequest, at tick: Int32) {}
    package func endRequest(_ match: MatchID) {}
    package func asks(queue: Int) -> Bool { false }
    package func answer(_ ticket: Int, accepts: Bool) {}
}

/// What a policy did in a tick.
package struct PolicyStep: Sendable {
    /// Matches that take place.
    package var matches: [FormedMatch] = []
    /// Tickets that join running matches.
    package var joined: [FormedMatch] = []
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
    /// By which the match can ask for players; nil if it cannot.
    package var id: MatchID?

    package init(queue: Int, region: Int, seats: [FormedSeat], id: MatchID? = nil) {
        self.id = id
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
    /// Members who play, the first ones; nil for all.
    package var fielded: Int?

    package init(ticket: Int, team: Int, roles: [UInt8] = [], fielded: Int? = nil) {
        self.fielded = fielded
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
