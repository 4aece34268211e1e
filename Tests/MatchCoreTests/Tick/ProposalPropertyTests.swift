// Random pools whose tickets accept, decline, stay silent, are taken back or never asked, against a
// plain model: who waits, who is asked, which seats are open. Every ticket has exactly one end,
// nobody is in two matches, nobody loses his wait.

import CAllocationCounter
import Testing

@testable import MatchCore

/// A proposed match as the model knows it: its tickets and who of them has accepted.
private struct Asked {
    var proposed: FormedMatch
    /// By position of its seat; nil while it is open.
    var tickets: [TicketID?]
    var accepted: Set<TicketID> = []
    var until: [TicketID: Int32] = [:]
}

/// What became of tickets, checked step by step.
private struct ProposalLedger {
    let oracle: Oracle
    let acceptance: AcceptanceRules
    var waiting: [TicketID: Waiting] = [:]
    var asked: [MatchID: Asked] = [:]
    /// The match that a ticket is asked about.
    var matchOf: [TicketID: MatchID] = [:]
    var ended: Set<TicketID> = []
    var counts = (matched: 0, substituted: 0, returned: 0, silent: 0, declined: 0)

    init(rules: Rules) {
        oracle = Oracle(rules: rules)
        acceptance = rules.queues[0]?.acceptance ?? AcceptanceRules(ticks: 1, substituteTicks: 0)
    }

    mutating func enter(_ tickets: [TestTicket], _ result: TickResult, tick: Int32) {
        for ticket in tickets {
            waiting[ticket.id] = Waiting(
                ticket: ticket, enqueuedAt: tick - max(0, ticket.waited), arrivedAt: tick,
                rating: oracle.rating(ticket))
        }
        for record in result.closed { takeClosed(record, tick) }
        for match in result.substituted { takeSubstitute(match, tick) }
        for match in result.matches { takeMatch(match, tick) }
        for record in result.returned { takeReturn(record) }
        for match in result.proposed { takeProposed(match, tick) }
        for match in asked.values {
            for (ticket, until) in match.until where !match.accepted.contains(ticket) {
                verify(until > tick, "whoever is silent leaves at the end of his time")
            }
        }
    }

    private mutating func takeClosed(_ record: ClosedRecord, _ tick: Int32) {
        verify(ended.insert(record.ticket).inserted, "ended twice")
        verify(waiting[record.ticket].map { tick - $0.enqueuedAt } == record.waitTicks)
        if record.reason == .declined { counts.declined += 1 }
        let match = matchOf.removeValue(forKey: record.ticket)
        waiting[record.ticket] = nil
        guard let match, var known = asked[match] else { return }
        if record.reason == .notAccepted, known.until[record.ticket] == tick { counts.silent += 1 }
        if record.reason == .notAccepted { verify(!known.accepted.contains(record.ticket)) }
        if let seat = known.tickets.firstIndex(of: record.ticket) { known.tickets[seat] = nil }
        known.accepted.remove(record.ticket)
        known.until[record.ticket] = nil
        asked[match] = known.tickets.allSatisfy { $0 == nil } ? nil : known
    }

    private mutating func takeSubstitute(_ match: FormedMatch, _ tick: Int32) {
        guard let seat = match.seats.first, var known = asked[match.record.match],
            let newcomer = waiting[seat.record.ticket]
        else {
            Issue.record("a substitute for an unknown match, or one that does not wait")
            return
        }
        let id = seat.record.ticket
        verify(matchOf.updateValue(match.record.match, forKey: id) == nil, "in two matches")
        let position = known.tickets.indices.first {
            known.tickets[$0] == nil
                && known.proposed.seats[$0].record.memberCount == seat.record.memberCount
                && known.proposed.seats[$0].record.team == seat.record.team
        }
        guard let position else {
            Issue.record("no open seat of this size and team")
            return
        }
        for other in known.tickets.compactMap({ $0 }) {
            if let staying = waiting[other] {
                verify(oracle.accept(newcomer, staying, tick: tick), "windows of all who stay")
            }
        }
        known.tickets[position] = id
        known.until[id] = tick + acceptance.ticks
        known.proposed.seats[position] = seat
        asked[match.record.match] = known
        counts.substituted += 1
    }

