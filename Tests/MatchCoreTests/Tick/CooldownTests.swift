// Marks that keep players out of a scope's queues: by command, and for refusing a proposed match.

import Testing

@testable import MatchCore

/// MM-22, MM-23.
@Suite struct CooldownTests {
    /// Duels of two scopes, another of the first, and one without a scope.
    private static let scopes: [UInt8?] = [0, 3, 0, nil]

    private static func rules(
        steps: [Int32] = [0, 50, 100], offenceTicks: Int32 = 1000
    ) -> Rules {
        Rules(
            version: 1,
            queues: scopes.map { scope in
                var queue = QueueRules.make(.duel)
                queue.cooldownScope = scope.map { CooldownScope($0) }
                queue.acceptance = AcceptanceRules(
                    ticks: 10, substituteTicks: 0, cooldownTicks: steps,
                    offenceTicks: offenceTicks)
                return queue
            })
    }

    private func ticket(
        _ number: Int, queue: Int = 0, player: UInt64? = nil, points: Double = 1500
    ) -> TestTicket {
        var ticket = TestTicket(number, points)
        ticket.queue = QueueIndex(UInt16(queue))
        if let player {
            ticket.members[0] = Member(player: PlayerID(player), rating: Rating(points: points))
        }
        return ticket
    }

    private func mark(_ player: UInt64, _ scope: UInt8, _ ticks: Int32) -> Command {
        .mark(MarkRequest(player: PlayerID(player), scope: CooldownScope(scope), ticks: ticks))
    }

    @Test func aMarkRefusesUntilItsTimeIsOver() {
        let rig = Rig(Self.rules(), limits: .small())
        rig.tick([mark(5, 0, 20)])
        let first = rig.tick(ticket(1, player: 5).commands)
        #expect(first.rejected.map(\.reason) == [.onCooldown])
        #expect(first.rejected.map(\.ticksLeft) == [19])
        #expect(first.rejected.map(\.queue) == [QueueIndex(0)])
        #expect(first.rejected.map(\.lobby) == [LobbyIndex(7)])
        #expect(first.report.cooldownsRefused == 1)
        #expect(rig.matchmaker.waitingCount == 0)
        _ = rig.run(ticks: 17)
        #expect(rig.tick(ticket(1, player: 5).commands).rejected.map(\.ticksLeft) == [1])
        #expect(rig.tick(ticket(1, player: 5).commands).rejected.isEmpty)
        #expect(rig.matchmaker.waitingCount == 1)
    }

    @Test func theLongerMarkStandsAndZeroTakesItBack() {
        let rig = Rig(Self.rules(), limits: .small())
        rig.tick([mark(5, 0, 20), mark(5, 0, 5), mark(6, 0, 5), mark(6, 0, 30)])
        #expect(rig.tick(ticket(1, player: 5).commands).rejected.map(\.ticksLeft) == [19])
        #expect(rig.tick(ticket(2, player: 6).commands).rejected.map(\.ticksLeft) == [28])
        let after = rig.tick([mark(5, 0, 0), mark(9, 0, 0)] + ticket(1, player: 5).commands)
        #expect(after.rejected.isEmpty)
        #expect(rig.tick(ticket(2, player: 6).commands).rejected.count == 1)
    }

    @Test func theLongestMarkOfThePartyAndOfAllItsQueuesCounts() {
        var queue = QueueRules.make(.doubles)
        queue.cooldownScope = CooldownScope(1)
        var other = QueueRules.make(.triples)
        other.cooldownScope = CooldownScope(2)
        let rig = Rig(Rules(version: 1, queues: [queue, other]), limits: .small())
        rig.tick([mark(100, 1, 10), mark(101, 1, 40), mark(101, 2, 90)])
        let pair = TestTicket(1, points: [1500, 1500])
        #expect(rig.tick(pair.commands).rejected.map(\.ticksLeft) == [39])
        let both = pair.with {
            $0.choiceCount = 1
            $0.choices[0] = QueueChoice(queue: QueueIndex(1))
        }
        #expect(rig.tick(both.commands).rejected.map(\.ticksLeft) == [88])
        Ledger.expectEmpty(rig.matchmaker)
    }

