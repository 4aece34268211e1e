// Avoid lists, rematches, and one ticket in several queues.

import Testing

@testable import MatchCore

/// MM-05, peers.md 4 (20, 35).
@Suite struct ExclusionTests {
    private func solo(_ number: Int) -> TestTicket { TestTicket(number, 1500) }
    private func player(_ number: Int) -> PlayerID { PlayerID(UInt64(number * 100)) }

    private func rig(_ mode: Mode, _ change: (inout QueueRules) -> Void = { _ in }) -> Rig {
        var rules = QueueRules.make(mode)
        change(&rules)
        return Rig(.only(rules), limits: .small())
    }

    @Test func whoIsAvoidedIsNotMatched() {
        let rig = rig(.duel)
        #expect(rig.tick([solo(1).avoiding(player(2)), solo(2)].commands).matches.isEmpty)
        #expect(rig.tick(solo(3).commands).matches.count == 1)
        #expect(rig.run(ticks: 300).matches.isEmpty)
    }

    /// Two others of the lobby, neither of them the anchor of the search.
    @Test func noTwoOfALobbyAvoidEachOther() {
        let rig = rig(.doubles)
        let four = [solo(1).avoiding(player(2)), solo(2), solo(3), solo(4)]
        #expect(rig.tick(four.commands).matches.isEmpty)
        let match = rig.tick(solo(5).commands).matches.first
        #expect(match != nil)
        #expect(!(match?.lobby.contains(1) ?? true) || !(match?.lobby.contains(2) ?? true))
    }

    @Test func anAvoidListGivesWayAfterItsTime() {
        let rig = rig(.duel) { $0.avoidance.hardForTicks = 30 }
        rig.tick([solo(1).avoiding(player(2)), solo(2)].commands)
        #expect(rig.run(ticks: 29).matches.isEmpty)
        #expect(rig.run(ticks: 2).matches.count == 1)
    }

    @Test func onlyTheFirstOfALongListCount() {
        let rig = rig(.duel) { $0.avoidance.countMax = 2 }
        let list = solo(1).avoiding(player(7), player(8), player(2))
        #expect(rig.tick([list, solo(2)].commands).matches.count == 1)
        let short = solo(3).avoiding(player(7), player(4))
        #expect(rig.tick([short, solo(4)].commands).matches.isEmpty)
    }

    @Test func opponentsDoNotMeetAgainAtOnce() {
        let rig = rig(.duel) { $0.rematchDelayTicks = 40 }
        #expect(rig.tick([solo(1), solo(2)].commands).matches.count == 1)
        #expect(rig.tick([solo(1), solo(2)].commands).matches.isEmpty)
        #expect(rig.run(ticks: 38).matches.isEmpty)
        #expect(rig.run(ticks: 2).matches.count == 1)
    }

    @Test func anotherOpponentIsTakenAtOnce() {
        let rig = rig(.duel) { $0.rematchDelayTicks = 40 }
        rig.tick([solo(1), solo(2)].commands)
        rig.tick([solo(1), solo(2)].commands)
        #expect(rig.tick([solo(3)].commands).matches.count == 1)
    }

    @Test func teamsAreKnownByTheirTeamWhoeverLeads() {
        let rig = rig(.doubles) {
            $0.partySizeMin = 2
            $0.rematchDelayTicks = 40
        }
        func team(_ number: Int, _ identity: UInt64) -> TestTicket {
            TestTicket(number, points: [1500, 1500]).with { $0.team = identity }
        }
        #expect(rig.tick([team(1, 11), team(2, 22)].commands).matches.count == 1)
        #expect(rig.tick([team(3, 11), team(4, 22)].commands).matches.isEmpty)
    }

