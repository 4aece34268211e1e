// Round trips of a player to each region, drawn from his home's quantiles and his own way to the
// net. One place for crowds and for the streams on which the offline optimum is computed.

import MatchCore

extension LabGeography {
    /// Round trips from a place in the home, plus the player's own way to the net; zero to the
    /// only region where there are no homes.
    func latencies(home: Int, _ random: inout LabRandom) -> LatencyVector {
        var vector = LatencyVector()
        guard !homes.isEmpty else {
            vector[RegionIndex(0)] = 0
            return vector
        }
        let access = random.lognormal(median: accessMedianMilliseconds, sigma: accessSigma)
        for region in regions.indices {
            let quantiles = homes[home].roundTripMilliseconds[region]
            let trip = LabGeography.quantile(random.uniform(), quantiles) + access
            vector[RegionIndex(UInt8(region))] =
                UInt16(min(trip, Double(LatencyVector.millisecondsMax)))
        }
        return vector
    }

    /// The value of a distribution given by its values at `LabHome.ranks`, flat beyond the ends.
    static func quantile(_ rank: Double, _ values: [Double]) -> Double {
        let ranks = LabHome.ranks
        guard let first = values.first, let last = values.last else { return 0 }
        if rank <= ranks[0] { return first }
        for position in 1..<values.count where rank <= ranks[position] {
            let share = (rank - ranks[position - 1]) / (ranks[position] - ranks[position - 1])
            return values[position - 1] + share * (values[position] - values[position - 1])
        }
        return last
    }
}
