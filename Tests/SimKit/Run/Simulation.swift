// Drives one matchmaker through a scenario under a virtual clock: gives the steps, keeps what the
// core did not take, reads the outbox at the scenario's pace, answers proposals as the tickets'
// players would. Hands each tick, once all of its outcomes are read, to whoever judges it.

import MatchCore

/// One run. Owner: one thread.
package final class Simulation {
    let scenario: Scenario
    private let memory: UnsafeMutableRawBufferPointer
    private var matchmaker: Matchmaker
    private var outbox: OutcomeProducer
    private let consumer: OutcomeConsumer
    private var now: Int32 = 0
    /// Commands given and not yet taken.
    private var pending: [Command] = []
    /// Ticks of which outcomes are still unread, with how many.
    private var unread: [(record: TickRecord, outcomeCount: Int)] = []
    private var reader = EventReader()
    private var pace = Int.max
    private var lobbies: Lobbies
    private var books: Books

    /// - Parameter filling: what the memory holds before; it must not matter.
    package init(_ scenario: Scenario, filling: UInt8 = 0xA5) {
        self.scenario = scenario
        let byteCount = Matchmaker.memoryByteCount(scenario.limits)
        memory = .allocate(byteCount: byteCount, alignment: 64)
        _ = memory.initializeMemory(as: UInt8.self, repeating: filling)
        matchmaker = Matchmaker(
            limits: scenario.limits, rules: scenario.rules[0], seed: scenario.seed, epoch: 1,
            firstTick: Tick(0), memory: memory)
        var outbox = OutcomeProducer(capacity: scenario.outboxCapacity)
        consumer = outbox.takeConsumer()
        self.outbox = outbox
        lobbies = Lobbies(scenario)
        books = Books(scenario)
    }

    deinit { memory.deallocate() }

    /// Runs all steps, then lets time pass without arrivals until every ticket has ended.
    /// - Parameter judge: takes each tick; false stops the run.
    /// - Returns: true if everything ended within the scenario's bound.
    package func run(_ judge: (TickRecord) -> Bool) -> Bool {
        var position = 0
        for nominal in 1...max(scenario.tickCount, 1) {
            var applied: [Rules] = []
            now += 1
            while position < scenario.steps.count, scenario.steps[position].at <= nominal {
                take(scenario.steps[position].step, &applied)
                position += 1
            }
            if !tick(applied, judge) { return true }
        }
        return settle(judge)
    }

    /// The faults stop: nobody arrives, the reader keeps up, proposals are still answered.
    private func settle(_ judge: (TickRecord) -> Bool) -> Bool {
        pace = .max
        books.calmDown()
        let start = now
        let requestTicks =
            scenario.rules.flatMap(\.queues).map { queue in
                queue?.backfill.map { $0.timeoutTicks + 4 } ?? 0
            }.max() ?? 0
        while matchmaker.waitingCount > 0 || !pending.isEmpty || !unread.isEmpty
            || now - start < requestTicks || !books.isSilent
        {
            if now - start > scenario.endingTicks { return false }
            // A long stride now and then: late wakes must not be lost.
            now += now % 7 == 0 ? 3 : 1
            if !tick([], judge) { return true }
        }
        return true
    }

    private func take(_ step: SimStep, _ applied: inout [Rules]) {
        switch step {
        case .enqueue(let ticket): pending += ticket.commands
        case .cancel(let number, let lobby):
            let ticket = TicketID(number: number)
            pending.append(.cancel(CancelRequest(ticket: ticket, lobby: lobby)))
        case .backfill(let request): pending.append(.backfill(request))
        case .endBackfill(let request): pending.append(.endBackfill(request))
        case .mark(let request): pending.append(.mark(request))
        case .offence(let request): pending.append(.offence(request))
        case .explain(let request): pending.append(.explain(request))
        case .ended(let request): pending.append(.ended(request))
        case .flood(let count):
            for number in 0..<count {
                let ticket = TicketID(number: 1 << 40 + number)
                pending.append(.cancel(CancelRequest(ticket: ticket, lobby: LobbyIndex(9))))
            }
        case .apply(let version):
            applied.append(scenario.rules[version])
            matchmaker.apply(scenario.rules[version])
        case .readerPace(let max): pace = max
        case .jump(let ticks): now += ticks
        }
    }

    private func tick(_ applied: [Rules], _ judge: (TickRecord) -> Bool) -> Bool {
        pending += lobbies.answersDue(by: now) + books.wordsDue(by: now)
        let before = consumer.depth
        var record = TickRecord(tick: now)
        record.applied = applied
        record.report = pending.withUnsafeBufferPointer {
            matchmaker.tick(Tick(now), commands: $0, outbox: &outbox)
        }
        record.commands = Array(pending[..<record.report.commandsTaken])
        pending.removeFirst(record.report.commandsTaken)
        record.commandsLeft = pending.count
        record.waitingCount = matchmaker.waitingCount
        record.waitingPlayerCount = matchmaker.waitingPlayerCount
        record.stateHash = matchmaker.stateHash
        for queue in 0..<scenario.rules[0].queues.count {
            record.queueCounts.append(matchmaker.waitingCount(QueueIndex(UInt16(queue))))
            for region in 0..<scenario.limits.regionCount {
                record.placeCounts.append(
                    matchmaker.waitingCount(
                        QueueIndex(UInt16(queue)), RegionIndex(UInt8(region))))
            }
        }
        unread.append((record, consumer.depth - before))
        return read(judge)
    }

    /// Reads at the scenario's pace; a tick is judged when all of it is read.
    private func read(_ judge: (TickRecord) -> Bool) -> Bool {
        var budget = pace
        while !unread.isEmpty {
            let taken = consumer.drain(max: min(budget, unread[0].outcomeCount)) {
                reader.take(copy $0)
            }
            budget -= taken
            unread[0].outcomeCount -= taken
            if unread[0].outcomeCount > 0 { return true }
            var record = unread.removeFirst().record
            record.events = reader.finish()
            lobbies.hear(record.events, at: now)
            books.hear(record.events, at: now)
            if !judge(record) { return false }
        }
        return true
    }
}

