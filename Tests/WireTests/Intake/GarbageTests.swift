// Hostile bytes: never a crash, never a message that breaks a limit.

import MatchCore
import Testing
import Wire

@Suite struct GarbageTests {
    /// Reads `bytes` every way there is. What is accepted must be a message that encodes and
    /// reads back as itself.
    private func feed(_ bytes: [UInt8], as type: ContentType) -> Bool {
        var isAccepted = false
        if case .success(let message) = decodeIntake(bytes, as: type) {
            isAccepted = true
            #expect(decodeIntake(ProtobufCodec.encode(message)) == .success(message))
        }
        if case .success(let message) = decodeEvent(bytes, as: type) {
            isAccepted = true
            #expect(decodeEvent(ProtobufCodec.encode(message)) == .success(message))
        }
        if case .success(let message) = decodeAllocation(bytes, as: type) {
            isAccepted = true
            #expect(decodeAllocation(ProtobufCodec.encode(message)) == .success(message))
        }
        return isAccepted || isQuestion(bytes, as: type)
    }

    /// The same for questions, their answers and what game servers say.
    private func isQuestion(_ bytes: [UInt8], as type: ContentType) -> Bool {
        let results = [
            reads(ExplainMessage.self, bytes, type), reads(ExplanationMessage.self, bytes, type),
            reads(EstimateMessage.self, bytes, type), reads(EstimationMessage.self, bytes, type),
            reads(HeartbeatMessage.self, bytes, type), reads(ClaimMessage.self, bytes, type),
            reads(ClaimReplyMessage.self, bytes, type), reads(ReleaseMessage.self, bytes, type),
            reads(ReleaseReplyMessage.self, bytes, type), reads(ReportMessage.self, bytes, type),
        ]
        return results.contains(true)
    }

    private func reads<Message: CodedMessage>(
        _: Message.Type, _ bytes: [UInt8], _ type: ContentType
    ) -> Bool {
        func read(_ bytes: [UInt8], _ type: ContentType) -> Message? {
            try? bytes.withRawBytes { buffer throws(WireError) in try Message(buffer, as: type) }
        }
        guard let message = read(bytes, type) else { return false }
        #expect(read(message.protobuf, .protobuf) == message)
        return true
    }

    @Test(arguments: ContentType.allCases) func randomBytesAreRefused(type: ContentType) {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...120, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let isAccepted = feed(bytes, as: type)
            #expect(!isAccepted)
        }
    }

    @Test(arguments: ContentType.allCases) func damagedMessagesNeverCrash(type: ContentType) {
        var random = SeededGenerator(seed: 8)
        var refused = 0
        var templates: [[UInt8]] = []
        for _ in 0..<30 {
            templates.append(type.encode(Sample.intake(&random)))
            templates.append(type.encode(Sample.event(&random)))
            templates.append(Sample.explanation(&random).encoded(as: type))
        }
        templates = templates.filter { $0.count < 1500 }
        for _ in 0..<30_000 {
            guard var bytes = templates.randomElement(using: &random) else { break }
            for _ in 0..<Int.random(in: 1...6, using: &random) { damage(&bytes, &random) }
            if !feed(bytes, as: type) { refused += 1 }
        }
        #expect(refused > 1000)
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        if bytes.isEmpty { return }
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.remove(at: at)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
        case 4: bytes.removeLast(bytes.count - at)
        default:
            let end = min(bytes.count, at + Int.random(in: 1...40, using: &random))
            bytes.insert(contentsOf: bytes[at..<end], at: at)
        }
    }

    @Test(arguments: ContentType.allCases)
    func aMessageCutAnywhereIsRefusedOrWhole(type: ContentType) {
        let whole = IntakeMessage.ticket(Sample.ticket())
        let bytes = type.encode(whole)
        for end in 0..<bytes.count {
            let result = decodeIntake(Array(bytes[..<end]), as: type)
            guard case .failure = result else {
                Issue.record("accepted when cut at byte \(end)")
                continue
            }
        }
        #expect(decodeIntake(bytes, as: type) == .success(whole))
    }

    @Test func oneMebibyteIsRefusedUnread() {
        let bytes = [UInt8](repeating: 0x0A, count: 1 << 20)
        for type in ContentType.allCases {
            let isAccepted = feed(bytes, as: type)
            #expect(!isAccepted)
        }
    }

    @Test func badUTF8IsRefused() {
        for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
            var ticket = ProtobufCodec.encode(.ticket(Sample.ticket()))
            // "duel" stands after the id of 36 bytes.
            guard let at = ticket.firstIndex(of: UInt8(ascii: "u")) else { return }
            ticket.replaceSubrange(at..<at + 1, with: [bad[0]])
            guard case .failure(.invalidFields(let issues, 0)) = decodeIntake(ticket) else {
                Issue.record("accepted \(bad)")
                continue
            }
            #expect(issues.map(\.path) == ["ticket.queue"])
            let json = Array(#"{"version":1,"x":""#.utf8) + bad + Array(#""}"#.utf8)
            guard case .failure(.malformed) = decodeIntake(json, as: .json) else {
                Issue.record("accepted \(bad) in JSON")
                continue
            }
            // version 1, rejected { lobby "l", detail bad }
            let body = [0x1A, 1, UInt8(ascii: "l"), 0x2A, UInt8(bad.count)] + bad
            guard
                case .failure(.invalidFields(let wrong, 0)) = decodeEvent(
                    [8, 1, 0x22, UInt8(body.count)] + body)
            else {
                Issue.record("accepted \(bad) in an event")
                continue
            }
            #expect(wrong.map(\.path) == ["rejected.detail"])
        }
    }

    /// The inputs for which protobuf-c takes most memory for a byte.
    @Test func greedyMessagesAreBounded() {
        let players = [UInt8](repeating: 0, count: 16_000).enumerated().map { index, _ in
            index % 2 == 0 ? UInt8(0x22) : 0
        }
        let crowd = [8, 1, 0x12] + varint(UInt64(players.count)) + players
        guard case .failure(.invalidFields(let issues, _)) = decodeIntake(crowd) else {
            Issue.record("8000 empty players")
            return
        }
        #expect(issues.contains { $0.why == "has 8000 players, not 1...80" })
        // A ticket repeated thousands of times is merged each time, at growing cost.
        var merged: [UInt8] = [8, 1]
        while merged.count < 16_000 { merged += [0x12, 2, 0x22, 0] }
        guard case .failure(let error) = decodeIntake(merged) else {
            Issue.record("merged thousands of tickets")
            return
        }
        #expect(error.rejectCode != .unspecified)
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 10_000)
        guard case .failure(.malformed) = decodeIntake(deep, as: .json) else {
            Issue.record("deep nesting")
            return
        }
    }
}
