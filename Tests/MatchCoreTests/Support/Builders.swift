// Short ways to say a queue's rules and a ticket.

@testable import MatchCore

/// The shape of a match.
struct Mode: Sendable, CustomStringConvertible {
    let name: String
    let teamCount: Int
    let teamSize: Int
    let partySizeMax: Int

    init(_ name: String, _ teamCount: Int, _ teamSize: Int, partySizeMax: Int) {
        self.name = name
        self.teamCount = teamCount
        self.teamSize = teamSize
        self.partySizeMax = partySizeMax
    }

    var description: String { name }
    var playerCount: Int { teamCount * teamSize }

    static let duel = Mode("1v1", 2, 1, partySizeMax: 1)
    static let doubles = Mode("2v2", 2, 2, partySizeMax: 2)
    static let triples = Mode("3v3", 2, 3, partySizeMax: 3)
    static let fives = Mode("5v5", 2, 5, partySizeMax: 5)
    static let tens = Mode("10v10", 2, 10, partySizeMax: 5)
    static let forties = Mode("40v40", 2, 40, partySizeMax: 10)
    static let threeTwos = Mode("2+2+2", 3, 2, partySizeMax: 2)
    static let freeForAll = Mode("ffa8", 8, 1, partySizeMax: 1)
    static let cooperative = Mode("1x4", 1, 4, partySizeMax: 4)
    static let fourThrees = Mode("4x3", 4, 3, partySizeMax: 3)
    static let sevens = Mode("7v7", 2, 7, partySizeMax: 7)

    static let all = [
        duel, doubles, triples, fives, tens, forties, threeTwos, freeForAll, cooperative,
        fourThrees, sevens,
    ]
}

/// A limit from `start` to `max` that grows by `perTick`, all in the limit's unit.
func curve(_ start: Int32, perTick: Double, max: Int32) -> WideningCurve {
    WideningCurve(
        start: start, growthPerTick: Int64(perTick * Double(WideningCurve.growthUnit)), max: max)
}

/// A rating window in points.
func window(_ start: Int32, perTick: Double, max: Int32) -> WideningCurve {
    curve(
        start * Rating.stepsPerPoint, perTick: perTick * Double(Rating.stepsPerPoint),
        max: max * Rating.stepsPerPoint)
}

extension QueueRules {
    /// Rules for a mode: ±100 points to ±500 at half a point a tick unless said otherwise.
    static func make(
        _ mode: Mode, window: WideningCurve = MatchCoreTests.window(100, perTick: 0.5, max: 500),
        latencyCap: WideningCurve = curve(80, perTick: 0.1, max: 150),
        timeoutTicks: Int32 = 100_000, offsetPoints: Int32 = 0, waitPreference: Double = 0,
        quality: QualityRules = QualityRules()
    ) -> QueueRules {
        QueueRules(
            teamCount: mode.teamCount, teamSize: mode.teamSize, partySizeMax: mode.partySizeMax,
            premadeOffsetPerMember: offsetPoints * Rating.stepsPerPoint, ratingWindow: window,
            latencyCap: latencyCap, timeoutTicks: timeoutTicks, waitPreference: waitPreference,
            quality: quality)
    }
}

extension Rules {
    static func only(_ queue: QueueRules, version: UInt64 = 1) -> Rules {
        Rules(version: version, queues: [queue])
    }
}

/// A ticket as a test names it.
struct TestTicket {
    var id: TicketID
    var members: [Member]
    var queue = QueueIndex(0)
    var lobby = LobbyIndex(7)
    var waited: Int32 = 0
    /// By region; nil where unreachable.
    var latencies: [UInt16?] = [20]
    var faction: UInt8 = 0
    var isMercenary = false
    var isWarParty = false
    /// Beyond the common; nil for a ticket without.
    var detail: TicketDetail?
    var avoided: [PlayerID] = []
    /// Members with ratings by role, in the party's order.
    var rated: [RatedMember] = []

    /// A ticket of `points.count` players with the ratings given.
    init(_ number: Int, points: [Double], waited: Int32 = 0, latencies: [UInt16?] = [20]) {
        id = TicketID(number: number)
        members = points.enumerated().map { position, points in
            Member(
                player: PlayerID(UInt64(number * 100 + position)), rating: Rating(points: points))
        }
        self.waited = waited
        self.latencies = latencies
    }

