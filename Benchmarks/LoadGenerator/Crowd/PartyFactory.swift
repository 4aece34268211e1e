// Makes parties: how many, how good, from where, and what they want to play.
import MatchCore
import Wire

/// Some people who queue together, again and again until they leave.
struct Party: Equatable {
    var players: [PlayerEntry]
    var latencies: [RegionLatency]
}

/// Draws parties by a workload.
struct PartyFactory {
    private let workload: Workload
    private let playerBase: UInt64
    private var playerCount: UInt64 = 0

    /// - Parameter salt: tells the players of one run from those of another.
    init(_ workload: Workload, salt: UInt64) {
        self.workload = workload
        // Ids end at Int64.max: 31 bits of the run, 32 bits of the player.
        playerBase = (salt & 0x7FFF_FFFF) << 32
    }

    /// A new party from a home.
    mutating func party(home: Int, random: inout RandomSource) -> Party {
        let size = workload.parties[random.index(weights: workload.parties.map(\.share))].size
        return Party(
            players: players(size, random: &random),
            latencies: latencies(workload.homes[home], random: &random))
    }

    /// The queue that a party of this size chooses, or nil if none takes it.
    func queue(partySize: Int, random: inout RandomSource) -> Int? {
        let weights = workload.queues.map { $0.partyMax >= partySize ? $0.share : 0 }
        return weights.contains { $0 > 0 } ? random.index(weights: weights) : nil
    }

    private mutating func players(_ size: Int, random: inout RandomSource) -> [PlayerEntry] {
        let skill = workload.skill
        let common = random.normal()
        return (0..<size).map { _ in
            playerCount += 1
            precondition(playerCount <= UInt64(UInt32.max), "more players than ids")
            let own = random.normal()
            // Both parts together have variance 1 again.
            let correlated =
                skill.partyCorrelation.squareRoot() * common
                + (1 - skill.partyCorrelation).squareRoot() * own
            let rating = (skill.mean + skill.deviation * correlated).rounded()
            return PlayerEntry(
                player: PlayerID(playerBase | playerCount),
                rating: min(
                    max(rating, WireLimits.ratingPoints.lowerBound),
                    WireLimits.ratingPoints.upperBound))
        }
    }

    /// Round trips to all regions: one rank for the place that the party lives in, one access
    /// delay on top.
    private func latencies(_ home: Home, random: inout RandomSource) -> [RegionLatency] {
        let rank = random.uniform()
        let access = random.logNormal(
            median: workload.accessDelay.medianMilliseconds, sigma: workload.accessDelay.sigma)
        return zip(workload.regions, home.roundTripMilliseconds).map { region, quantiles in
            let milliseconds = (interpolated(quantiles, rank: rank) + access).rounded()
            let limit = Double(WireLimits.latencyMillisecondsMax)
            return RegionLatency(
                region: region, milliseconds: UInt32(min(max(milliseconds, 1), limit)))
        }
    }
}

/// The value at a rank, straight between the quantiles and level beyond them.
func interpolated(_ quantiles: [Double], rank: Double) -> Double {
    precondition(quantiles.count == Home.ranks.count)
    guard let upper = Home.ranks.firstIndex(where: { rank <= $0 }) else {
        return quantiles[quantiles.count - 1]
    }
    if upper == 0 { return quantiles[0] }
    let span = Home.ranks[upper] - Home.ranks[upper - 1]
    let part = (rank - Home.ranks[upper - 1]) / span
    return quantiles[upper - 1] + part * (quantiles[upper] - quantiles[upper - 1])
}
