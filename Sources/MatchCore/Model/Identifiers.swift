// Newtypes for everything that the core names, so that one identifier is never taken for another.
// Owned by no thread: plain values. They carry no meaning beyond equality; names live at the edge.

/// A player's account number, unique across the whole platform.
package struct PlayerID: Hashable, BitwiseCopyable, Sendable {
    package let raw: UInt64
    package init(_ raw: UInt64) { self.raw = raw }
}

/// A ticket's identity: a 128-bit UUID chosen by the sender, so that a repeated send is recognised.
package struct TicketID: Hashable, BitwiseCopyable, Sendable {
    package let high: UInt64
    package let low: UInt64
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A match's identity: a 128-bit UUID derived from epoch, seed, tick and index in the tick.
package struct MatchID: Hashable, BitwiseCopyable, Sendable {
    package let high: UInt64
    package let low: UInt64
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// Position of a queue in `Rules.queues`. The edge maps names to indices.
package struct QueueIndex: Hashable, BitwiseCopyable, Sendable {
    package let raw: UInt16
    package init(_ raw: UInt16) { self.raw = raw }
}

/// Position of a region in the configured list, below `Limits.regionCount`.
package struct RegionIndex: Hashable, BitwiseCopyable, Sendable {
    package let raw: UInt8
    package init(_ raw: UInt8) { self.raw = raw }
}

/// The lobby that sent a ticket and is told what becomes of it. The edge maps names to indices.
package struct LobbyIndex: Hashable, BitwiseCopyable, Sendable {
    package let raw: UInt16
    package init(_ raw: UInt16) { self.raw = raw }
}

/// A tick's number. Time reaches the core in this form only. Tickets restored with an earlier
/// wait can lie before tick 0, hence signed.
package struct Tick: Hashable, Comparable, BitwiseCopyable, Sendable {
    package let raw: Int32
    package init(_ raw: Int32) { self.raw = raw }
    package static func < (left: Tick, right: Tick) -> Bool { left.raw < right.raw }
}
