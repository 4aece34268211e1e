// Makes the ticket of `loadgen send` from its options; every mistake is reported. What the
// matchmaker would refuse may be sent all the same, to see its answer, as far as names allow.
import DaemonKit
import MatchCore
import Wire

/// A ticket by hand.
enum HandTicket {
    static func make(_ config: EffectiveConfig) throws(CommandFailure) -> TicketMessage {
        var problems: [String] = []
        var random = SystemRandomNumberGenerator()
        for name in ["queue", "lobby"] where !Token.isValid(config.text(name)) {
            problems.append("--\(name): must be 1 to \(Token.byteCountMax) of A-Z a-z 0-9 _ -")
        }
        let ratings = list(config.text("rating")).compactMap { text in
            let rating = Double(text)
            if rating == nil { problems.append("--rating: '\(text)' is no number") }
            return rating
        }
        let ids = list(config.text("player")).compactMap { text in
            let id = UInt64(text)
            if id == nil { problems.append("--player: '\(text)' is no player id") }
            return id
        }
        if !ids.isEmpty && ids.count != ratings.count {
            problems.append("--player: needs one id for each of the \(ratings.count) ratings")
        }
        let latencies = list(config.text("latency")).compactMap { text in
            let latency = latency(text)
            if latency == nil { problems.append("--latency: '\(text)' is not like eu=30") }
            return latency
        }
        if !problems.isEmpty { throw CommandFailure(.usage, problems) }
        let players = ratings.enumerated().map { index, rating in
            let id = ids.isEmpty ? UInt64.random(in: 1...WireLimits.playerIDMax) : ids[index]
            return PlayerEntry(player: PlayerID(id), rating: rating)
        }
        return TicketMessage(
            ticket: randomTicketID(&random), queue: config.text("queue"),
            lobby: config.text("lobby"), players: players, latencies: latencies)
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    private static func latency(_ text: String) -> RegionLatency? {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, Token.isValid(String(parts[0])), let value = UInt32(parts[1])
        else { return nil }
        return RegionLatency(region: String(parts[0]), milliseconds: value)
    }

    /// A random UUID (RFC 4122, version 4).
    private static func randomTicketID(_ random: inout some RandomNumberGenerator) -> TicketID {
        TicketID(
            high: random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            low: random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
