// Every command comes back as it was, with all of its fields; content that makes no sense is
// refused.
import MatchCore
import Testing

@testable import RecordLog

@Suite struct CommandCodingTests {
    @Test(arguments: 0..<Sample.kindCount) func everyKindComesBackAsItWas(kind: Int) throws {
        var draw = SystemDraw(seed: UInt64(kind))
        for _ in 0..<500 {
            let command = Sample.command(kind: kind, &draw)
            var writer = ByteWriter()
            writer.command(command)
            var reader = ByteReader(writer.bytes)
            let back = try reader.command()
            // The descriptions name every field with its value.
            #expect("\(back)" == "\(command)")
            #expect(reader.isAtEnd)
        }
    }

    /// A field that is added to a command must be recorded too: this list is to be changed only
    /// together with the coding.
    @Test func noFieldIsForgotten() throws {
        var draw = SystemDraw(seed: 1)
        let request = Sample.request(&draw)
        let answer = AnswerRequest(
            match: MatchID(high: 0, low: 0), ticket: request.ticket, lobby: request.lobby,
            answer: .accepted)
        let fields: [(Any, [String])] = [
            (
                request,
                [
                    "ticket", "leader", "latencies", "waitedTicks", "queue", "lobby",
                    "memberCount", "faction", "isMercenary", "isWarParty", "hasDetail",
                    "avoidedCount", "ratedCount",
                ]
            ),
            (request.leader, ["player", "rating", "roles", "preferredRole"]),
            (MemberGroup([request.leader]), ["count", "members"]),
            (Sample.detail(&draw), ["team", "maps", "choiceCount", "choices"]),
            (QueueChoice(queue: QueueIndex(0)), ["queue", "rating"]),
            (AvoidedGroup([PlayerID(1)]), ["count", "players"]),
            (RoleRatingGroup([Sample.rated(&draw)]), ["count", "members"]),
            (Sample.rated(&draw), ["position", "offsets"]),
            (RoleOffsets(), ["units"]),
            (CancelRequest(ticket: request.ticket, lobby: request.lobby), ["ticket", "lobby"]),
            (answer, ["match", "ticket", "lobby", "answer", "player"]),
            (
                Sample.backfill(&draw),
                [
                    "match", "queue", "region", "lobby", "map", "generation", "rating", "teamSums",
                    "openPlaces", "openRoles",
                ]
            ),
            (EndBackfillRequest(match: answer.match, lobby: answer.lobby), ["match", "lobby"]),
            (
                MarkRequest(player: PlayerID(1), scope: CooldownScope(0), ticks: 1),
                ["player", "scope", "ticks"]
            ),
            (
                OffenceRequest(player: PlayerID(1), queue: QueueIndex(0), ticksAgo: 1),
                ["player", "queue", "ticksAgo"]
            ),
            (ExplainRequest(ticket: request.ticket, token: 1), ["ticket", "token"]),
            (
                ExpelRequest(match: answer.match, reservation: 0, ticket: request.ticket),
                ["match", "reservation", "ticket"]
            ),
            (
                SettleRequest(match: answer.match, reservation: 0, isCommitted: true),
                ["match", "reservation", "isCommitted"]
            ),
            (EndedRequest(ticket: request.ticket, match: answer.match), ["ticket", "match"]),
        ]
        for (value, names) in fields {
            #expect(Mirror(reflecting: value).children.map { $0.label } == names)
        }
    }

    @Test func everyLimitIsRecorded() {
        let names = Mirror(reflecting: Limits(ticketCountMax: 1)).children.compactMap(\.label)
        #expect(names.count == Limits.recorded.count)
        var limits = Limits(ticketCountMax: 1)
        for (index, field) in Limits.recorded.enumerated() { limits[keyPath: field] = 100 + index }
        let values = Mirror(reflecting: limits).children.compactMap { $0.value as? Int }
        #expect(values.sorted() == (0..<names.count).map { 100 + $0 })
    }

    @Test func aCommonTicketTakesFewBytes() {
        var latencies = LatencyVector()
        for region in 0..<8 { latencies[RegionIndex(UInt8(region))] = UInt16(20 + 20 * region) }
        let request = TicketRequest(
            ticket: TicketID(high: .max, low: .max),
            leader: Member(player: PlayerID(1_000_000), rating: Rating(points: 1500)),
            latencies: latencies, queue: QueueIndex(3), lobby: LobbyIndex(1))
        var writer = ByteWriter()
        writer.command(.enqueue(request))
        #expect(writer.count <= 40)
    }

    @Test(arguments: [
        [0], [12], [255], [1], [2, 0], [2, 6], [4, 11, 2], [4, 0], [9, 1, 16, 0], [3, 0, 0, 8],
        [11, 0], [11, 7], [11, 1, 80, 0, 0, 0, 0, 0, 0],
        [2, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 0, 0],
    ])
    func nonsenseIsRefused(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: ByteError.self) { try reader.command() }
    }

    @Test func randomBytesNeverStopTheProgram() {
        var draw = SystemDraw(seed: 99)
        for _ in 0..<20_000 {
            var bytes = (0..<draw.below(60)).map { _ in draw.byte() }
            if !bytes.isEmpty { bytes[0] = UInt8(draw.below(13)) }
            var reader = ByteReader(bytes)
            _ = try? reader.command()
        }
    }

    @Test func numbersOfAllSizesComeBack() throws {
        let numbers: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, 1 << 32, .max - 1, .max]
        let signed: [Int64] = [0, -1, 1, -64, 63, 64, .min, .max, -1 << 40]
        var writer = ByteWriter()
        for value in numbers { writer.number(value) }
        for value in signed { writer.signed(value) }
        var reader = ByteReader(writer.bytes)
        for value in numbers {
            let back: UInt64 = try reader.number()
            #expect(back == value)
        }
        for value in signed {
            let back: Int64 = try reader.signed()
            #expect(back == value)
        }
        #expect(reader.isAtEnd)
    }

    @Test func checksumIsTheWellKnownOne() {
        // Castagnoli's check value.
        #expect(Checksum.of(Array("123456789".utf8)) == 0xE306_9283)
    }
}
