// What a player's client says: one JSON object a line, with exactly one of these fields.
//   {"join": "<token>"}   {"focus": "<player id>"}   {"bye": true}
import MatchCore
import Wire

/// A line from a player.
enum PlayerLine: Equatable {
    case join(String)
    /// Turns on this enemy.
    case focus(PlayerID)
    case bye

    /// Nil if the bytes are no such line.
    init?(_ bytes: [UInt8]) {
        let parsed = bytes.withUnsafeBytes { try? JSONParser.parse($0) }
        guard case .object(let fields) = parsed, fields.count == 1 else { return nil }
        switch (fields[0].key, fields[0].value) {
        case ("join", .string(let token)): self = .join(token)
        case ("focus", .string(let id)), ("focus", .number(let id)):
            guard let player = UInt64(id), player > 0 else { return nil }
            self = .focus(PlayerID(player))
        case ("bye", .bool(true)): self = .bye
        default: return nil
        }
    }
}
