// Widening by own wait: exact, monotone, and its inverse the least wait.

import Testing

@testable import MatchCore

/// MM-06.
@Suite struct WideningCurveTests {
    static let curves = [
        curve(0, perTick: 0, max: 0), curve(10, perTick: 0, max: 90),
        curve(12_800, perTick: 64, max: 64_000), curve(100, perTick: 0.01, max: 130),
        curve(5, perTick: 0.000_02, max: 7), curve(0, perTick: 1.0 / 3, max: 1000),
        curve(0, perTick: 40_000, max: Int32.max), curve(Int32.max, perTick: 1, max: Int32.max),
    ]

    @Test(arguments: curves)
    func growsByTheFormulaAndNeverBackwards(_ curve: WideningCurve) {
        var last = Int32.min
        for age in stride(from: Int32(-3), through: 3000, by: 1) {
            let limit = curve.limit(age: age)
            #expect(limit >= last && limit <= curve.max)
            #expect(Int(limit) == Oracle.limit(curve, age: age))
            last = limit
        }
        #expect(curve.limit(age: Int32.min) == curve.start)
        #expect(curve.limit(age: Int32.max) >= last)
    }

    @Test(arguments: curves)
    func theAgeThatReachesAValueIsTheLeastOne(_ curve: WideningCurve) {
        var random = Random(seed: 2)
        for _ in 0..<200 {
            let value = Int32(random.next(in: 0...Int(curve.max)))
            guard let age = curve.age(reaching: value) else {
                #expect(curve.growthPerTick == 0 && value > curve.start)
                continue
            }
            #expect(curve.limit(age: age) >= value)
            if age > 0 { #expect(curve.limit(age: age - 1) < value) }
        }
        if curve.max < Int32.max { #expect(curve.age(reaching: curve.max + 1) == nil) }
    }
}
