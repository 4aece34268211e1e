// The content file: what ships loads and lets skill decide as it says; every mistake is named.
import DaemonKit
import Testing
import WorldCore

@testable import worldd

@Suite struct FightContentTests {
    private static let root = #filePath.split(separator: "/").dropLast(4)
        .reduce("") { $0 + "/" + $1 }

    private func problems(_ text: String) throws -> [String] {
        let tree = try ConfigTree.parse(json5: Array(text.utf8), file: "c")
        do throws(FightContentErrors) {
            _ = try FightContentReader.read(tree, file: "c")
            return []
        } catch {
            return error.list.map(\.path)
        }
    }

    private static let fighter =
        "name: 'f', health: 1, damage: 1, actionSeconds: 1, hit: 1, crit: 0, variance: 0"
    private static let fight =
        "timeLimitSeconds: 1, assistSeconds: 0, focus: 0, skillPer100Points: 0, away: 1"

    @Test func whatShipsLoads() throws {
        let content = try FightContentReader.load(path: Self.root + "/config/worldd-content.json5")
        #expect(content.fighterClass(role: "healer")?.healing == 110)
        #expect(content.fighterClass(role: "")?.name == "fighter")
        #expect(content.mode(queue: "duel-1v1")?.rules.name == "duel")
        #expect(content.mode(queue: "battleground-10v10")?.rules(teamSize: 10).killsToWin == 30)
        #expect(content.queues == [])
    }

    /// The shipped numbers let 400 points win about nine fights in ten, in every kind of fight.
    @Test(arguments: [("duel-1v1", 1), ("arena-3v3", 3), ("skirmish-5v5", 5), ("none", 10)])
    func skillDecidesAsTheFileSays(queue: String, size: Int) throws {
        let content = try FightContentReader.load(path: Self.root + "/config/worldd-content.json5")
        let rules = try #require(content.mode(queue: queue)).rules(teamSize: size)
        let fighter = try #require(content.standardClass)
        let count: UInt64 = 120
        func share(_ gap: Int32) -> Double {
            var points = 0.0
            for seed in 0..<count {
                let teams = [1_500 + gap, 1_500].map { rating in
                    Array(
                        repeating: FighterSetup(fighterClass: fighter, rating: rating), count: size)
                }
                var fight = Fight(rules: rules, teams: teams, seed: seed)
                while fight.outcome == nil { fight.step() }
                let winner = fight.outcome?.winner
                points += winner == 0 ? 1 : winner == nil ? 0.5 : 0
            }
            return points / Double(count)
        }
        // Three standard deviations of 120 fights to each side; seeds are fixed.
        let shares = [share(0), share(400)]
        #expect((0.36...0.64).contains(shares[0]), "\(shares)")
        #expect((0.75...0.985).contains(shares[1]), "\(shares)")
    }

    @Test func everyMistakeIsNamed() throws {
        #expect(
            try problems("{}") == ["version", "classes", "standardClass", "fights"])
        #expect(
            try problems(
                """
                { version: 2, classes: [
                    { name: 'f', health: 1, damage: 1, actionSeconds: 1, hit: 1, crit: 2,
                      variance: 0, roles: ['a', 'a b'] },
                    { name: 'f', health: 1, damage: 0, actionSeconds: 1, hit: 1, crit: 0,
                      variance: 0, roles: ['a'] }, 7],
                  standardClass: 'g', standardFight: 'z',
                  fights: [{ name: 'x', \(Self.fight), queues: ['q', 'q'], killsPerPlayer: 1 },
                    { name: 'x', timeLimitSeconds: 1, assistSeconds: 0, focus: 0,
                      skillPer100Points: 0, away: 0, wait: 1 }] }
                """) == [
                    "version", "classes[0].crit", "classes[0].roles[1]", "classes[1].name",
                    "classes[1].damage", "classes[1].roles[0]", "classes[2]", "standardClass",
                    "fights[0].killsPerPlayer", "fights[0].queues[1]", "fights[1].wait",
                    "fights[1].name", "fights[1].away", "standardFight",
                ])
    }

    @Test func withoutAStandardFightOnlyTheNamedQueuesArePlayed() throws {
        let tree = try ConfigTree.parse(
            json5: Array(
                """
                { version: 1, classes: [{ \(Self.fighter) }], standardClass: 'f',
                  fights: [{ name: 'x', \(Self.fight), queues: ['b', 'a'], returnSeconds: 0.04 }] }
                """.utf8), file: "c")
        let content = try FightContentReader.read(tree, file: "c")
        #expect(content.queues == ["a", "b"] && content.mode(queue: "c") == nil)
        #expect(content.mode(queue: "a")?.rules.returnTicks == 0)
    }
}