    /// Every scope against every queue: a mark holds in the queues of its scope and nowhere else.
    @Test(arguments: UInt8(0)...UInt8(15))
    func aMarkHoldsInItsScopeAlone(_ scope: UInt8) {
        var rules: [QueueRules] = []
        for other in UInt8(0)...15 {
            var queue = QueueRules.make(.duel)
            queue.cooldownScope = CooldownScope(other)
            rules.append(queue)
        }
        rules[15].cooldownScope = nil
        let rig = Rig(Rules(version: 1, queues: rules), limits: .small())
        rig.tick([mark(5, scope, 1000)])
        for other in 0...15 {
            let refused = rig.tick(ticket(1, queue: other, player: 5).commands).rejected
            let isMarked = other == Int(scope) && other != 15
            #expect(refused.map(\.reason) == (isMarked ? [.onCooldown] : []))
            rig.tick([ticket(1).cancel])
        }
    }

    @Test func aMarkOfATicketThatWaitsLeavesItAlone() {
        let rig = Rig(Self.rules(), limits: .small())
        rig.tick(ticket(1, player: 5).commands)
        rig.tick([mark(5, 0, 1000)])
        #expect(rig.tick(ticket(2).commands).proposed.count == 1)
    }

    // MARK: - Offences

    /// Brings the player into a match, lets him answer and gives what came of that.
    private func play(
        _ rig: Rig, _ number: Int, player: UInt64, queue: Int = 0, answer: ProposalAnswer?
    ) -> TickResult {
        let tickets = [
            ticket(number, queue: queue, player: player), ticket(number + 1, queue: queue),
        ]
        guard let match = rig.tick(tickets.commands).proposed.first else { return TickResult() }
        var result = TickResult()
        let other = AnswerRequest(
            match: match.record.match, ticket: tickets[1].id, lobby: LobbyIndex(7),
            answer: .accepted)
        var commands = [Command.answer(other)]
        if let answer {
            commands.append(
                .answer(
                    AnswerRequest(
                        match: match.record.match, ticket: tickets[0].id, lobby: LobbyIndex(7),
                        answer: answer)))
        }
        result.append(rig.tick(commands))
        if answer == nil { result.append(rig.run(ticks: 9)) }
        rig.tick([tickets[1].cancel])
        return result
    }

    private func ticksLeft(_ rig: Rig, player: UInt64, queue: Int = 0) -> Int32? {
        let asked = ticket(999, queue: queue, player: player, points: 9000)
        let refused = rig.tick(asked.commands).rejected.first
        rig.tick([asked.cancel])
        return refused?.reason == .onCooldown ? refused?.ticksLeft : nil
    }

    @Test func theFirstOffenceIsAWarningAndLaterOnesGrow() {
        let rig = Rig(Self.rules(), limits: .small())
        let first = play(rig, 1, player: 5, answer: .declined)
        #expect(first.closed.map(\.reason) == [.declined])
        #expect(ticksLeft(rig, player: 5) == nil)
        // Two ticks between the offence and the question.
        _ = play(rig, 11, player: 5, answer: .declined)
        #expect(ticksLeft(rig, player: 5) == 48)
        _ = rig.run(ticks: 50)
        _ = play(rig, 21, player: 5, answer: nil)
        #expect(ticksLeft(rig, player: 5) == 98)
        _ = rig.run(ticks: 100)
        // The last step holds for all further ones.
        _ = play(rig, 31, player: 5, answer: .declined)
        #expect(ticksLeft(rig, player: 5) == 98)
        #expect(ticksLeft(rig, player: 5, queue: 2) == 96, "the scope's other queue")
        #expect(ticksLeft(rig, player: 5, queue: 1) == nil)
        #expect(ticksLeft(rig, player: 5, queue: 3) == nil)
    }

    @Test func offencesAreForgotten() {
        let rig = Rig(Self.rules(offenceTicks: 30), limits: .small())
        for number in [1, 11, 21] {
            _ = play(rig, number, player: 5, answer: .declined)
            #expect(ticksLeft(rig, player: 5) == nil, "a warning each time")
            _ = rig.run(ticks: 30)
        }
        _ = play(rig, 31, player: 5, answer: .declined)
        _ = play(rig, 41, player: 5, answer: .declined)
        #expect(ticksLeft(rig, player: 5) == 48)
    }

