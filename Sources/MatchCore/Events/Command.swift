// What reaches the core: the whole of its input besides tick number and rules.
// Values only; the edge has already checked names, numbers and sizes of the message.

/// One step of input. An `enqueue` is followed directly by its followers: as many `members` as its
/// further members need, then one `detail` if the request says so, then its `avoided`, then its
/// `roleRatings`.
package enum Command: BitwiseCopyable, Sendable {
    case enqueue(TicketRequest)
    case members(MemberGroup)
    case detail(TicketDetail)
    case avoided(AvoidedGroup)
    case roleRatings(RoleRatingGroup)
    case cancel(CancelRequest)
    /// A ticket's answer to a proposed match.
    case answer(AnswerRequest)
    /// A running match asks for players, or changes what it asks for.
    case backfill(BackfillRequest)
    /// A running match asks for nobody any more.
    case endBackfill(EndBackfillRequest)
    /// A player may not queue for a while.
    case mark(MarkRequest)
    /// What a player did against a proposed match in an earlier run.
    case offence(OffenceRequest)
    /// A ticket of a match that is about to be refused may not play.
    case expel(ExpelRequest)
    /// A formed match came about, or did not.
    case settle(SettleRequest)
    /// A ticket ended in an earlier run.
    case ended(EndedRequest)
    /// What holds this ticket?
    case explain(ExplainRequest)
}

/// A player as part of a ticket.
package struct Member: BitwiseCopyable, Sendable, Equatable {
    package let player: PlayerID
    package let rating: Rating
    /// Roles that the player is willing to play.
    package var roles: RoleSet
    /// Position of the role that he would like best; `RoleSet.noPreference` if none.
    package var preferredRole: UInt8
    package init(
        player: PlayerID, rating: Rating, roles: RoleSet = .all,
        preferredRole: UInt8 = RoleSet.noPreference
    ) {
        self.player = player
        self.rating = rating
        self.roles = roles
        self.preferredRole = preferredRole
    }
}

/// A party asks for a match.
package struct TicketRequest: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    package var leader: Member
    package var latencies: LatencyVector
    /// Ticks that the ticket has waited already, for one that returns to the queue. Below 0 counts
    /// as 0, and above `waitedTicksMax` as that.
    package var waitedTicks: Int32
    package var queue: QueueIndex
    package var lobby: LobbyIndex
    /// Members in all, the leader included; `memberCount - 1` follow in `Command.members`.
    package var memberCount: UInt16
    /// 0 or 1 in queues with factions; the whole party plays on this side.
    package var faction: UInt8 = 0
    /// May play for the other faction, or fill a war party.
    package var isMercenary = false
    /// The party is a war party with its own side; `TicketDetail.team` names it.
    package var isWarParty = false
    /// One `Command.detail` follows the members.
    package var hasDetail = false
    /// Players in the `Command.avoided` that follow; at most `Limits.avoidedCountMax`.
    package var avoidedCount: UInt8 = 0
    /// Members in the `Command.roleRatings` that follow.
    package var ratedCount: UInt8 = 0

    package init(
        ticket: TicketID, leader: Member, latencies: LatencyVector, waitedTicks: Int32 = 0,
        queue: QueueIndex, lobby: LobbyIndex, memberCount: Int = 1
    ) {
        precondition(memberCount >= 1 && memberCount <= Limits.partySizeMax)
        self.ticket = ticket
        self.leader = leader
        self.latencies = latencies
        self.waitedTicks = waitedTicks
        self.queue = queue
        self.lobby = lobby
        self.memberCount = UInt16(memberCount)
    }

    /// So far back that no timeout is longer, and that no sum of ticks overflows.
    package static let waitedTicksMax: Int32 = 1 << 29

    /// `members` commands that must follow this request.
    package var memberGroupCount: Int { MemberGroup.groupCount(memberCount: Int(memberCount)) }
    /// Commands of any kind that must follow this request.
    package var followerCount: Int {
        memberGroupCount + (hasDetail ? 1 : 0)
            + AvoidedGroup.groupCount(avoidedCount: Int(avoidedCount))
            + RoleRatingGroup.groupCount(ratedCount: Int(ratedCount))
    }
    /// Most commands that one request and its followers take.
    package static let cellCountMax =
        1 + MemberGroup.groupCount(memberCount: Limits.partySizeMax) + 1
        + AvoidedGroup.groupCount(avoidedCount: Limits.avoidedCountMax)
        + RoleRatingGroup.groupCount(ratedCount: Limits.partySizeMax)
}

/// Up to five further members of the party whose `enqueue` came just before.
package struct MemberGroup: BitwiseCopyable, Sendable {
    package static let capacity = 5
    package var count: UInt16
    package var members: InlineArray<5, Member>

    /// A group of the first `capacity` members of `slice`.
    package init(_ slice: some Collection<Member>) {
        precondition(!slice.isEmpty && slice.count <= MemberGroup.capacity)
        members = InlineArray(repeating: Member(player: PlayerID(0), rating: Rating(steps: 0)))
        count = 0
        for member in slice {
            members[Int(count)] = member
            count += 1
        }
    }

    /// Groups that a party of `memberCount` needs beyond its leader.
    package static func groupCount(memberCount: Int) -> Int {
        (memberCount - 1 + capacity - 1) / capacity
    }
}

/// A lobby takes a ticket back.
package struct CancelRequest: BitwiseCopyable, Sendable {
    package var ticket: TicketID
    /// Who asks, and so who is told if there is no such ticket.
    package var lobby: LobbyIndex
    package init(ticket: TicketID, lobby: LobbyIndex) {
        self.ticket = ticket
        self.lobby = lobby
    }
}
