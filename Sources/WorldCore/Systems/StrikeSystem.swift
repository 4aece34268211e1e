// Whoever stands, has a target and need not wait strikes at it.

enum StrikeSystem {
    static func run(_ fight: inout Fight, _: [Intent]) {
        for index in fight.combat.indices where fight.vitals[index].stands {
            if fight.combat[index].waitTicks > 0 {
                fight.combat[index].waitTicks -= 1
                continue
            }
            let target = fight.combat[index].target
            guard target >= 0 else { continue }
            fight.combat[index].waitTicks = fight.classes[index].actionTicks - 1
            guard fight.random.isHit(perMille: fight.classes[index].hitPerMille) else { continue }
            fight.strikes.append(
                Strike(attacker: index, victim: target, damage: damage(of: index, &fight)))
        }
    }

    /// Points of a strike by class, skill, presence and chance; at least 1.
    private static func damage(of attacker: Int, _ fight: inout Fight) -> Int32 {
        let fighterClass = fight.classes[attacker]
        let spread = Int(fighterClass.variancePerMille)
        let chance = 1_000 - spread + fight.random.next(below: 2 * spread + 1)
        let crit: Int64 = fight.random.isHit(perMille: fighterClass.critPerMille) ? 2 : 1
        // One division at the end: a strength of a few thousandths would be lost in the middle.
        let points =
            Int64(fighterClass.damage) * fight.strengthPerMille(attacker) * Int64(chance) * crit
            / 1_000_000
        return Int32(max(1, points))
    }
}
