// Cuts a failing scenario down: fewer steps, as long as the same rule breaks (ddmin: Zeller and
// Hildebrandt, 2002), then a shorter run and fewer versions of the rules.

import MatchCore

/// Makes failing scenarios small.
package struct Shrinker {
    /// Runs that it may spend.
    package var runCountMax: Int
    package private(set) var runCount = 0
    private let rule: String
    private let canary: Canary?

    /// - Parameter rule: the broken rule that must stay broken.
    package init(rule: String, canary: Canary? = nil, runCountMax: Int = 2000) {
        self.rule = rule
        self.canary = canary
        self.runCountMax = runCountMax
    }

    private mutating func fails(_ scenario: Scenario) -> Bool {
        runCount += 1
        return Runner.run(scenario, canary: canary).violations.first?.rule == rule
    }

    /// The smallest scenario found that still breaks the rule.
    package mutating func shrink(_ scenario: Scenario) -> Scenario {
        var best = scenario
        shorten(&best)
        var partCount = 2
        while best.steps.count >= 2, runCount < runCountMax {
            let size = max(1, (best.steps.count + partCount - 1) / partCount)
            var isSmaller = false
            var start = 0
            while start < best.steps.count, runCount < runCountMax {
                var trial = best
                trial.steps.removeSubrange(start..<min(start + size, trial.steps.count))
                if fails(trial) {
                    best = trial
                    isSmaller = true
                } else {
                    start += size
                }
            }
            if isSmaller { continue }
            if size == 1 { break }
            partCount = min(partCount * 2, best.steps.count)
        }
        shorten(&best)
        simplify(&best)
        return best
    }

    /// Leaves out the ticks after the last step that matters.
    private mutating func shorten(_ scenario: inout Scenario) {
        var trial = scenario
        trial.tickCount = max(1, scenario.steps.last?.at ?? 1)
        if trial.tickCount < scenario.tickCount, fails(trial) { scenario = trial }
    }

    /// Takes what is rare off single tickets.
    private mutating func simplify(_ scenario: inout Scenario) {
        let changes: [(inout SimTicket) -> Void] = [
            { $0.further = [] }, { $0.avoided = [] }, { $0.rated = [] }, { $0.maps = .any },
            { $0.team = 0 },
            { $0.waited = 0 }, { $0.manners = [] },
            {
                $0.members = Array($0.members.prefix(1))
                $0.rated.removeAll { $0.position > 0 }
            },
        ]
        for position in scenario.steps.indices {
            for change in changes where runCount < runCountMax {
                guard case .enqueue(var ticket) = scenario.steps[position].step else { break }
                change(&ticket)
                var trial = scenario
                trial.steps[position].step = .enqueue(ticket)
                if fails(trial) { scenario = trial }
            }
        }
    }
}
