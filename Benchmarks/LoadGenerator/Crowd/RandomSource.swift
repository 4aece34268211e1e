// Seeded randomness and the distributions that a workload names. The same seed gives the same
// numbers in the same order.
import Glibc

/// SplitMix64 (Steele, Lea, Flood 2014) with the distributions on top.
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in 0..<1, in steps of 2^-53.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0<...1, for logarithms.
    private mutating func uniformAboveZero() -> Double { 1 - uniform() }

    /// Standard normal, by Box and Muller.
    mutating func normal() -> Double {
        let radius = sqrt(-2 * log(uniformAboveZero()))
        return radius * cos(2 * .pi * uniform())
    }

    mutating func exponential(mean: Double) -> Double { -mean * log(uniformAboveZero()) }

    mutating func logNormal(median: Double, sigma: Double) -> Double {
        median * exp(sigma * normal())
    }

    mutating func weibull(shape: Double, scale: Double) -> Double {
        scale * pow(-log(uniformAboveZero()), 1 / shape)
    }

    /// An index with a chance in proportion to its weight.
    /// - Precondition: the weights are not negative and not all zero.
    mutating func index(weights: [Double]) -> Int {
        let total = weights.reduce(0, +)
        precondition(total > 0)
        var rest = uniform() * total
        for (index, weight) in weights.enumerated() {
            rest -= weight
            if rest < 0 { return index }
        }
        // Rounding can leave a crumb: the last one that has a chance at all.
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
