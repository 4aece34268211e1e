// What happens in a tick, in this order: the documentation of a tick of a fight. Each system says
// which columns it changes; a test holds it to that.

/// The columns of a fight.
package enum Column: CaseIterable, Sendable {
    case presence, vitals, combat, tally, contacts, strikes, falls, score, outcome, random
}

/// One step of a tick.
package struct SystemEntry: Sendable {
    package let name: String
    package let writes: [Column]
    let run: @Sendable (inout Fight, [Intent]) -> Void
}

/// The steps of a tick.
package enum Schedule {
    package static let systems: [SystemEntry] = [
        // Players arrive, leave and choose whom to turn on.
        SystemEntry(name: "intent", writes: [.presence, .combat], run: IntentSystem.run),
        // Those whose time has come stand up.
        SystemEntry(name: "return", writes: [.vitals, .combat], run: ReturnSystem.run),
        // Whoever has no standing enemy in view turns on another.
        SystemEntry(name: "target", writes: [.combat, .random], run: TargetSystem.run),
        // Healers who see somebody hurt heal in place of striking.
        SystemEntry(name: "heal", writes: [.vitals, .combat, .tally], run: HealSystem.run),
        // All others strike; nothing is felt yet, so that who strikes first has no advantage.
        SystemEntry(name: "strike", writes: [.combat, .strikes, .random], run: StrikeSystem.run),
        // Strikes are felt in an order drawn by lot; who has no health left falls.
        SystemEntry(
            name: "fall",
            writes: [.vitals, .combat, .tally, .contacts, .strikes, .falls, .score, .random],
            run: FallSystem.run),
        // Is it over, and who has won?
        SystemEntry(name: "objective", writes: [.outcome], run: ObjectiveSystem.run),
    ]
}
