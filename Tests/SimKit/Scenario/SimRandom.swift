// The simulator's only source of chance: a seeded generator apart from the core's own, so that a
// fault in the one does not hide in the other. Formula: SplitMix64 (Steele, Lea, Flood, 2014).

/// A seeded generator; the same seed draws the same scenario on any machine.
package struct SimRandom: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 0x2545_F491_4F6C_DD1D }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number in the range, with the tiny bias of a remainder.
    package mutating func next(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// True for this share of draws, 0...1.
    package mutating func chance(_ share: Double) -> Bool {
        Double(next() >> 11) / Double(1 << 53) < share
    }

    /// One of a list that is not empty.
    package mutating func element<Element>(_ list: [Element]) -> Element {
        list[next(in: 0...list.count - 1)]
    }

    /// About normal, mean 0, standard deviation 1: the sum of twelve draws.
    package mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += Double(next() >> 11) / Double(1 << 53) }
        return sum
    }
}
