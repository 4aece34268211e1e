// The only source of chance in a fight: a seeded generator, and the mixing that its fingerprint
// shares. Formula: SplitMix64 (Steele, Lea, Flood, 2014). The same few lines stand in MatchCore;
// this target imports nothing, and the two must never depend on each other.

/// A seeded generator of 64-bit numbers.
struct Random: Equatable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return mixed(state)
    }

    /// A number from 0 to `count - 1`. The bias is below count / 2^64.
    mutating func next(below count: Int) -> Int {
        precondition(count > 0)
        return Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// True in `perMille` of a thousand draws.
    mutating func isHit(perMille: Int32) -> Bool { next(below: 1_000) < Int(perMille) }
}

/// Spreads every bit of `value` over all bits of the result.
func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
}
