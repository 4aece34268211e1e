// Where the threads of the daemon meet the estimator: intake says who came, the announcer who was
// matched or left, a requester asks. News waits in bounded queues; full means that a ticket teaches
// nothing, and is counted. One thread of its own (`EstimateAgent`) works the news in.
import DaemonKit
import MatchCore

/// The estimator's counter.
final class EstimateDesk: Sendable {
    private let arrivals: HandoffQueue<WaitArrival>
    private let endings: HandoffQueue<WaitEnding>
    /// Guards the estimator between its own thread and those that ask.
    private let estimator: Locked<WaitEstimator>
    private let results: MetricSeries<Counter>
    private let dropped: Counter
    private let tickMilliseconds: UInt64
    private let startedAt: UInt64

    /// - Parameter queueCapacity: news of either kind that may wait; a power of two.
    init(
        tickMilliseconds: Int, registry: MetricsRegistry,
        limits: EstimateLimits = EstimateLimits(), queueCapacity: Int = 1 << 16
    ) {
        precondition(tickMilliseconds >= 1)
        results = registry.counters(
            "mm_estimate_calibration_total",
            help: "Matched tickets by where their wait lay to the 10-90 % range estimated when "
                + "they came.",
            label: "result", values: EstimateResult.allCases.map(\.rawValue))
        dropped = registry.counter(
            "mm_estimate_dropped_total", help: "Tickets whose wait taught the estimator nothing.")
        arrivals = HandoffQueue(capacity: queueCapacity)
        endings = HandoffQueue(capacity: queueCapacity)
        estimator = Locked(WaitEstimator(limits: limits))
        self.tickMilliseconds = UInt64(tickMilliseconds)
        startedAt = MonotonicClock.nowNanoseconds()
    }

    // MARK: - Intake thread

    /// A ticket is about to be handed to the core; `commands` is what it is handed over as.
    func noteArrival(_ commands: [Command]) {
        guard case .enqueue(let request)? = commands.first else { return }
        let arrival = WaitArrival(
            ticket: request.ticket, profiles: WaitProfile.profiles(of: commands),
            waited: min(max(request.waitedTicks, 0), TicketRequest.waitedTicksMax))
        if !arrivals.push(arrival) { dropped.add() }
    }

    // MARK: - Announcing thread

    /// A ticket got a match in `queue`, or joined a running one, after `waited` ticks.
    func noteMatched(_ ticket: TicketID, in queue: QueueIndex, waited: Int32) {
        note(WaitEnding(ticket: ticket, waited: waited, kind: .matched(queue)))
    }

    /// A ticket left without a match.
    func noteClosed(_ ticket: TicketID, waited: Int32) {
        note(WaitEnding(ticket: ticket, waited: waited, kind: .left))
    }

    /// A refused ticket never waited. One that is there twice does, its first copy stands; and a
    /// late answer is refused without its ticket.
    func noteRejected(_ ticket: TicketID, _ reason: RejectReason) {
        if reason == .duplicateTicket || reason == .unknownProposal { return }
        note(WaitEnding(ticket: ticket, waited: 0, kind: .refused))
    }

    private func note(_ ending: WaitEnding) {
        if !endings.push(ending) { dropped.add() }
    }

    // MARK: - Any thread

    /// What is known of the wait of a ticket like this; `waited` is what it has waited already.
    func estimate(_ profile: WaitProfile, waited: Int32 = 0) -> WaitEstimate {
        let tick = self.tick(at: MonotonicClock.nowNanoseconds())
        return estimator.withLock { $0.estimate(profile, waited: max(waited, 0), at: tick) }
    }

    // MARK: - Own thread

    /// Works in what has come; returns how much that was.
    func work(nowNanoseconds: UInt64) -> Int {
        let tick = tick(at: nowNanoseconds)
        // Ends first out of their queue: whose end lies there now has its arrival in the other,
        // and of those all that are there are worked in before it.
        var ended: [WaitEnding] = []
        while ended.count < EstimateDesk.endingCount, let ending = endings.pop() {
            ended.append(ending)
        }
        let arrivedCount = arrivals.count
        var left = arrivedCount
        while left > 0 {
            let part = min(left, EstimateDesk.arrivalCount)
            takeArrivals(part, at: tick)
            left -= part
        }
        estimator.withLock { estimator in
            for ending in ended { take(ending, at: tick, &estimator) }
            estimator.look(at: tick, countMax: EstimateDesk.lookCount)
        }
        return arrivedCount + ended.count
    }

    /// Arrivals, ends and open tickets worked on under one lock: about a millisecond each, so that
    /// nobody who asks waits longer.
    private static let arrivalCount = 256
    private static let endingCount = 512
    private static let lookCount = 1_024

    private func takeArrivals(_ count: Int, at tick: Int32) {
        estimator.withLock { estimator in
            for _ in 0..<count {
                guard let arrival = arrivals.pop() else { return }
                let isFollowed = estimator.arrived(
                    arrival.ticket, arrival.profiles, waited: arrival.waited, at: tick)
                if !isFollowed { dropped.add() }
            }
        }
    }

    private func take(_ ending: WaitEnding, at tick: Int32, _ estimator: inout WaitEstimator) {
        switch ending.kind {
        case .matched(let queue):
            let result = estimator.matched(
                ending.ticket, in: queue, waited: ending.waited, at: tick)
            if let result { results[result.place].add() }
        case .left: estimator.left(ending.ticket, waited: ending.waited, at: tick)
        case .refused: estimator.refused(ending.ticket)
        }
    }

    private func tick(at nanoseconds: UInt64) -> Int32 {
        let passed = nanoseconds > startedAt ? nanoseconds - startedAt : 0
        return Int32(clamping: passed / 1_000_000 / tickMilliseconds)
    }
}

/// A ticket on its way into the core.
struct WaitArrival: Sendable {
    var ticket: TicketID
    var profiles: [WaitProfile]
    var waited: Int32
}

/// A ticket's end.
struct WaitEnding: Sendable {
    enum Kind: Sendable {
        case matched(QueueIndex)
        case left
        case refused
    }

    var ticket: TicketID
    var waited: Int32
    var kind: Kind
}

/// The thread that works the news in.
final class EstimateAgent: Agent {
    private let desk: EstimateDesk

    init(desk: EstimateDesk) { self.desk = desk }

    func step(nowNanoseconds: UInt64) -> Int { desk.work(nowNanoseconds: nowNanoseconds) }
}
