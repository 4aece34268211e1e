// Every bound of a tick: what it leaves is carried over, counted, and done later. Nothing is lost.

import Testing

@testable import MatchCore

/// MM-13.
@Suite struct BudgetTests {
    /// Runs quiet ticks until nothing is carried over, with a limit.
    private func settle(_ rig: Rig, ticksMax: Int) -> (TickResult, ticks: Int) {
        var all = TickResult()
        for tick in 1...ticksMax {
            let result = rig.tick()
            all.append(result)
            if result.report.carriedOver == 0 { return (all, tick) }
        }
        Issue.record("work was still carried over after \(ticksMax) ticks")
        return (all, ticksMax)
    }

    @Test func searchesBeyondTheBoundAreCarriedOver() {
        var limits = Limits.small(1000, regions: 1)
        limits.searchCountPerTickMax = 10
        let rig = Rig(.only(.make(.duel)), limits: limits)
        let first = rig.tick((1...200).map { TestTicket($0, 1500) }.commands)
        #expect(first.report.searches == 10 && first.matches.count == 10)
        #expect(first.report.carriedOver > 0)
        let (rest, ticks) = settle(rig, ticksMax: 30)
        #expect(rest.matches.count == 90 && ticks <= 12)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func wakesBeyondTheBoundAreCarriedOverAndEveryTicketExpires() {
        var limits = Limits.small(1000, regions: 1)
        limits.wakeCountPerTickMax = 7
        let rules = Rules.only(
            .make(.duel, window: window(1, perTick: 0, max: 1), timeoutTicks: 20))
        let rig = Rig(rules, limits: limits)
        rig.tick((1...100).map { TestTicket($0, Double($0) * 50) }.commands)
        var closed: [Int] = []
        for _ in 0..<60 { closed.append(rig.tick().closed.count) }
        #expect(closed.max() == 7)
        #expect(closed.reduce(0, +) == 100)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func anOutboxThatIsNearlyFullLosesNothing() {
        let limits = Limits.small(4000, players: 4000, regions: 1)
        let rules = Rules.only(.make(.fives, timeoutTicks: 300))
        let rig = Rig(rules, limits: limits, outboxCapacity: 1024)
        var commands = (1...2000).map { TestTicket($0, 1500 + Double($0 % 7)) }.commands
        commands += (2001...2100).map { TestTicket($0, 1500) }.commands.map { command in
            guard case .enqueue(let request) = command else { return command }
            return .cancel(CancelRequest(ticket: request.ticket, lobby: LobbyIndex(2)))
        }
        var total = TickResult()
        var fullTicks = 0
        var given = 0
        for tick in 0..<400 where given < commands.count || tick < 390 {
            let report = rig.tickOnly(Array(commands[given...]))
            given += report.commandsTaken
            if report.outboxFull { fullTicks += 1 }
            #expect(rig.unreadCount <= 1024)
            total.append(rig.read(report, max: tick % 3 == 0 ? 700 : 45))
        }
        #expect(fullTicks > 3)
        #expect(given == commands.count)
        #expect(total.matches.count == 200 && total.rejected.count == 100)
        #expect(Set(total.matches.flatMap(\.lobby)).count == 2000)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func aFullOutboxStopsIntakeBeforeAnythingIsTaken() {
        let rig = Rig(.only(.make(.duel)), limits: .small(), outboxCapacity: 1024)
        let unknown = (0..<2000).map { TestTicket($0, 0).cancel }
        let report = rig.tickOnly(unknown)
        #expect(report.outboxFull && report.commandsTaken == 1023)
        #expect(rig.unreadCount == 1023)
        let next = rig.tickOnly(TestTicket(1, 1500).commands)
        #expect(next.commandsTaken == 0 && next.outboxFull)
        #expect(rig.matchmaker.waitingCount == 0)
        #expect(rig.read().rejected.count == 1023)
        #expect(rig.tick(TestTicket(1, 1500).commands).report.ticketsEnqueued == 1)
    }