    @Test func undeliveredAndCancelledLeaveNoMark() {
        let rig = Rig(Self.rules(steps: [50]), limits: .small())
        let first = play(rig, 1, player: 5, answer: .undelivered)
        #expect(first.closed.map(\.reason) == [.notAccepted])
        #expect(first.report.declined == 0)
        #expect(ticksLeft(rig, player: 5) == nil)
        let tickets = [ticket(11, player: 5), ticket(12)]
        #expect(rig.tick(tickets.commands).proposed.count == 1)
        #expect(rig.tick([tickets[0].cancel]).closed.map(\.reason) == [.cancelled])
        #expect(ticksLeft(rig, player: 5) == nil)
    }

    /// Who is to blame: the player named, or all of the party.
    @Test(arguments: [UInt64?(101), nil, 77])
    func theBlamedPlayerAloneIsMarked(_ blamed: UInt64?) {
        var queue = QueueRules.make(.doubles)
        queue.cooldownScope = CooldownScope(1)
        queue.acceptance = AcceptanceRules(
            ticks: 10, substituteTicks: 0, cooldownTicks: [60], offenceTicks: 100)
        let rig = Rig(.only(queue), limits: .small())
        let pairs = [TestTicket(1, points: [1500, 1500]), TestTicket(2, points: [1500, 1500])]
        let match = rig.tick(pairs.commands).proposed[0].record.match
        let answer = AnswerRequest(
            match: match, ticket: pairs[0].id, lobby: LobbyIndex(7), answer: .declined,
            player: PlayerID(blamed ?? 0))
        rig.tick([.answer(answer)])
        let all = blamed != 101
        #expect((ticksLeft(rig, player: 100) != nil) == all)
        #expect(ticksLeft(rig, player: 101) != nil)
        #expect(ticksLeft(rig, player: 200) == nil, "nobody else")
    }

    // MARK: - Offences of an earlier run

    private func offence(_ player: UInt64, queue: Int = 0, ago: Int32) -> Command {
        .offence(
            OffenceRequest(
                player: PlayerID(player), queue: QueueIndex(UInt16(queue)), ticksAgo: ago))
    }

    /// As if the run had seen them: the same marks, and the same step for the next offence.
    @Test(arguments: [1, 2, 3])
    func restoredOffencesCountAsIfTheyHadHappenedHere(_ count: Int) {
        let first = Rig(Self.rules(), limits: .small())
        var ticks: [Int32] = []
        for number in 0..<count {
            // The offence is in the tick after the one that proposes the match.
            ticks.append(first.now + 2)
            _ = play(first, 10 * number + 1, player: 5, answer: .declined)
            if number + 1 < count { _ = first.run(ticks: 120) }
        }
        let second = Rig(Self.rules(), limits: .small(), firstTick: first.now)
        second.tick(ticks.map { offence(5, ago: first.now + 1 - $0) })
        first.tick()
        let left = ticksLeft(first, player: 5)
        #expect((left == nil) == (count == 1))
        #expect(ticksLeft(second, player: 5) == left)
        // Two ticks between the questions.
        #expect(ticksLeft(second, player: 5, queue: 2) == left.map { $0 - 2 }, "one scope")
        #expect(ticksLeft(second, player: 5, queue: 1) == nil)
        for rig in [first, second] {
            _ = rig.run(ticks: 120)
            _ = play(rig, 91, player: 5, answer: .declined)
            #expect(ticksLeft(rig, player: 5) == (count == 1 ? 48 : 98))
        }
    }

    @Test func restoredOffencesAreForgottenInTheirTime() {
        let rig = Rig(Self.rules(offenceTicks: 30), limits: .small())
        // Longer ago than offences are remembered; more than a tick number can say.
        rig.tick([offence(5, ago: 31), offence(5, ago: .max), offence(5, queue: 3, ago: 1)])
        #expect(ticksLeft(rig, player: 5) == nil)
        _ = play(rig, 1, player: 5, answer: .declined)
        #expect(ticksLeft(rig, player: 5) == nil, "a warning")
        // Ago counts for the mark too, and a queue that is gone asks nobody.
        rig.tick([offence(6, ago: 40), offence(6, ago: 35), offence(7, queue: 9, ago: 0)])
        #expect(ticksLeft(rig, player: 6) == 14)
        rig.tick([mark(6, 0, 0)])
        #expect(ticksLeft(rig, player: 6) == nil)
    }

