// The queues that the benchmarks run: the product's defaults (window ±100 growing by 10 a second
// to ±500, latency cap 80 ms growing by 5 a second to 200) at a tick of 50 ms.

import MatchCore

/// A mode by name, such as "5v5" or "2+2+2" or "ffa8".
struct BenchMode {
    let name: String
    let teamCount: Int
    let teamSize: Int

    static let all = [
        BenchMode(name: "1v1", teamCount: 2, teamSize: 1),
        BenchMode(name: "2v2", teamCount: 2, teamSize: 2),
        BenchMode(name: "3v3", teamCount: 2, teamSize: 3),
        BenchMode(name: "5v5", teamCount: 2, teamSize: 5),
        BenchMode(name: "10v10", teamCount: 2, teamSize: 10),
        BenchMode(name: "40v40", teamCount: 2, teamSize: 40),
        BenchMode(name: "2+2+2", teamCount: 3, teamSize: 2),
        BenchMode(name: "ffa8", teamCount: 8, teamSize: 1),
    ]

    static func named(_ name: String) -> BenchMode? { all.first { $0.name == name } }

    var playerCount: Int { teamCount * teamSize }

    static let ticksPerSecond = 20.0

    var rules: QueueRules {
        let points = Double(Rating.stepsPerPoint)
        let unit = Double(WideningCurve.growthUnit)
        var rules = QueueRules(
            teamCount: teamCount, teamSize: teamSize, partySizeMax: min(teamSize, 5),
            premadeOffsetPerMember: 15 * Rating.stepsPerPoint,
            ratingWindow: WideningCurve(
                start: 100 * Rating.stepsPerPoint,
                growthPerTick: Int64(10 * points / BenchMode.ticksPerSecond * unit),
                max: 500 * Rating.stepsPerPoint),
            latencyCap: WideningCurve(
                start: 80, growthPerTick: Int64(5 / BenchMode.ticksPerSecond * unit), max: 200),
            timeoutTicks: 12_000, waitPreference: 0, quality: QualityRules())
        rules.overdueAfterTicks = 1200
        return rules
    }
}
