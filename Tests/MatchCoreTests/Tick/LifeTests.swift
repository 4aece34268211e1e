// How a ticket's wait ends: matched, cancelled or expired, at the right tick and with its wait.

import Testing

@testable import MatchCore

/// MM-01, MM-05, MM-06.
@Suite struct LifeTests {
    private let duel = Rules.only(.make(.duel, timeoutTicks: 50))

    @Test func aCancelInTheSameTickPreventsTheMatch() {
        let rig = Rig(duel, limits: .small())
        let pair = [TestTicket(1, 1500), TestTicket(2, 1500)]
        let result = rig.tick(pair.commands + [pair[0].cancel])
        #expect(result.matches.isEmpty)
        #expect(result.closed.map(\.ticket) == [pair[0].id])
        #expect(rig.matchmaker.waitingCount == 1)
        // The same ticket may come again, and now they meet.
        #expect(rig.tick(pair[0].commands).matches.count == 1)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func aCancelledTicketSaysHowLongItWaited() {
        let rig = Rig(duel, limits: .small())
        var ticket = TestTicket(1, 1500, waited: 9)
        ticket.lobby = LobbyIndex(3)
        rig.tick(ticket.commands)
        _ = rig.run(ticks: 4)
        let closed = rig.tick([ticket.cancel]).closed
        #expect(closed.map(\.reason) == [.cancelled])
        #expect(closed.map(\.waitTicks) == [14])
        #expect(closed.map(\.lobby) == [LobbyIndex(3)])
    }

    @Test func aTicketExpiresWhenItsWaitReachesTheTimeout() {
        let rig = Rig(duel, limits: .small())
        rig.tick([TestTicket(1, 1500), TestTicket(2, 5000, waited: 20)].commands)
        let first = rig.run(ticks: 30).closed
        #expect(first.map(\.ticket) == [TicketID(number: 2)])
        #expect(first.map(\.waitTicks) == [50])
        let second = rig.run(ticks: 20).closed
        #expect(second.map(\.ticket) == [TicketID(number: 1)])
        #expect(second.map(\.reason) == [.expired] && second.map(\.waitTicks) == [50])
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test(arguments: [Int32(50), 51, 1_000_000, .max])
    func aTicketThatCameWithItsTimeoutBehindItMayMatchAtOnceOrExpires(_ waited: Int32) {
        let rig = Rig(duel, limits: .small())
        rig.tick(TestTicket(1, 1500, waited: waited).commands)
        let closed = rig.tick().closed
        #expect(closed.map(\.reason) == [.expired])
        let pair = [TestTicket(2, 1500, waited: waited), TestTicket(3, 1500)]
        #expect(rig.tick(pair.commands).matches.count == 1)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func aTimeoutBeyondTheWheelsSpanIsKept() {
        let timeout = Int32(3 * TimingWheel.span + 17)
        let rig = Rig(.only(.make(.duel, timeoutTicks: timeout)), limits: .small())
        rig.tick(TestTicket(1, 1500).commands)
        #expect(rig.run(ticks: Int(timeout) - 1).outcomes.isEmpty)
        #expect(rig.tick().closed.map(\.waitTicks) == [timeout])
    }

    @Test func ticksMayBeSkipped() {
        let rig = Rig(duel, limits: .small(), firstTick: -100)
        rig.tick(at: -90, TestTicket(1, 1500).commands)
        #expect(rig.tick(at: -50).outcomes.isEmpty)
        let closed = rig.tick(at: 20_000).closed
        #expect(closed.map(\.waitTicks) == [20_090])
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func anUnlimitedWindowAcceptsEverybody() {
        let all = WideningCurve(start: Int32.max, growthPerTick: 0, max: Int32.max)
        for mode in [Mode.duel, .doubles] {
            let rig = Rig(.only(.make(mode, window: all)), limits: .small())
            let ratings = [Rating.pointsMin, 0, 50_000, Rating.pointsMax]
            let tickets = ratings.enumerated().map { TestTicket($0.offset, $0.element) }
            #expect(rig.tick(tickets.commands).report.playersMatched == 4)
        }
        let growing = WideningCurve(start: 0, growthPerTick: 1 << 40, max: Int32.max)
        let rig = Rig(.only(.make(.duel, window: growing)), limits: .small())
        rig.tick([TestTicket(1, Rating.pointsMin), TestTicket(2, Rating.pointsMax)].commands)
        #expect(rig.run(ticks: 3).matches.count == 1)
    }
}
