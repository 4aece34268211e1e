// Does quality fall in a large pool? The crowd of a workload's queue against the same queue, alone
// and with a small share of its players.

import MatchCore

/// The comparison, over the study's seeds.
package struct SizeVerdict: Sendable {
    /// One score in both pools.
    package struct Score: Sendable {
        package let figure: Figure
        package let small: Estimate
        package let large: Estimate
        /// Share by which the large pool's mean lies below the small one's; negative if above.
        package var fall: Double { 1 - large.mean / small.mean }
    }

    package let scores: [Score]
    package let smallPlayers: Double
    package let largePlayers: Double
    package let fallMax: Double

    /// Mean fairness, spread and composite, median and worst tenth of the composite.
    package static let figures: [Figure] = [
        .fairnessMean, .spreadMean, .compositeMedian, .compositeP10,
    ]

    /// Runs the small pool.
    /// - Precondition: a workload with a verdict and several queues; the study's first line is run.
    package init(_ study: CrowdStudy) throws {
        guard let verdict = study.workload.verdict, let line = study.lines.first,
            line.byGroup.indices.contains(verdict.queue)
        else { preconditionFailure("there is nothing to compare") }
        var crowd = study.workload
        let position = crowd.queues.firstIndex { $0.group == verdict.queue } ?? 0
        let all = crowd.queues.reduce(0) { $0 + $1.share }
        let share = verdict.smallShare * crowd.queues[position].share / all
        crowd.queues = [crowd.queues[position]]
        crowd.queues[0].group = 0
        crowd.settings = crowd.settings.map {
            LabSetting(name: $0.name, rules: [$0.rules[position]])
        }
        let initial = Double(crowd.arrivals.initialTickets) * share
        crowd.arrivals.initialTickets = Int(initial.rounded())
        var small = CrowdStudy(crowd, seeds: study.seeds)
        try small.run(
            small.wanted(withPeers: false, isSwept: false)[0],
            playersPerSecond: line.playersPerSecond * share)
        let (smallFigures, largeFigures) = (small.lines[0].figures, line.byGroup[verdict.queue])
        scores = SizeVerdict.figures.map {
            Score(figure: $0, small: smallFigures[$0], large: largeFigures[$0])
        }
        smallPlayers = smallFigures[.players].mean
        largePlayers = largeFigures[.players].mean
        fallMax = verdict.fallMax
    }

    package var worstFall: Double { scores.map(\.fall).max() ?? .nan }
    package var holds: Bool { worstFall < fallMax }
}
