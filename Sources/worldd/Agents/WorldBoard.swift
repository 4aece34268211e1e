// What other threads see of the world, and what the main thread asks of it. All orders are relaxed
// or stated: figures for display, and a drain in which each side only waits for the other's flag.
import Synchronization

/// Figures and the drain.
final class WorldBoard: Sendable {
    private let stepNanoseconds = Atomic<UInt64>(0)
    private let matches = Atomic<Int>(0)
    private let players = Atomic<Int>(0)
    private let unreported = Atomic<Int>(0)
    private let spoolWorks = Atomic<Bool>(true)
    private let drainAsked = Atomic<Bool>(false)
    private let cutShortAsked = Atomic<Bool>(false)
    private let drained = Atomic<Bool>(false)

    var matchCount: Int { matches.load(ordering: .relaxed) }
    var playerCount: Int { players.load(ordering: .relaxed) }
    var unreportedCount: Int { unreported.load(ordering: .relaxed) }
    var isSpoolWorking: Bool { spoolWorks.load(ordering: .relaxed) }

    /// Time since the world thread last did a step; nil before the first.
    func stepAge(nowNanoseconds: UInt64) -> UInt64? {
        let last = stepNanoseconds.load(ordering: .relaxed)
        return last == 0 ? nil : nowNanoseconds > last ? nowNanoseconds - last : 0
    }

    // MARK: - Written by the world thread

    func publish(nowNanoseconds: UInt64, matches: Int, players: Int, unreported: Int) {
        stepNanoseconds.store(nowNanoseconds, ordering: .relaxed)
        self.matches.store(matches, ordering: .relaxed)
        self.players.store(players, ordering: .relaxed)
        self.unreported.store(unreported, ordering: .relaxed)
    }

    func noteSpool(works: Bool) { spoolWorks.store(works, ordering: .relaxed) }

    /// No match is left, and none will come.
    func noteDrained() { drained.store(true, ordering: .releasing) }

    // MARK: - The drain

    /// Asks for an end: no new matches, the present ones end or are failed at their deadline.
    func drain() { drainAsked.store(true, ordering: .releasing) }
    /// Asks for an end at once: what runs is failed.
    func cutShort() { cutShortAsked.store(true, ordering: .releasing) }

    var isDraining: Bool { drainAsked.load(ordering: .acquiring) }
    var isCutShort: Bool { cutShortAsked.load(ordering: .acquiring) }
    /// Acquire pairs with the release of `noteDrained`: the last reports have been handed over.
    var isDrained: Bool { drained.load(ordering: .acquiring) }
}
