// What the content file says, checked: which fight a queue's matches are, and which class of
// fighter plays a role. Immutable for the life of the process.
import WorldCore

/// A kind of fight and what depends on the size of its teams.
struct FightMode: Equatable, Sendable {
    /// With no limit of kills; see `rules(teamSize:)`.
    var rules: FightRules
    /// 0 for none.
    var killsPerPlayer: Int32

    func rules(teamSize: Int) -> FightRules {
        var rules = rules
        rules.killsToWin = killsPerPlayer * Int32(teamSize)
        return rules
    }
}

/// The content of a game server.
struct FightContent: Equatable, Sendable {
    /// Ticks of a fight that make up a second of the content file's times.
    static let ticksPerSecond = 10.0

    var classesByRole: [String: FighterClass] = [:]
    /// For players without a role, or with one that no class names.
    var standardClass: FighterClass?
    var modesByQueue: [String: FightMode] = [:]
    /// For queues that no fight names; nil if their matches are refused.
    var standardMode: FightMode?

    /// The fight that a queue's matches are; nil if there is none.
    func mode(queue: String) -> FightMode? { modesByQueue[queue] ?? standardMode }

    /// The class that plays a role; "" for none.
    func fighterClass(role: String) -> FighterClass? { classesByRole[role] ?? standardClass }

    /// The queues whose matches can be played, in order; empty for any.
    var queues: [String] { standardMode == nil ? modesByQueue.keys.sorted() : [] }
}