    private mutating func takeMatch(_ match: FormedMatch, _ tick: Int32) {
        guard let known = asked.removeValue(forKey: match.record.match) else {
            Issue.record("a match that nobody was asked about")
            return
        }
        verify(match.seats.map(\.record.ticket) == known.tickets.compactMap { $0 })
        verify(match.seats.map(\.players) == known.proposed.seats.map(\.players))
        verify(match.seats.map(\.record.team) == known.proposed.seats.map(\.record.team))
        verify(known.accepted.count == match.seats.count, "all have accepted")
        var seats: [(Seat, Waiting)] = []
        for seat in match.seats {
            let id = seat.record.ticket
            verify(ended.insert(id).inserted, "ended twice")
            matchOf[id] = nil
            if let waiting = waiting.removeValue(forKey: id) { seats.append((seat, waiting)) }
        }
        oracle.check(match, seats, tick: tick)
        counts.matched += 1
    }

    private mutating func takeReturn(_ record: ReturnedRecord) {
        verify(matchOf.removeValue(forKey: record.ticket) == record.match)
        verify(waiting[record.ticket] != nil, "whoever returns has not ended")
        counts.returned += 1
        guard var known = asked[record.match] else { return }
        if let seat = known.tickets.firstIndex(of: record.ticket) { known.tickets[seat] = nil }
        // All return together, or none.
        asked[record.match] = known.tickets.allSatisfy { $0 == nil } ? nil : known
    }

    private mutating func takeProposed(_ match: FormedMatch, _ tick: Int32) {
        var known = Asked(proposed: match, tickets: match.seats.map(\.record.ticket))
        for seat in match.seats {
            let id = seat.record.ticket
            verify(matchOf.updateValue(match.record.match, forKey: id) == nil, "in two matches")
            verify(waiting[id].map { tick - $0.enqueuedAt } == seat.record.waitTicks)
            known.until[id] = tick + acceptance.ticks
        }
        verify(asked.updateValue(known, forKey: match.record.match) == nil)
    }
}

/// What tickets do when they are asked, drawn from a seed.
private struct Answers {
    var random: Random

    /// Answers, and tickets taken back, in order of the tickets' ids.
    mutating func next(_ ledger: inout ProposalLedger) -> [Command] {
        var commands: [Command] = []
        let pairs = ledger.matchOf.sorted { $0.key.low < $1.key.low }
        for (ticket, match) in pairs {
            guard random.chance(0.4), ledger.asked[match]?.accepted.contains(ticket) == false else {
                continue
            }
            var request = AnswerRequest(
                match: match, ticket: ticket, lobby: LobbyIndex(7), answer: .accepted)
            switch random.next(in: 0...19) {
            case 0: request.answer = .declined
            case 1: request.answer = .undelivered
            case 2:
                commands.append(.cancel(CancelRequest(ticket: ticket, lobby: LobbyIndex(7))))
                continue
            case 3: continue
            default: ledger.asked[match]?.accepted.insert(ticket)
            }
            commands.append(.answer(request))
        }
        return commands
    }
}

struct ProposalRun: Sendable, CustomStringConvertible {
    var mode: Mode
    var seed: UInt64
    var substituteTicks: Int32
    var outboxCapacity = 1 << 14

    var description: String { "\(mode), seed \(seed), substitutes \(substituteTicks)" }

    static let all: [ProposalRun] = {
        var runs: [ProposalRun] = []
        let modes = [Mode.duel, .doubles, .triples, .fives, .threeTwos, .freeForAll, .tens]
        for (position, mode) in modes.enumerated() {
            for seed in 1...4 {
                runs.append(
                    ProposalRun(
                        mode: mode, seed: UInt64(seed * 100 + position),
                        substituteTicks: [0, 3, 12, 40][seed - 1]))
            }
        }
        runs.append(
            ProposalRun(mode: .fives, seed: 9, substituteTicks: 6, outboxCapacity: 1024))
        return runs
    }()

    var rules: Rules {
        .only(
            QueueRules.make(mode, window: window(80, perTick: 2, max: 400)).asking(
                ticks: 7, substituteTicks: substituteTicks), version: 3)
    }

    /// No ticket is faulty or taken back but by an answer; those are another test's.
    var population: Population {
        Population(
            PopulationSettings(
                mode: mode, ratings: .normal, regionCount: 3,
                arrivalsMax: max(3, mode.playerCount / 2), faultShare: 0, cancelShare: 0),
            seed: seed)
    }
}

