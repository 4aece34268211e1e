// The stream that a policy and the solver of the offline optimum both get.

import MatchCore

/// Arrivals of tickets with their ratings and round trips.
package struct PlainInstance: Sendable {
    package let seconds: [Double]
    package let ratings: [Double]
    /// Round trips to each region; all zero to the only region unless the stream has homes.
    package let latencies: [LatencyVector]

    package init(seconds: [Double], ratings: [Double], latencies: [LatencyVector]? = nil) {
        precondition(seconds.count == ratings.count)
        var here = LatencyVector()
        here[RegionIndex(0)] = 0
        self.seconds = seconds
        self.ratings = ratings
        self.latencies = latencies ?? Array(repeating: here, count: seconds.count)
        precondition(self.latencies.count == seconds.count)
    }

    /// Draws the gaps first, then the ratings, then the places, so that longer streams do not begin
    /// alike and a stream without places is the published one.
    /// - Parameter latencyMax: who has no region within it is drawn again; he could never play.
    package init(_ plain: LabPlain, tickets: Int, seed: UInt64, latencyMax: Int32 = .max) {
        var random = LabRandom(seed: seed, stream: 21)
        var time = 0.0
        let seconds = (0..<tickets).map { _ in
            time += random.exponential(mean: 1 / plain.ticketsPerSecond)
            return time
        }
        let ratings = (0..<tickets).map { _ in plain.mean + plain.deviation * random.normal() }
        guard let geography = plain.geography else {
            self.init(seconds: seconds, ratings: ratings)
            return
        }
        let latencies = (0..<tickets).map { _ in
            var drawn = LatencyVector()
            repeat {
                let home = random.pick(geography.homes.map(\.share))
                drawn = geography.latencies(home: home, &random)
            } while Int32(drawn.lowest(regionCount: geography.regions.count)) > latencyMax
            return drawn
        }
        self.init(seconds: seconds, ratings: ratings, latencies: latencies)
    }

    package var count: Int { seconds.count }
}

extension QueueRules {
    /// Tickets of a match if all are of the smallest size that the queue takes.
    package var ticketsPerMatch: Int { playerCount / partySizeMin }
}
