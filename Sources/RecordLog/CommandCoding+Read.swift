// The counterpart of `CommandCoding+Write`.
import MatchCore

extension ByteReader {
    mutating func command() throws(ByteError) -> Command {
        let raw = try byte()
        guard let tag = CommandTag(rawValue: raw) else {
            throw ByteError(what: "\(raw) is no kind of command")
        }
        switch tag {
        case .enqueue: return .enqueue(try enqueue())
        case .members: return .members(try members())
        case .detail: return .detail(try detail())
        case .avoided: return .avoided(try avoided())
        case .roleRatings: return .roleRatings(try roleRatings())
        case .cancel: return .cancel(CancelRequest(ticket: try ticket(), lobby: try lobby()))
        case .answer: return .answer(try answer())
        case .backfill: return .backfill(try backfill())
        case .endBackfill:
            return .endBackfill(EndBackfillRequest(match: try match(), lobby: try lobby()))
        case .mark:
            let player = PlayerID(try number())
            let scope = CooldownScope(
                UInt8(try entryCount(max: CooldownScope.capacity - 1, min: 0)))
            return .mark(MarkRequest(player: player, scope: scope, ticks: try signed()))
        case .offence:
            return .offence(
                OffenceRequest(
                    player: PlayerID(try number()), queue: QueueIndex(try number()),
                    ticksAgo: try signed()))
        case .explain: return .explain(ExplainRequest(ticket: try ticket(), token: try number()))
        case .expel:
            return .expel(
                ExpelRequest(
                    match: try match(), reservation: try signed(), ticket: try ticket()))
        case .settle:
            return .settle(
                SettleRequest(
                    match: try match(), reservation: try signed(), isCommitted: try byte() != 0))
        case .ended: return .ended(EndedRequest(ticket: try ticket(), match: try match()))
        }
    }

    private mutating func ticket() throws(ByteError) -> TicketID {
        TicketID(high: try whole(), low: try whole())
    }

    private mutating func match() throws(ByteError) -> MatchID {
        MatchID(high: try whole(), low: try whole())
    }

    private mutating func lobby() throws(ByteError) -> LobbyIndex { LobbyIndex(try number()) }

    private mutating func rating() throws(ByteError) -> Rating { Rating(steps: try signed()) }

    private mutating func member() throws(ByteError) -> Member {
        let player = PlayerID(try number())
        let rating = try rating()
        if try byte() == 0 { return Member(player: player, rating: rating) }
        return Member(
            player: player, rating: rating, roles: RoleSet(bits: try byte()),
            preferredRole: try byte())
    }

    private mutating func enqueue() throws(ByteError) -> TicketRequest {
        let flags = RequestFlags(rawValue: try byte())
        var request = TicketRequest(
            ticket: try ticket(), leader: try member(), latencies: try latencies(),
            queue: QueueIndex(try number()), lobby: try lobby())
        if flags.contains(.hasWaited) { request.waitedTicks = try signed() }
        if flags.contains(.isParty) { request.memberCount = try number() }
        if flags.contains(.hasFaction) { request.faction = try byte() }
        if flags.contains(.hasAvoided) { request.avoidedCount = try byte() }
        if flags.contains(.hasRated) { request.ratedCount = try byte() }
        request.isMercenary = flags.contains(.isMercenary)
        request.isWarParty = flags.contains(.isWarParty)
        request.hasDetail = flags.contains(.hasDetail)
        // The core relies on these as checked.
        guard (1...Limits.partySizeMax).contains(Int(request.memberCount)),
            Int(request.avoidedCount) <= Limits.avoidedCountMax,
            request.ratedCount <= request.memberCount
        else { throw ByteError(what: "a ticket has an impossible size") }
        return request
    }

    private mutating func latencies() throws(ByteError) -> LatencyVector {
        var vector = LatencyVector()
        for index in 0..<(try entryCount(max: LatencyVector.capacity, min: 0)) {
            let value: UInt16 = try number()
            vector[RegionIndex(UInt8(index))] = value &- 1
        }
        return vector
    }

    /// A count or position of one byte, within bounds.
    private mutating func entryCount(max: Int, min: Int = 1) throws(ByteError) -> Int {
        let count = Int(try byte())
        guard count >= min && count <= max else {
            throw ByteError(what: "\(count) stands where \(min) to \(max) is possible")
        }
        return count
    }

    private mutating func members() throws(ByteError) -> MemberGroup {
        var list: [Member] = []
        for _ in 0..<(try entryCount(max: MemberGroup.capacity)) { list.append(try member()) }
        return MemberGroup(list)
    }

    private mutating func avoided() throws(ByteError) -> AvoidedGroup {
        var list: [PlayerID] = []
        for _ in 0..<(try entryCount(max: AvoidedGroup.capacity)) {
            list.append(PlayerID(try number()))
        }
        return AvoidedGroup(list)
    }

    private mutating func roleRatings() throws(ByteError) -> RoleRatingGroup {
        var list: [RatedMember] = []
        for _ in 0..<(try entryCount(max: RoleRatingGroup.capacity)) {
            let position = UInt8(try entryCount(max: Limits.partySizeMax - 1, min: 0))
            var offsets = RoleOffsets()
            for role in 0..<Limits.roleCountMax { offsets[role] = try signed() }
            list.append(RatedMember(position: position, offsets: offsets))
        }
        return RoleRatingGroup(list)
    }

    private mutating func detail() throws(ByteError) -> TicketDetail {
        var detail = TicketDetail()
        detail.team = try number()
        detail.maps = MapSet(bits: try number())
        let count = try entryCount(max: Limits.furtherQueueCountMax, min: 0)
        detail.choiceCount = UInt8(count)
        for index in 0..<count {
            detail.choices[index] = QueueChoice(
                queue: QueueIndex(try number()), rating: try rating())
        }
        return detail
    }

    private mutating func answer() throws(ByteError) -> AnswerRequest {
        let match = try match()
        let ticket = try ticket()
        let lobby = try lobby()
        let raw = try byte()
        guard let answer = ProposalAnswer(rawValue: raw) else {
            throw ByteError(what: "\(raw) is no answer to a proposed match")
        }
        return AnswerRequest(
            match: match, ticket: ticket, lobby: lobby, answer: answer,
            player: PlayerID(try number()))
    }

    private mutating func backfill() throws(ByteError) -> BackfillRequest {
        let match = try match()
        let queue = QueueIndex(try number())
        let region = RegionIndex(UInt8(try entryCount(max: LatencyVector.capacity - 1, min: 0)))
        let lobby = try lobby()
        let map = try byte()
        var request = BackfillRequest(
            match: match, queue: queue, region: region, lobby: lobby, generation: try number(),
            rating: try rating(), openPlaces: [0, 0])
        request.map = map
        for team in 0..<2 {
            request.teamSums[team] = try signed()
            request.openPlaces[team] = try byte()
        }
        for index in 0..<12 { request.openRoles[index] = try byte() }
        return request
    }
}
