// How often tickets of each rating arrive in a bucket, learned from its own arrivals, and how much
// wider than the queue's window a ticket's own is where few come: wider at the tails and in thin
// hours. Integer arithmetic only, constant work an arrival: equal histories give equal windows.

/// Arrivals by rating: bins of 64 points from `originPoints` up; what lies outside counts in the
/// first or last.
struct DensityMap: BitwiseCopyable {
    static let binCount = 128
    /// log2 of rating steps in a bin: 64 points.
    private static let binShift: Int32 = 13
    private static let originPoints: Int32 = -1024
    /// What one arrival weighs.
    private static let arrivalWeight: UInt32 = 65_536
    /// Arrivals before which nothing is known.
    private static let arrivalCountMin: UInt32 = 64

    private var bins = InlineArray<128, UInt32>(repeating: 0)
    private var arrivalCount: UInt32 = 0
    private var peak: UInt32 = 0
    /// Arrivals in this span of ticks, and in a span on average, in sixteenths.
    private var countInSpan: UInt32 = 0
    private var meanPerSpan: UInt32 = 0
    private var spanStart: Int32 = .min

    private static func bin(_ rating: Int32) -> Int {
        let above = rating - originPoints * Rating.stepsPerPoint
        return Int(min(max(above >> binShift, 0), Int32(binCount - 1)))
    }

    /// Counts an arrival.
    mutating func note(rating: Int32, tick: Int32, _ rules: DensityRules) {
        let bin = DensityMap.bin(rating)
        bins[bin] += DensityMap.arrivalWeight / 2
        bins[max(bin - 1, 0)] += DensityMap.arrivalWeight / 4
        bins[min(bin + 1, DensityMap.binCount - 1)] += DensityMap.arrivalWeight / 4
        // One bin in turn forgets what all have gathered since its last turn.
        let turn = Int(arrivalCount) % DensityMap.binCount
        let share = UInt64(bins[turn]) * UInt64(DensityMap.binCount)
        bins[turn] -= UInt32(min(share / UInt64(rules.memoryArrivals), UInt64(bins[turn])))
        if turn == 0 { findPeak() }
        arrivalCount &+= 1
        countSpan(tick, rules)
    }

    private mutating func findPeak() {
        peak = 0
        for bin in 0..<DensityMap.binCount { peak = max(peak, bins[bin]) }
    }

    private mutating func countSpan(_ tick: Int32, _ rules: DensityRules) {
        if spanStart == .min { spanStart = tick }
        let passed = (tick - spanStart) / rules.spanTicks
        if passed > 0 {
            closeSpans(passed)
            spanStart += passed * rules.spanTicks
        }
        countInSpan += 1
    }

    /// The mean follows a quarter of the way, span by span; quiet spans count as empty.
    private mutating func closeSpans(_ count: Int32) {
        for span in 0..<min(count, 32) {
            let arrivals = span == 0 ? countInSpan * 16 : 0
            meanPerSpan = meanPerSpan == 0 ? arrivals : (3 * meanPerSpan + arrivals) / 4
        }
        countInSpan = 0
    }

    /// How much wider the window of a ticket of this rating is.
    func stretch(rating: Int32, _ rules: DensityRules) -> Stretch {
        if arrivalCount < DensityMap.arrivalCountMin || peak == 0 { return .none }
        let own = bins[DensityMap.bin(rating)]
        if own == 0 { return Stretch(code: rules.stretchCodeMax) }
        var halvings = DensityMap.log2(UInt64(max(peak, own))) - DensityMap.log2(UInt64(own))
        if rules.fullPerSpan > 0, meanPerSpan > 0 {
            halvings += DensityMap.log2(UInt64(rules.fullPerSpan) * 16)
            halvings -= DensityMap.log2(UInt64(meanPerSpan))
        }
        let code = max(0, halvings) * rules.exponentHundredths / 1600
        return Stretch(code: UInt8(min(code, Int32(rules.stretchCodeMax))))
    }

    /// 256 × the logarithm to base 2, the fraction taken as linear between powers: at most 0.09 of
    /// an octave below the true value.
    private static func log2(_ value: UInt64) -> Int32 {
        let whole = 63 - value.leadingZeroBitCount
        let mantissa = whole >= 8 ? value >> UInt64(whole - 8) : value << UInt64(8 - whole)
        return Int32(whole) * 256 + Int32(mantissa & 255)
    }
}
