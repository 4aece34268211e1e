// Chooses whom a fighter turns on: the player's choice, else the enemy it is at, else the weakest
// or any.

enum TargetSystem {
    static func run(_ fight: inout Fight, _: [Intent]) {
        for index in fight.combat.indices where fight.vitals[index].stands {
            let focus = fight.combat[index].focus
            if focus >= 0 && fight.vitals[focus].stands {
                fight.combat[index].target = focus
                continue
            }
            let target = fight.combat[index].target
            if target >= 0 && fight.vitals[target].stands { continue }
            fight.combat[index].target = choose(for: index, &fight)
        }
    }

    /// A standing enemy, or -1.
    private static func choose(for fighter: Int, _ fight: inout Fight) -> Int {
        let enemies = fight.vitals.indices.filter {
            fight.isEnemy(fighter, $0) && fight.vitals[$0].stands
        }
        guard !enemies.isEmpty else { return -1 }
        let any = enemies[fight.random.next(below: enemies.count)]
        guard fight.random.isHit(perMille: fight.rules.focusPerMille) else { return any }
        // Among equals the one drawn, so that no place in a team is a disadvantage.
        let lowest = enemies.map { fight.vitals[$0].health }.min() ?? 0
        if fight.vitals[any].health == lowest { return any }
        return enemies.first { fight.vitals[$0].health == lowest } ?? any
    }
}
