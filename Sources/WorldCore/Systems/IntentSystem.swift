// Applies what players do.

enum IntentSystem {
    static func run(_ fight: inout Fight, _ intents: [Intent]) {
        for intent in intents {
            switch intent {
            case .arrive(let fighter): fight.isPresent[fighter.raw] = true
            case .leave(let fighter):
                fight.isPresent[fighter.raw] = false
                fight.combat[fighter.raw].focus = -1
            case .focus(let fighter, let enemy):
                // To focus a friend means to have no focus.
                let isEnemy = fight.isEnemy(fighter.raw, enemy.raw)
                fight.combat[fighter.raw].focus = isEnemy ? enemy.raw : -1
            }
        }
    }
}
