// The exponential function from + − × ÷ alone, so that every machine computes the same bits.
// Used for quality scores only; decisions are made in integers.

/// e to the power of `exponent`.
/// - Precondition: `exponent <= 0`. Below −700 the result is 0.
/// Source: reduction by ln 2, then the Taylor series to the 13th term (error below 1e-15).
func exponential(_ exponent: Double) -> Double {
    precondition(exponent <= 0)
    if exponent < -700 { return 0 }
    let logTwo = 0.693_147_180_559_945_3
    let doublings = (exponent / logTwo).rounded(.toNearestOrEven)
    let rest = exponent - doublings * logTwo
    var term = 1.0
    var sum = 1.0
    for index in 1...13 {
        term *= rest / Double(index)
        sum += term
    }
    return Double(sign: .plus, exponent: Int(doublings), significand: sum)
}

/// 10 to the power of `exponent`, for `exponent <= 0`.
func powerOfTen(_ exponent: Double) -> Double {
    exponential(exponent * 2.302_585_092_994_045_7)
}
