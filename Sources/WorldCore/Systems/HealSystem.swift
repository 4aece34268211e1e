// Healers heal the one of their team who is hurt most, themselves included, if anybody is hurt
// enough for it to be worth more than a strike.

enum HealSystem {
    static func run(_ fight: inout Fight, _: [Intent]) {
        for index in fight.combat.indices {
            guard fight.classes[index].healing > 0, fight.vitals[index].stands,
                fight.combat[index].waitTicks == 0, let patient = patient(of: index, fight)
            else { continue }
            let amount = Int64(fight.classes[index].healing) * fight.strengthPerMille(index) / 1_000
            let missing = fight.classes[patient].healthMax - fight.vitals[patient].health
            let given = Int32(min(amount, Int64(missing)))
            fight.vitals[patient].health += given
            fight.tallies[index].healing += UInt64(given)
            fight.combat[index].waitTicks = fight.classes[index].actionTicks
        }
    }

    /// The friend with the least share of health, if it is below three quarters.
    private static func patient(of healer: Int, _ fight: Fight) -> Int? {
        var best: (index: Int, share: Int64)?
        for index in fight.vitals.indices {
            guard !fight.isEnemy(healer, index), fight.vitals[index].stands else { continue }
            let share =
                Int64(fight.vitals[index].health) * 1_000 / Int64(fight.classes[index].healthMax)
            if share < best?.share ?? 750 { best = (index, share) }
        }
        return best?.index
    }
}
