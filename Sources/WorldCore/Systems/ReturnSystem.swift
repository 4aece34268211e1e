// Lets the fallen stand up again, where the rules allow it.

enum ReturnSystem {
    static func run(_ fight: inout Fight, _: [Intent]) {
        guard fight.rules.returnTicks > 0 else { return }
        for index in fight.vitals.indices {
            guard !fight.vitals[index].stands, fight.vitals[index].returnsAt <= fight.tick else {
                continue
            }
            fight.vitals[index].health = fight.classes[index].healthMax
            fight.combat[index].waitTicks = fight.classes[index].actionTicks
        }
    }
}