/// MM-01, MM-21, MM-22.
@Suite struct ProposalPropertyTests {
    @Test(arguments: ProposalRun.all)
    func everyTicketHasOneEndAndNobodyLosesHisWait(_ run: ProposalRun) {
        let rig = Rig(
            run.rules, limits: .small(800), seed: run.seed, outboxCapacity: run.outboxCapacity)
        var population = run.population
        var answers = Answers(random: Random(seed: run.seed ^ 77))
        var ledger = ProposalLedger(rules: run.rules)
        var given = 0
        for tick in 0..<260 {
            var tickets: [TestTicket] = []
            if tick < 200 {
                tickets = population.steps().compactMap { step in
                    if case .enqueue(let ticket) = step { return ticket }
                    return nil
                }
            }
            given += tickets.count
            let commands = answers.next(&ledger) + tickets.commands
            let result = rig.tick(commands)
            verify(result.report.commandsTaken == commands.count)
            verify(result.rejected.isEmpty, "no answer of this model is refused")
            ledger.enter(tickets, result, tick: rig.now)
            verify(rig.matchmaker.waitingCount == ledger.waiting.count)
            verify(rig.matchmaker.proposals.count == ledger.asked.count)
        }
        let counts = ledger.counts
        #expect(counts.matched > 5 && counts.declined > 0 && counts.silent > 0)
        #expect(run.substituteTicks > 3 || counts.returned > 0)
        let left = ledger.waiting.values.sorted { $0.ticket.id.low < $1.ticket.id.low }
        let last = rig.tick(left.map(\.ticket.cancel))
        #expect(last.closed.count == left.count)
        #expect(ledger.ended.count + left.count == given)
        Ledger.expectEmpty(rig.matchmaker)
        #expect(rig.run(ticks: 60).outcomes.isEmpty)
    }

    @Test func theSameAnswersGiveTheSameOutcomes() {
        func run() -> (UInt64, Int) {
            let run = ProposalRun.all[9]
            let rig = Rig(run.rules, limits: .small(800), seed: 4)
            var population = run.population
            var answers = Answers(random: Random(seed: 5))
            var ledger = ProposalLedger(rules: run.rules)
            for _ in 0..<150 {
                let tickets = population.steps().compactMap { step -> TestTicket? in
                    if case .enqueue(let ticket) = step { return ticket }
                    return nil
                }
                let result = rig.tick(answers.next(&ledger) + tickets.commands)
                ledger.enter(tickets, result, tick: rig.now)
            }
            return (rig.matchmaker.stateHash, ledger.counts.substituted)
        }
        let first = run()
        let second = run()
        #expect(first == second && first.1 > 0)
    }

    /// A steady tick with answers, substitutes and returns takes nothing from the heap.
    @Test func aSteadyTickAllocatesNothing() {
        _ = worstTick()
        let found = worstTick()
        #expect(found.calls == 0, "calls of malloc in one tick")
        #expect(found.substitutes > 0 && found.returns > 0 && found.matches > 0)
    }

    private func worstTick() -> (calls: UInt64, substitutes: Int, returns: Int, matches: Int) {
        let run = ProposalRun.all[13]
        let rig = Rig(run.rules, limits: .small(800), seed: 4)
        var population = run.population
        var answers = Answers(random: Random(seed: 5))
        var ledger = ProposalLedger(rules: run.rules)
        var found: (calls: UInt64, substitutes: Int, returns: Int, matches: Int) = (0, 0, 0, 0)
        for tick in 1...150 {
            let tickets = population.steps().compactMap { step -> TestTicket? in
                if case .enqueue(let ticket) = step { return ticket }
                return nil
            }
            let commands = answers.next(&ledger) + tickets.commands
            let calls = commands.withUnsafeBufferPointer {
                let before = allocation_count()
                _ = rig.matchmaker.tick(Tick(Int32(tick)), commands: $0, outbox: &rig.outbox)
                return allocation_count() - before
            }
            let result = rig.read()
            found.calls = max(found.calls, calls)
            found.substitutes += result.substituted.count
            found.returns += result.returned.count
            found.matches += result.matches.count
            ledger.enter(tickets, result, tick: Int32(tick))
        }
        return found
    }
}
