// A ticket as a scenario names it, with what its players will do when a match is proposed to them.
// Plain values: a scenario can be cut down step by step and printed.

import MatchCore

/// What a ticket does about one proposal.
package enum Manner: Sendable, Equatable {
    /// Answers so many ticks after it heard of the match.
    case accept(after: Int32)
    /// `blame`: position of the member who declines; nil for the party as a whole.
    case decline(after: Int32, blame: Int?)
    case undelivered(after: Int32)
    case silent
    /// Accepts, and then once more.
    case acceptTwice(after: Int32)
    /// Answers for a match that was never proposed to it.
    case wrongMatch(after: Int32)
}

/// How a ticket's followers are spoilt on their way.
package enum FollowerFault: Sendable, Equatable {
    /// The last follower is missing.
    case lastMissing
    /// A group of members holds one too few.
    case shortGroup
    /// One group of members comes twice.
    case extraGroup
    /// The detail comes although the request does not announce it.
    case strayDetail
}

/// A ticket of a scenario.
package struct SimTicket: Sendable {
    package var number: Int
    package var members: [Member]
    package var queue = QueueIndex(0)
    package var further: [QueueChoice] = []
    package var lobby = LobbyIndex(1)
    package var waited: Int32 = 0
    /// By region in milliseconds; nil where unreachable.
    package var latencies: [UInt16?] = [20]
    package var faction: UInt8 = 0
    package var isMercenary = false
    package var isWarParty = false
    package var team: UInt64 = 0
    package var maps = MapSet.any
    package var avoided: [PlayerID] = []
    package var rated: [RatedMember] = []
    package var fault: FollowerFault?
    /// By proposals in order; the last holds for all further ones. Empty: accepts after 1 tick.
    package var manners: [Manner] = []

    package init(number: Int, members: [Member]) {
        self.number = number
        self.members = members
    }

    package var id: TicketID { TicketID(number: number) }

    package func manner(proposal: Int) -> Manner {
        manners.isEmpty ? .accept(after: 1) : manners[min(proposal, manners.count - 1)]
    }

    private var hasDetail: Bool { team != 0 || maps != .any || !further.isEmpty }

    private var request: TicketRequest {
        var vector = LatencyVector()
        for (region, latency) in latencies.enumerated() {
            if let latency { vector[RegionIndex(UInt8(region))] = latency }
        }
        var request = TicketRequest(
            ticket: id, leader: members[0], latencies: vector, waitedTicks: waited, queue: queue,
            lobby: lobby, memberCount: members.count)
        request.faction = faction
        request.isMercenary = isMercenary
        request.isWarParty = isWarParty
        request.hasDetail = hasDetail
        request.avoidedCount = UInt8(avoided.count)
        request.ratedCount = UInt8(rated.count)
        return request
    }

    private var detail: TicketDetail {
        var detail = TicketDetail()
        detail.team = team
        detail.maps = maps
        detail.choiceCount = UInt8(further.count)
        for (position, choice) in further.prefix(7).enumerated() {
            detail.choices[position] = choice
        }
        return detail
    }

    /// The request and its followers, spoilt if the ticket has a fault.
    package var commands: [Command] {
        var commands = [Command.enqueue(request)]
        for start in stride(from: 1, to: members.count, by: MemberGroup.capacity) {
            let end = min(start + MemberGroup.capacity, members.count)
            commands.append(.members(MemberGroup(members[start..<end])))
        }
        if hasDetail { commands.append(.detail(detail)) }
        for start in stride(from: 0, to: avoided.count, by: AvoidedGroup.capacity) {
            let end = min(start + AvoidedGroup.capacity, avoided.count)
            commands.append(.avoided(AvoidedGroup(avoided[start..<end])))
        }
        for start in stride(from: 0, to: rated.count, by: RoleRatingGroup.capacity) {
            let end = min(start + RoleRatingGroup.capacity, rated.count)
            commands.append(.roleRatings(RoleRatingGroup(rated[start..<end])))
        }
        spoil(&commands)
        return commands
    }

    private func spoil(_ commands: inout [Command]) {
        switch fault {
        case nil: return
        case .lastMissing: if commands.count > 1 { commands.removeLast() }
        case .shortGroup:
            guard commands.count > 1, case .members(var group) = commands[1], group.count > 1
            else { return }
            group.count -= 1
            commands[1] = .members(group)
        case .extraGroup:
            guard commands.count > 1, case .members = commands[1] else { return }
            commands.insert(commands[1], at: 1)
        case .strayDetail: if !hasDetail { commands.append(.detail(detail)) }
        }
    }
}

extension TicketID {
    /// The id that scenarios give to a ticket's number; `low` is the number.
    package init(number: Int) { self.init(high: 0x51A1, low: UInt64(number)) }
}

extension MatchID {
    /// The id of a match that runs outside of the core; `low` is the number.
    package init(number: Int) { self.init(high: 0x51A2, low: UInt64(number)) }
}
