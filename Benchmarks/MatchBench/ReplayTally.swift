// What came of a replayed run: waits of those who were matched, how good their matches were, and
// what became of the rest.

import Lab
import MatchCore

/// Figures of a run, or of one queue in it.
struct ReplayTally {
    var matches = 0
    /// Seconds of wait of each matched ticket.
    var waits: [Double] = []
    var players = 0
    var fairness: [Double] = []
    var spread: [Double] = []
    var latency: [Double] = []
    var roles: [Double] = []
    /// Tickets that joined a running match; their waits are among `waits`.
    var joined = 0
    /// Tickets that their lobby took back, that timed out, and that left for another reason.
    var cancelled = 0
    var expired = 0
    var otherwiseClosed = 0
    /// Tickets that were not let in.
    var refused = 0

    mutating func add(_ quality: MatchQuality) {
        matches += 1
        fairness.append(Double(quality.fairness))
        spread.append(Double(quality.spread))
        latency.append(Double(quality.latency))
        roles.append(Double(quality.roles))
    }

    mutating func close(_ reason: CloseReason) {
        switch reason {
        case .cancelled: cancelled += 1
        case .expired: expired += 1
        default: otherwiseClosed += 1
        }
    }
}

/// Reads the outcomes of a run.
struct OutcomeTally {
    private(set) var all = ReplayTally()
    /// By queue index.
    private(set) var queues: [ReplayTally]
    /// What happened to whom in the tick that was read last; only where it is wanted.
    private(set) var events: [ReplayEvent] = []
    private let secondsPerTick: Double
    private let keepsEvents: Bool
    private var group = Group.none

    /// What the seats that follow belong to.
    private enum Group {
        case none
        case match(QueueIndex)
        case joining(QueueIndex)
        case proposal(MatchID)
    }

    init(queueCountMax: Int, tickMilliseconds: Int, keepsEvents: Bool) {
        queues = Array(repeating: ReplayTally(), count: queueCountMax)
        secondsPerTick = Double(tickMilliseconds) / 1_000
        self.keepsEvents = keepsEvents
    }

    mutating func startTick() { events.removeAll(keepingCapacity: true) }

    mutating func add(_ outcome: Outcome) {
        switch outcome {
        case .matched(let record):
            group = .match(record.queue)
            change(record.queue) { $0.add(record.quality) }
        case .backfilled(let record): group = .joining(record.queue)
        case .proposed(let record), .substituted(let record): group = .proposal(record.match)
        case .seat(let seat): add(seat)
        case .closed(let record):
            change(record.queue) { $0.close(record.reason) }
            if record.reason == .notAccepted { note(.silent(record.ticket)) }
        case .rejected(let record):
            // A cancel or an answer that comes too late is no ticket.
            if record.reason == .unknownTicket || record.reason == .unknownProposal { return }
            change(record.queue) { $0.refused += 1 }
        case .ratings, .players, .returned, .backfillEnded, .explained: break
        }
    }

    private mutating func add(_ seat: SeatRecord) {
        let wait = Double(seat.waitTicks) * secondsPerTick
        switch group {
        case .match(let queue):
            change(queue) {
                $0.waits.append(wait)
                $0.players += Int(seat.memberCount)
            }
        case .joining(let queue):
            change(queue) {
                $0.waits.append(wait)
                $0.players += Int(seat.memberCount)
                $0.joined += 1
            }
        case .proposal(let match): note(.asked(seat.ticket, match, seat.lobby))
        case .none: preconditionFailure("a seat belongs to a match")
        }
    }

    private mutating func note(_ event: ReplayEvent) {
        if keepsEvents { events.append(event) }
    }

    private mutating func change(_ queue: QueueIndex, _ body: (inout ReplayTally) -> Void) {
        body(&all)
        // A refusal may name no queue.
        if Int(queue.raw) < queues.count { body(&queues[Int(queue.raw)]) }
    }
}

/// What a model of the players needs to hear.
enum ReplayEvent {
    /// A ticket was asked to accept a match.
    case asked(TicketID, MatchID, LobbyIndex)
    /// It let the time go by.
    case silent(TicketID)
}
