// The lab's own seeded source of chance, apart from the core's. Each use has its own stream, so
// that what one policy does never changes who arrives: all policies meet the same crowd.

import Glibc

/// SplitMix64 with the distributions that the workloads are made of.
package struct LabRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The same seed and stream give the same draws.
    package init(seed: UInt64, stream: UInt64) {
        state = LabRandom.mixed(seed &+ 0x9E37_79B9_7F4A_7C15) ^ LabRandom.mixed(stream)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return LabRandom.mixed(state)
    }

    /// Uniform in 0..<1.
    package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0..<count.
    package mutating func index(below count: Int) -> Int {
        min(count - 1, Int(uniform() * Double(count)))
    }

    package mutating func exponential(mean: Double) -> Double { -log(1 - uniform()) * mean }

    /// Normal by the Box–Muller transform.
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    package mutating func lognormal(median: Double, sigma: Double) -> Double {
        median * exp(sigma * normal())
    }

    package mutating func weibull(shape: Double, scale: Double) -> Double {
        scale * pow(-log(1 - uniform()), 1 / shape)
    }

    /// A position in `shares` with a chance in proportion to its share.
    package mutating func pick(_ shares: [Double]) -> Int {
        var left = uniform() * shares.reduce(0, +)
        for (position, share) in shares.enumerated() {
            left -= share
            if left < 0 { return position }
        }
        return shares.lastIndex { $0 > 0 } ?? 0
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
