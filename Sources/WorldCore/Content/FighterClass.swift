// What fighters are made of. All numbers come from a content file; the ranges that hold here are
// those that keep the arithmetic of a tick within 32 bits.

/// A kind of fighter.
package struct FighterClass: Equatable, Sendable {
    package var name: String
    /// Points of health, 1...1000000.
    package var healthMax: Int32
    /// Points of damage of one strike before skill and chance, 1...100000.
    package var damage: Int32
    /// Ticks from one action to the next, at least 1.
    package var actionTicks: Int32
    /// Chance that a strike does not miss, 0...1000.
    package var hitPerMille: Int32
    /// Chance that a strike that hits does double damage, 0...1000.
    package var critPerMille: Int32
    /// How far a strike's damage strays to both sides, 0...1000.
    package var variancePerMille: Int32
    /// Points of health that one act of healing gives before skill; 0 for a class that cannot heal.
    package var healing: Int32

    package init(
        name: String, healthMax: Int32, damage: Int32, actionTicks: Int32, hitPerMille: Int32,
        critPerMille: Int32, variancePerMille: Int32, healing: Int32 = 0
    ) {
        precondition((1...1_000_000).contains(healthMax) && actionTicks >= 1)
        precondition((1...100_000).contains(damage) && (0...100_000).contains(healing))
        for share in [hitPerMille, critPerMille, variancePerMille] {
            precondition((0...1_000).contains(share))
        }
        self.name = name
        self.healthMax = healthMax
        self.damage = damage
        self.actionTicks = actionTicks
        self.hitPerMille = hitPerMille
        self.critPerMille = critPerMille
        self.variancePerMille = variancePerMille
        self.healing = healing
    }
}
