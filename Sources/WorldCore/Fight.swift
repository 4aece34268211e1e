// A fight between teams: owns all of its state, a column for each component. Deterministic: the
// same rules, fighters, seed and intents give the same ticks and the same state hash on every
// machine. All arithmetic is in whole numbers. Knows nothing of accounts, matches or sockets.

/// A fighter as a fight begins.
package struct FighterSetup: Equatable, Sendable {
    package var fighterClass: FighterClass
    /// Skill in points.
    package var rating: Int32

    package init(fighterClass: FighterClass, rating: Int32) {
        self.fighterClass = fighterClass
        self.rating = rating
    }
}

/// A fight.
package struct Fight: Sendable {
    package let rules: FightRules
    /// Fighters by class and team, fixed for the fight.
    let classes: [FighterClass]
    let teams: [Int]
    package let teamCount: Int

    var isPresent: [Bool]
    var vitals: [Vitals]
    var combat: [Combat]
    package internal(set) var tallies: [Tally]
    /// The tick in which row (victim) was last struck by column (attacker) in this life, or 0.
    var contacts: [Int32]
    var strikes: [Strike] = []
    /// Who fell in the last tick.
    package internal(set) var falls: [Fall] = []
    /// Kills by team.
    package internal(set) var scores: [UInt32]
    /// Ticks fought so far.
    package private(set) var tick: Int32 = 0
    /// Set by the tick that ends the fight.
    package internal(set) var outcome: FightOutcome?
    /// Fingerprint of the whole course so far.
    package private(set) var stateHash: UInt64
    var random: Random

    /// Most fighters of one fight.
    package static let fighterCountMax = 128

    /// - Precondition: 1 to 128 teams, none empty, at most 128 fighters.
    package init(rules: FightRules, teams: [[FighterSetup]], seed: UInt64) {
        let fighters = teams.flatMap { $0 }
        precondition(!teams.isEmpty && teams.allSatisfy { !$0.isEmpty })
        precondition(fighters.count <= Fight.fighterCountMax)
        self.rules = rules
        self.teams = teams.enumerated().flatMap { team, members in members.map { _ in team } }
        teamCount = teams.count
        classes = fighters.map(\.fighterClass)
        let mean = fighters.reduce(Int64(0)) { $0 + Int64($1.rating) } / Int64(fighters.count)
        isPresent = Array(repeating: false, count: fighters.count)
        vitals = fighters.map { Vitals(health: $0.fighterClass.healthMax) }
        combat = fighters.map { fighter in
            let offset = Int32(clamping: Int64(fighter.rating) - mean)
            return Combat(skillPerMille: rules.strength(ratingOffset: offset))
        }
        tallies = Array(repeating: Tally(), count: fighters.count)
        contacts = Array(repeating: 0, count: fighters.count * fighters.count)
        scores = Array(repeating: 0, count: teams.count)
        random = Random(seed: seed)
        stateHash = mixed(seed)
        for index in combat.indices {
            // First actions are spread out, so that a fight does not go in step.
            combat[index].waitTicks = Int32(random.next(below: Int(classes[index].actionTicks)))
        }
    }

    package var fighterCount: Int { teams.count }

    package func team(of fighter: FighterIndex) -> Int { teams[fighter.raw] }
    package func health(of fighter: FighterIndex) -> Int32 { vitals[fighter.raw].health }
    package func healthMax(of fighter: FighterIndex) -> Int32 { classes[fighter.raw].healthMax }
    package func isPresent(_ fighter: FighterIndex) -> Bool { isPresent[fighter.raw] }

    /// Fights one tick.
    /// - Precondition: the fight is not over; intents name fighters of this fight.
    /// - Complexity: O(fighters²).
    package mutating func step(_ intents: [Intent] = []) {
        precondition(outcome == nil)
        tick += 1
        falls.removeAll(keepingCapacity: true)
        for system in Schedule.systems { system.run(&self, intents) }
        noteState()
        assert(strikes.isEmpty)
    }

    /// Strength of a fighter in thousandths, its player's absence included.
    func strengthPerMille(_ fighter: Int) -> Int64 {
        let presence = isPresent[fighter] ? 1_000 : Int64(rules.awayPerMille)
        return Int64(combat[fighter].skillPerMille) * presence / 1_000
    }

    func isEnemy(_ one: Int, _ other: Int) -> Bool { teams[one] != teams[other] }

    private mutating func noteState() {
        var hash = mixed(stateHash ^ UInt64(UInt32(bitPattern: tick)))
        for index in vitals.indices {
            let health = UInt64(UInt32(bitPattern: vitals[index].health))
            let wait = UInt64(UInt32(bitPattern: combat[index].waitTicks))
            hash = mixed(hash ^ (health << 32 | wait))
            let target = UInt64(UInt32(truncatingIfNeeded: combat[index].target))
            hash = mixed(hash ^ (target << 1 | (isPresent[index] ? 1 : 0)))
            let tally = tallies[index]
            hash = mixed(hash ^ (UInt64(tally.kills) << 32 | UInt64(tally.deaths)))
            hash = mixed(
                hash ^ (UInt64(tally.assists) &+ tally.damage << 16 &+ tally.healing << 40))
        }
        stateHash = hash
    }
}
