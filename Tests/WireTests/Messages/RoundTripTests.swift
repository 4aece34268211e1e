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
            let message = AllocationMessage(match: Sample.match(&random))
            #expect(decodeAllocation(type.encode(message), as: type) == .success(message))
        }
    }

    @Test func theLargestMatchFitsBothForms() {
        let seat = SeatMessage(
            ticket: TicketID(high: 1, low: 2), lobby: String(repeating: "l", count: 48),
            players: [PlayerID(UInt64(Int64.max))], rating: -1234.0078125,
            waitMilliseconds: .max, latencyMilliseconds: 10_000)
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
