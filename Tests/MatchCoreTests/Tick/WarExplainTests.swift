// What holds a ticket in a queue of war parties.

import Testing

@testable import MatchCore

/// MM-24.
@Suite struct WarExplainTests {
    private func rig(_ rules: QueueRules = .war()) -> Rig {
        Rig(.only(rules), limits: .small())
    }

    private func explain(_ rig: Rig, _ number: Int) -> ExplainedRecord {
        let request = ExplainRequest(ticket: TicketID(number: number), token: 1)
        let found = rig.tick([.explain(request)]).explained
        #expect(found.count == 1)
        return found[0]
    }

    @Test func aWarPartyAloneLacksAnother() {
        let rig = rig()
        rig.tick([TestTicket.war(1, count: 5), .mercenary(11)].commands)
        for number in [1, 11] {
            let answer = explain(rig, number)
            #expect(answer.obstacle == .warParties)
            #expect(answer.ownPlayers == 0 && answer.mercenariesMissing == 0)
            #expect(answer.teamSize == 5 && answer.ticksToSmaller == -1)
        }
    }

    /// Two of 4 and 8 field 4 each and lack one mercenary a side; one is there.
    @Test func theMercenariesThatAreMissingAreCounted() {
        let rig = rig()
        rig.tick([TestTicket.war(1, count: 4), .war(2, count: 8), .mercenary(11)].commands)
        for number in [1, 2, 11] {
            let answer = explain(rig, number)
            #expect(answer.obstacle == .mercenaries)
            #expect(answer.ownPlayers == 4 && answer.mercenariesMissing == 1)
            #expect(answer.playersNeeded == 10 && answer.playersWithin == 9)
        }
    }

    /// Of two opponents the one with which less is lacking counts.
    @Test func theMatchNearestToBeingCompleteIsTold() {
        let rig = rig()
        rig.tick(
            [TestTicket.war(1, count: 5), .war(2, count: 2), .war(3, count: 4)].commands)
        #expect(explain(rig, 1).mercenariesMissing == 2)
        #expect(explain(rig, 2).mercenariesMissing == 6)
    }

    @Test func theNextSmallerSizeIsToldWithItsMoment() {
        let rig = rig(.war(smaller: [(4, 30), (3, 60)]))
        rig.tick([TestTicket.war(1, count: 3), .war(2, count: 3)].commands)
        let early = explain(rig, 1)
        #expect(early.obstacle == .mercenaries && early.mercenariesMissing == 4)
        #expect(early.teamSize == 5 && early.nextTeamSize == 4 && early.ticksToSmaller == 29)
        _ = rig.run(ticks: 38)
        let late = explain(rig, 2)
        #expect(late.mercenariesMissing == 2 && late.playersNeeded == 8)
        #expect(late.teamSize == 4 && late.nextTeamSize == 3 && late.ticksToSmaller == 20)
        #expect(rig.run(ticks: 40).matches.count == 1)
    }

    /// The other is 200 points away: ±100 grows by half a point a tick.
    @Test func whoIsOutOfReachIsAMatterOfTheWindow() {
        let rig = rig()
        rig.tick([TestTicket.war(1, 1500, count: 5), .war(2, 1700, count: 5)].commands)
        let answer = explain(rig, 1)
        #expect(answer.obstacle == .ratingWindow)
        #expect(answer.nextDistance == 200 * Rating.stepsPerPoint)
        #expect(answer.ticksToWidening == 199)
        #expect(rig.run(ticks: 210).matches.count == 1)
    }

    @Test func oneTeamDoesNotMeetItself() {
        let rig = rig()
        rig.tick([TestTicket.war(1, count: 5, team: 7), .war(2, count: 5, team: 7)].commands)
        #expect(explain(rig, 1).obstacle == .exclusions)
    }

    /// Two pairs cannot fill one place a side.
    @Test func partiesThatAreTooLargeAreToldSo() {
        var rules = QueueRules.war()
        rules.partySizeMax = 2
        let rig = rig(rules)
        rig.tick(
            [
                TestTicket.war(1, count: 4), .war(2, count: 4), .mercenary(11, [1500, 1500]),
                .mercenary(12),
            ].commands)
        #expect(explain(rig, 11).obstacle == .partySizes)
        let answer = explain(rig, 1)
        #expect(answer.obstacle == .mercenaries && answer.mercenariesMissing == 1)
    }

    @Test func mercenariesWhoMayPlayAloneLackEachOther() {
        let rig = rig(.war(mercenaryOnly: 12))
        rig.tick((11...14).map { TestTicket.mercenary($0) }.commands)
        let answer = explain(rig, 11)
        #expect(answer.obstacle == .mercenaries && answer.mercenariesMissing == 8)
    }

    @Test func explainingChangesNothing() {
        var hashes: [UInt64] = []
        for asks in [false, true] {
            let rig = rig(.war(smaller: [(4, 30)]))
            rig.tick([TestTicket.war(1, count: 4), .war(2, count: 6), .mercenary(11)].commands)
            for _ in 0..<40 {
                if asks { _ = explain(rig, 1) } else { rig.tick() }
            }
            hashes.append(rig.matchmaker.stateHash)
        }
        #expect(hashes[0] == hashes[1])
    }
}
