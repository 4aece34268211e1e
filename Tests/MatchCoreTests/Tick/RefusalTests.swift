// Every refusal and every closing is an outcome with its reason, and a refusal changes nothing.

import Testing

@testable import MatchCore

/// MM-01, MM-13.
@Suite struct RefusalTests {
    private let limits = Limits.small(8, players: 20, regions: 2)
    private var rules: Rules {
        Rules(
            version: 3,
            queues: [.make(.fives, offsetPoints: 20), nil, .make(.duel)])
    }

    /// Two duo tickets that wait; none of the tests' tickets can meet them.
    private func makeRig() -> Rig {
        let rig = Rig(rules, limits: limits)
        rig.tick(
            [TestTicket(1, points: [1500, 1510]), TestTicket(2, points: [1500, 1520])].commands)
        return rig
    }

    /// What a refusal must leave as it was.
    private func fingerprint(_ rig: Rig) -> [Int] {
        [
            rig.matchmaker.tickets.count, rig.matchmaker.members.count,
            rig.matchmaker.ticketMap.count, rig.matchmaker.playerMap.count,
            rig.matchmaker.index.pagesUsed,
            rig.matchmaker.waitingCount(QueueIndex(0), RegionIndex(0)),
        ]
    }

    private func expectRefusal(_ ticket: TestTicket, _ reason: RejectReason) {
        let rig = makeRig()
        let before = fingerprint(rig)
        let result = rig.tick(ticket.commands)
        #expect(result.rejected.map(\.reason) == [reason])
        #expect(result.rejected.first?.ticket == ticket.id)
        #expect(result.rejected.first?.lobby == ticket.lobby)
        #expect(result.rejected.first?.queue == ticket.queue)
        #expect(result.outcomes.count == 1)
        #expect(result.report.commandsRejected == 1 && result.report.ticketsEnqueued == 0)
        #expect(result.report.commandsTaken == ticket.commands.count)
        #expect(fingerprint(rig) == before)
    }

    @Test(arguments: [UInt16(1), 3, 999, .max])
    func aQueueThatDoesNotExistOrIsOutOfService(_ queue: UInt16) {
        var ticket = TestTicket(9, 1500)
        ticket.queue = QueueIndex(queue)
        expectRefusal(ticket, .unknownQueue)
    }

    @Test func aPartyAboveTheQueuesLimit() {
        expectRefusal(
            TestTicket(9, points: [Double](repeating: 1500, count: 6)), .oversizeParty)
        var pair = TestTicket(9, points: [1500, 1500])
        pair.queue = QueueIndex(2)
        expectRefusal(pair, .oversizeParty)
    }

    @Test func aTicketThatWaitsAlready() {
        var ticket = TestTicket(9, 1500)
        ticket.id = TicketID(number: 2)
        expectRefusal(ticket, .duplicateTicket)
    }

    @Test func aPlayerWhoWaitsAlreadyInAnyPlaceOfAnyParty() {
        for position in 0..<2 {
            var ticket = TestTicket(9, points: [1500, 1500])
            ticket.members[position] = TestTicket(2, points: [1500, 1520]).members[1 - position]
            expectRefusal(ticket, .duplicatePlayer)
        }
    }

    @Test func aPlayerNamedTwice() {
        var ticket = TestTicket(9, points: [1500, 1400, 1300])
        ticket.members[2] = ticket.members[0]
        expectRefusal(ticket, .repeatedMember)
    }

    @Test(arguments: [
        [UInt16?](), [nil, nil], [151, 900], [UInt16.max, nil],
        // Near enough only in regions that this matchmaker does not have.
        [nil, nil, 20], [400, nil, 20, 10],
    ])
    func aTicketWithoutARegionWithinTheLargestCap(_ latencies: [UInt16?]) {
        expectRefusal(TestTicket(9, 1500, latencies: latencies), .noReachableRegion)
    }

    @Test func aTicketWithoutAnyRegionWhateverTheCap() {
        let everywhere = curve(1_000_000, perTick: 0, max: 1_000_000)
        let rig = Rig(.only(.make(.duel, latencyCap: everywhere)), limits: limits)
        let result = rig.tick(TestTicket(1, 1500, latencies: [nil, nil]).commands)
        #expect(result.rejected.map(\.reason) == [.noReachableRegion])
    }

    @Test(arguments: [
        [Rating.pointsMax, Rating.pointsMax], [99_990, 99_990, 99_990],
    ])
    func aRatingThatItsOffsetTakesOutOfRange(_ points: [Double]) {
        expectRefusal(TestTicket(9, points: points), .ratingOutOfRange)
    }

    @Test func aRatingBelowTheRange() {
        var ticket = TestTicket(9, 0)
        ticket.members = [
            Member(player: PlayerID(5), rating: Rating(steps: Int32(Rating.pointsMin) * 128 - 1))
        ]
        expectRefusal(ticket, .ratingOutOfRange)
    }

