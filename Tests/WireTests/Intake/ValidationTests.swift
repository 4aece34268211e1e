// Every rule of intake, in both forms: what is refused, and in which words.

import MatchCore
import Testing
import Wire

@Suite struct ValidationTests {
    static let token = "must be 1 to 48 of A-Z a-z 0-9 _ -"
    static let uuid = "must be a UUID of 36 characters and not the nil UUID"

    /// One change to a good ticket and the issues that it must give.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout TicketMessage) -> Void
        let issues: [String]
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "empty queue", change: { $0.queue = "" }, issues: ["ticket.queue: \(token)"]),
        Case(
            name: "queue with a dot", change: { $0.queue = "a.b" },
            issues: ["ticket.queue: \(token)"]),
        Case(
            name: "lobby of 49", change: { $0.lobby = String(repeating: "a", count: 49) },
            issues: ["ticket.lobby: \(token)"]),
        Case(
            name: "token behind a NUL", change: { $0.lobby = "lobby\0.>" },
            issues: ["ticket.lobby: \(token)"]),
        Case(
            name: "nil UUID", change: { $0.ticket = TicketID(high: 0, low: 0) },
            issues: ["ticket.ticket_id: \(uuid)"]),
        Case(
            name: "no players", change: { $0.players = [] },
            issues: ["ticket.players: has 0 players, not 1...80"]),
        Case(
            name: "81 players",
            change: { $0.players = Array(repeating: $0.players[0], count: 81) },
            issues: ["ticket.players: has 81 players, not 1...80"]),
        Case(
            name: "player 0", change: { $0.players[0].player = PlayerID(0) },
            issues: ["ticket.players[0].player_id: 0 is not within 1...9223372036854775807"]),
        Case(
            name: "player beyond a signed column",
            change: { $0.players[0].player = PlayerID(1 << 63) },
            issues: [
                "ticket.players[0].player_id: 9223372036854775808 is not within "
                    + "1...9223372036854775807"
            ]),
        Case(
            name: "rating too low", change: { $0.players[0].rating = -10_000.001 },
            issues: ["ticket.players[0].rating: -10000.001 is not within -10000.0...50000.0"]),
        Case(
            name: "rating too high", change: { $0.players[0].rating = 1e300 },
            issues: ["ticket.players[0].rating: 1e+300 is not within -10000.0...50000.0"]),
        Case(
            name: "no latency", change: { $0.latencies = [] },
            issues: ["ticket.latency_ms: has 0 regions, not 1...16"]),
        Case(
            name: "17 regions",
            change: {
                $0.latencies = (0..<17).map { RegionLatency(region: "r\($0)", milliseconds: 1) }
            },
            issues: ["ticket.latency_ms: has 17 regions, not 1...16"]),
        Case(
            name: "latency too high", change: { $0.latencies[0].milliseconds = 10_001 },
            issues: ["ticket.latency_ms.eu: 10001 is not within 0...10000"]),
        Case(
            name: "region twice",
            change: { $0.latencies.append(RegionLatency(region: "eu", milliseconds: 1)) },
            issues: ["ticket.latency_ms[#1]: names a region for a second time"]),
        Case(
            name: "bad region", change: { $0.latencies[0].region = "e u" },
            issues: ["ticket.latency_ms[#0]: region name \(token)"]),
        Case(
            name: "waited too long", change: { $0.waitedMilliseconds = 86_400_001 },
            issues: ["ticket.waited_ms: 86400001 is not within 0...86400000"]),
        Case(
            name: "several at once",
            change: {
                $0.queue = "?"
                $0.players[0].rating = 50_001
                $0.waitedMilliseconds = .max
            },
            issues: [
                "ticket.queue: \(token)",
                "ticket.players[0].rating: 50001.0 is not within -10000.0...50000.0",
                "ticket.waited_ms: 4294967295 is not within 0...86400000",
            ]),
    ]

    @Test(arguments: cases) func aWrongFieldIsNamedInBothForms(_ test: Case) {
        var ticket = Sample.ticket()
        test.change(&ticket)
        for type in ContentType.allCases {
            guard case .failure(let error) = decodeIntake(type.encode(.ticket(ticket)), as: type)
            else {
                Issue.record("\(test.name) was accepted as \(type.rawValue)")
                continue
            }
            #expect(error.description == test.issues.joined(separator: "; "))
            #expect(error.rejectCode == .invalidField)
        }
    }

    @Test(arguments: [Double.nan, .signalingNaN, .infinity, -.infinity])
    func aRatingThatIsNotFiniteIsRefused(rating: Double) {
        var ticket = Sample.ticket()
        ticket.players[0].rating = rating
        for type in ContentType.allCases {
            guard
                case .failure(.invalidFields(let issues, 0)) = decodeIntake(
                    type.encode(.ticket(ticket)), as: type)
            else {
                Issue.record("\(rating) was accepted as \(type.rawValue)")
                continue
            }
            #expect(issues.map(\.path) == ["ticket.players[0].rating"])
        }
    }

    @Test func aCancelIsCheckedToo() {
        let cancel = CancelMessage(ticket: TicketID(high: 0, low: 0), lobby: "*")
        for type in ContentType.allCases {
            guard case .failure(let error) = decodeIntake(type.encode(.cancel(cancel)), as: type)
            else {
                Issue.record("accepted as \(type.rawValue)")
                continue
            }
            #expect(
                error.description
                    == "cancel.ticket_id: \(Self.uuid); cancel.lobby: \(Self.token)")
        }
    }

    @Test func theListOfIssuesIsBounded() {
        var ticket = Sample.ticket()
        ticket.players = Array(
            repeating: PlayerEntry(player: PlayerID(0), rating: .nan), count: 63)
        guard
            case .failure(.invalidFields(let issues, let further)) = decodeIntake(
                ProtobufCodec.encode(.ticket(ticket)))
        else {
            Issue.record("accepted")
            return
        }
        #expect(issues.count == 16)
        #expect(further == 126 - 16)
    }

    @Test func edgesAreAccepted() {
        var ticket = Sample.ticket()
        ticket.queue = String(repeating: "Z", count: 48)
        ticket.players = [
            PlayerEntry(player: PlayerID(1), rating: -10_000),
            PlayerEntry(player: PlayerID(UInt64(Int64.max)), rating: 50_000),
        ]
        ticket.latencies = [
            RegionLatency(region: "a", milliseconds: 0),
            RegionLatency(region: "b", milliseconds: 10_000),
        ]
        ticket.waitedMilliseconds = 86_400_000
        for type in ContentType.allCases {
            #expect(
                decodeIntake(type.encode(.ticket(ticket)), as: type) == .success(.ticket(ticket)))
        }
    }

    @Test(arguments: [0, 2, 3, UInt32.max]) func anotherVersionIsRefused(version: UInt32) {
        let json = Array(#"{"version": \#(version), "ticket": {}, "later": [1]}"#.utf8)
        #expect(decodeIntake(json, as: .json) == .failure(.unknownVersion(version)))
        #expect(decodeEvent(json, as: .json) == .failure(.unknownVersion(version)))
        #expect(decodeAllocation(json, as: .json) == .failure(.unknownVersion(version)))
        // The stored message begins with its version: tag 8, value 1.
        var bytes = ProtobufCodec.encode(.ticket(Sample.ticket()))
        bytes.replaceSubrange(0..<2, with: [8] + varint(UInt64(version)))
        #expect(decodeIntake(bytes) == .failure(.unknownVersion(version)))
    }

    @Test func aMessageWithoutABodyIsRefused() {
        for result in [
            decodeIntake([8, 1]), decodeIntake(Array(#"{"version":1}"#.utf8), as: .json),
        ] {
            guard case .failure(let error) = result else {
                Issue.record("accepted")
                continue
            }
            #expect(
                error.description == "body: is missing: give a ticket, cancel, answer, backfill, "
                    + "backfill_end or mark")
        }
        #expect(decodeIntake([]) == .failure(.malformed("message is empty")))
        #expect(decodeIntake([], as: .json) == .failure(.malformed("message is empty")))
    }

    @Test func sizeIsCheckedBeforeAnythingElse() {
        let bound = 16 * 1024
        for type in ContentType.allCases {
            for count in [bound + 1, 1 << 20] {
                #expect(
                    decodeIntake([UInt8](repeating: 0x20, count: count), as: type)
                        == .failure(.tooLarge(byteCount: count, byteCountMax: bound)))
            }
        }
        // At the bound the message itself decides.
        let message = IntakeMessage.ticket(Sample.ticket())
        var text = JSONCodec.encode(message)
        text += [UInt8](repeating: 0x20, count: bound - text.count)
        #expect(decodeIntake(text, as: .json) == .success(message))
    }

    @Test func unknownFieldsAreSkipped() {
        let message = IntakeMessage.ticket(Sample.ticket())
        var bytes = ProtobufCodec.encode(message)
        bytes += [0xF8, 0x07, 0x05]  // field 127, varint
        bytes += [0xFA, 0x07, 0x03, 0x61, 0xFF, 0x63]  // field 127, bytes
        bytes += [0xFD, 0x07, 1, 2, 3, 4]  // field 127, 32 bits
        bytes += [0xF9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8]  // field 127, 64 bits
        #expect(decodeIntake(bytes) == .success(message))
        let count = (16 * 1024 - bytes.count) / 3
        for _ in 0..<count { bytes += [0xF8, 0x07, 0x01] }
        #expect(decodeIntake(bytes) == .success(message))
    }
}

/// The wire format's variable-length integer.
func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    while rest > 127 {
        bytes.append(UInt8(rest & 127) | 128)
        rest >>= 7
    }
    return bytes + [UInt8(rest)]
}
