// Cooldown marks and offences by player and scope, worked out from their definitions.

import MatchCore

/// A player in one scope.
struct MarkKey: Hashable {
    var player: PlayerID
    var scope: CooldownScope
}

/// Who may not queue, and until when.
struct MarkBook {
    private var until: [MarkKey: Int32] = [:]
    /// The ticks at which each offence is forgotten.
    private var offences: [MarkKey: [Int32]] = [:]

    /// A command's mark: 0 ticks take marks back, a longer mark that stands is kept.
    mutating func mark(_ player: PlayerID, _ scope: CooldownScope, ticks: Int32, now: Int32) {
        let key = MarkKey(player: player, scope: scope)
        if ticks <= 0 {
            until[key] = nil
        } else {
            until[key] = max(until[key, default: now], now + ticks)
        }
    }

    func ticksLeft(_ player: PlayerID, _ scope: CooldownScope, now: Int32) -> Int32 {
        max(0, until[MarkKey(player: player, scope: scope), default: now] - now)
    }

    /// An offence against the acceptance rules.
    /// - Returns: how many offences count, this one included.
    @discardableResult
    mutating func offend(
        _ player: PlayerID, _ scope: CooldownScope, _ rules: AcceptanceRules, now: Int32
    ) -> Int {
        let key = MarkKey(player: player, scope: scope)
        let remembered = offences[key, default: []].filter { $0 > now }
        let recent = remembered + [now + rules.offenceTicks]
        offences[key] = recent
        let step = min(recent.count, rules.cooldownTicks.count) - 1
        let ticks = rules.cooldownTicks[step]
        if ticks > 0 { mark(player, scope, ticks: ticks, now: now) }
        return recent.count
    }
}
