// What is encoded reads back as itself, in both forms.

import MatchCore
import Testing
import Wire

@Suite struct RoundTripTests {
    @Test(arguments: ContentType.allCases)
    func randomIntakeReadsBackAsItself(type: ContentType) {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<1000 {
            let message = Sample.intake(&random)
            #expect(decodeIntake(type.encode(message), as: type) == .success(message))
        }
    }

    @Test(arguments: ContentType.allCases)
    func randomEventsReadBackAsThemselves(type: ContentType) {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            let message = Sample.event(&random)
            #expect(decodeEvent(type.encode(message), as: type) == .success(message))
        }
    }

    @Test(arguments: ContentType.allCases)
    func randomAllocationsReadBackAsThemselves(type: ContentType) {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let message = Sample.allocation(&random)
            #expect(decodeAllocation(type.encode(message), as: type) == .success(message))
        }
    }

    @Test func theLargestMatchFitsBothForms() {
        let seat = SeatMessage(
            ticket: TicketID(high: 1, low: 2), lobby: String(repeating: "l", count: 48),
            players: [PlayerID(UInt64(Int64.max))], rating: -1234.0078125,
            waitMilliseconds: .max, latencyMilliseconds: 10_000, isMercenary: true,
            roles: [String(repeating: "r", count: 48)])
        let match = MatchMessage(
            match: MatchID(high: 1, low: 2), queue: "q", region: "r", rulesVersion: .max,
            tick: .max, quality: QualityMessage(),
            teams: Array(repeating: TeamMessage(seats: [seat]), count: 128),
            formedAtMilliseconds: .max)
        for type in ContentType.allCases {
            let bytes = type.encode(.matched(match))
            #expect(bytes.count <= 64 * 1024)
            #expect(decodeEvent(bytes, as: type) == .success(.matched(match)))
        }
    }

    /// What a war party of 80 really sends: roles, faction and level for each, and all the rest.
    @Test func aWarPartyWithAllItsWishesFitsBothForms() {
        var ticket = Sample.ticket()
        ticket.players = (0..<80).map { index in
            PlayerEntry(
                player: PlayerID(UInt64(Int64.max) - index), rating: -1234.0078125,
                roles: ["healer", "damage", "tank"], faction: "dominion", level: 50)
        }
        ticket.latencies = (10..<26).map {
            RegionLatency(region: "region-\($0)", milliseconds: 10_000)
        }
        ticket.furtherQueues = (0..<7).map {
            FurtherQueue(queue: "battleground-\($0)", rating: -1234.0078125)
        }
        ticket.isWarParty = true
        ticket.team = .max
        ticket.maps = (10..<42).map { "battle-map-\($0)" }
        ticket.avoided = (0..<30).map { PlayerID(UInt64(Int64.max) - $0) }
        for type in ContentType.allCases {
            let bytes = type.encode(.ticket(ticket))
            #expect(bytes.count <= 16 * 1024)
            #expect(decodeIntake(bytes, as: type) == .success(.ticket(ticket)))
        }
    }

    @Test(arguments: ContentType.allCases)
    func questionsAndAnswersReadBackAsThemselves(type: ContentType) throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            try expectSame(ExplainMessage(ticket: Sample.ticketID(&random)), type)
            try expectSame(Sample.explanation(&random), type)
            try expectSame(
                EstimateMessage(
                    queue: Sample.token(&random), rating: -0.0, region: Sample.token(&random),
                    role: Bool.random(using: &random) ? Sample.token(&random) : "",
                    partySize: UInt32.random(in: 1...80, using: &random),
                    level: UInt32.random(in: 0...10_000, using: &random),
                    leader: PlayerID(UInt64.random(in: 0...9, using: &random))), type)
            try expectSame(
                EstimationMessage(
                    status: .ok, detail: "x", p10Seconds: 0,
                    p50Seconds: Double.random(in: 0...9, using: &random), p90Seconds: 1e6,
                    sampleCount: .max, basis: .alike), type)
        }
    }

    private func expectSame<Message: RPCMessage>(_ message: Message, _ type: ContentType) throws {
        let read = try message.encoded(as: type).withRawBytes { bytes throws(WireError) in
            try Message(bytes, as: type)
        }
        #expect(read == message)
    }

    @Test func encodingIntoAnArrayReplacesItsContents() {
        var random = SeededGenerator(seed: 4)
        var bytes: [UInt8] = [1, 2, 3]
        for _ in 0..<50 {
            let message = Sample.event(&random)
            ProtobufCodec.encode(message, into: &bytes)
            #expect(bytes == ProtobufCodec.encode(message))
        }
    }

    @Test func anOverlongDetailIsCutAtACharacter() {
        let rejection = RejectionMessage(
            ticket: nil, queue: "", lobby: "l", reason: .malformed,
            detail: "a" + String(repeating: "漢", count: 4000))
        guard
            case .success(.rejected(let read)) = decodeEvent(
                ProtobufCodec.encode(.rejected(rejection)))
        else {
            Issue.record("not read")
            return
        }
        #expect(read.detail == "a" + String(repeating: "漢", count: 1365))
    }
}
