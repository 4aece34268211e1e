// Seeded populations for the core benchmarks: who waits, how good they are, where they live.
// Made before the clock starts; the same seed gives the same commands.

import Glibc
import MatchCore

/// A seeded generator of the benchmark's own (SplitMix64), apart from the core's.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Uniform in 0..<1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Normal by the Box–Muller transform.
    mutating func normal(mean: Double, deviation: Double) -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return mean + deviation * radius * cos(2 * .pi * uniform())
    }
}

/// Makes the commands of one benchmark run.
struct Population {
    private var generator: SeededGenerator
    private var nextTicket: UInt64 = 1
    private var nextPlayer: UInt64 = 1
    let regionCount: Int
    let ratingMean: Double
    let ratingDeviation: Double

    init(seed: UInt64, regionCount: Int, ratingMean: Double = 1500, ratingDeviation: Double = 350) {
        generator = SeededGenerator(seed: seed)
        self.regionCount = regionCount
        self.ratingMean = ratingMean
        self.ratingDeviation = ratingDeviation
    }

    mutating func uniform() -> Double { generator.uniform() }

    /// Appends one ticket of `size` players; every ticket lives near one region, 30 % also within
    /// the starting cap of the next one.
    mutating func append(
        size: Int, queue: Int, waitedTicks: Int32 = 0, to commands: inout [Command]
    ) {
        append(
            TicketTraits(size: size), queue: queue, waitedTicks: waitedTicks, to: &commands)
    }

    /// Appends one ticket with these traits.
    mutating func append(
        _ traits: TicketTraits, queue: Int, waitedTicks: Int32, to commands: inout [Command]
    ) {
        let size = traits.size
        let level = generator.normal(mean: ratingMean, deviation: ratingDeviation)
        var members: [Member] = []
        for position in 0..<size {
            let own = size == 1 ? level : generator.normal(mean: level, deviation: 60)
            let points = min(max(own, -5000), 10_000)
            members.append(
                Member(
                    player: PlayerID(nextPlayer), rating: Rating(points: points),
                    roles: traits.roles.isEmpty ? .all : RoleSet(bits: traits.roles[position])))
            nextPlayer += 1
        }
        var request = TicketRequest(
            ticket: TicketID(high: 0x4D55, low: nextTicket), leader: members[0],
            latencies: latencies(), waitedTicks: waitedTicks, queue: QueueIndex(UInt16(queue)),
            lobby: LobbyIndex(0), memberCount: size)
        request.faction = traits.faction
        request.isMercenary = traits.isMercenary
        request.isWarParty = traits.isWarParty
        nextTicket += 1
        commands.append(.enqueue(request))
        var start = 1
        while start < size {
            let end = min(start + MemberGroup.capacity, size)
            commands.append(.members(MemberGroup(members[start..<end])))
            start = end
        }
    }

    private mutating func latencies() -> LatencyVector {
        var vector = LatencyVector()
        let home = Int(generator.next() % UInt64(regionCount))
        for region in 0..<regionCount {
            let away = (region - home + regionCount) % regionCount
            let ping: Double
            switch away {
            case 0: ping = 10 + 30 * generator.uniform()
            case 1: ping = generator.uniform() < 0.3 ? 60 : 95 + 40 * generator.uniform()
            default: ping = 210 + 100 * generator.uniform()
            }
            vector[RegionIndex(UInt8(region))] = UInt16(ping)
        }
        return vector
    }
}