    @Test func aFullIndexCountsRefusedPlacesAndFillsThemLater() {
        var limits = Limits(
            ticketCountMax: 4000, placeCountMax: 64, queueCountMax: 1, regionCount: 1)
        limits.searchCountPerTickMax = 100_000
        let narrow = window(0, perTick: 0, max: 0)
        let rules = Rules.only(.make(.duel, window: narrow, timeoutTicks: 1000))
        let rig = Rig(rules, limits: limits)
        var ledger = Ledger(rules: rules, limits: limits)
        // All in one tick: more than the index has pages for. Then each one's twin.
        let singles = (0..<3500).map { TestTicket($0, Double($0 % 3000)) }.shuffledBySeed(5)
        let steps = singles.map { Step.enqueue($0) }
        let first = rig.tick(steps.flatMap(\.commands))
        ledger.enter(steps, first, tick: rig.now)
        #expect(first.report.placesRefused > 0)
        var matchCount = first.matches.count
        // As places fall free, those that had none come in and find their twins.
        for round in 0..<6 {
            let cancels = ledger.waitingInOrder.enumerated().filter { $0.offset % 6 == round }
                .map { Step.cancel($0.element.ticket.id, $0.element.ticket.lobby) }
            let result = rig.tick(cancels.flatMap(\.commands))
            ledger.enter(cancels, result, tick: rig.now)
            matchCount += result.matches.count
        }
        #expect(matchCount == ledger.matchCount)
        for _ in 0..<1001 { ledger.enter([], rig.tick(), tick: rig.now) }
        #expect(ledger.waiting.isEmpty)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test(arguments: [0, 1, 2, 3])
    func aTicketThatFoundNoPlaceIsMatchedOnceItHasOne(_ outlierCount: Int) {
        let limits = Limits(
            ticketCountMax: 4000, placeCountMax: 64, queueCountMax: 1, regionCount: 1)
        let rig = Rig(.only(.make(.duel, timeoutTicks: 1000)), limits: limits)
        // The outliers change how many of the crowd find a place: one may be left without a twin.
        let outliers = (0..<outlierCount).map { TestTicket($0, Double($0) * 700 - 9000) }
        rig.tick(outliers.commands)
        let crowd = (10..<3510).map { TestTicket($0, 1500) }
        let first = rig.tick(crowd.commands)
        #expect(first.report.placesRefused > 0)
        let rest = rig.run(ticks: 40)
        #expect(first.matches.count + rest.matches.count == 1750)
        #expect(rig.matchmaker.waitingCount == outlierCount)
    }

    @Test func aFullListOfAnchorsLosesNobody() {
        // Tickets that come and go in one tick fill the list: its buckets are swept instead.
        let limits = Limits(ticketCountMax: 40, queueCountMax: 2, regionCount: 1)
        let rules = Rules.only(.make(.duel, timeoutTicks: 60))
        let rig = Rig(rules, limits: limits)
        var ledger = Ledger(rules: rules, limits: limits)
        var steps: [Step] = []
        for number in 0..<300 {
            let ticket = TestTicket(number, Double(number * 200 % 9000))
            steps.append(.enqueue(ticket))
            if number % 10 != 0 { steps.append(.cancel(ticket.id, ticket.lobby)) }
        }
        ledger.enter(steps, rig.tick(steps.flatMap(\.commands)), tick: rig.now)
        ledger.check(rig.matchmaker, tick: rig.now)
        let pair = ledger.pairLeftLying(tick: rig.now, regionCount: 1)
        #expect(pair == nil)
        for _ in 0..<60 { ledger.enter([], rig.tick(), tick: rig.now) }
        #expect(ledger.waiting.isEmpty)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func aSweepLongerThanTheBoundComesToItsEnd() {
        var limits = Limits(ticketCountMax: 400, queueCountMax: 1, regionCount: 1)
        limits.searchCountPerTickMax = 20
        let rules = Rules.only(
            .make(.doubles, window: window(1, perTick: 0, max: 1), timeoutTicks: 100_000))
        let rig = Rig(rules, limits: limits)
        // Far apart: none can be matched, but each must be looked at. Between them enough tickets
        // come and go to fill the list of anchors.
        var commands: [Command] = []
        for number in 0..<300 {
            let passing = TestTicket(1000 + number, 0)
            commands += TestTicket(number, Double(number) * 10).commands + passing.commands
            commands.append(passing.cancel)
        }
        rig.tick(commands)
        let (_, ticks) = settle(rig, ticksMax: 60)
        #expect(ticks <= 40)
        // Others are matched meanwhile and after.
        let four = (5000..<5004).map { TestTicket($0, 50_000) }
        #expect(rig.tick(four.commands).matches.count == 1)
    }
}

extension [TestTicket] {
    /// The same tickets in another order, the same for every run.
    func shuffledBySeed(_ seed: UInt64) -> [TestTicket] {
        var random = Random(seed: seed)
        var list = self
        for position in list.indices {
            list.swapAt(position, random.next(in: position...list.count - 1))
        }
        return list
    }
}
