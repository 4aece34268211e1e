// Windows that follow how many players come: wider at the tails of the ratings and in thin hours.
import DaemonKit
import MatchCore

/// Population-aware widening.
struct DensitySettings: OptionalSection, Equatable, Sendable {
    /// The window is stretched by (density of the densest rating / density here) to this power.
    var exponent = 0.46
    /// Largest factor on the window.
    var stretchMax = 8.0
    /// Arrivals in a region after which one is forgotten.
    var memoryArrivals = 5000
    /// Arrivals a minute in a region below which all windows are stretched too; 0: never.
    var fullPerMinute = 0

    mutating func read(_ node: ConfigNode) {
        let names = ["exponent", "stretchMax", "memoryArrivals", "fullPerMinute"]
        guard let fields = node.object(known: names) else { return }
        exponent = fields.number("exponent", in: 0...1, standard: exponent)
        stretchMax = fields.number("stretchMax", in: 1...128, standard: stretchMax)
        memoryArrivals = fields.integer(
            "memoryArrivals", in: 128...50_000, standard: memoryArrivals)
        fullPerMinute = fields.integer("fullPerMinute", in: 0...100_000, standard: fullPerMinute)
    }

    /// The core's rules; a span is a minute.
    func rules(_ units: CoreUnits) -> DensityRules {
        DensityRules(
            exponentHundredths: Int32((exponent * 100).rounded()),
            stretchCodeMax: DensitySettings.code(stretchMax),
            memoryArrivals: UInt32(memoryArrivals), fullPerSpan: UInt32(fullPerMinute),
            spanTicks: units.someTicks(60))
    }

    /// 16 × the logarithm to base 2, down, found by the core's own factors.
    private static func code(_ factor: Double) -> UInt8 {
        var code: UInt8 = 0
        while code < DensityRules.codeMax, DensityRules.factor(ofCode: code + 1) <= factor {
            code += 1
        }
        return code
    }
}
