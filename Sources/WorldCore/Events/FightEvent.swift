// What a tick of a fight has brought about, for those who watch.

/// A fighter fell.
package struct Fall: Equatable, Sendable {
    package let victim: FighterIndex
    package let killer: FighterIndex
}

/// How a fight ended.
package struct FightOutcome: Equatable, Sendable {
    /// Position of the team that won; nil for a draw.
    package let winner: Int?
    /// Ticks that were fought.
    package let tickCount: Int32
}
