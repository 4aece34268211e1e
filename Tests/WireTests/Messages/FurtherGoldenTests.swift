// Stored messages of an encoder that is not ours, with everything that most messages leave out.

import MatchCore
import Testing
import Wire

@Suite struct FurtherGoldenTests {
    private let ticket = TicketID(high: 0x0A1B_2C3D_4E5F_4A6B, low: 0x8C7D_9E0F_1A2B_3C4D)
    private let match = MatchID(high: 0x1111_1111_2222_5333, low: 0x8444_5555_5555_5555)

    private var wishes: TicketMessage {
        var wishes = TicketMessage(
            ticket: ticket, queue: "temple", lobby: "lobby-1",
            players: [
                PlayerEntry(
                    player: PlayerID(42), rating: 1512.375, roles: ["healer", "tank"],
                    faction: "dominion", level: 14),
                PlayerEntry(player: PlayerID(43), rating: 0, level: 6),
            ],
            latencies: [RegionLatency(region: "eu", milliseconds: 24)])
        wishes.furtherQueues = [
            FurtherQueue(queue: "ruins"), FurtherQueue(queue: "duel", rating: 0),
            FurtherQueue(queue: "arena", rating: -12.5),
        ]
        wishes.faction = "exile"
        wishes.isMercenary = true
        wishes.team = .max
        wishes.maps = ["halls", "pass"]
        wishes.avoided = [PlayerID(7), PlayerID(UInt64(Int64.max))]
        return wishes
    }

    private var warParty: TicketMessage {
        var party = TicketMessage(
            ticket: ticket, queue: "warplot", lobby: "lobby-1",
            players: (1...80).map { PlayerEntry(player: PlayerID($0), rating: 1500) },
            latencies: [RegionLatency(region: "eu", milliseconds: 24)])
        party.isWarParty = true
        party.team = 1
        return party
    }

    private var seat: SeatMessage {
        SeatMessage(
            ticket: ticket, lobby: "lobby-1", players: [PlayerID(42), PlayerID(43)],
            rating: 1501.5, waitMilliseconds: 1050, latencyMilliseconds: 24, isMercenary: true,
            roles: ["healer", "tank"], roleRatings: [1390.125, 0])
    }

    private var backfilled: BackfilledMessage {
        BackfilledMessage(
            match: match, queue: "temple", region: "us-east", lobby: "server-9", generation: 3,
            rulesVersion: .max, tick: 99,
            teams: [
                BackfilledTeam(seats: [], openPlaces: 1),
                BackfilledTeam(seats: [seat], openPlaces: 0),
            ],
            formedAtMilliseconds: 1_767_225_600_123)
    }

    private func expect(_ message: IntakeMessage, _ name: String) throws {
        let bytes = try GoldenFile.bytes(name + ".bin")
        #expect(decodeIntake(bytes) == .success(message), "\(name)")
        #expect(ProtobufCodec.encode(message) == bytes, "\(name)")
        let text = try GoldenFile.bytes(name + ".json")
        #expect(decodeIntake(text, as: .json) == .success(message), "\(name)")
    }

    private func expect(_ message: EventMessage, _ name: String) throws {
        let bytes = try GoldenFile.bytes(name + ".bin")
        #expect(decodeEvent(bytes) == .success(message), "\(name)")
        #expect(ProtobufCodec.encode(message) == bytes, "\(name)")
        let text = try GoldenFile.bytes(name + ".json")
        #expect(decodeEvent(text, as: .json) == .success(message), "\(name)")
    }

    private func expect<Message: RPCMessage>(rpc message: Message, _ name: String) throws {
        for (type, suffix) in [(ContentType.protobuf, ".bin"), (.json, ".json")] {
            let stored = try GoldenFile.bytes(name + suffix)
            let read = try stored.withRawBytes { bytes throws(WireError) in
                try Message(bytes, as: type)
            }
            #expect(read == message, "\(name)\(suffix)")
        }
        #expect(try message.protobuf == GoldenFile.bytes(name + ".bin"), "\(name)")
    }

    private var roleRatings: TicketMessage {
        var message = Sample.ticket()
        message.queue = "temple"
        message.players = [
            PlayerEntry(
                player: PlayerID(42), rating: 1512.375, roles: ["tank", "healer"],
                roleRatings: [
                    RoleRating(role: "healer", rating: 1390.125),
                    RoleRating(role: "tank", rating: 0),
                ]),
            PlayerEntry(
                player: PlayerID(43), rating: -3,
                roleRatings: [RoleRating(role: "damage", rating: 50)]),
        ]
        return message
    }

