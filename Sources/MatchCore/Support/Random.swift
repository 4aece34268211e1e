// The only source of chance in the core: a seeded generator and the mixing that hashes share.
// Formula: SplitMix64 (Steele, Lea, Flood, 2014).

/// A seeded generator of 64-bit numbers.
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return mixed(state)
    }
}

/// Spreads every bit of `value` over all bits of the result.
@inline(__always) func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
}
