// From a queue's name, a level and a leader to the core's queue, and what an experiment draws.
import DaemonKit
import MatchCore
import Testing

@testable import QueueFile

@Suite struct QueueNamesTests {
    private func book(_ text: String) throws -> QueueBook {
        QueueBook(file: try readFile(text), version: 1)
    }

    private let walatiki = """
        { version: 1, regions: ['eu'], queues: [
          { name: 'open', teams: 2, teamSize: 1 },
          { name: 'walatiki', teams: 2, teamSize: 10, levels: [[6, 14], [15, 29], [50, 50]],
            factions: ['exile', 'dominion'], maps: ['temple', 'halls'],
            experiment: { name: 'wider', share: 0.25, window: { start: 300 } } },
        ] }
        """

    @Test func aQueueBecomesOneForEachBracketAndArm() throws {
        let file = try readFile(walatiki)
        let variants = file.queues[1].variants
        #expect(
            variants.map(\.label.description) == [
                "walatiki/6-14", "walatiki/15-29", "walatiki/50", "walatiki/6-14@wider",
                "walatiki/15-29@wider", "walatiki/50@wider",
            ])
        #expect(file.queues[1].experiment == Experiment(name: "wider", share: 0.25))
        #expect(
            variants.map { $0.rules.ratingWindow.limit(age: 0) / 128 }
                == [100, 100, 100, 300, 300, 300])
        #expect(variants.allSatisfy { $0.factions == ["exile", "dominion"] })
        let label = try book(walatiki).names.label(of: QueueIndex(4))
        #expect(label == QueueLabel(queue: "walatiki", levels: 6...14, arm: "wider"))
    }

    @Test func levelsLeadToTheirBracket() throws {
        let names = try book(walatiki).names
        let player = try #require((1...100).map { PlayerID($0) }.first { !self.isInArm($0) })
        func found(_ queue: String, _ level: Int?) -> QueueNames.Resolution {
            names.resolve(queue, level: level, leader: player)
        }
        #expect(found("open", nil) == .queue(QueueIndex(0)))
        #expect(found("open", 33) == .queue(QueueIndex(0)))
        #expect(found("walatiki", nil) == .levelMissing && found("walatiki", 0) == .levelMissing)
        #expect([5, 30, 49, 51].allSatisfy { found("walatiki", $0) == .levelOutside })
        #expect([6, 14].allSatisfy { found("walatiki", $0) == .queue(QueueIndex(1)) })
        #expect([15, 29].allSatisfy { found("walatiki", $0) == .queue(QueueIndex(2)) })
        #expect(found("walatiki", 50) == .queue(QueueIndex(3)))
        #expect(found("walatik", 6) == .unknownQueue && found("", 6) == .unknownQueue)
    }

    private func isInArm(_ player: PlayerID) -> Bool {
        ExperimentShare(Experiment(name: "wider", share: 0.25)).includes(player)
    }

    @Test func aShareOfThePlayersPlaysByTheExperiment() throws {
        let names = try book(walatiki).names
        let players = (0..<20_000).map { PlayerID(1_000_000 + UInt64($0)) }
        let arms = players.map {
            names.resolve("walatiki", level: 10, leader: $0) == .queue(QueueIndex(4))
        }
        #expect(arms == players.map(isInArm))
        let share = Double(arms.filter { $0 }.count) / 20_000
        #expect(abs(share - 0.25) < 0.012, "four standard errors")
    }

    @Test func aLargerShareKeepsThoseWhoWereInAndOtherExperimentsDrawAnew() {
        func included(_ name: String, _ share: Double) -> Set<Int> {
            let drawn = ExperimentShare(Experiment(name: name, share: share))
            return Set((0..<10_000).filter { drawn.includes(PlayerID(UInt64($0))) })
        }
        let tenth = included("wider", 0.1)
        let third = included("wider", 0.3)
        #expect(tenth.isSubset(of: third) && tenth.count < third.count)
        #expect(included("wider", 0) == [] && included("wider", 1).count == 10_000)
        let both = Double(third.intersection(included("roles", 0.3)).count)
        #expect(abs(both / 10_000 - 0.09) < 0.012, "independent draws")
    }

    @Test func aPlayerStaysInHisArmForEver() {
        // Changing the hash would move players of running experiments to the other arm.
        let drawn = ExperimentShare(Experiment(name: "wider", share: 0.5))
        let first = (1...16).map { drawn.includes(PlayerID($0)) ? "1" : "0" }.joined()
        #expect(first == "0101100010101010")
    }

    @Test func rolesFactionsAndMapsHaveNamesOfTheirQueue() throws {
        let names = try book(walatiki).names
        let queue = QueueIndex(1)
        #expect(names.faction(named: "dominion", of: queue) == 1)
        #expect(names.faction(named: "horde", of: queue) == nil)
        #expect(names.map(named: "temple", of: queue) == 0)
        #expect(names.map(named: "temple", of: QueueIndex(0)) == nil)
        #expect(names.role(named: "tank", of: queue) == nil)
        #expect(names.faction(0, of: queue) == "exile" && names.faction(2, of: queue) == nil)
        #expect(names.map(1, of: queue) == "halls" && names.map(0, of: QueueIndex(9)) == nil)
        #expect(names.label(of: QueueIndex(.max)) == nil && names.count == 7)
    }

    @Test func aQueueInAnotherFileIsReadWithItsPlace() throws {
        let text = "{ queue: { name: 'w', teams: 2, teamSize: 1, window: { start: -1 } } }"
        let problems = ConfigProblems()
        let node = ConfigNode(
            try ConfigTree.parse(json5: Array(text.utf8), file: "w"), file: "w", problems: problems)
        let queue = try #require(node.object(known: ["queue"])?.required("queue"))
        let read = QueueFileReader.readQueue(queue, context: testContext)
        #expect(read?.name == "w" && read?.variants.count == 1)
        #expect(
            problems.list.map(\.description)
                == ["w: queue.window.start: is -1.0, must be 0.0 to 60000.0"])
    }
}
