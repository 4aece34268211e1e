// New rules between two ticks: waits and places in time are kept, those not admitted are told.

import Testing

@testable import MatchCore

/// MM-01, MM-06, MM-13.
@Suite struct RuleChangeTests {
    private let limits = Limits.small()

    @Test func matchesCarryTheVersionThatFormedThem() {
        let rig = Rig(.only(.make(.duel), version: 5), limits: limits)
        let pair = [TestTicket(1, 1500), TestTicket(2, 1500)]
        #expect(rig.tick(pair.commands).matches.map(\.record.rulesVersion) == [5])
        rig.matchmaker.apply(.only(.make(.duel), version: 6))
        #expect(rig.matchmaker.rulesVersion == 6)
        #expect(rig.tick(pair.commands).matches.map(\.record.rulesVersion) == [6])
    }

    @Test(arguments: [1, 2])
    func ticketsOfARemovedQueueAreClosed(_ queueCount: Int) {
        let rig = Rig(
            Rules(version: 1, queues: [.make(.duel), .make(.duel)]), limits: limits)
        var tickets = (1...4).map { TestTicket($0, Double($0) * 1000) }
        for position in 1...2 { tickets[position].queue = QueueIndex(1) }
        rig.tick(tickets.commands)
        _ = rig.run(ticks: 9)
        let queues: [QueueRules?] = [.make(.duel), nil]
        rig.matchmaker.apply(Rules(version: 2, queues: Array(queues.prefix(queueCount))))
        // A cancel that comes before the core has told them is answered as any other.
        let result = rig.tick([tickets[1].cancel])
        #expect(result.closed.map(\.reason) == [.cancelled, .queueRemoved])
        #expect(result.closed.map(\.ticket) == [tickets[1].id, tickets[2].id])
        #expect(result.closed.map(\.waitTicks) == [10, 10])
        #expect(rig.matchmaker.waitingCount == 2)
        #expect(rig.tick(tickets[1].commands).rejected.map(\.reason) == [.unknownQueue])
        rig.tick([tickets[0].cancel, tickets[3].cancel])
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func aPartyThatIsNowTooLargeIsClosed() {
        let rig = Rig(.only(.make(.fives)), limits: limits)
        rig.tick(
            [TestTicket(1, points: [1, 2, 3]), TestTicket(2, points: [1, 2])].commands)
        let small = Mode("5v5 of 2", 2, 5, partySizeMax: 2)
        rig.matchmaker.apply(.only(.make(small), version: 2))
        let closed = rig.tick().closed
        #expect(closed.map(\.ticket) == [TicketID(number: 1)])
        #expect(closed.map(\.reason) == [.rulesChanged])
        #expect(rig.matchmaker.waitingPlayerCount == 2)
    }

    @Test func aTicketWithoutARegionUnderTheNewCapIsClosed() {
        let rig = Rig(.only(.make(.duel)), limits: limits)
        rig.tick([TestTicket(1, 1500, latencies: [70]), TestTicket(2, 9000)].commands)
        rig.matchmaker.apply(
            .only(.make(.duel, latencyCap: curve(10, perTick: 1, max: 60)), version: 2))
        #expect(rig.tick().closed.map(\.reason) == [.rulesChanged])
    }

    @Test func aNewOffsetMovesThePartiesRatings() {
        let narrow = window(10, perTick: 0, max: 10)
        let rig = Rig(.only(.make(.doubles, window: narrow)), limits: limits)
        let tickets = [
            TestTicket(1, points: [1500, 1500]), TestTicket(2, 1550), TestTicket(3, 1550),
        ]
        #expect(rig.tick(tickets.commands).matches.isEmpty)
        let rules = Rules.only(.make(.doubles, window: narrow, offsetPoints: 50), version: 2)
        rig.matchmaker.apply(rules)
        let match = rig.tick().matches.first
        #expect(match?.lobby == [1, 2, 3])
        #expect(
            match?.seats.map(\.record.rating) == [
                Rating(points: 1550), Rating(points: 1550), Rating(points: 1550),
            ])
    }

    @Test func waitsAreKeptAndWiderRulesActAtOnce() {
        let rig = Rig(.only(.make(.duel)), limits: limits)
        rig.tick([TestTicket(1, 1500), TestTicket(2, 2300)].commands)
        _ = rig.run(ticks: 500)
        rig.matchmaker.apply(
            .only(.make(.duel, window: window(0, perTick: 2, max: 900)), version: 2))
        let match = rig.tick().matches.first
        #expect(match?.seats.map(\.record.waitTicks) == [501, 501])
    }

    @Test func aRunWithManyChangesKeepsTheLedger() {
        var random = Random(seed: 17)
        let limits = Limits.small(300)
        let modes = [Mode.fives, Mode("5v5 of 3", 2, 5, partySizeMax: 3)]
        func rules(_ version: UInt64) -> Rules {
            .only(
                .make(
                    random.element(modes),
                    window: window(
                        Int32(random.next(in: 10...100)), perTick: 2, max: 400),
                    timeoutTicks: 500, offsetPoints: Int32(random.next(in: 0...30))),
                version: version)
        }
        let rig = Rig(rules(1), limits: limits)
        var population = Population(
            PopulationSettings(
                mode: .fives, ratings: .normal, regionCount: 3, arrivalsMax: 4, faultShare: 0,
                cancelShare: 0), seed: 3)
        var given = 0
        var ended = 0
        for tick in 0..<300 {
            if tick % 20 == 19 { rig.matchmaker.apply(rules(UInt64(tick))) }
            let result = rig.tick(population.steps().flatMap(\.commands))
            given += result.report.ticketsEnqueued
            ended += result.closed.count + result.matches.reduce(0) { $0 + $1.seats.count }
            #expect(rig.matchmaker.waitingCount == given - ended)
        }
        #expect(given > 100 && ended > 50)
        rig.matchmaker.apply(Rules(version: 9999, queues: []))
        let last = rig.tick()
        #expect(last.closed.count == given - ended)
        Ledger.expectEmpty(rig.matchmaker)
    }
}
