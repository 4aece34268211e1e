// Tells the estimator's counter what outcomes mean for it: whose wait ended, in which queue, and
// who only had a proposal. A value owned by the announcer, which shows it every outcome in order.
import MatchCore

/// Outcomes as news of waits.
struct OutcomeNews {
    private let desk: EstimateDesk
    /// The queue in which the seats that follow end a wait; nil after a proposal, which may come to
    /// nothing: if it does not, its seats come once more with the match.
    private var queue: QueueIndex?

    init(desk: EstimateDesk) { self.desk = desk }

    mutating func note(_ outcome: Outcome) {
        switch outcome {
        case .matched(let record): queue = record.queue
        case .backfilled(let record): queue = record.queue
        case .proposed, .substituted: queue = nil
        case .seat(let seat):
            if let queue { desk.noteMatched(seat.ticket, in: queue, waited: seat.waitTicks) }
        case .closed(let record): desk.noteClosed(record.ticket, waited: record.waitTicks)
        case .rejected(let record): desk.noteRejected(record.ticket, record.reason)
        case .ratings, .players, .returned, .backfillEnded, .explained: break
        }
    }
}
