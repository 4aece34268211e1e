// Follows every ticket, proposal, request and mark from the commands alone and checks what the core
// did of them, tick by tick. Shares no code with the core. Stops at the first broken rule's tick:
// what comes after would be judged by a model that is off the road.

import MatchCore

/// Judges one run. Owner: one thread.
package struct Auditor {
    let limits: Limits
    var rules: Rules
    var live: [TicketID: Known] = [:]
    var ended: Set<TicketID> = []
    var players: [PlayerID: TicketID] = [:]
    var proposals: [MatchID: Proposal] = [:]
    var requests: [MatchID: StandingRequest] = [:]
    var marks = MarkBook()
    var densities = DensityBook()
    var settlements = SettlementBook()
    var memory: EndedMemory
    var lastMatches: [UInt64: LastMatch] = [:]
    var matchIDs: Set<MatchID> = []
    var returnedTickets: Set<TicketID> = []
    var tick: Int32 = 0
    var previousTick: Int32 = 0
    /// A bound cut this tick's work short: what was due may come later.
    var isBounded = false
    /// As many matches were unsettled as may be: none was formed, but time went on.
    var isHeldUp = false
    /// Ticks since a bound last did.
    var unboundedTicks = 1000
    var hasReloaded = false
    /// A match of this run, as a pattern for those that are only tried.
    var anyMatch: (MatchRecord, SeatView)?
    /// Ticks since the last command or outcome.
    var quietTicks = 0
    /// Events of the tick in hand, and how many have been looked at.
    var events: [SimEvent] = []
    var position = 0
    var explanations: [ExplainedRecord] = []
    /// Questions of this tick with the ticket as it was when asked about; nil if it did not wait.
    var questions: [(request: ExplainRequest, known: Known?, views: [ObstacleView])] = []
    /// Tickets that a proposal gave back in this tick.
    var returnedNow: Set<TicketID> = []
    /// And in the tick before: they are back in the index at the end of this one.
    var returnedBefore: Set<TicketID> = []
    /// Overdue tickets that were passed over for others who came no later.
    var passings: [QueueEntry: Passing] = [:]
    /// A bound, now or a moment ago, lets the core miss an overdue ticket.
    var isOverdueExcused = false
    /// A new match has been formed in this tick.
    var hasFormed = false
    var leftTo = LeftTo()
    /// Refusals of followers that may belong to a spoilt ticket or to one that came after it.
    var strayRefusals = 0
    package private(set) var violations: [Violation] = []
    package private(set) var sometimes = Sometimes()
    package private(set) var figures = RunFigures()

    package init(rules: Rules, limits: Limits) {
        self.rules = rules
        self.limits = limits
        memory = EndedMemory(limits)
    }

    /// What happened in a tick, by the auditor's own count.
    struct LeftTo {
        var enqueued = 0
        var cancelled = 0
        var refused = 0
        var matches = 0
        var playersMatched = 0
        var ticketsMatched = 0
        var committed = 0
        var refusedMatches = 0
        var released = 0
        /// Words of the books that change nothing.
        var strayWords = 0
    }

    mutating func fail(_ rule: String, _ text: String) {
        violations.append(Violation(tick: tick, rule: rule, text: text))
    }

    mutating func note(_ situation: Situation) { sometimes.note(situation) }

    mutating func figuresAdd(_ commands: Int) { figures.commandCount += commands }

    mutating func figuresExcuse() { figures.overdueExcusedCount += 1 }

    func queue(_ index: QueueIndex) -> QueueRules? {
        Int(index.raw) < rules.queues.count ? rules.queues[Int(index.raw)] : nil
    }

    /// Judges one tick.
    /// - Returns: false once a rule is broken.
    package mutating func enter(_ record: TickRecord) -> Bool {
        previousTick = tick
        tick = record.tick
        leftTo = LeftTo()
        hasFormed = false
        strayRefusals = 0
        figures.tickCount += 1
        isBounded =
            record.report.outboxFull
            || record.report.carriedOver > 0 && !record.report.reservationsFull
            || record.report.wakes >= limits.wakeCountPerTickMax
            || record.report.searches >= limits.searchCountPerTickMax
        isHeldUp = record.report.reservationsFull
        unboundedTicks = isBounded || isHeldUp ? 0 : unboundedTicks + 1
        // Late wakes are made up for in the ticks that follow.
        isOverdueExcused =
            unboundedTicks <= 4 || record.report.placesRefused > 0
            || record.report.overdueCutShort > 0
        for version in record.applied { adopt(version) }
        explanations = []
        questions = []
        events = record.events.filter { event in
            guard case .explained(let found) = event else { return true }
            explanations.append(found)
            return false
        }
        position = 0
        walk(record.commands, hasNewRules: !record.applied.isEmpty)
        stretch()
        while let event = nextEvent() { take(event) }
        checkSettlements(record.report)
        checkTime()
        checkExplanations()
        checkCounts(record)
        checkDuels(record)
        noteBounds(record)
        let isQuiet =
            record.commands.isEmpty && record.events.isEmpty && !isBounded && !isHeldUp
        quietTicks = isQuiet && record.applied.isEmpty ? quietTicks + 1 : 0
        if quietTicks == 6 || quietTicks == 24 { checkCompleteness() }
        returnedBefore = returnedNow
        returnedNow = []
        return violations.isEmpty
    }

    /// Judges the end of a run.
    package mutating func finish(isSettled: Bool) {
        guard violations.isEmpty else { return }
        if !isSettled { fail("liveness", "\(live.count) tickets wait past every bound") }
        if isSettled, !live.isEmpty { fail("lost", "\(live.count) tickets never ended") }
        if isSettled, !settlements.unsettled.isEmpty {
            fail("lost", "\(settlements.unsettled.count) matches were never settled")
        }
        if isSettled, !requests.isEmpty { fail("lost", "\(requests.count) requests never ended") }
    }

    private mutating func adopt(_ version: Rules) {
        rules = version
        hasReloaded = true
        clampCodes()
        for match in proposals.keys { proposals[match]?.isOld = true }
    }

    private mutating func noteBounds(_ record: TickRecord) {
        if record.report.outboxFull { note(.outboxFull) }
        if record.commandsLeft > 0 {
            note(.commandsLeftOver)
            if !record.report.outboxFull { fail("intake", "\(record.commandsLeft) commands left") }
        }
        if record.report.carriedOver > 0 { note(.carriedOver) }
    }

    // MARK: - Events

    mutating func nextEvent() -> SimEvent? {
        guard position < events.count else { return nil }
        position += 1
        return events[position - 1]
    }

    var upcoming: SimEvent? { position < events.count ? events[position] : nil }

    /// An event that no command asked for.
    private mutating func take(_ event: SimEvent) {
        switch event {
        case .matched(let record, let seats): takeMatch(record, seats)
        case .proposed(let record, let seats): takeProposal(record, seats)
        case .substituted(let record, let seats): takeSubstitute(record, seats)
        case .backfilled(let record, let seats): takeBackfilled(record, seats)
        case .closed(let record): takeClosed(record)
        case .rejected(let record):
            fail("refusal", "\(record.reason) for \(record.ticket.low) without a command")
        case .returned(let record): takeReturned(record)
        case .backfillEnded(let record): takeBackfillEnded(record)
        case .explained: break
        case .misplaced(let text): fail("records", text)
        }
    }

    // MARK: - The life of a ticket

    mutating func letIn(_ known: Known) {
        live[known.id] = known
        noteComer(known)
        ended.remove(known.id)
        returnedTickets.remove(known.id)
        for member in known.members { players[member.player] = known.id }
        learn(known.id)
        leftTo.enqueued += 1
        figures.ticketCount += 1
    }

    /// Takes the ticket out for good.
    @discardableResult
    mutating func end(
        _ id: TicketID, _ how: String, in match: MatchID = EndedMemory.noMatch
    ) -> Known? {
        guard let known = live.removeValue(forKey: id) else {
            let before = ended.contains(id) ? "has ended before" : "never came"
            fail("life", "ticket \(id.low) \(how), but it \(before)")
            return nil
        }
        ended.insert(id)
        for choice in known.choices {
            passings[QueueEntry(ticket: id, queue: choice.queue)] = nil
        }
        settlements.released.remove(id)
        memory.note(id, EndedMemory.Fact(match: match, at: tick))
        for member in known.members { players[member.player] = nil }
        return known
    }

    mutating func noteMatch(_ record: MatchRecord, players: Int) {
        figures.matchCount += 1
        leftTo.matches += 1
        leftTo.playersMatched += players
        leftTo.ticketsMatched += Int(record.ticketCount)
        note(.matched)
        if hasReloaded { note(.matchedAfterReload) }
    }
}

/// Sums of one run.
package struct RunFigures: Sendable {
    package var tickCount = 0
    package var ticketCount = 0
    package var matchCount = 0
    package var commandCount = 0
    /// Matches at which a bound excused the core from seating overdue tickets.
    package var overdueExcusedCount = 0

    package mutating func add(_ other: RunFigures) {
        tickCount += other.tickCount
        ticketCount += other.ticketCount
        matchCount += other.matchCount
        commandCount += other.commandCount
        overdueExcusedCount += other.overdueExcusedCount
    }
}
