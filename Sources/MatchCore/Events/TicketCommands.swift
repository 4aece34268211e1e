// The rarer commands and the followers of a ticket: what most tickets do not need.
// Values only; the edge has already checked names, numbers and sizes.

/// One more queue of a ticket.
package struct QueueChoice: BitwiseCopyable, Sendable, Equatable {
    package var queue: QueueIndex
    /// The party's rating in that queue, offset not included; nil in `sameRating`.
    package var rating: Rating
    /// The members' own ratings hold.
    package static let sameRating = Rating(steps: .min)
    package init(queue: QueueIndex, rating: Rating = QueueChoice.sameRating) {
        self.queue = queue
        self.rating = rating
    }
}

/// What the request just before says beyond the common.
package struct TicketDetail: BitwiseCopyable, Sendable {
    /// The premade or war party's lasting identity; 0 if it has none. Rematches go by it.
    package var team: UInt64 = 0
    /// Maps that the ticket plays, in each of its queues.
    package var maps = MapSet.any
    /// Further queues; a match in any withdraws the ticket from all.
    package var choiceCount: UInt8 = 0
    package var choices: InlineArray<7, QueueChoice>
    package init() {
        choices = InlineArray(repeating: QueueChoice(queue: QueueIndex(0)))
    }
}

/// Players whom the party just before avoids.
package struct AvoidedGroup: BitwiseCopyable, Sendable {
    package static let capacity = 10
    package var count: UInt16
    package var players: InlineArray<10, PlayerID>

    /// A group of the first `capacity` of `slice`.
    package init(_ slice: some Collection<PlayerID>) {
        precondition(!slice.isEmpty && slice.count <= AvoidedGroup.capacity)
        count = 0
        players = InlineArray(repeating: PlayerID(0))
        for player in slice {
            players[Int(count)] = player
            count += 1
        }
    }

    package static func groupCount(avoidedCount: Int) -> Int {
        (avoidedCount + capacity - 1) / capacity
    }
}

/// A member whose skill differs by role.
package struct RatedMember: BitwiseCopyable, Sendable, Equatable {
    /// His place in the party, from 0; below `TicketRequest.memberCount`.
    package var position: UInt8
    package var offsets: RoleOffsets
    package init(position: UInt8, offsets: RoleOffsets) {
        self.position = position
        self.offsets = offsets
    }
}

/// Members of the party just before whose skill differs by role, in the party's order.
package struct RoleRatingGroup: BitwiseCopyable, Sendable {
    package static let capacity = 6
    package var count: UInt16
    package var members: InlineArray<6, RatedMember>

    /// A group of the first `capacity` members of `slice`.
    package init(_ slice: some Collection<RatedMember>) {
        precondition(!slice.isEmpty && slice.count <= RoleRatingGroup.capacity)
        count = 0
        members = InlineArray(repeating: RatedMember(position: 0, offsets: RoleOffsets()))
        for member in slice {
            members[Int(count)] = member
            count += 1
        }
    }

    /// Adds a member behind the others.
    /// - Returns: false, and nothing changed, if the group is full.
    package mutating func append(_ member: RatedMember) -> Bool {
        if Int(count) == RoleRatingGroup.capacity { return false }
        members[Int(count)] = member
        count += 1
        return true
    }

    package static func groupCount(ratedCount: Int) -> Int {
        (ratedCount + capacity - 1) / capacity
    }
}

/// What a ticket says to a proposed match.
package enum ProposalAnswer: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case accepted
    case declined
    /// The question never reached its players: it leaves without a mark.
    case undelivered
}

/// A ticket's answer to a proposed match.
package struct AnswerRequest: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var ticket: TicketID
    package var lobby: LobbyIndex
    package var answer: ProposalAnswer
    /// Who is to blame for `declined`; player 0 for the whole party.
    package var player: PlayerID
    package init(
        match: MatchID, ticket: TicketID, lobby: LobbyIndex, answer: ProposalAnswer,
        player: PlayerID = PlayerID(0)
    ) {
        self.match = match
        self.ticket = ticket
        self.lobby = lobby
        self.answer = answer
        self.player = player
    }
}

/// A running match asks for players. The same match again with a higher generation replaces the
/// request; an equal or lower one is refused.
package struct BackfillRequest: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var queue: QueueIndex
    package var region: RegionIndex
    package var lobby: LobbyIndex
    package var map: UInt8
    /// Grows with every change of the match's roster.
    package var generation: UInt32
    /// Mean rating of those who play.
    package var rating: Rating
    /// Sum of the ratings of each of the two teams above or below that mean, in steps: who joins
    /// should even this out.
    package var teamSums: InlineArray<2, Int32>
    /// Free places of the two teams.
    package var openPlaces: InlineArray<2, UInt8>
    /// By team and role, players of a role that the team can still take; ignored without roles.
    package var openRoles: InlineArray<12, UInt8>

    package init(
        match: MatchID, queue: QueueIndex, region: RegionIndex, lobby: LobbyIndex,
        generation: UInt32, rating: Rating, openPlaces: InlineArray<2, UInt8>
    ) {
        self.match = match
        self.queue = queue
        self.region = region
        self.lobby = lobby
        self.generation = generation
        self.rating = rating
        self.openPlaces = openPlaces
        map = 0
        teamSums = [0, 0]
        openRoles = InlineArray(repeating: UInt8.max)
    }
}

/// A running match takes its request back, or has ended.
package struct EndBackfillRequest: BitwiseCopyable, Sendable {
    package var match: MatchID
    package var lobby: LobbyIndex
    package init(match: MatchID, lobby: LobbyIndex) {
        self.match = match
        self.lobby = lobby
    }
}

/// Keeps a player out of all queues of a scope.
package struct MarkRequest: BitwiseCopyable, Sendable {
    package var player: PlayerID
    package var scope: CooldownScope
    /// From now; 0 takes the mark back. A longer mark that stands already is kept.
    package var ticks: Int32
    package init(player: PlayerID, scope: CooldownScope, ticks: Int32) {
        self.player = player
        self.scope = scope
        self.ticks = ticks
    }
}

/// An offence against a proposed match of an earlier run: counts, and keeps the player out, as if
/// this run had seen it. Offences of one player come in the order in which they happened.
package struct OffenceRequest: BitwiseCopyable, Sendable {
    package var player: PlayerID
    /// The queue of the proposed match, whose rules of today say what follows.
    package var queue: QueueIndex
    /// Ticks that have passed since, 0...`TicketRequest.waitedTicksMax`; more count as that.
    package var ticksAgo: Int32
    package init(player: PlayerID, queue: QueueIndex, ticksAgo: Int32) {
        self.player = player
        self.queue = queue
        self.ticksAgo = ticksAgo
    }
}

/// Asks what holds a ticket.
package struct ExplainRequest: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    /// Comes back in the answer.
    package var token: UInt64
    package init(ticket: TicketID, token: UInt64) {
        self.ticket = ticket
        self.token = token
    }
}
