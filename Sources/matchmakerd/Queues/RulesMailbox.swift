// New rules on their way from the main thread to the tick thread: one slot, exchanged atomically.
// The tick thread looks between two ticks; the main thread learns from `appliedVersion` that it
// has taken them.
import MatchCore
import Synchronization

/// Hands rules to the tick thread.
final class RulesMailbox: @unchecked Sendable {
    // SAFETY: a box in the slot is owned by the slot; whoever exchanges it out owns it.
    private final class Box {
        let rules: Rules
        init(_ rules: Rules) { self.rules = rules }
    }

    private let slot = Atomic<UnsafeMutableRawPointer?>(nil)
    private let applied: Atomic<UInt64>

    init(appliedVersion: UInt64) { applied = Atomic(appliedVersion) }

    deinit { _ = take() }

    /// The version that the tick thread works with.
    var appliedVersion: UInt64 { applied.load(ordering: .acquiring) }

    /// Puts rules into the slot; rules that still lie there are replaced.
    func post(_ rules: Rules) {
        let box = Unmanaged.passRetained(Box(rules)).toOpaque()
        // Release pairs with the acquire in `take`: the box is written before it shows.
        let old = slot.exchange(box, ordering: .acquiringAndReleasing)
        if let old { Unmanaged<Box>.fromOpaque(old).release() }
    }

    /// Empties the slot for a tick thread that begins with rules of this version; none runs.
    func reset(appliedVersion: UInt64) {
        _ = take()
        confirm(version: appliedVersion)
    }

    /// Takes what lies in the slot. Called by the tick thread.
    func take() -> Rules? {
        // The plain look first: an exchange each tick would take the cache line for nothing.
        guard slot.load(ordering: .relaxed) != nil,
            let box = slot.exchange(nil, ordering: .acquiring)
        else { return nil }
        return Unmanaged<Box>.fromOpaque(box).takeRetainedValue().rules
    }

    /// Called by the tick thread after it has put the rules into force.
    func confirm(version: UInt64) { applied.store(version, ordering: .releasing) }
}
