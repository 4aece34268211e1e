// When tickets come: a Poisson process whose rate follows the day, flash crowds and outages. Who
// comes, a new party or one that returns after a match, is for `Crowd` to say.

/// The times of arrivals, one after the other.
package struct ArrivalTimes: Sendable {
    private let arrivals: LabArrivals
    private let ticketsPerSecond: Double
    private let hourMean: Double
    private let homes: [LabHome]
    private let rateMax: Double
    private var dayPeak = 1.0
    private var random: LabRandom
    private var time = 0.0

    /// - Parameter ticketsPerSecond: in an average hour.
    package init(
        _ arrivals: LabArrivals, homes: [LabHome], ticketsPerSecond: Double, random: LabRandom
    ) {
        self.arrivals = arrivals
        self.homes = homes
        self.ticketsPerSecond = ticketsPerSecond
        self.random = random
        hourMean = arrivals.hourly.reduce(0, +) / Double(max(arrivals.hourly.count, 1))
        let peak = (arrivals.hourly.max() ?? 1) / (arrivals.hourly.isEmpty ? 1 : hourMean)
        let crowd = arrivals.crowds.map(\.factor).max() ?? 1
        // A storm brings an outage's arrivals within its seconds, on top of what comes anyway.
        let storm = arrivals.outages.map { 1 + $0.seconds / $0.reconnectSeconds }.max() ?? 1
        rateMax = ticketsPerSecond * peak * crowd * storm
        dayPeak =
            (0..<96).map { dayFactor(at: Double($0) / 96 * arrivals.daySeconds) }.max() ?? 1
    }

    /// The next time in seconds; infinity if the rate is zero.
    package mutating func next() -> Double {
        guard rateMax > 0 else { return .infinity }
        repeat {
            time += random.exponential(mean: 1 / rateMax)
        } while random.uniform() * rateMax > rate(at: time)
        return time
    }

    /// Arrivals of tickets a second at a time.
    package func rate(at time: Double) -> Double {
        var rate = ticketsPerSecond * dayFactor(at: time)
        for crowd in arrivals.crowds
        where time >= crowd.atSeconds && time < crowd.atSeconds + crowd.seconds {
            rate *= crowd.factor
        }
        for outage in arrivals.outages {
            let end = outage.atSeconds + outage.seconds
            if time >= outage.atSeconds && time < end { return 0 }
            if time >= end && time < end + outage.reconnectSeconds {
                rate *= 1 + outage.seconds / outage.reconnectSeconds
            }
        }
        return rate
    }

    /// The hour of the day in UTC, 0..<24.
    package func hour(at time: Double) -> Double {
        let hour = arrivals.startHour + time / arrivals.daySeconds * 24
        return hour - 24 * (hour / 24).rounded(.down)
    }

    /// True in the busy part of the day: four fifths of its highest rate and more.
    package func isPeak(at time: Double) -> Bool { dayFactor(at: time) >= 0.8 * dayPeak }

    /// The day's course, each home at its own local time, with a mean of 1.
    private func dayFactor(at time: Double) -> Double {
        if arrivals.hourly.isEmpty { return 1 }
        let hour = hour(at: time)
        if homes.isEmpty { return factor(localHour: hour) }
        let total = homes.reduce(0) { $0 + $1.share }
        return homes.reduce(0) {
            $0 + $1.share / total * factor(localHour: hour + $1.utcOffsetHours)
        }
    }

    /// The share of a home among those who come at a time, relative to the others.
    package func weight(of home: LabHome, at time: Double) -> Double {
        if arrivals.hourly.isEmpty { return home.share }
        return home.share * factor(localHour: hour(at: time) + home.utcOffsetHours)
    }

    private func factor(localHour: Double) -> Double {
        let wrapped = localHour - 24 * (localHour / 24).rounded(.down)
        let hour = min(23, Int(wrapped))
        let next = arrivals.hourly[(hour + 1) % 24]
        let share = wrapped - Double(hour)
        return (arrivals.hourly[hour] * (1 - share) + next * share) / hourMean
    }
}
