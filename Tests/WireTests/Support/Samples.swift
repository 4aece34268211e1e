// Seeded random messages, and small helpers that the suites share.

import MatchCore
import Wire

/// SplitMix64: the same messages for the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

/// Random messages within every limit, edges included.
enum Sample {
    static func intake(_ random: inout SeededGenerator) -> IntakeMessage {
        if Int.random(in: 0..<4, using: &random) == 0 {
            return .cancel(CancelMessage(ticket: ticketID(&random), lobby: token(&random)))
        }
        let regions = Int.random(in: 1...16, using: &random)
        return .ticket(
            TicketMessage(
                ticket: ticketID(&random), queue: token(&random), lobby: token(&random),
                players: players(&random),
                latencies: (0..<regions).map { index in
                    RegionLatency(
                        region: "r\(index)-" + token(&random).prefix(40),
                        milliseconds: UInt32.random(in: 0...10_000, using: &random))
                },
                waitedMilliseconds: Bool.random(using: &random)
                    ? 0 : UInt32.random(in: 0...86_400_000, using: &random)))
    }

    static func event(_ random: inout SeededGenerator) -> EventMessage {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return .matched(match(&random))
        case 1:
            return .closed(
                ClosedMessage(
                    ticket: ticketID(&random), queue: token(&random), lobby: token(&random),
                    reason: CloseCode.allCases.randomElement(using: &random) ?? .unspecified,
                    waitMilliseconds: UInt32.random(in: 0...UInt32.max, using: &random)))
        default:
            let hasTicket = Bool.random(using: &random)
            return .rejected(
                RejectionMessage(
                    ticket: hasTicket ? ticketID(&random) : nil,
                    queue: Bool.random(using: &random) ? token(&random) : "",
                    lobby: token(&random),
                    reason: RejectCode.allCases.randomElement(using: &random) ?? .unspecified,
                    detail: text(&random)))
        }
    }

    static func match(_ random: inout SeededGenerator) -> MatchMessage {
        let teams = Int.random(in: 1...6, using: &random)
        return MatchMessage(
            match: MatchID(high: random.next() | 1, low: random.next()), queue: token(&random),
            region: token(&random), rulesVersion: random.next(), tick: random.next(),
            quality: QualityMessage(
                fairness: Float.random(in: 0...1, using: &random),
                spread: Float.random(in: 0...1, using: &random),
                latency: 1, roles: 0, composite: Float.random(in: 0...1, using: &random),
                ratingDeviationPoints: Float.random(in: 0...5000, using: &random),
                ratingRangePoints: Float.random(in: 0...50_000, using: &random),
                teamGapPoints: Float.leastNonzeroMagnitude,
                latencyMillisecondsMax: UInt32.random(in: 0...10_000, using: &random)),
            teams: (0..<teams).map { _ in
                TeamMessage(
                    seats: (0..<Int.random(in: 1...5, using: &random)).map { _ in seat(&random) })
            },
            formedAtMilliseconds: UInt64.random(in: 0...4_102_444_800_000, using: &random))
    }

    private static func seat(_ random: inout SeededGenerator) -> SeatMessage {
        SeatMessage(
            ticket: ticketID(&random), lobby: token(&random),
            players: players(&random).map(\.player),
            rating: Double.random(in: -10_000...100_000, using: &random),
            waitMilliseconds: UInt32.random(in: 0...UInt32.max, using: &random),
            latencyMilliseconds: UInt32.random(in: 0...10_000, using: &random))
    }

    private static func players(_ random: inout SeededGenerator) -> [PlayerEntry] {
        let count = [1, 1, 2, 5, 6, 63].randomElement(using: &random) ?? 1
        return (0..<count).map { _ in
            let rating =
                [-10_000, 50_000, 0, -0.0, Double.random(in: -10_000...50_000, using: &random)]
                .randomElement(using: &random) ?? 0
            return PlayerEntry(
                player: PlayerID(UInt64.random(in: 1...UInt64(Int64.max), using: &random)),
                rating: rating)
        }
    }

    static func ticketID(_ random: inout SeededGenerator) -> TicketID {
        TicketID(high: random.next() | 1, low: random.next())
    }

    static func token(_ random: inout SeededGenerator) -> String {
        let letters = Array("abzAZ019_-")
        let count = Int.random(in: 1...48, using: &random)
        return String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    /// Text with everything that a JSON string has to escape, and more than one byte a character.
    private static func text(_ random: inout SeededGenerator) -> String {
        let letters = Array("a\"\\/\n\r\t\u{7}\u{0}\u{7F}é漢🎮 ")
        let count = Int.random(in: 0...200, using: &random)
        return String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    /// The plainest ticket that is allowed.
    static func ticket() -> TicketMessage {
        TicketMessage(
            ticket: TicketID(high: 0x0A1B_2C3D_4E5F_4A6B, low: 0x8C7D_9E0F_1A2B_3C4D),
            queue: "duel", lobby: "lobby-1",
            players: [PlayerEntry(player: PlayerID(42), rating: 1512.375)],
            latencies: [RegionLatency(region: "eu", milliseconds: 24)])
    }
}

/// What decoding gave: `Result` for typed throws, so that expectations can compare it whole.
func outcome<Value>(_ body: () throws(WireError) -> Value) -> Result<Value, WireError> {
    do throws(WireError) {
        return .success(try body())
    } catch {
        return .failure(error)
    }
}

func decodeIntake(
    _ bytes: [UInt8], as type: ContentType = .protobuf
) -> Result<IntakeMessage, WireError> {
    outcome { () throws(WireError) in
        try bytes.withRawBytes { buffer throws(WireError) in try type.decodeIntake(buffer) }
    }
}

func decodeEvent(
    _ bytes: [UInt8], as type: ContentType = .protobuf
) -> Result<EventMessage, WireError> {
    outcome { () throws(WireError) in
        try bytes.withRawBytes { buffer throws(WireError) in try type.decodeEvent(buffer) }
    }
}

func decodeAllocation(
    _ bytes: [UInt8], as type: ContentType = .protobuf
) -> Result<AllocationMessage, WireError> {
    outcome { () throws(WireError) in
        try bytes.withRawBytes { buffer throws(WireError) in
            try type.decodeAllocation(buffer)
        }
    }
}
