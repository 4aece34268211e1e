// Strikes are felt: health, falls, kills and assists. Each fall has exactly one killer: whose
// strike took the last point.

enum FallSystem {
    static func run(_ fight: inout Fight, _: [Intent]) {
        let count = fight.strikes.count
        guard count > 0 else { return }
        // By lot, so that a place in the order of fighters gives nobody the last strike.
        let first = fight.random.next(below: count)
        for step in 0..<count { feel(fight.strikes[(first + step) % count], &fight) }
        fight.strikes.removeAll(keepingCapacity: true)
    }

    private static func feel(_ strike: Strike, _ fight: inout Fight) {
        // Whoever fell to another strike of this tick feels no more.
        guard fight.vitals[strike.victim].stands else { return }
        let lost = min(strike.damage, fight.vitals[strike.victim].health)
        fight.vitals[strike.victim].health -= lost
        fight.tallies[strike.attacker].damage += UInt64(lost)
        fight.contacts[strike.victim * fight.fighterCount + strike.attacker] = fight.tick
        if !fight.vitals[strike.victim].stands { fall(strike, &fight) }
    }

    private static func fall(_ strike: Strike, _ fight: inout Fight) {
        fight.tallies[strike.victim].deaths += 1
        fight.tallies[strike.attacker].kills += 1
        fight.scores[fight.teams[strike.attacker]] += 1
        fight.falls.append(
            Fall(victim: FighterIndex(strike.victim), killer: FighterIndex(strike.attacker)))
        fight.vitals[strike.victim].returnsAt = fight.tick + max(1, fight.rules.returnTicks)
        fight.combat[strike.victim].target = -1
        let row = strike.victim * fight.fighterCount
        for other in 0..<fight.fighterCount {
            let last = fight.contacts[row + other]
            fight.contacts[row + other] = 0
            guard last > 0, other != strike.attacker else { continue }
            if fight.tick - last <= fight.rules.assistTicks { fight.tallies[other].assists += 1 }
        }
    }
}
