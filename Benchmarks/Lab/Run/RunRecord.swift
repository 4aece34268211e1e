// What a run leaves behind: every match's verdict and every player's wait; and the figures that
// follow from them.

/// A match with its time.
package struct RecordedMatch: Sendable, Equatable {
    package var verdict: Verdict
    package var queue: Int
    /// Hour of the day, 0..<24.
    package var hour: Double
    /// In the busy part of the day.
    package var isPeak: Bool
    /// Mean wait of its players in seconds.
    package var wait: Double
    /// Least and greatest true skill in it.
    package var weakest: Double
    package var strongest: Double
}

/// A matched player.
package struct RecordedWait: Sendable, Equatable {
    package var seconds: Double
    package var skill: Double
    package var queue: Int
    package init(seconds: Double, skill: Double, queue: Int) {
        self.seconds = seconds
        self.skill = skill
        self.queue = queue
    }
}

/// Everything that counted in one run.
package struct RunRecord: Sendable {
    package var matches: [RecordedMatch] = []
    package var waits: [RecordedWait] = []
    /// Skill of every player who arrived in the measured time, and his queue.
    package var arrivals: [RecordedWait] = []
    package var measuredSeconds = 0.0
    /// So many waited that the run was broken off.
    package var isStalled = false
    package var abandoned = 0
    package var declined = 0
    package var dropped = 0
    package var leftOver = 0
    /// Players of war parties who came but were not fielded.
    package var benched = 0
    package var war = WarRecord()
    package var backfill = BackfillRecord()
    package var arena = ArenaRecord()
    /// How far ratings are off by games in the first season and by day, where they are learned.
    package var errors = ErrorsByGames()
    package var days = DayRecord()
    /// Hash of all matches in order: equal for equal runs.
    package var fingerprint: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    mutating func mark(_ value: Int) {
        fingerprint = (fingerprint ^ UInt64(truncatingIfNeeded: value)) &* 0x100_0000_01B3
    }

    /// The record of some queues alone.
    package func only(_ queues: Set<Int>) -> RunRecord {
        var part = self
        part.matches = matches.filter { queues.contains($0.queue) }
        part.waits = waits.filter { queues.contains($0.queue) }
        part.arrivals = arrivals.filter { queues.contains($0.queue) }
        return part
    }

    /// - Parameter matchSize: players of a match, for the bounds; 0 where queues differ.
    package func figures(matchSize: Int) -> RunFigures {
        var figures = RunFigures()
        // What a stalled policy did until then says nothing of waits.
        if isStalled { return figures }
        let players = Double(max(arrivals.count, 1))
        figures[.players] = Double(arrivals.count)
        figures[.playersPerSecond] = Double(arrivals.count) / max(measuredSeconds, 1e-9)
        figures[.matches] = Double(matches.count)
        figures[.abandoned] = Double(abandoned) / players
        figures[.declined] = Double(declined) / players
        figures[.dropped] = Double(dropped) / players
        figures[.leftOver] = Double(leftOver) / players
        noteWaits(&figures)
        noteScores(&figures)
        noteBelief(&figures)
        noteTails(&figures)
        notePeak(&figures)
        noteFeatures(&figures, players: players)
        if matchSize > 1 {
            figures[.countBound] = Double(matchSize - 1) / (2 * figures[.playersPerSecond])
            figures[.waitToBound] = figures[.waitMean] / figures[.countBound]
            figures[.skillBoundDeviation] = SkillBound.deviation(
                arrivals.map(\.skill), matchSize: matchSize)
        }
        return figures
    }

    private func noteWaits(_ figures: inout RunFigures) {
        let sample = Sample(waits.map(\.seconds))
        figures[.waitMean] = sample.mean
        figures[.waitP50] = sample.percentile(0.5)
        figures[.waitP90] = sample.percentile(0.9)
        figures[.waitP99] = sample.percentile(0.99)
    }

    private func noteScores(_ figures: inout RunFigures) {
        func note(_ value: (Verdict) -> Double, _ mean: Figure?, _ median: Figure, _ low: Figure) {
            let sample = Sample(matches.map { value($0.verdict) })
            if let mean { figures[mean] = sample.mean }
            figures[median] = sample.percentile(0.5)
            figures[low] = sample.percentile(0.1)
        }
        note(\.fairness, .fairnessMean, .fairnessMedian, .fairnessP10)
        note(\.spread, .spreadMean, .spreadMedian, .spreadP10)
        note(\.latency, .latencyMean, .latencyMedian, .latencyP10)
        note(\.roles, .rolesMean, .rolesMedian, .rolesP10)
        note(\.composite, nil, .compositeMedian, .compositeP10)
        let players = matches.reduce(0) { $0 + $1.verdict.playerCount }
        figures[.deviationMean] =
            matches.reduce(0) { $0 + $1.verdict.deviation * Double($1.verdict.playerCount) }
            / Double(players)
    }

    private func notePeak(_ figures: inout RunFigures) {
        let peak = matches.filter(\.isPeak)
        figures[.peakFairness] = Sample(peak.map(\.verdict.fairness)).mean
        figures[.peakWait] = Sample(peak.map(\.wait)).mean
    }

    /// How the matchmaker's own numbers stand against the truth. Outcomes need not be drawn: the
    /// true chance is their mean.
    private func noteBelief(_ figures: inout RunFigures) {
        let count = Double(matches.count)
        let verdicts = matches.map(\.verdict)
        figures[.believedFairness] = verdicts.reduce(0) { $0 + $1.believedFairness } / count
        figures[.blowouts] = Double(verdicts.count { $0.favouriteChance > 0.8 }) / count
        figures[.favouriteWins] =
            verdicts.reduce(0) { $0 + ($1.believedChance >= 0.5 ? $1.chance : 1 - $1.chance) }
            / count
        figures[.logLoss] = verdicts.reduce(0) { $0 + $1.logLoss } / count
        figures[.calibrationError] = RunRecord.calibrationError(verdicts)
    }

    /// Mean difference between believed and true chance of the side rated higher, over ten equal
    /// groups of belief, weighted by their matches.
    static func calibrationError(_ verdicts: [Verdict]) -> Double {
        var groups = [(count: Double, belief: Double, truth: Double)](
            repeating: (0, 0, 0), count: 10)
        for verdict in verdicts {
            let isFirst = verdict.believedChance >= 0.5
            let belief = isFirst ? verdict.believedChance : 1 - verdict.believedChance
            let group = min(9, Int((belief - 0.5) * 20))
            groups[group].count += 1
            groups[group].belief += belief
            groups[group].truth += isFirst ? verdict.chance : 1 - verdict.chance
        }
        let difference = groups.reduce(0) { $0 + abs($1.belief - $1.truth) }
        return difference / Double(max(verdicts.count, 1))
    }

    private func noteTails(_ figures: inout RunFigures) {
        let skills = Sample(arrivals.map(\.skill))
        // Below a thousand players the best 0.1 % is nobody.
        guard skills.count >= 1_000 else { return }
        let top = skills.percentile(0.999)
        let bottom = skills.percentile(0.01)
        figures[.topWaitP99] = Sample(waits.filter { $0.skill >= top }.map(\.seconds))
            .percentile(0.99)
        figures[.bottomWaitP99] = Sample(waits.filter { $0.skill <= bottom }.map(\.seconds))
            .percentile(0.99)
        figures[.topFairness] =
            Sample(matches.filter { $0.strongest >= top }.map(\.verdict.fairness)).mean
        figures[.bottomFairness] =
            Sample(matches.filter { $0.weakest <= bottom }.map(\.verdict.fairness)).mean
    }
}
