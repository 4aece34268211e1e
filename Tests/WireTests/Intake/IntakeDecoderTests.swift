// The daemon's way in: commands instead of values.

import MatchCore
import Testing
import Wire

@Suite struct IntakeDecoderTests {
    /// Decodes with a fresh decoder.
    private func run(
        _ bytes: [UInt8], as type: ContentType = .protobuf, _ directory: inout FakeDirectory
    ) -> (commands: [Command], refusal: IntakeRefusal?) {
        var decoder = IntakeDecoder(tickMilliseconds: 50)
        var commands: [Command] = []
        let refusal = decode(bytes, as: type, &decoder, &directory, &commands)
        return (commands, refusal)
    }

    private func decode(
        _ bytes: [UInt8], as type: ContentType, _ decoder: inout IntakeDecoder,
        _ directory: inout FakeDirectory, _ commands: inout [Command]
    ) -> IntakeRefusal? {
        do throws(IntakeRefusal) {
            _ = try bytes.withRawBytes { buffer throws(IntakeRefusal) in
                try decoder.decode(buffer, as: type, directory: &directory, into: &commands)
            }
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ContentType.allCases, [1, 2, 5, 6, 7, 11, 12, 63, 80])
    func aTicketBecomesAnEnqueueAndItsMembers(type: ContentType, size: Int) throws {
        var ticket = Sample.ticket()
        ticket.players = (1...size).map { index in
            PlayerEntry(player: PlayerID(UInt64(index)), rating: Double(index) * 1.5)
        }
        ticket.latencies = [
            RegionLatency(region: "us", milliseconds: 120),
            RegionLatency(region: "mars", milliseconds: 9999),
            RegionLatency(region: "eu", milliseconds: 0),
        ]
        ticket.waitedMilliseconds = 1049
        var directory = FakeDirectory()
        let (commands, refusal) = run(type.encode(.ticket(ticket)), as: type, &directory)
        #expect(refusal == nil)
        guard case .enqueue(let request)? = commands.first else {
            Issue.record("no enqueue")
            return
        }
        #expect(request.ticket == ticket.ticket)
        #expect(request.queue == QueueIndex(3))
        #expect(request.lobby == LobbyIndex(0))
        #expect(request.waitedTicks == 20)
        #expect(request.memberCount == size)
        #expect(request.latencies[RegionIndex(0)] == 0)
        #expect(request.latencies[RegionIndex(5)] == 120)
        #expect(request.latencies[RegionIndex(1)] == LatencyVector.unreachable)
        #expect(commands.count == 1 + request.memberGroupCount)
        var members = [request.leader]
        for command in commands.dropFirst() {
            guard case .members(let group) = command else {
                Issue.record("something else between the members")
                continue
            }
            #expect(group.count >= 1 && group.count <= 5)
            for index in 0..<Int(group.count) { members.append(group.members[index]) }
        }
        #expect(
            members
                == ticket.players.map {
                    Member(player: $0.player, rating: Rating(points: $0.rating))
                })
    }

    @Test(arguments: ContentType.allCases) func aCancelBecomesACancel(type: ContentType) {
        var directory = FakeDirectory(lobbies: ["other"])
        let cancel = CancelMessage(ticket: Sample.ticket().ticket, lobby: "lobby-1")
        let (commands, refusal) = run(type.encode(.cancel(cancel)), as: type, &directory)
        #expect(refusal == nil)
        guard commands.count == 1, case .cancel(let request) = commands[0] else {
            Issue.record("no cancel")
            return
        }
        #expect(request.ticket == cancel.ticket)
        #expect(request.lobby == LobbyIndex(1))
    }

    @Test func anUnknownQueueIsToldToTheSenderWithoutTakingALobbysPlace() {
        var ticket = Sample.ticket()
        ticket.queue = "chess"
        var directory = FakeDirectory()
        let (commands, refusal) = run(ProtobufCodec.encode(.ticket(ticket)), &directory)
        #expect(commands.isEmpty)
        #expect(directory.lobbies.isEmpty)
        #expect(
            refusal?.rejection
                == RejectionMessage(
                    ticket: ticket.ticket, queue: "chess", lobby: "lobby-1", reason: .unknownQueue,
                    detail: "ticket.queue: no such queue is configured"))
    }

    @Test func oneLobbyTooManyIsRefused() {
        var directory = FakeDirectory(lobbyCountMax: 0)
        let (commands, refusal) = run(
            ProtobufCodec.encode(.ticket(Sample.ticket())), &directory)
        #expect(commands.isEmpty)
        #expect(refusal?.reason == .unknownLobbyLimit)
        #expect(refusal?.lobby == "lobby-1")
    }

    @Test(arguments: ContentType.allCases)
    func aWrongFieldIsToldToTheSenderAsFarAsItIsKnown(type: ContentType) {
        var ticket = Sample.ticket()
        ticket.queue = "a.b"
        ticket.players[0].player = PlayerID(0)
        var directory = FakeDirectory()
        let (commands, refusal) = run(type.encode(.ticket(ticket)), as: type, &directory)
        #expect(commands.isEmpty)
        #expect(refusal?.reason == .invalidField)
        #expect(refusal?.ticket == ticket.ticket)
        #expect(refusal?.queue == "")
        #expect(refusal?.lobby == "lobby-1")
        #expect(refusal?.detail.contains("ticket.queue") == true)
        #expect(refusal?.detail.contains("ticket.players[0].player_id") == true)
        ticket.lobby = ""
        #expect(run(type.encode(.ticket(ticket)), as: type, &directory).refusal?.rejection == nil)
    }

    @Test func anUnknownVersionIsToldToTheSenderToo() {
        var bytes = ProtobufCodec.encode(.ticket(Sample.ticket()))
        bytes[1] = 2
        var directory = FakeDirectory()
        let refusal = run(bytes, &directory).refusal
        #expect(refusal?.reason == .unknownVersion)
        #expect(refusal?.lobby == "lobby-1")
    }

    @Test func oneDecoderReadsManyMessagesAsManyDecodersWould() {
        var random = SeededGenerator(seed: 6)
        var decoder = IntakeDecoder(tickMilliseconds: 50)
        var directory = FakeDirectory(lobbyCountMax: 65_535)
        var commands: [Command] = []
        var accepted = 0
        for _ in 0..<2000 {
            guard case .ticket(var ticket) = Sample.intake(&random) else { continue }
            ticket.queue = "duel"
            ticket.furtherQueues = []
            var bytes = ProtobufCodec.encode(.ticket(ticket))
            let isBroken = Bool.random(using: &random)
            if isBroken { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
            commands.removeAll(keepingCapacity: true)
            let refusal = decode(bytes, as: .protobuf, &decoder, &directory, &commands)
            // Cut at the end of a field, a message can still be whole.
            let isMessage = (try? decodeIntake(bytes).get()) != nil
            #expect((refusal == nil) == isMessage)
            #expect(commands.isEmpty == (refusal != nil))
            if !isBroken { accepted += 1 }
        }
        #expect(accepted > 100)
    }
}
