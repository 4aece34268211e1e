// A ticket as it stands in the batch: the request and the followers behind it, read in place.

/// A request with its followers.
struct Arrival {
    let request: TicketRequest
    let party: PartyView
    /// Position of the detail, or -1 if the request announces none or it is missing.
    private let detailAt: Int
    private let avoidedAt: Int
    private let ratedAt: Int
    private let commands: UnsafeBufferPointer<Command>
    /// Cells behind the request that belong to it, as far as they are there.
    let cellCount: Int
    /// False if a follower that the request announced is missing or of another count.
    let isComplete: Bool

    @inline(__always) init(
        _ request: TicketRequest, _ commands: UnsafeBufferPointer<Command>, _ start: Int
    ) {
        self.request = request
        self.commands = commands
        party = PartyView(
            leader: request.leader, count: Int(request.memberCount), commands: commands,
            start: start)
        if request.followerCount == 0 {
            detailAt = -1
            avoidedAt = -1
            ratedAt = -1
            cellCount = 0
            isComplete = true
            return
        }
        var position = start
        let groups = request.memberGroupCount
        while position - start < groups, position < commands.count,
            case .members = commands[position]
        {
            position += 1
        }
        var complete = party.isComplete
        var detail = -1
        if request.hasDetail {
            if position < commands.count, case .detail = commands[position] {
                detail = position
                position += 1
            } else {
                complete = false
            }
        }
        detailAt = detail
        avoidedAt = position
        var avoided = 0
        while avoided < Int(request.avoidedCount), position < commands.count,
            case .avoided(let group) = commands[position]
        {
            avoided += Int(group.count)
            position += 1
        }
        ratedAt = position
        var rated = 0
        while rated < Int(request.ratedCount), position < commands.count,
            case .roleRatings(let group) = commands[position]
        {
            rated += Int(group.count)
            for index in 0..<Int(group.count) {
                complete = complete && group.members[index].position < request.memberCount
            }
            position += 1
        }
        cellCount = position - start
        isComplete =
            complete && avoided == Int(request.avoidedCount) && rated == Int(request.ratedCount)
    }

    /// What the request's detail says, or what holds without one.
    var detail: TicketDetail {
        if detailAt >= 0, case .detail(let found) = commands[detailAt] { return found }
        return TicketDetail()
    }

    /// Queues in which the ticket is to stand; the request's own is the first.
    var queueCount: Int { detailAt < 0 ? 1 : 1 + Int(min(detail.choiceCount, 7)) }

    func queue(_ position: Int) -> QueueChoice {
        position == 0 ? QueueChoice(queue: request.queue) : detail.choices[position - 1]
    }

    /// A player on the avoid list.
    /// - Precondition: the arrival is complete and `position` is below `request.avoidedCount`.
    func avoided(_ position: Int) -> PlayerID {
        guard
            case .avoided(let group) = commands[avoidedAt + position / AvoidedGroup.capacity]
        else { return PlayerID(0) }
        return group.players[position % AvoidedGroup.capacity]
    }

    /// A member with ratings by role.
    /// - Precondition: the arrival is complete and `index` is below `request.ratedCount`.
    func rated(_ index: Int) -> RatedMember {
        guard
            case .roleRatings(let group) = commands[ratedAt + index / RoleRatingGroup.capacity]
        else { return RatedMember(position: 0, offsets: RoleOffsets()) }
        return group.members[index % RoleRatingGroup.capacity]
    }

    /// The ticket needs a row of the detail table.
    var needsRow: Bool {
        request.hasDetail || request.avoidedCount > 0 || request.ratedCount > 0
    }
}

/// The members of a request: the leader and those in the commands behind it.
struct PartyView {
    let leader: Member
    let count: Int
    let commands: UnsafeBufferPointer<Command>
    let start: Int

    /// True if the commands behind the request hold exactly the members it announced.
    var isComplete: Bool {
        var found = 1
        var position = start
        while found < count {
            guard position < commands.count, case .members(let group) = commands[position],
                Int(group.count) == min(count - found, MemberGroup.capacity)
            else { return false }
            found += Int(group.count)
            position += 1
        }
        return found == count
    }

    subscript(position: Int) -> Member {
        @inline(__always) get {
            if position == 0 { return leader }
            let group = (position - 1) / MemberGroup.capacity
            guard case .members(let found) = commands[start + group] else { return leader }
            return found.members[(position - 1) % MemberGroup.capacity]
        }
    }
}
