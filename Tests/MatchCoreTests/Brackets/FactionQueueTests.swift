// Factions and mercenaries: own side first, willing players of the larger side after a wait.

import Testing

@testable import MatchCore

/// MM-21.
@Suite struct FactionQueueTests {
    private func rules(mercenaryAfter: Int32?) -> QueueRules {
        var rules = QueueRules.make(.triples)
        rules.factions = FactionRules(mercenaryAfterTicks: mercenaryAfter)
        return rules
    }

    private func rig(mercenaryAfter: Int32? = 20) -> Rig {
        Rig(.only(rules(mercenaryAfter: mercenaryAfter)), limits: .small())
    }

    private func players(
        _ numbers: ClosedRange<Int>, _ faction: UInt8, mercenary: Bool = false
    ) -> [TestTicket] {
        numbers.map { TestTicket($0, 1500).of(faction: faction, mercenary: mercenary) }
    }

    @Test func eachFactionIsATeam() {
        let result = rig().tick((players(1...3, 0) + players(4...6, 1)).commands)
        #expect(result.matches.count == 1)
        #expect(result.matches.first?.team(0) == [1, 2, 3])
        #expect(result.matches.first?.team(1) == [4, 5, 6])
        #expect(result.matches.allSatisfy { $0.seats.allSatisfy { !$0.record.isMercenary } })
    }

    @Test func aSurplusWaitsUntilItsMercenariesMayCross() {
        let rig = rig()
        let crowd = players(1...3, 0) + players(4...5, 0, mercenary: true) + players(6...6, 1)
        #expect(rig.tick(crowd.commands).matches.isEmpty)
        #expect(rig.run(ticks: 19).matches.isEmpty)
        let matches = rig.run(ticks: 2).matches
        #expect(matches.count == 1)
        #expect(matches.first?.team(0) == [1, 2, 3])
        #expect(matches.first?.team(1) == [4, 5, 6])
        for seat in matches.first?.seats ?? [] {
            #expect(seat.record.isMercenary == (4...5).contains(seat.record.ticket.low))
        }
    }

    @Test func nobodyCrossesWhoIsNotWilling() {
        let rig = rig()
        rig.tick((players(1...5, 0) + players(6...6, 1)).commands)
        #expect(rig.run(ticks: 500).matches.isEmpty)
    }

    @Test func nobodyCrossesWhereTheQueueHasNoMercenaries() {
        let rig = rig(mercenaryAfter: nil)
        rig.tick((players(1...5, 0, mercenary: true) + players(6...6, 1)).commands)
        #expect(rig.run(ticks: 500).matches.isEmpty)
    }

    @Test func aPartyOfMercenariesIsNotSplit() {
        let rig = rig(mercenaryAfter: 0)
        let pair = TestTicket(1, points: [1500, 1500]).of(faction: 0, mercenary: true)
        let result = rig.tick(([pair] + players(2...4, 0) + players(5...5, 1)).commands)
        #expect(result.matches.count == 1)
        #expect(result.matches.first?.team(1) == [1, 5])
    }

    /// Whichever way the draw of sides falls.
    @Test(arguments: 1...8)
    func noMoreCrossThanAreNeeded(_ seed: UInt64) {
        let rig = Rig(.only(rules(mercenaryAfter: 0)), limits: .small(), seed: seed)
        let crowd = players(1...4, 0, mercenary: true) + players(5...6, 1, mercenary: true)
        let result = rig.tick(crowd.commands)
        #expect(result.matches.count == 1)
        let crossed = result.matches.first?.seats.filter(\.record.isMercenary).count
        #expect(crossed == 1)
    }
}
