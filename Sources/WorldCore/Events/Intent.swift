// What reaches a fight from outside: checked at the edge, applied at the start of the next tick.

/// Position of a fighter in its fight: teams in their order, in each its fighters in theirs.
package struct FighterIndex: Hashable, Sendable {
    package let raw: Int
    package init(_ raw: Int) { self.raw = raw }
}

/// Something that a player does.
package enum Intent: Equatable, Sendable {
    /// The player takes over the fighter, who until then fights by itself.
    case arrive(FighterIndex)
    /// The player is gone; the fighter goes on by itself.
    case leave(FighterIndex)
    /// The fighter turns on this enemy, now and whenever it can.
    case focus(FighterIndex, on: FighterIndex)
}
