// What one transaction has to bring into the books: tickets that play together from now on, and
// the messages that tell of it. A value made by the teller, used by the committing thread.
import DaemonKit
import MatchCore
import Wire

/// A new match, or tickets that join a running one.
struct FormedGroup {
    /// A match that is told to game servers, or what joins one.
    let allocation: AllocationMessage
    /// The core's row, given back when the group is settled.
    let reservation: Int32
    let queue: QueueIndex
    /// The allocation's message first, then one for each lobby.
    let announcement: Announcement

    var match: MatchID {
        switch allocation {
        case .match(let match): match.match
        case .backfill(let backfilled): backfilled.match
        }
    }

    /// The generation of the request that is filled; nil for a new match.
    var generation: UInt32? {
        if case .backfill(let backfilled) = allocation { backfilled.generation } else { nil }
    }

    var seats: [SeatMessage] { allocation.seats }

    /// Groups of one call of the database agree in this.
    var batch: Batch {
        switch allocation {
        case .match(let match): Batch(tick: match.tick, rulesVersion: match.rulesVersion)
        case .backfill: Batch(tick: nil, rulesVersion: 0)
        }
    }

    /// What the groups of one call have in common.
    struct Batch: Equatable {
        /// Nil for groups that join running matches.
        let tick: UInt64?
        let rulesVersion: UInt64
    }
}

/// What came of a group.
enum CommitVerdict: Equatable {
    /// It is in the books, by this call or an earlier one.
    case committed
    /// It is not. Those of its tickets with a player in another match, or that have ended in one,
    /// must not be queued again.
    case refused(busy: [TicketID])
}
