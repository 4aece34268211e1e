// One run: a crowd, a policy, a clock of its own. People arrive, give up, are matched, accept or
// not, play and come back; what happens to each is noted by what is true. Deterministic: the same
// workload, policy and seed give the same record.

import MatchCore

/// A run of a workload.
package struct Simulation {
    enum Event {
        case giveUp(ticket: Int, wait: Int)
        case answer(ticket: Int, wait: Int, accepts: Bool)
        /// A match that the simulator asked for: everybody accepted.
        case begin(FormedMatch)
        /// The same, but these tickets did not accept.
        case callOff(FormedMatch, declined: [Int])
        case ready(Arrival)
        case endOfSeason
        case decay
        /// A party leaves a running match; a match asks again for players; a match is over.
        case leaveMatch(match: Int, party: Int)
        case renewRequest(match: Int, generation: UInt32)
        case endMatch(Int)
    }

    /// A ticket that has not ended.
    struct Live {
        var arrival: Arrival
        var ticket: LabTicket
        /// False while it is asked to accept a match.
        var isWaiting = true
        /// Counts how often it began to wait or was asked, so that old events are known as such.
        var wait = 0
    }

    let workload: LabWorkload
    let policy: any Policy
    let judges: [MatchJudge]
    var crowd: Crowd
    var events = EventHeap<Event>()
    var live: [Int: Live] = [:]
    /// Matches under way, where parties may leave them.
    var running = RunningMatches()
    /// Teams that lie in wait for a weaker one.
    var lurkers: [Lurker] = []
    var nextTicket = 1
    var answers: LabRandom
    var results: LabRandom
    var record = RunRecord()
    var tick: Int32 = 0

    /// - Parameters:
    ///   - rules: one entry a queue of the workload.
    ///   - playersPerSecond: all arrivals, returns included.
    package init(
        _ workload: LabWorkload, rules: [QueueRules], policy: any Policy,
        playersPerSecond: Double, seed: UInt64
    ) {
        precondition(rules.count == workload.queues.count)
        self.workload = workload
        self.policy = policy
        judges = rules.map { MatchJudge($0) }
        waitingMax = 2_000 + workload.arrivals.initialTickets + Int(7_200 * playersPerSecond)
        crowd = Crowd(workload, playersPerSecond: playersPerSecond, seed: seed)
        answers = LabRandom(seed: seed, stream: 6)
        results = LabRandom(seed: seed, stream: 7)
        if let learning = workload.learning {
            events.add(.endOfSeason, at: ticks(learning.seasonSeconds))
            if learning.decay != nil { events.add(.decay, at: ticks(Simulation.week)) }
        }
    }

    static let week = 604_800.0

    /// Tickets that wait beyond which a policy is taken to have stalled: those of two hours.
    private let waitingMax: Int

    /// - Parameter progress: called now and then with the share done, 0...1.
    package mutating func run(progress: (Double) -> Void = { _ in }) -> RunRecord {
        let tickCount = workload.tickCount
        record.measuredSeconds = workload.seconds - workload.warmUpSeconds
        while tick < tickCount {
            if live.count > waitingMax {
                record.isStalled = true
                break
            }
            tick += 1
            if tick % 100_000 == 0 { progress(Double(tick) / Double(tickCount)) }
            while crowd.nextSeconds <= now {
                if let arrival = crowd.next() { come(arrival) }
            }
            lookForPrey()
            while let event = events.popDue(by: tick) { handle(event) }
            take(policy.step(at: tick))
        }
        record.leftOver = live.values.reduce(0) {
            $0 + (isMeasured($1.arrival) ? $1.ticket.size : 0)
        }
        noteArena()
        return record
    }

    var now: Double { Double(tick) * workload.tickSeconds }

    func isMeasured(_ arrival: Arrival) -> Bool { arrival.seconds >= workload.warmUpSeconds }

    /// Ticks of a time, at least 1; bounded, so that "never" stays beyond every run.
    func ticks(_ seconds: Double) -> Int32 {
        Int32(max(1, min((seconds / workload.tickSeconds).rounded(.up), 1e9)))
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .giveUp(let ticket, let wait): giveUp(ticket, wait)
        case .answer(let ticket, let wait, let accepts): answer(ticket, wait, accepts)
        case .begin(let match): begin(match)
        case .callOff(let match, let declined): callOff(match, declined)
        case .ready(let party): crowd.becomeReady(party)
        case .endOfSeason: endSeason()
        case .decay: decay()
        case .leaveMatch(let match, let party): leaveMatch(match, party)
        case .renewRequest(let match, let generation): renewRequest(match, generation)
        case .endMatch(let match): endMatch(match)
        }
    }

    private mutating func take(_ step: PolicyStep) {
        for ticket in step.asked { ask(ticket) }
        for match in step.matches {
            if workload.readyCheck != nil, !policy.asks(queue: match.queue) {
                askAll(match)
            } else {
                begin(match)
            }
        }
        for match in step.joined { join(match) }
        for ticket in step.returned { waitAgain(ticket) }
        for ticket in step.declined { end(ticket, \.declined) }
        for ticket in step.dropped { end(ticket, \.dropped) }
    }

    // MARK: Waiting

    mutating func enter(_ arrival: Arrival) {
        let id = nextTicket
        nextTicket += 1
        let ticket = LabTicket(
            id: id, queue: arrival.queue,
            members: arrival.players.map { crowd.players[$0].member($0) },
            latencies: latencies(arrival.players), since: tick, team: identity(arrival, id),
            isWarParty: arrival.isWarParty)
        live[id] = Live(arrival: arrival, ticket: ticket)
        if isMeasured(arrival) {
            for player in arrival.players {
                record.arrivals.append(
                    RecordedWait(
                        seconds: 0, skill: crowd.players[player].skill, queue: arrival.queue))
            }
            if arrival.isWarParty { record.war.parties += 1 }
        }
        policy.enqueue(ticket, at: tick)
        scheduleGivingUp(id)
    }

    /// What tells standing teams and war parties from others of their kind; 0 for all others.
    private func identity(_ arrival: Arrival, _ ticket: Int) -> UInt64 {
        if let team = arrival.team { return UInt64(team) + 1 }
        return arrival.isWarParty ? UInt64(ticket) : 0
    }

    private func latencies(_ players: [Int]) -> LatencyVector {
        var worst = LatencyVector()
        for region in workload.geography.regions.indices {
            let index = RegionIndex(UInt8(region))
            worst[index] = players.map { crowd.players[$0].latencies[index] }.max() ?? 0
        }
        return worst
    }

    /// Notes when the ticket's patience ends, at once if it has ended already.
    mutating func scheduleGivingUp(_ ticket: Int) {
        guard let entry = live[ticket], entry.arrival.patience.isFinite else { return }
        let left = entry.arrival.seconds + entry.arrival.patience - now
        if now + left > workload.seconds { return }
        events.add(.giveUp(ticket: ticket, wait: entry.wait), at: tick + ticks(left))
    }

    private mutating func giveUp(_ ticket: Int, _ wait: Int) {
        // Who is asked to accept a match does not give up meanwhile.
        guard let entry = live[ticket], entry.isWaiting, entry.wait == wait else { return }
        policy.cancel(ticket)
        end(ticket, \.abandoned)
    }

    /// The ticket is gone for the reason that `count` counts.
    mutating func end(_ ticket: Int, _ count: WritableKeyPath<RunRecord, Int>) {
        guard let entry = live.removeValue(forKey: ticket) else { return }
        if isMeasured(entry.arrival) { record[keyPath: count] += entry.ticket.size }
        crowd.leave(entry.arrival)
    }
}
