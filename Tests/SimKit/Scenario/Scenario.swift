// A whole run as a value: limits, rules, and a list of steps with their ticks. All that a run does
// follows from it; a shorter list of the same steps is a scenario too, which is what the shrinking
// lives on.

import MatchCore

/// One thing that happens to the core from outside.
package enum SimStep: Sendable {
    case enqueue(SimTicket)
    case cancel(ticket: Int, lobby: LobbyIndex)
    case backfill(BackfillRequest)
    case endBackfill(EndBackfillRequest)
    case mark(MarkRequest)
    case offence(OffenceRequest)
    case explain(ExplainRequest)
    case ended(EndedRequest)
    /// So many cancels of unknown tickets at once.
    case flood(count: Int)
    /// The rules at this position of `Scenario.rules` come into force before the tick.
    case apply(Int)
    /// From now the reader takes at most so many outcomes a tick.
    case readerPace(Int)
    /// So many ticks are left out.
    case jump(Int32)
}

/// A step and the tick, counted without jumps, at which it is given.
package struct TimedStep: Sendable {
    package var at: Int32
    package var step: SimStep
    package init(at: Int32, _ step: SimStep) {
        self.at = at
        self.step = step
    }
}

/// A whole run.
package struct Scenario: Sendable {
    package var seed: UInt64
    package var features: Set<Feature>
    package var limits: Limits
    /// The first is in force from the start.
    package var rules: [Rules]
    package var outboxCapacity = 1 << 10
    /// Who settles matches; nil where they are final at once.
    package var books: BooksManners?
    /// Ticks with steps; then the faults stop and everything must end.
    package var tickCount: Int32
    /// In order of `at`.
    package var steps: [TimedStep]

    package init(
        seed: UInt64, features: Set<Feature>, limits: Limits, rules: [Rules], tickCount: Int32,
        steps: [TimedStep]
    ) {
        self.seed = seed
        self.features = features
        self.limits = limits
        self.rules = rules
        self.tickCount = tickCount
        self.steps = steps
    }

    /// Longest time in ticks that a ticket can wait, whatever is proposed to it: each proposal
    /// that fails costs at least one of its tickets the place.
    package var endingTicks: Int32 {
        var longest: Int32 = 0
        var proposal: Int32 = 0
        for version in rules {
            for case let queue? in version.queues {
                longest = max(longest, queue.timeoutTicks)
                longest = max(longest, queue.backfill?.timeoutTicks ?? 0)
                if let acceptance = queue.acceptance {
                    proposal = max(proposal, acceptance.ticks + acceptance.substituteTicks + 4)
                }
            }
        }
        // Where a tick may handle but few wakes, the looks of all tickets line up.
        let ticketCount = Int32(steps.count)
        let lining = limits.wakeCountPerTickMax < 100 ? ticketCount * 16 : 0
        let settling = Int32(books?.delayMax ?? 0)
        return longest + proposal * 64 + lining + settling + 8
    }
}
