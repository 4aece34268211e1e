// Premade pools, maps, smaller and uneven teams, ready-made teams, far-off regions.

import Testing

@testable import MatchCore

/// MM-16, MM-19, MM-23, FP-03.
@Suite struct PoolAndShapeTests {
    private func rig(_ mode: Mode = .triples, _ change: (inout QueueRules) -> Void) -> Rig {
        var rules = QueueRules.make(mode)
        change(&rules)
        return Rig(.only(rules), limits: .small())
    }

    private func pair(_ number: Int) -> TestTicket { TestTicket(number, points: [1500, 1500]) }
    private func solo(_ number: Int) -> TestTicket { TestTicket(number, 1500) }

    @Test func premadesKeepToThemselvesForAWhile() {
        let rig = rig(.doubles) { $0.premades.ownPoolTicks = 40 }
        #expect(rig.tick([pair(1), solo(2), solo(3)].commands).matches.isEmpty)
        #expect(rig.run(ticks: 39).matches.isEmpty)
        let matches = rig.run(ticks: 2).matches
        #expect(matches.map(\.lobby) == [[1, 2, 3]])
    }

    @Test func twoPremadesMeetAtOnce() {
        let rig = rig(.doubles) { $0.premades.ownPoolTicks = 40 }
        #expect(
            rig.tick([pair(1), solo(2), solo(3), pair(4)].commands).matches.map(\.lobby)
                == [[1, 4]])
    }

    /// A fresh premade and one that may mix do not drag players who came alone into one match.
    @Test func aFreshPremadeNeverMeetsSolosByWayOfAnOlderOne() {
        let rig = rig(.fives) { $0.premades.ownPoolTicks = 40 }
        rig.tick([pair(1)].commands)
        _ = rig.run(ticks: 60)
        let fresh = [pair(2)] + (3...8).map(solo)
        #expect(rig.tick(fresh.commands).matches.isEmpty)
        #expect(
            rig.tick([solo(9), solo(10)].commands).matches.map(\.lobby)
                == [[1, 3, 4, 5, 6, 7, 8, 9, 10]])
    }

    @Test func premadesAreSharedOutEvenly() {
        let rig = rig(.fives) { $0.premades.differenceCost = 50 * Rating.stepsPerPoint }
        let lobby = [pair(1), pair(2)] + (3...8).map(solo)
        let match = rig.tick(lobby.commands).matches.first
        #expect(match != nil)
        let firstHasPair = [1, 2].filter { match?.team(0).contains($0) ?? false }.count
        #expect(firstHasPair == 1)
    }

    @Test func aMatchIsPlayedOnAMapThatAllAccept() {
        let rig = rig(.doubles) { $0.mapCount = 3 }
        let first = solo(1).with { $0.maps = MapSet(bits: 0b011) }
        let second = solo(2).with { $0.maps = MapSet(bits: 0b110) }
        let third = solo(3).with { $0.maps = MapSet(bits: 0b100) }
        #expect(rig.tick([first, second, third, solo(4)].commands).matches.isEmpty)
        let match = rig.tick(solo(5).commands).matches.first
        // 2, 3, 4 and 5 share map 2; with 1 in it there are but three others for map 1.
        #expect(match?.record.map == 2)
        #expect(match?.lobby == [2, 3, 4, 5])
    }

    @Test func whoDoesNotChooseGetsAnyMapInTurn() {
        let rig = rig(.duel) { $0.mapCount = 4 }
        var seen: Set<UInt8> = []
        for round in 0..<40 {
            let result = rig.tick([solo(2 * round + 1), solo(2 * round + 2)].commands)
            for match in result.matches { seen.insert(match.record.map) }
        }
        #expect(seen == [0, 1, 2, 3])
    }

    @Test func teamsShrinkAfterAWaitAndNotBelow() {
        let rig = rig(.fives) { $0.smallerTeams = [SmallerTeams(teamSize: 4, afterTicks: 30)] }
        #expect(rig.tick((1...8).map(solo).commands).matches.isEmpty)
        #expect(rig.run(ticks: 29).matches.isEmpty)
        let match = rig.run(ticks: 2).matches.first
        #expect(match?.record.playerCount == 8)
        #expect(match?.team(0).count == 4)
        rig.tick((11...17).map(solo).commands)
        #expect(rig.run(ticks: 200).matches.isEmpty)
    }

    @Test func aFullTeamIsPreferredToASmallOne() {
        let rig = rig(.fives) { $0.smallerTeams = [SmallerTeams(teamSize: 2, afterTicks: 30)] }
        rig.tick((1...3).map(solo).commands)
        _ = rig.run(ticks: 60)
        let matches = rig.tick((4...10).map(solo).commands).matches
        #expect(matches.first?.record.playerCount == 10)
    }

    @Test func oneMoreOnOneSideWhereTheQueueAllowsIt() {
        let rig = rig(.fives) {
            $0.smallerTeams = [SmallerTeams(teamSize: 3, afterTicks: 30)]
            $0.teamSizeDifferenceMax = 1
        }
        rig.tick((1...7).map(solo).commands)
        let match = rig.run(ticks: 40).matches.first
        #expect(match?.record.playerCount == 7)
        #expect([match?.team(0).count, match?.team(1).count] == [4, 3])
    }

    @Test func aTeamQueueTakesWholeTeamsOnly() {
        let rig = rig(.triples) { $0.partySizeMin = 3 }
        #expect(rig.tick(pair(1).commands).rejected.map(\.reason) == [.undersizeParty])
        let teams = [2, 3].map { TestTicket($0, points: [1500, 1500, 1500]) }
        #expect(rig.tick(teams.commands).matches.map(\.lobby) == [[2, 3]])
    }

    @Test func aPartyFromAllOverTheWorldPlaysInItsBestRegionInTheEnd() {
        let rig = rig(.doubles) { $0.regionChoice.bestAlwaysAfterTicks = 50 }
        let far = TestTicket(1, points: [1500, 1500], latencies: [260, 240])
        let near = TestTicket(2, points: [1500, 1500], latencies: [200, 30])
        #expect(rig.tick([far, near].commands).rejected.isEmpty)
        #expect(rig.run(ticks: 49).matches.isEmpty)
        let match = rig.run(ticks: 2).matches.first
        #expect(match?.record.region == RegionIndex(1))
    }

    @Test func withoutThatRuleItIsRefused() {
        let rig = rig(.doubles) { _ in }
        let far = TestTicket(1, points: [1500, 1500], latencies: [260, 240])
        #expect(rig.tick(far.commands).rejected.map(\.reason) == [.noReachableRegion])
    }
}
