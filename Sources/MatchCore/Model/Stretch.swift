// A factor on a window in one byte, by integer arithmetic: the same on any machine.

/// A factor of 2^(code/16) on a window; 0 leaves it as it is.
struct Stretch: BitwiseCopyable, Equatable {
    let code: UInt8
    static let none = Stretch(code: 0)
    /// 2^(112/16) = 128.
    static let codeMax: UInt8 = 112

    /// 65536 × 2^(k/16).
    private static func fraction(_ step: Int) -> Int64 {
        let steps: InlineArray<16, Int64> = [
            65_536, 68_438, 71_468, 74_632, 77_936, 81_386, 84_990, 88_752, 92_682, 96_785,
            101_070, 105_545, 110_218, 115_098, 120_194, 125_515,
        ]
        return steps[step]
    }

    private var factor: Int64 { Stretch.fraction(Int(code & 15)) << Int64(code >> 4) }

    /// `limit` times the factor, at most `max`.
    @inline(__always) func widened(_ limit: Int32, max: Int32) -> Int32 {
        if code == 0 { return limit }
        return Int32(min((Int64(limit) * factor) >> 16, Int64(max)))
    }

    /// The least limit that `widened` takes to `distance` or beyond.
    @inline(__always) func limit(reaching distance: Int32) -> Int32 {
        if code == 0 { return distance }
        return Int32(((Int64(distance) << 16) + factor - 1) / factor)
    }
}