    @Test func intakeEqualsTheStoredBytes() throws {
        try expect(.ticket(wishes), "intake_wishes")
        try expect(.ticket(roleRatings), "intake_role_ratings")
        try expect(.ticket(warParty), "intake_war_party")
        try expect(
            .answer(
                AnswerMessage(
                    match: match, ticket: ticket, lobby: "lobby-1", answer: .declined,
                    player: PlayerID(42))), "intake_answer")
        try expect(
            .backfill(
                BackfillMessage(
                    match: match, queue: "temple", region: "us-east", lobby: "server-9",
                    generation: 3,
                    teams: [
                        BackfillTeam(
                            playerCount: 9, rating: 1490.5, openPlaces: 1,
                            openRoles: [
                                OpenRole(role: "healer", count: 1),
                                OpenRole(role: "tank", count: 0),
                            ]),
                        BackfillTeam(playerCount: 10, rating: -3, openPlaces: 0),
                    ],
                    map: "halls", level: 10, leader: PlayerID(42))), "intake_backfill")
        try expect(
            .backfillEnd(BackfillEndMessage(match: match, lobby: "server-9")),
            "intake_backfill_end")
        try expect(
            .mark(
                MarkMessage(
                    player: PlayerID(UInt64(Int64.max)), scope: "pvp", seconds: 2_592_000,
                    lobby: "server-9")), "intake_mark")
    }

    @Test func eventsEqualTheStoredBytes() throws {
        guard
            case .success(.match(var proposed)) = decodeAllocation(
                try GoldenFile.bytes("allocation.bin"))
        else {
            Issue.record("no match")
            return
        }
        proposed.map = "halls"
        proposed.levels = 6...14
        proposed.experiment = "wider"
        proposed.teams[0].seats.append(seat)
        try expect(
            .proposed(ProposedMessage(match: proposed, acceptMilliseconds: 30_000)),
            "event_proposed")
        try expect(
            .substituted(
                SubstitutedMessage(
                    match: match, queue: "temple", region: "us-east", map: "halls", team: 1,
                    seat: seat, acceptMilliseconds: 30_000,
                    formedAtMilliseconds: 1_767_225_600_123)), "event_substituted")
        try expect(
            .returned(
                ReturnedMessage(
                    match: match, ticket: ticket, queue: "temple", lobby: "lobby-1",
                    reason: .noSubstitute)), "event_returned")
        try expect(.backfilled(backfilled), "event_backfilled")
        try expect(
            .backfillEnded(
                BackfillEndedMessage(
                    match: match, queue: "temple", lobby: "server-9", generation: 3,
                    reason: .staleGeneration)), "event_backfill_ended")
        try expect(
            .rejected(
                RejectionMessage(
                    ticket: ticket, queue: "duel", lobby: "lobby-1", reason: .onCooldown,
                    retryAfterMilliseconds: 59_950, match: match)), "event_cooldown")
    }

    @Test func anAllocationOfPlayersEqualsTheStoredBytes() throws {
        let message = AllocationMessage.backfill(backfilled)
        let bytes = try GoldenFile.bytes("allocation_backfill.bin")
        #expect(decodeAllocation(bytes) == .success(message))
        #expect(ProtobufCodec.encode(message) == bytes)
        let text = try GoldenFile.bytes("allocation_backfill.json")
        #expect(decodeAllocation(text, as: .json) == .success(message))
    }

    @Test func questionsEqualTheStoredBytes() throws {
        try expect(rpc: ExplainMessage(ticket: ticket), "rpc_explain")
        var first = QueueExplanation(queue: "temple", region: "eu", obstacle: .roles)
        first.missingRoles = ["healer"]
        first.waitMilliseconds = 5000
        first.windowPoints = 150.25
        first.playersNeeded = 20
        first.playersWaiting = 31
        first.playersWithin = 22
        first.nextDistancePoints = 0
        first.nextWideningMilliseconds = 0
        first.expiresMilliseconds = 595_000
        let second = QueueExplanation(queue: "duel", region: "eu", obstacle: .tooFewPlayers)
        var third = QueueExplanation(queue: "warplot", region: "eu", obstacle: .mercenaries)
        third.ownPlayers = 31
        third.mercenariesMissing = 7
        third.teamSize = 40
        third.nextTeamSize = 30
        third.nextTeamSizeMilliseconds = 60_000
        try expect(
            rpc: ExplanationMessage(ticket: ticket, status: .ok, queues: [first, second, third]),
            "rpc_explanation")
        try expect(
            rpc: EstimateMessage(
                queue: "temple", rating: 1512.375, region: "eu", role: "healer", partySize: 2,
                level: 14, leader: PlayerID(42)), "rpc_estimate")
        try expect(
            rpc: EstimationMessage(
                status: .ok, detail: "warm", p10Seconds: 1.5, p50Seconds: 12, p90Seconds: 48.25,
                sampleCount: 200, basis: .region), "rpc_estimation")
    }
}