/// What the tickets' players do about the matches proposed to them.
struct Lobbies {
    private var manners: [TicketID: SimTicket] = [:]
    private var proposalCounts: [TicketID: Int] = [:]
    private var answers: [(at: Int32, answer: AnswerRequest)] = []

    init(_ scenario: Scenario) {
        for case .enqueue(let ticket) in scenario.steps.map(\.step)
        where manners[ticket.id] == nil {
            manners[ticket.id] = ticket
        }
    }

    mutating func answersDue(by tick: Int32) -> [Command] {
        let due = answers.filter { $0.at <= tick }
        answers.removeAll { $0.at <= tick }
        return due.map { Command.answer($0.answer) }
    }

    mutating func hear(_ events: [SimEvent], at tick: Int32) {
        for event in events {
            switch event {
            case .proposed(let record, let seats), .substituted(let record, let seats):
                for seat in seats { hear(record.match, seat.record.ticket, at: tick) }
            default: break
            }
        }
    }

    private mutating func hear(_ match: MatchID, _ id: TicketID, at tick: Int32) {
        guard let ticket = manners[id] else { return }
        let count = proposalCounts[id, default: 0]
        proposalCounts[id] = count + 1
        func answer(_ kind: ProposalAnswer, _ player: PlayerID = PlayerID(0)) -> AnswerRequest {
            AnswerRequest(
                match: match, ticket: id, lobby: ticket.lobby, answer: kind, player: player)
        }
        switch ticket.manner(proposal: count) {
        case .silent: break
        case .accept(let after): answers.append((tick + after, answer(.accepted)))
        case .acceptTwice(let after):
            answers.append((tick + after, answer(.accepted)))
            answers.append((tick + after, answer(.accepted)))
        case .undelivered(let after): answers.append((tick + after, answer(.undelivered)))
        case .decline(let after, let blame):
            let culprit = blame.map { ticket.members[min($0, ticket.members.count - 1)].player }
            answers.append((tick + after, answer(.declined, culprit ?? PlayerID(0))))
        case .wrongMatch(let after):
            var wrong = answer(.accepted)
            wrong.match = MatchID(number: 1 << 40)
            answers.append((tick + after, wrong))
        }
    }
}
