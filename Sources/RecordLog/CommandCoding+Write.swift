// Commands as bytes. Exhaustive over `Command`: a new kind does not compile until it is recorded;
// a test compares the fields of each kind with those written here.
import MatchCore

/// Kinds of command in a record.
enum CommandTag: UInt8 {
    case enqueue = 1
    case members = 2
    case detail = 3
    case avoided = 4
    case cancel = 5
    case answer = 6
    case backfill = 7
    case endBackfill = 8
    case mark = 9
    case explain = 10
    case expel = 11
    case settle = 12
    case ended = 13
    case offence = 14
    case roleRatings = 15
}

/// What of a request is not as usual, and therefore follows.
struct RequestFlags: OptionSet {
    let rawValue: UInt8
    static let hasWaited = RequestFlags(rawValue: 1)
    static let isParty = RequestFlags(rawValue: 2)
    static let hasFaction = RequestFlags(rawValue: 4)
    static let isMercenary = RequestFlags(rawValue: 8)
    static let isWarParty = RequestFlags(rawValue: 16)
    static let hasDetail = RequestFlags(rawValue: 32)
    static let hasAvoided = RequestFlags(rawValue: 64)
    static let hasRated = RequestFlags(rawValue: 128)
}

extension ByteWriter {
    mutating func command(_ command: Command) {
        switch command {
        case .enqueue(let request):
            byte(CommandTag.enqueue.rawValue)
            enqueue(request)
        case .members(let group):
            byte(CommandTag.members.rawValue)
            byte(UInt8(group.count))
            for index in 0..<Int(group.count) { member(group.members[index]) }
        case .detail(let detail):
            byte(CommandTag.detail.rawValue)
            self.detail(detail)
        case .avoided(let group):
            byte(CommandTag.avoided.rawValue)
            byte(UInt8(group.count))
            for index in 0..<Int(group.count) { number(group.players[index].raw) }
        case .roleRatings(let group):
            byte(CommandTag.roleRatings.rawValue)
            byte(UInt8(group.count))
            for index in 0..<Int(group.count) { rated(group.members[index]) }
        case .cancel(let request):
            byte(CommandTag.cancel.rawValue)
            identity(request.ticket.high, request.ticket.low)
            number(request.lobby.raw)
        case .answer(let request):
            byte(CommandTag.answer.rawValue)
            identity(request.match.high, request.match.low)
            identity(request.ticket.high, request.ticket.low)
            number(request.lobby.raw)
            byte(request.answer.rawValue)
            number(request.player.raw)
        case .backfill(let request):
            byte(CommandTag.backfill.rawValue)
            backfill(request)
        case .endBackfill(let request):
            byte(CommandTag.endBackfill.rawValue)
            identity(request.match.high, request.match.low)
            number(request.lobby.raw)
        case .mark(let request):
            byte(CommandTag.mark.rawValue)
            number(request.player.raw)
            byte(request.scope.raw)
            signed(request.ticks)
        case .offence(let request):
            byte(CommandTag.offence.rawValue)
            number(request.player.raw)
            number(request.queue.raw)
            signed(request.ticksAgo)
        case .explain(let request):
            byte(CommandTag.explain.rawValue)
            identity(request.ticket.high, request.ticket.low)
            number(request.token)
        case .expel(let request):
            byte(CommandTag.expel.rawValue)
            identity(request.match.high, request.match.low)
            signed(request.reservation)
            identity(request.ticket.high, request.ticket.low)
        case .settle(let request):
            byte(CommandTag.settle.rawValue)
            identity(request.match.high, request.match.low)
            signed(request.reservation)
            byte(request.isCommitted ? 1 : 0)
        case .ended(let request):
            byte(CommandTag.ended.rawValue)
            identity(request.ticket.high, request.ticket.low)
            identity(request.match.high, request.match.low)
        }
    }

    private mutating func identity(_ high: UInt64, _ low: UInt64) {
        whole(high)
        whole(low)
    }

    private mutating func member(_ member: Member) {
        number(member.player.raw)
        signed(member.rating.steps)
        // All roles and no preference is what nearly everybody has: one byte then.
        let isUsual = member.roles == .all && member.preferredRole == RoleSet.noPreference
        byte(isUsual ? 0 : 1)
        if isUsual { return }
        byte(member.roles.bits)
        byte(member.preferredRole)
    }

    private mutating func rated(_ member: RatedMember) {
        byte(member.position)
        for role in 0..<Limits.roleCountMax { signed(member.offsets[role]) }
    }

    private mutating func enqueue(_ request: TicketRequest) {
        var flags: RequestFlags = []
        if request.waitedTicks != 0 { flags.insert(.hasWaited) }
        if request.memberCount != 1 { flags.insert(.isParty) }
        if request.faction != 0 { flags.insert(.hasFaction) }
        if request.isMercenary { flags.insert(.isMercenary) }
        if request.isWarParty { flags.insert(.isWarParty) }
        if request.hasDetail { flags.insert(.hasDetail) }
        if request.avoidedCount != 0 { flags.insert(.hasAvoided) }
        if request.ratedCount != 0 { flags.insert(.hasRated) }
        byte(flags.rawValue)
        identity(request.ticket.high, request.ticket.low)
        member(request.leader)
        latencies(request.latencies)
        number(request.queue.raw)
        number(request.lobby.raw)
        if flags.contains(.hasWaited) { signed(request.waitedTicks) }
        if flags.contains(.isParty) { number(request.memberCount) }
        if flags.contains(.hasFaction) { byte(request.faction) }
        if flags.contains(.hasAvoided) { byte(request.avoidedCount) }
        if flags.contains(.hasRated) { byte(request.ratedCount) }
    }

    /// As many regions as there are up to the last reachable one; 0 stands for one out of reach.
    private mutating func latencies(_ vector: LatencyVector) {
        let regions = (0..<LatencyVector.capacity).map { RegionIndex(UInt8($0)) }
        let last = regions.last { vector[$0] != LatencyVector.unreachable }
        let used = regions.prefix(last.map { Int($0.raw) + 1 } ?? 0)
        byte(UInt8(used.count))
        for region in used { number(vector[region] &+ 1) }
    }

    private mutating func detail(_ detail: TicketDetail) {
        number(detail.team)
        number(detail.maps.bits)
        byte(detail.choiceCount)
        for index in 0..<Int(detail.choiceCount) {
            number(detail.choices[index].queue.raw)
            signed(detail.choices[index].rating.steps)
        }
    }

    private mutating func backfill(_ request: BackfillRequest) {
        identity(request.match.high, request.match.low)
        number(request.queue.raw)
        byte(request.region.raw)
        number(request.lobby.raw)
        byte(request.map)
        number(request.generation)
        signed(request.rating.steps)
        for team in 0..<2 {
            signed(request.teamSums[team])
            byte(request.openPlaces[team])
        }
        for index in 0..<12 { byte(request.openRoles[index]) }
    }
}