    /// Found by the simulator: which of the two was asked about decided.
    @Test func whoJoinedARunningMatchLaterCountsFromThen() {
        let limits = Limits.small()
        var arena = Arena.measuring()
        _ = RecentOpponents(limits: limits, arena: &arena)
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: arena.byteCountUsed, alignment: 64)
        defer { memory.deallocate() }
        arena = Arena(memory)
        var recents = RecentOpponents(limits: limits, arena: &arena)
        recents.note(1, match: 7, team: 0, until: 24)
        recents.note(2, match: 7, team: 1, until: 32)
        #expect(recents.meetingTick(1, 2, at: 29) == 32)
        #expect(recents.meetingTick(2, 1, at: 29) == 32)
        #expect(recents.meetingTick(1, 2, at: 32) == nil)
    }

    // MARK: - Several queues

    private func twoQueues() -> Rig {
        Rig(
            Rules(version: 1, queues: [.make(.duel), .make(.doubles)]), limits: .small())
    }

    private func both(_ number: Int) -> TestTicket {
        solo(number).with {
            $0.choiceCount = 1
            $0.choices[0] = QueueChoice(queue: QueueIndex(1))
        }
    }

    @Test func aMatchInOneQueueWithdrawsTheTicketFromTheOther() {
        let rig = twoQueues()
        rig.tick(both(1).commands)
        #expect(rig.matchmaker.waitingCount == 1)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 1)
        let match = rig.tick(solo(2).commands).matches.first
        #expect(match?.lobby == [1, 2])
        #expect(rig.matchmaker.waitingCount == 0)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 0)
        var others = [solo(3), solo(4), solo(5)]
        for position in others.indices { others[position].queue = QueueIndex(1) }
        #expect(rig.tick(others.commands).matches.isEmpty)
    }

    @Test func whereBothQueuesCouldMatchInOneTickOnlyOneDoes() {
        let rig = twoQueues()
        let result = rig.tick([both(1), both(2), both(3), both(4)].commands)
        #expect(result.matches.flatMap(\.lobby).sorted() == [1, 2, 3, 4])
        #expect(rig.matchmaker.waitingCount == 0)
    }

    @Test func aCancelTakesTheTicketOutOfAllQueues() {
        let rig = twoQueues()
        rig.tick(both(1).commands)
        #expect(rig.tick([both(1).cancel]).closed.count == 1)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 0)
        #expect(rig.tick(both(1).commands).rejected.isEmpty)
    }

    @Test func itExpiresInEachQueueByItselfAndClosesOnce() {
        var short = QueueRules.make(.duel, timeoutTicks: 10)
        short.isRated = false
        let rig = Rig(
            Rules(version: 1, queues: [short, .make(.doubles, timeoutTicks: 30)]),
            limits: .small())
        rig.tick(both(1).commands)
        #expect(rig.run(ticks: 15).closed.isEmpty)
        #expect(rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(0)) == 0)
        #expect(rig.matchmaker.waitingCount(QueueIndex(1), RegionIndex(0)) == 1)
        let closed = rig.run(ticks: 20).closed
        #expect(closed.map(\.reason) == [.expired])
        #expect(closed.first?.queue == QueueIndex(1))
    }

    @Test func aQueueNamedTwiceIsRefused() {
        let rig = twoQueues()
        let twice = solo(1).with {
            $0.choiceCount = 1
            $0.choices[0] = QueueChoice(queue: QueueIndex(0))
        }
        #expect(rig.tick(twice.commands).rejected.map(\.reason) == [.conflictingQueues])
        let unknown = solo(2).with {
            $0.choiceCount = 1
            $0.choices[0] = QueueChoice(queue: QueueIndex(9))
        }
        #expect(rig.tick(unknown.commands).rejected.map(\.reason) == [.unknownQueue])
        #expect(rig.matchmaker.waitingCount == 0)
    }

    @Test func eachQueueHasItsOwnRatingWhereTheTicketGivesOne() {
        let rig = twoQueues()
        let expert = solo(1).with {
            $0.choiceCount = 1
            $0.choices[0] = QueueChoice(queue: QueueIndex(1), rating: Rating(points: 2500))
        }
        rig.tick(expert.commands)
        var others = [2, 3, 4].map { TestTicket($0, 2500) }
        for position in others.indices { others[position].queue = QueueIndex(1) }
        #expect(rig.tick(others.commands).matches.map(\.lobby) == [[1, 2, 3, 4]])
    }
}