    // MARK: - The table

    @Test func aFullTableGivesUpWhatIsOver() {
        let memory = TestMemory()
        var arena = memory.arena
        var limits = Limits.small()
        limits.cooldownCountMax = 8
        var table = CooldownTable(limits: limits, arena: &arena)
        for player in 0..<8 {
            table.mark(
                PlayerID(UInt64(player)), 1, hash: UInt32(player) << 20,
                until: Int32(100 + player), at: 0)
        }
        #expect(table.count == 8)
        // At tick 103 the first four are over: the next four need no other's row.
        for player in 8..<12 {
            table.mark(
                PlayerID(UInt64(player)), 1, hash: UInt32(player) << 20, until: 500, at: 103)
        }
        #expect(table.count == 8 && table.droppedCount == 0)
        for player in 4..<12 {
            let until = table.until(PlayerID(UInt64(player)), 1, hash: UInt32(player) << 20)
            #expect(until == (player < 8 ? Int32(100 + player) : 500))
        }
        for player in 0..<4 {
            #expect(
                table.until(PlayerID(UInt64(player)), 1, hash: UInt32(player) << 20) == Int32.min)
        }
        // Nobody is over now: the one that ends first makes room.
        table.mark(PlayerID(20), 1, hash: 20 << 20, until: 900, at: 103)
        #expect(table.droppedCount == 1)
        #expect(table.until(PlayerID(4), 1, hash: 4 << 20) == Int32.min)
        #expect(table.until(PlayerID(20), 1, hash: 20 << 20) == 900)
    }

    @Test func aMarkThatMakesRoomTooEarlyIsCounted() {
        var limits = Limits.small()
        limits.cooldownCountMax = 2
        let rig = Rig(Self.rules(), limits: limits)
        #expect(rig.tick([mark(5, 0, 50), mark(6, 0, 90)]).report.marksDropped == 0)
        #expect(rig.tick([mark(7, 0, 90)]).report.marksDropped == 1)
        #expect(ticksLeft(rig, player: 5) == nil)
        #expect(ticksLeft(rig, player: 6) != nil && ticksLeft(rig, player: 7) != nil)
    }

    /// Against a plain dictionary, with a table too large to run full.
    @Test func theTableAgreesWithAPlainModel() {
        let memory = TestMemory()
        var arena = memory.arena
        var table = CooldownTable(limits: .small(), arena: &arena)
        var random = Random(seed: 8)
        var marks: [UInt64: Int32] = [:]
        var offences: [UInt64: [Int32]] = [:]
        for tick in Int32(1)...4000 {
            let player = UInt64(random.next(in: 0...150))
            let scope = UInt8(random.next(in: 0...2))
            // Hashes that collide now and then.
            let hash = UInt32(player % 64) << 24 | UInt32(scope)
            let key = player << 8 | UInt64(scope)
            switch random.next(in: 0...4) {
            case 0:
                table.clear(PlayerID(player), scope, hash: hash)
                if marks[key] != nil { marks[key] = Int32.min }
            case 1:
                let until = tick + Int32(random.next(in: 1...900))
                table.mark(PlayerID(player), scope, hash: hash, until: until, at: tick)
                marks[key] = max(marks[key] ?? Int32.min, until)
            default:
                let forgetAt = tick + Int32(random.next(in: 1...2000))
                let count = table.offend(
                    PlayerID(player), scope, hash: hash, forgetAt: forgetAt, at: tick)
                var known = (offences[key] ?? []).filter { $0 > tick }.sorted()
                if known.count == 8 { known.removeFirst() }
                known.append(forgetAt)
                offences[key] = known
                #expect(count == known.count)
            }
            let found = table.until(PlayerID(player), scope, hash: hash)
            #expect(found == marks[key] ?? Int32.min)
        }
    }
}
