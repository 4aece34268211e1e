// What a fighter is about to do.

/// A fighter's hands and eyes.
struct Combat: Equatable {
    /// Strength in thousandths by the fighter's skill.
    let skillPerMille: Int32
    /// Ticks until it can act again.
    var waitTicks: Int32 = 0
    /// The enemy it turns on, or -1.
    var target = -1
    /// The enemy that its player wants it to turn on, or -1.
    var focus = -1
}

/// A blow that is under way: struck in this tick, felt at its end.
struct Strike: Equatable {
    let attacker: Int
    let victim: Int
    /// Points of damage, at least 1.
    let damage: Int32
}
