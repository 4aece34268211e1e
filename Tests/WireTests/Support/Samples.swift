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
        switch Int.random(in: 0..<8, using: &random) {
        case 0: .cancel(CancelMessage(ticket: ticketID(&random), lobby: token(&random)))
        case 1: matchRequest(&random)
        default: .ticket(ticket(&random))
        }
    }

    private static func ticket(_ random: inout SeededGenerator) -> TicketMessage {
        let regions = Int.random(in: 1...16, using: &random)
        var ticket = TicketMessage(
            ticket: ticketID(&random), queue: token(&random), lobby: token(&random),
            players: players(&random),
            latencies: (0..<regions).map { index in
                RegionLatency(
                    region: "r\(index)-" + token(&random).prefix(40),
                    milliseconds: UInt32.random(in: 0...10_000, using: &random))
            },
            waitedMilliseconds: Bool.random(using: &random)
                ? 0 : UInt32.random(in: 0...86_400_000, using: &random))
        if Bool.random(using: &random) { addWishes(to: &ticket, &random) }
        return ticket
    }

    /// What most tickets leave out, as far as a message of 16 KiB has room for it.
    private static func addWishes(
        to ticket: inout TicketMessage, _ random: inout SeededGenerator
    ) {
        for index in ticket.players.indices where ticket.players.count < 10 {
            ticket.players[index].roles = names(0...6, &random)
            ticket.players[index].faction = Bool.random(using: &random) ? token(&random) : ""
            ticket.players[index].level = UInt32.random(in: 0...10_000, using: &random)
            if Bool.random(using: &random) { addRoleRatings(to: &ticket.players[index], &random) }
        }
        ticket.furtherQueues = names(0...7, &random).map { name in
            let rating = [nil, 0, -0.0, Double.random(in: -10_000...50_000, using: &random)]
            return FurtherQueue(
                queue: name, rating: rating.randomElement(using: &random) ?? nil)
        }
        ticket.faction = Bool.random(using: &random) ? token(&random) : ""
        ticket.isWarParty = Bool.random(using: &random)
        ticket.isMercenary = !ticket.isWarParty && Bool.random(using: &random)
        ticket.team = ticket.isWarParty ? random.next() | 1 : random.next()
        ticket.maps = names(0...32, &random)
        ticket.avoided = (0..<Int.random(in: 0...30, using: &random)).map { _ in
            player(&random)
        }
    }

    /// For some of the player's roles, or for any where he names none.
    private static func addRoleRatings(
        to player: inout PlayerEntry, _ random: inout SeededGenerator
    ) {
        let roles = player.roles.isEmpty ? names(0...6, &random) : player.roles
        let range =
            max(player.rating - 4000, -10_000)...min(player.rating + 4000, 50_000)
        player.roleRatings = roles.shuffled(using: &random).prefix(3).map {
            RoleRating(role: $0, rating: Double.random(in: range, using: &random))
        }
    }

    private static func matchRequest(_ random: inout SeededGenerator) -> IntakeMessage {
        let match = matchID(&random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return .answer(
                AnswerMessage(
                    match: match, ticket: ticketID(&random), lobby: token(&random),
                    answer: ProposalAnswer.allCases.randomElement(using: &random) ?? .accepted,
                    player: PlayerID(UInt64.random(in: 0...UInt64(Int64.max), using: &random))))
        case 1: return .backfillEnd(BackfillEndMessage(match: match, lobby: token(&random)))
        case 2:
            return .mark(
                MarkMessage(
                    player: player(&random), scope: token(&random),
                    seconds: UInt32.random(in: 0...2_592_000, using: &random),
                    lobby: token(&random)))
        default:
            let team = { (random: inout SeededGenerator) in
                BackfillTeam(
                    playerCount: UInt32.random(in: 1...63, using: &random),
                    rating: Double.random(in: -10_000...50_000, using: &random),
                    openPlaces: UInt32.random(in: 1...63, using: &random),
                    openRoles: names(0...6, &random).map {
                        OpenRole(role: $0, count: UInt32.random(in: 0...63, using: &random))
                    })
            }
            return .backfill(
                BackfillMessage(
                    match: match, queue: token(&random), region: token(&random),
                    lobby: token(&random),
                    generation: UInt32.random(in: 1...UInt32.max, using: &random),
                    teams: [team(&random), team(&random)],
                    map: Bool.random(using: &random) ? token(&random) : "",
                    level: UInt32.random(in: 0...10_000, using: &random),
                    leader: PlayerID(UInt64.random(in: 0...9, using: &random))))
        }
    }

    static func event(_ random: inout SeededGenerator) -> EventMessage {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .matched(match(&random))
        case 3:
            return .proposed(
                ProposedMessage(
                    match: match(&random),
                    acceptMilliseconds: UInt32.random(in: 0...60_000, using: &random)))
        case 4:
            return .substituted(
                SubstitutedMessage(
                    match: matchID(&random), queue: token(&random), region: token(&random),
                    map: Bool.random(using: &random) ? token(&random) : "",
                    team: UInt32.random(in: 0...127, using: &random), seat: seat(&random),
                    acceptMilliseconds: 30_000, formedAtMilliseconds: random.next()))
        case 5:
            return .returned(
                ReturnedMessage(
                    match: matchID(&random), ticket: ticketID(&random), queue: token(&random),
                    lobby: token(&random),
                    reason: ReturnCode.allCases.randomElement(using: &random) ?? .unspecified))
        case 6: return .backfilled(backfilled(&random))
        case 7:
            return .backfillEnded(
                BackfillEndedMessage(
                    match: matchID(&random),
                    queue: Bool.random(using: &random) ? token(&random) : "",
                    lobby: token(&random), generation: UInt32.random(in: 0...9, using: &random),
                    reason: BackfillEndCode.allCases.randomElement(using: &random)
                        ?? .unspecified))
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
                    detail: text(&random),
                    retryAfterMilliseconds: UInt32.random(in: 0...9, using: &random),
                    match: Bool.random(using: &random) ? matchID(&random) : nil))
        }
    }

    static func allocation(_ random: inout SeededGenerator) -> AllocationMessage {
        Bool.random(using: &random) ? .match(match(&random)) : .backfill(backfilled(&random))
    }

    private static func backfilled(_ random: inout SeededGenerator) -> BackfilledMessage {
        BackfilledMessage(
            match: matchID(&random), queue: token(&random), region: token(&random),
            lobby: token(&random), generation: UInt32.random(in: 1...9, using: &random),
            rulesVersion: random.next(), tick: random.next(),
            teams: (0..<2).map { _ in
                BackfilledTeam(
                    seats: (0..<Int.random(in: 0...4, using: &random)).map { _ in seat(&random) },
                    openPlaces: UInt32.random(in: 0...63, using: &random))
            },
            formedAtMilliseconds: random.next())
    }

    static func explanation(_ random: inout SeededGenerator) -> ExplanationMessage {
        var explanation = ExplanationMessage(
            ticket: Bool.random(using: &random) ? ticketID(&random) : nil,
            status: ReplyStatus.allCases.randomElement(using: &random) ?? .ok,
            detail: text(&random))
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            var queue = QueueExplanation(
                queue: token(&random), region: token(&random),
                obstacle: ObstacleCode.allCases.randomElement(using: &random) ?? .none)
            queue.missingRoles = names(0...6, &random)
            queue.windowPoints = Double.random(in: 0...500, using: &random)
            queue.playersWaiting = UInt32.random(in: 0...UInt32.max, using: &random)
            queue.nextDistancePoints = [nil, 0, 12.5].randomElement(using: &random) ?? nil
            queue.ownPlayers = UInt32.random(in: 0...63, using: &random)
            queue.mercenariesMissing = UInt32.random(in: 0...126, using: &random)
            queue.teamSize = UInt32.random(in: 0...63, using: &random)
            queue.nextTeamSize = UInt32.random(in: 0...63, using: &random)
            queue.nextTeamSizeMilliseconds = UInt32.random(in: 0...UInt32.max, using: &random)
            queue.nextWideningMilliseconds = [nil, 0, 50].randomElement(using: &random) ?? nil
            explanation.queues.append(queue)
        }
        return explanation
    }

    static func match(_ random: inout SeededGenerator) -> MatchMessage {
        let teams = Int.random(in: 1...6, using: &random)
        var message = MatchMessage(
            match: matchID(&random), queue: token(&random),
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
        if Bool.random(using: &random) {
            message.map = token(&random)
            message.experiment = token(&random)
            message.levels = 6...UInt32.random(in: 6...10_000, using: &random)
        }
        return message
    }

    private static func seat(_ random: inout SeededGenerator) -> SeatMessage {
        let players = Array(players(&random).map(\.player).prefix(63))
        let hasRoles = players.count < 10 && Bool.random(using: &random)
        return SeatMessage(
            ticket: ticketID(&random), lobby: token(&random), players: players,
            rating: Double.random(in: -10_000...100_000, using: &random),
            waitMilliseconds: UInt32.random(in: 0...UInt32.max, using: &random),
            latencyMilliseconds: UInt32.random(in: 0...10_000, using: &random),
            isMercenary: Bool.random(using: &random),
            roles: hasRoles ? players.map { _ in token(&random) } : [],
            roleRatings: hasRoles && Bool.random(using: &random)
                ? players.map { _ in
                    [0, -14_000, Double.random(in: -14_000...54_000, using: &random)]
                        .randomElement(using: &random) ?? 0
                } : [])
    }

    private static func players(_ random: inout SeededGenerator) -> [PlayerEntry] {
        let count = [1, 1, 2, 5, 6, 63, 80].randomElement(using: &random) ?? 1
        return (0..<count).map { _ in
            let rating =
                [-10_000, 50_000, 0, -0.0, Double.random(in: -10_000...50_000, using: &random)]
                .randomElement(using: &random) ?? 0
            return PlayerEntry(
                player: player(&random), rating: rating)
        }
    }

    private static func player(_ random: inout SeededGenerator) -> PlayerID {
        PlayerID(UInt64.random(in: 1...UInt64(Int64.max), using: &random))
    }

    /// Different names.
    static func names(
        _ count: ClosedRange<Int>, _ random: inout SeededGenerator
    ) -> [String] {
        (0..<Int.random(in: count, using: &random)).map { "\($0)" + token(&random).prefix(20) }
    }

    static func matchID(_ random: inout SeededGenerator) -> MatchID {
        MatchID(high: random.next() | 1, low: random.next())
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
