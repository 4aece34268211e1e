// Stored messages of an encoder that is not ours (Tests/Golden/make_wire_golden.py) against ours.

import MatchCore
import Testing
import Wire

@Suite struct GoldenTests {
    private let lobbyTicket = TicketID(high: 0x0A1B_2C3D_4E5F_4A6B, low: 0x8C7D_9E0F_1A2B_3C4D)

    private var party: TicketMessage {
        TicketMessage(
            ticket: TicketID(high: 0xFFFF_FFFF_FFFF_4FFF, low: 0xBFFF_FFFF_FFFF_FFFF),
            queue: String(repeating: "q", count: 48), lobby: "L_0-9",
            players: (0..<63).map { index in
                PlayerEntry(
                    player: PlayerID(UInt64(Int64.max) - UInt64(index)),
                    rating: -10_000 + 952.5 * Double(index))
            },
            latencies: (0..<16).map { index in
                RegionLatency(
                    region: index < 10 ? "region-0\(index)" : "region-\(index)",
                    milliseconds: UInt32(index) * 625)
            },
            waitedMilliseconds: 86_400_000)
    }

    private var match: MatchMessage {
        MatchMessage(
            match: MatchID(high: 0x1111_1111_2222_5333, low: 0x8444_5555_5555_5555),
            queue: "arena_2v2", region: "us-east", rulesVersion: .max, tick: 123_456_789,
            quality: QualityMessage(
                fairness: 0.9375, spread: 0.5, latency: 1, roles: 0, composite: 0.8125,
                ratingDeviationPoints: 41.25, ratingRangePoints: 130.5, teamGapPoints: 0.1,
                latencyMillisecondsMax: 87),
            teams: [
                TeamMessage(seats: [
                    SeatMessage(
                        ticket: lobbyTicket, lobby: "lobby-1",
                        players: [PlayerID(1), PlayerID(300), PlayerID(UInt64(Int64.max))],
                        rating: 1530.0078125, waitMilliseconds: 4200, latencyMilliseconds: 31)
                ]),
                TeamMessage(
                    seats: (0..<2).map { index in
                        SeatMessage(
                            ticket: TicketID(
                                high: 0x0A1B_2C3D_4E5F_4A6B, low: 0x8C7D_0000_0000_0000 + index),
                            lobby: "b", players: [PlayerID(7 + index)],
                            rating: -0.5 * Double(index), waitMilliseconds: 0,
                            latencyMilliseconds: 87)
                    }),
            ],
            formedAtMilliseconds: 1_767_225_600_123)
    }

    @Test func intakeEqualsTheStoredBytes() throws {
        let cases: [(String, IntakeMessage)] = [
            ("intake_solo", .ticket(Sample.ticket())),
            ("intake_party", .ticket(party)),
            ("intake_cancel", .cancel(CancelMessage(ticket: lobbyTicket, lobby: "lobby-1"))),
        ]
        for (name, message) in cases {
            let bytes = try GoldenFile.bytes(name + ".bin")
            #expect(decodeIntake(bytes) == .success(message), "\(name)")
            #expect(ProtobufCodec.encode(message) == bytes, "\(name)")
            let text = try GoldenFile.bytes(name + ".json")
            #expect(decodeIntake(text, as: .json) == .success(message), "\(name)")
        }
    }

    @Test func eventsEqualTheStoredBytes() throws {
        let detail = "ticket.queue: \"quoted\" \\ tab\t line\n bell\u{7} é 漢 🎮"
        let cases: [(String, EventMessage)] = [
            ("event_matched", .matched(match)),
            (
                "event_closed",
                .closed(
                    ClosedMessage(
                        ticket: lobbyTicket, queue: "duel", lobby: "lobby-1", reason: .expired,
                        waitMilliseconds: 600_000))
            ),
            (
                "event_rejected",
                .rejected(
                    RejectionMessage(
                        ticket: nil, queue: "duel", lobby: "lobby-1", reason: .invalidField,
                        detail: detail))
            ),
        ]
        for (name, message) in cases {
            let bytes = try GoldenFile.bytes(name + ".bin")
            #expect(decodeEvent(bytes) == .success(message), "\(name)")
            #expect(ProtobufCodec.encode(message) == bytes, "\(name)")
            let text = try GoldenFile.bytes(name + ".json")
            #expect(decodeEvent(text, as: .json) == .success(message), "\(name)")
        }
    }

    @Test func allocationEqualsTheStoredBytes() throws {
        let message = AllocationMessage.match(match)
        let bytes = try GoldenFile.bytes("allocation.bin")
        #expect(decodeAllocation(bytes) == .success(message))
        #expect(ProtobufCodec.encode(message) == bytes)
        let text = try GoldenFile.bytes("allocation.json")
        #expect(decodeAllocation(text, as: .json) == .success(message))
    }

    @Test func jsonIsOneLineWithEveryField() {
        let closed = EventMessage.closed(
            ClosedMessage(
                ticket: lobbyTicket, queue: "duel", lobby: "lobby-1", reason: .cancelled,
                waitMilliseconds: 0))
        #expect(
            String(decoding: JSONCodec.encode(closed), as: UTF8.self)
                == #"{"version":1,"closed":{"ticketId":"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d","#
                + #""queue":"duel","lobby":"lobby-1","reason":"CLOSE_REASON_CANCELLED","#
                + #""waitMs":0}}"#
        )
        #expect(
            String(decoding: JSONCodec.encode(.ticket(Sample.ticket())), as: UTF8.self)
                == #"{"version":1,"ticket":{"ticketId":"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d","#
                + #""queue":"duel","lobby":"lobby-1","#
                + #""players":[{"playerId":"42","rating":1512.375,"roles":[],"faction":"","#
                + #""level":0,"roleRatings":{}}],"latencyMs":{"eu":24},"waitedMs":0,"#
                + #""queues":[],"faction":"","#
                + #""mercenary":false,"warParty":false,"teamId":"0","maps":[],"avoid":[]}}"#)
    }
}