    init(_ number: Int, _ points: Double, waited: Int32 = 0, latencies: [UInt16?] = [20]) {
        self.init(number, points: [points], waited: waited, latencies: latencies)
    }

    var request: TicketRequest {
        var vector = LatencyVector()
        for (region, latency) in latencies.enumerated() {
            guard let latency else { continue }
            vector[RegionIndex(UInt8(region))] = latency
        }
        var request = TicketRequest(
            ticket: id, leader: members[0], latencies: vector, waitedTicks: waited, queue: queue,
            lobby: lobby, memberCount: members.count)
        request.faction = faction
        request.isMercenary = isMercenary
        request.isWarParty = isWarParty
        request.hasDetail = detail != nil
        request.avoidedCount = UInt8(avoided.count)
        request.ratedCount = UInt8(rated.count)
        return request
    }

    /// The same ticket whose members play these roles, one set a member.
    func playing(_ roles: UInt8...) -> TestTicket {
        var changed = self
        for (position, set) in roles.enumerated() {
            changed.members[position].roles = RoleSet(bits: set)
        }
        return changed
    }

    /// The same ticket whose member at `position` is as much better in each role, in points.
    func rated(_ points: [Double], at position: Int = 0) -> TestTicket {
        var changed = self
        var offsets = RoleOffsets()
        for (role, points) in points.enumerated() { offsets.set(role, points: points) }
        changed.rated.append(RatedMember(position: UInt8(position), offsets: offsets))
        return changed
    }

    /// The same ticket of another faction.
    func of(faction: UInt8, mercenary: Bool = false) -> TestTicket {
        var changed = self
        changed.faction = faction
        changed.isMercenary = mercenary
        return changed
    }

    /// The same ticket with more said about it.
    func with(_ change: (inout TicketDetail) -> Void) -> TestTicket {
        var changed = self
        var detail = changed.detail ?? TicketDetail()
        change(&detail)
        changed.detail = detail
        return changed
    }

    func avoiding(_ players: PlayerID...) -> TestTicket {
        var changed = self
        changed.avoided = players
        return changed
    }

    /// The request and the groups of further members behind it.
    var commands: [Command] {
        var commands = [Command.enqueue(request)]
        var rest = members.dropFirst()
        while !rest.isEmpty {
            commands.append(.members(MemberGroup(rest.prefix(MemberGroup.capacity))))
            rest = rest.dropFirst(MemberGroup.capacity)
        }
        if let detail { commands.append(.detail(detail)) }
        var left = avoided[...]
        while !left.isEmpty {
            commands.append(.avoided(AvoidedGroup(left.prefix(AvoidedGroup.capacity))))
            left = left.dropFirst(AvoidedGroup.capacity)
        }
        var unsent = rated[...]
        while !unsent.isEmpty {
            commands.append(.roleRatings(RoleRatingGroup(unsent.prefix(RoleRatingGroup.capacity))))
            unsent = unsent.dropFirst(RoleRatingGroup.capacity)
        }
        return commands
    }

    var cancel: Command { .cancel(CancelRequest(ticket: id, lobby: lobby)) }
}

extension TicketID {
    /// The id that tests give to a number; `low` is the number.
    init(number: Int) { self.init(high: 0xABCD, low: UInt64(number)) }
}

extension [TestTicket] {
    var commands: [Command] { flatMap(\.commands) }
}

extension Limits {
    /// Room for a few hundred tickets.
    static func small(_ tickets: Int = 512, players: Int = 4096, regions: Int = 3) -> Limits {
        Limits(
            ticketCountMax: tickets, playerCountMax: players, placeCountMax: tickets * regions,
            queueCountMax: 16, regionCount: regions)
    }
}

extension Random {
    /// A number in the range, with the tiny bias of a remainder.
    mutating func next(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    mutating func chance(_ share: Double) -> Bool {
        Double(next() >> 11) / Double(1 << 53) < share
    }

    /// About normal, mean 0, standard deviation 1: twelve uniform draws (Irwin and Hall). No
    /// transcendental function, so that every machine draws the same.
    mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += Double(next() >> 11) / Double(1 << 53) }
        return sum
    }

    mutating func element<Element>(_ list: [Element]) -> Element {
        list[next(in: 0...list.count - 1)]
    }
}
