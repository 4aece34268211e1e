// Names as a small configuration would have them.

import MatchCore
import Wire

/// Knows the queues "duel" (3) and "arena" (4) without any names of their own; "temple" with level
/// brackets (6 to 14 is 5, 15 to 29 is 6), roles, factions and maps; "ruins" (7), which names the
/// roles in another order; and "trial", of which leaders with an odd number get 9, others 8. The
/// regions are "eu" (0) and "us" (5), the scope is "pvp" (2), and there are as many lobbies as it
/// is told.
struct FakeDirectory: NameDirectory {
    var lobbies: [String] = []
    var lobbyCountMax = 4

    func resolveQueue(
        _ name: UnsafeRawBufferPointer, level: UInt32, leader: PlayerID
    ) -> QueueResolution {
        switch String(decoding: name, as: UTF8.self) {
        case "duel": .queue(QueueIndex(3))
        case "arena": .queue(QueueIndex(4))
        case "temple":
            switch level {
            case 6...14: .queue(QueueIndex(5))
            case 15...29: .queue(QueueIndex(6))
            default: .wrongLevel
            }
        case "ruins": .queue(QueueIndex(7))
        case "trial": .queue(QueueIndex(leader.raw & 1 == 1 ? 9 : 8))
        default: .unknownQueue
        }
    }

    func vocabulary(of queue: QueueIndex) -> QueueVocabulary {
        switch queue.raw {
        case 5:
            QueueVocabulary(
                hasRoles: true, hasFactions: true, hasMaps: true, countsRoleRatings: true)
        case 6: QueueVocabulary(hasRoles: true, hasFactions: true, hasMaps: true)
        case 7: QueueVocabulary(hasRoles: true, hasMaps: true)
        default: QueueVocabulary()
        }
    }

    func roleIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        let roles = queue.raw == 7 ? ["damage", "healer", "tank"] : ["tank", "healer", "damage"]
        return place(name, roles)
    }

    func factionIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        place(name, ["exile", "dominion"])
    }

    func mapIndex(_ name: UnsafeRawBufferPointer, of queue: QueueIndex) -> UInt8? {
        place(name, ["halls", "pass", "mines"])
    }

    func scopeIndex(_ name: UnsafeRawBufferPointer) -> CooldownScope? {
        place(name, ["pvp"]).map { CooldownScope($0 + 2) }
    }

    mutating func lobbyIndex(_ name: UnsafeRawBufferPointer) -> LobbyIndex? {
        let name = String(decoding: name, as: UTF8.self)
        if let known = lobbies.firstIndex(of: name) { return LobbyIndex(UInt16(known)) }
        if lobbies.count == lobbyCountMax { return nil }
        lobbies.append(name)
        return LobbyIndex(UInt16(lobbies.count - 1))
    }

    func regionIndex(_ name: UnsafeRawBufferPointer) -> RegionIndex? {
        switch String(decoding: name, as: UTF8.self) {
        case "eu": RegionIndex(0)
        case "us": RegionIndex(5)
        default: nil
        }
    }

    private func place(_ name: UnsafeRawBufferPointer, _ names: [String]) -> UInt8? {
        names.firstIndex(of: String(decoding: name, as: UTF8.self)).map { UInt8($0) }
    }
}
