// When parties come for the first time: a Poisson process whose rate follows the local hour of
// each home, on a compressed day.
import Glibc

/// The stream of first arrivals. Times are seconds since the start.
struct ArrivalProcess {
    private let pattern: ArrivalPattern
    private let homes: [Home]
    private let partiesPerSecond: Double
    private let hourlyMean: Double
    private let ratePerSecondMax: Double
    private var nextSeconds: Double?
    private let initialCount: Int
    private var initialLeft: Int

    /// - Parameter rate: factor on all arrivals.
    init(_ workload: Workload, rate: Double) {
        pattern = workload.arrivals
        homes = workload.homes
        partiesPerSecond = pattern.partiesPerSecond * rate
        hourlyMean = pattern.hourly.reduce(0, +) / Double(pattern.hourly.count)
        let peak = pattern.hourly.max() ?? 0
        ratePerSecondMax = partiesPerSecond * peak / hourlyMean
        initialCount = Int(Double(pattern.initialParties) * rate)
        initialLeft = initialCount
    }

    /// Hour of the day in UTC, 0..<24.
    func hour(atSeconds seconds: Double) -> Double {
        let hour = pattern.startHour + 24 * seconds / pattern.daySeconds
        return hour - 24 * (hour / 24).rounded(.down)
    }

    /// Homes of the parties that come between the last call and `seconds`.
    mutating func homes(until seconds: Double, random: inout RandomSource) -> [Int] {
        var arrived = initialHomes(until: seconds, random: &random)
        // Thinning (Lewis and Shedler 1979): candidates at the highest rate, each kept with the
        // chance that its hour has against that rate.
        var next = nextSeconds ?? random.exponential(mean: 1 / ratePerSecondMax)
        while next <= seconds {
            let weights = weights(atSeconds: next)
            let ratePerSecond = partiesPerSecond * weights.reduce(0, +) / hourlyMean
            if random.uniform() * ratePerSecondMax < ratePerSecond {
                arrived.append(random.index(weights: weights))
            }
            next += random.exponential(mean: 1 / ratePerSecondMax)
        }
        nextSeconds = next
        return arrived
    }

    /// Those who are there from the start, spread evenly over the first seconds.
    private mutating func initialHomes(
        until seconds: Double, random: inout RandomSource
    ) -> [Int] {
        guard initialLeft > 0 else { return [] }
        let share = pattern.initialSeconds > 0 ? min(1, seconds / pattern.initialSeconds) : 1
        let due = initialLeft - Int((Double(initialCount) * (1 - share)).rounded())
        guard due > 0 else { return [] }
        initialLeft -= due
        let weights = weights(atSeconds: seconds)
        return (0..<due).map { _ in random.index(weights: weights) }
    }

    /// Each home's share of arrivals at its local hour; together at most the busiest hour's.
    private func weights(atSeconds seconds: Double) -> [Double] {
        let shareTotal = homes.reduce(0) { $0 + $1.share }
        let hour = hour(atSeconds: seconds)
        return homes.map { home in
            let local = Int((hour + home.utcOffsetHours + 48).rounded(.down)) % 24
            return pattern.hourly[local] * home.share / shareTotal
        }
    }
}
