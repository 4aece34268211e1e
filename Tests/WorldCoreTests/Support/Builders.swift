// Classes, rules and fights for tests, and chance that repeats by seed.

@testable import WorldCore

extension FighterClass {
    static let fighter = FighterClass(
        name: "fighter", healthMax: 1_000, damage: 90, actionTicks: 12, hitPerMille: 850,
        critPerMille: 150, variancePerMille: 300)
    static let tank = FighterClass(
        name: "tank", healthMax: 1_800, damage: 55, actionTicks: 15, hitPerMille: 850,
        critPerMille: 50, variancePerMille: 200)
    static let healer = FighterClass(
        name: "healer", healthMax: 900, damage: 35, actionTicks: 15, hitPerMille: 850,
        critPerMille: 100, variancePerMille: 300, healing: 110)
}

extension FightRules {
    /// - Parameter returnTicks: 0 for last team standing.
    static func make(
        limit: Int32 = 3_000, returnTicks: Int32 = 0, kills: Int32 = 0, assist: Int32 = 100,
        focus: Int32 = 300, skill: Int32 = 60, away: Int32 = 1_000
    ) -> FightRules {
        FightRules(
            name: "test", timeLimitTicks: limit, returnTicks: returnTicks, killsToWin: kills,
            assistTicks: assist, focusPerMille: focus, skillPerMillePer100Points: skill,
            awayPerMille: away)
    }
}

extension Fight {
    /// A fight of equal classes.
    init(
        _ rules: FightRules, ratings: [[Int32]], seed: UInt64,
        fighterClass: FighterClass = .fighter
    ) {
        self.init(
            rules: rules,
            teams: ratings.map { team in
                team.map { FighterSetup(fighterClass: fighterClass, rating: $0) }
            }, seed: seed)
    }

    /// Fights to the end, with nobody doing anything.
    mutating func finish() -> FightOutcome {
        while true {
            step()
            if let outcome { return outcome }
        }
    }

    /// A fight drawn by seed: classes, sizes, rules and ratings.
    static func drawn(seed: UInt64) -> Fight {
        var random = Random(seed: seed)
        let kinds: [FighterClass] = [.fighter, .tank, .healer]
        let teamCount = 2 + random.next(below: 3)
        let size = 1 + random.next(below: 6)
        let teams = (0..<teamCount).map { _ in
            (0..<size).map { _ in
                FighterSetup(
                    fighterClass: kinds[random.next(below: 3)],
                    rating: Int32(1_000 + random.next(below: 1_000)))
            }
        }
        let returns = random.isHit(perMille: 500)
        let rules = FightRules.make(
            limit: Int32(200 + random.next(below: 2_000)), returnTicks: returns ? 40 : 0,
            kills: random.isHit(perMille: 500) ? Int32(3 * size) : 0,
            assist: Int32(random.next(below: 150)), focus: Int32(random.next(below: 1_001)),
            skill: Int32(random.next(below: 200)), away: Int32(500 + random.next(below: 501)))
        return Fight(rules: rules, teams: teams, seed: random.next())
    }

    /// Intents drawn at random, some in most ticks.
    func drawnIntents(_ random: inout Random) -> [Intent] {
        (0..<random.next(below: 3)).map { _ in
            let fighter = FighterIndex(random.next(below: fighterCount))
            switch random.next(below: 3) {
            case 0: return .arrive(fighter)
            case 1: return .leave(fighter)
            default: return .focus(fighter, on: FighterIndex(random.next(below: fighterCount)))
            }
        }
    }
}
