// What holds in every fight, whatever is drawn and whatever players do.

import Testing

@testable import WorldCore

@Suite struct FightPropertyTests {
    @Test(arguments: 0..<100)
    func theBooksOfAFightBalance(seed: UInt64) {
        var fight = Fight.drawn(seed: seed)
        var random = Random(seed: seed &+ 1)
        var fallCount = 0
        var lives = Array(repeating: 1, count: fight.fighterCount)
        while fight.outcome == nil {
            let lying = fight.vitals.map { !$0.stands }
            fight.step(fight.drawnIntents(&random))
            fallCount += fight.falls.count
            for index in lives.indices where lying[index] && fight.vitals[index].stands {
                lives[index] += 1
            }
            for fall in fight.falls where lying[fall.victim.raw] { lives[fall.victim.raw] += 1 }
            guard check(fight, fallCount: fallCount) else {
                Issue.record("the books are wrong after tick \(fight.tick): \(fight.tallies)")
                return
            }
        }
        checkHealth(fight, lives: lives)
        #expect(fight.tick <= fight.rules.timeLimitTicks)
    }

    /// Plain comparisons, which are far faster than an expectation for each of millions.
    private func check(_ fight: Fight, fallCount: Int) -> Bool {
        let kills = fight.tallies.reduce(0) { $0 + Int($1.kills) }
        let deaths = fight.tallies.reduce(0) { $0 + Int($1.deaths) }
        let scores = fight.scores.reduce(0) { $0 + Int($1) }
        return kills == fallCount && deaths == fallCount && scores == fallCount
            && fight.vitals.indices.allSatisfy { index in
                (0...fight.classes[index].healthMax).contains(fight.vitals[index].health)
                    && Int(fight.tallies[index].kills + fight.tallies[index].assists) <= fallCount
            }
            && fight.falls.allSatisfy { fight.team(of: $0.victim) != fight.team(of: $0.killer) }
    }

    /// Each point of health that was there at the start, came by a return or by healing was lost
    /// to a strike or is still there.
    private func checkHealth(_ fight: Fight, lives: [Int]) {
        var given = 0
        var left = 0
        for index in fight.vitals.indices {
            given += lives[index] * Int(fight.classes[index].healthMax)
            left += Int(fight.vitals[index].health)
        }
        given += fight.tallies.reduce(0) { $0 + Int($1.healing) }
        let lost = fight.tallies.reduce(0) { $0 + Int($1.damage) }
        #expect(given == left + lost)
    }

    @Test(arguments: 0..<15)
    func theSameSeedAndIntentsGiveTheSameFight(seed: UInt64) {
        func run(_ fightSeed: UInt64, _ intentSeed: UInt64) -> [UInt64] {
            var fight = Fight.drawn(seed: fightSeed)
            var random = Random(seed: intentSeed)
            var hashes: [UInt64] = []
            while fight.outcome == nil {
                fight.step(fight.drawnIntents(&random))
                hashes.append(fight.stateHash)
            }
            return hashes
        }
        let once = run(seed, 1)
        #expect(once == run(seed, 1))
        #expect(once != run(seed, 2), "what players do makes no difference")
        #expect(once != run(seed &+ 1_000, 1), "the seed makes no difference")
    }

    @Test(arguments: 0..<12)
    func aSystemChangesOnlyWhatItSaysItWrites(seed: UInt64) {
        var fight = Fight.drawn(seed: seed)
        var random = Random(seed: seed)
        var seen: [Set<Column>] = Schedule.systems.map { _ in [] }
        for _ in 0..<150 where fight.outcome == nil {
            fight.step(fight.drawnIntents(&random))
            if fight.outcome != nil { break }
            var next = fight
            let intents = next.drawnIntents(&random)
            for (index, system) in Schedule.systems.enumerated() {
                let before = next
                system.run(&next, intents)
                for column in Column.allCases where !next.equals(before, in: column) {
                    seen[index].insert(column)
                }
            }
        }
        for (system, written) in zip(Schedule.systems, seen) {
            #expect(written.subtracting(system.writes).isEmpty, "\(system.name)")
        }
        #expect(seen[0].contains(.presence) && seen[4].contains(.strikes))
    }
}

extension Fight {
    fileprivate func equals(_ other: Fight, in column: Column) -> Bool {
        switch column {
        case .presence: isPresent == other.isPresent
        case .vitals: vitals == other.vitals
        case .combat: combat == other.combat
        case .tally: tallies == other.tallies
        case .contacts: contacts == other.contacts
        case .strikes: strikes == other.strikes
        case .falls: falls == other.falls
        case .score: scores == other.scores
        case .outcome: outcome == other.outcome
        case .random: random == other.random
        }
    }
}
