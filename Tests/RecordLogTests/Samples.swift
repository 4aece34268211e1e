// Commands of every kind with every field set, and a seeded source of them.
import MatchCore

@testable import RecordLog

enum Sample {
    static let header = RecordHeader(
        limits: Limits(ticketCountMax: 500, queueCountMax: 4, regionCount: 3), tickMilliseconds: 50,
        seed: 7, epoch: .max - 3, firstTick: Tick(0), timeoutSecondsMax: 7_200,
        rules: RecordedRules(version: 12, path: "queues.json5", text: Array("{ a: 1 }".utf8)))

    static func member(_ draw: inout SystemDraw) -> Member {
        Member(
            player: PlayerID(draw.next()), rating: Rating(steps: draw.int32()),
            roles: RoleSet(bits: draw.byte()), preferredRole: draw.byte() & 15)
    }

    static func ticket(_ draw: inout SystemDraw) -> TicketID {
        TicketID(high: draw.next(), low: draw.next())
    }

    static func request(_ draw: inout SystemDraw) -> TicketRequest {
        var latencies = LatencyVector()
        for region in 0..<draw.below(17) where draw.below(3) > 0 {
            latencies[RegionIndex(UInt8(region))] = UInt16(draw.below(10_001))
        }
        var request = TicketRequest(
            ticket: ticket(&draw), leader: member(&draw), latencies: latencies,
            waitedTicks: draw.below(2) == 0 ? 0 : draw.int32(),
            queue: QueueIndex(UInt16(draw.below(65_536))),
            lobby: LobbyIndex(UInt16(draw.below(65_536))), memberCount: 1 + draw.below(80))
        request.faction = UInt8(draw.below(2))
        request.isMercenary = draw.below(2) == 0
        request.isWarParty = draw.below(2) == 0
        request.hasDetail = draw.below(2) == 0
        request.avoidedCount = UInt8(draw.below(31))
        request.ratedCount = UInt8(draw.below(1 + Int(request.memberCount)))
        return request
    }

    static func match(_ draw: inout SystemDraw) -> MatchID {
        MatchID(high: draw.next(), low: draw.next())
    }

    static func detail(_ draw: inout SystemDraw) -> TicketDetail {
        var detail = TicketDetail()
        detail.team = draw.next()
        detail.maps = MapSet(bits: UInt32(truncatingIfNeeded: draw.next()))
        detail.choiceCount = UInt8(draw.below(8))
        for index in 0..<Int(detail.choiceCount) {
            detail.choices[index] = QueueChoice(
                queue: QueueIndex(UInt16(draw.below(9))),
                rating: draw.below(2) == 0 ? QueueChoice.sameRating : Rating(steps: draw.int32()))
        }
        return detail
    }

    static func rated(_ draw: inout SystemDraw) -> RatedMember {
        var offsets = RoleOffsets()
        for role in 0..<Limits.roleCountMax {
            offsets[role] = Int16(truncatingIfNeeded: draw.int32())
        }
        return RatedMember(position: UInt8(draw.below(80)), offsets: offsets)
    }

    static func backfill(_ draw: inout SystemDraw) -> BackfillRequest {
        var request = BackfillRequest(
            match: match(&draw), queue: QueueIndex(UInt16(draw.below(99))),
            region: RegionIndex(UInt8(draw.below(16))),
            lobby: LobbyIndex(3), generation: UInt32(truncatingIfNeeded: draw.next()),
            rating: Rating(steps: draw.int32()), openPlaces: [draw.byte(), draw.byte()])
        request.map = draw.byte()
        request.teamSums = [draw.int32(), draw.int32()]
        for index in 0..<12 { request.openRoles[index] = draw.byte() }
        return request
    }

    static let kindCount = 15

    /// A command of the kind `kind`, 0..<kindCount.
    static func command(kind: Int, _ draw: inout SystemDraw) -> Command {
        switch kind {
        case 0: return .enqueue(request(&draw))
        case 1: return .members(MemberGroup((0..<(1 + draw.below(5))).map { _ in member(&draw) }))
        case 2: return .detail(detail(&draw))
        case 3:
            let players = (0..<(1 + draw.below(10))).map { _ in PlayerID(draw.next()) }
            return .avoided(AvoidedGroup(players))
        case 4:
            return .cancel(CancelRequest(ticket: ticket(&draw), lobby: LobbyIndex(65_535)))
        case 5:
            return .answer(
                AnswerRequest(
                    match: match(&draw), ticket: ticket(&draw),
                    lobby: LobbyIndex(1), answer: ProposalAnswer.allCases[draw.below(3)],
                    player: PlayerID(draw.next())))
        case 6: return .backfill(backfill(&draw))
        case 7:
            return .endBackfill(
                EndBackfillRequest(match: match(&draw), lobby: LobbyIndex(9)))
        case 8:
            return .mark(
                MarkRequest(
                    player: PlayerID(draw.next()), scope: CooldownScope(UInt8(draw.below(16))),
                    ticks: draw.int32()))
        case 9:
            return .expel(
                ExpelRequest(
                    match: match(&draw), reservation: draw.int32(), ticket: ticket(&draw)))
        case 10:
            return .settle(
                SettleRequest(
                    match: match(&draw), reservation: draw.int32(),
                    isCommitted: draw.below(2) == 0))
        case 11: return .ended(EndedRequest(ticket: ticket(&draw), match: match(&draw)))
        case 12:
            return .offence(
                OffenceRequest(
                    player: PlayerID(draw.next()), queue: QueueIndex(UInt16(draw.below(1000))),
                    ticksAgo: draw.int32()))
        case 13:
            return .roleRatings(
                RoleRatingGroup((0..<(1 + draw.below(6))).map { _ in rated(&draw) }))
        default:
            return .explain(ExplainRequest(ticket: ticket(&draw), token: draw.next()))
        }
    }
}

/// A seeded generator (SplitMix64).
struct SystemDraw {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }
    mutating func int32() -> Int32 { Int32(truncatingIfNeeded: next()) }
}

/// A whole record's bytes as a source, in pieces of any size.
func source(_ bytes: [UInt8], piece: Int = .max) -> RecordReader.Source {
    var position = 0
    return { (count: Int) throws(RecordError) -> [UInt8] in
        let taken = bytes[position..<min(bytes.count, position + min(count, piece))]
        position += taken.count
        return Array(taken)
    }
}

/// What a record says, in words that can be compared.
func told(_ bytes: [UInt8], piece: Int = .max) throws -> (steps: [String], RecordReader.Ending) {
    var reader = try RecordReader(source(bytes, piece: piece))
    var steps: [String] = []
    while let entry = try reader.next() {
        steps.append("\(entry)")
        if case .tick = entry { steps += reader.commands.map { "\($0)" } }
    }
    return (steps, reader.ending)
}