    @Test func aFullTableOfTicketsOrPlayers() {
        let rig = Rig(rules, limits: limits)
        let eight = (1...8).map { TestTicket($0, Double($0) * 1000) }
        let full = rig.tick((eight + [TestTicket(9, 1500)]).commands)
        #expect(full.rejected.map(\.reason) == [.tableFull])
        #expect(rig.matchmaker.waitingCount == 8)
        // One leaves, one may come.
        let next = rig.tick([eight[0].cancel] + TestTicket(9, 1500).commands)
        #expect(next.rejected.isEmpty && next.report.ticketsEnqueued == 1)

        let other = Rig(rules, limits: limits)
        let four = (1...4).map {
            TestTicket($0, points: [Double](repeating: Double($0) * 1000, count: 5))
        }
        #expect(other.tick(four.commands).rejected.isEmpty)
        #expect(other.tick(TestTicket(9, 1500).commands).rejected.map(\.reason) == [.tableFull])
    }

    @Test func aCancelOfATicketThatDoesNotWait() {
        let rig = makeRig()
        let before = fingerprint(rig)
        let result = rig.tick([TestTicket(77, 0).cancel])
        #expect(result.rejected.map(\.reason) == [.unknownTicket])
        #expect(result.rejected.first?.lobby == LobbyIndex(7))
        #expect(fingerprint(rig) == before)
        #expect(rig.tick([TestTicket(1, 0).cancel]).closed.count == 1)
        #expect(rig.tick([TestTicket(1, 0).cancel]).rejected.map(\.reason) == [.unknownTicket])
    }

    /// The edge alone gives this one; the core never does.
    @Test func everyReasonOfTheCoreHasATest() {
        let tested: Set<RejectReason> = [
            .unknownQueue, .oversizeParty, .duplicateTicket, .duplicatePlayer, .repeatedMember,
            .noReachableRegion, .tableFull, .unknownTicket, .malformedParty, .ratingOutOfRange,
            // In the tests of the brackets, of cooldowns, of proposals and of settlements.
            .undersizeParty, .impossibleRoles, .conflictingQueues, .notAdmitted, .onCooldown,
            .unknownProposal, .tooLate, .ticketEnded,
        ]
        #expect(Set(RejectReason.allCases).subtracting(tested) == [.overloaded])
        let ends: [CloseReason] = [
            .cancelled, .expired, .queueRemoved, .rulesChanged, .declined, .notAccepted,
            .playerBusy,
        ]
        #expect(CloseReason.allCases == ends)
    }
}

/// MM-13: a party that is not whole harms nobody but itself.
@Suite struct MalformedPartyTests {
    private let rules = Rules.only(.make(.sevens))
    private let good = TestTicket(5, 1500)

    /// Gives `commands`, then a good ticket, and expects these refusals and the good one let in.
    private func expectMalformed(_ commands: [Command], _ refusals: [RejectReason]) {
        let rig = Rig(rules, limits: .small())
        let result = rig.tick(commands + good.commands)
        #expect(result.rejected.map(\.reason) == refusals)
        #expect(result.report.commandsTaken == commands.count + 1)
        #expect(result.report.ticketsEnqueued == 1)
        let players = rig.matchmaker.waitingPlayerCount
        #expect(players == 1)
        let cancelled = rig.tick([good.cancel])
        #expect(cancelled.closed.count == 1)
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func membersWithoutATicket() {
        let stray = TestTicket(1, points: [1, 2, 3]).commands[1]
        expectMalformed([stray], [.malformedParty])
        expectMalformed([stray, stray], [.malformedParty, .malformedParty])
    }

    @Test func aTicketWithoutItsMembers() {
        let party = TestTicket(1, points: [1500, 1500, 1500])
        expectMalformed([party.commands[0]], [.malformedParty])
        let seven = TestTicket(1, points: [Double](repeating: 1500, count: 7))
        #expect(seven.commands.count == 3)
        expectMalformed(Array(seven.commands.prefix(2)), [.malformedParty])
    }

    @Test func moreOrFewerMembersThanAnnounced() {
        let three = TestTicket(1, points: [1500, 1500, 1500])
        let two = TestTicket(2, points: [1500, 1500])
        expectMalformed([three.commands[0], two.commands[1]], [.malformedParty])
        expectMalformed([two.commands[0], three.commands[1]], [.malformedParty])
    }

    @Test func membersBeyondTheParty() {
        let two = TestTicket(1, points: [1500, 1500])
        let rig = Rig(rules, limits: .small())
        let result = rig.tick(two.commands + [two.commands[1]] + good.commands)
        #expect(result.rejected.map(\.reason) == [.malformedParty])
        #expect(result.report.ticketsEnqueued == 2)
    }

    @Test func aRefusedPartyTakesItsMembersWithIt() {
        var seven = TestTicket(1, points: [Double](repeating: 1500, count: 7))
        seven.queue = QueueIndex(8)
        expectMalformed(seven.commands, [.unknownQueue])
    }
}
