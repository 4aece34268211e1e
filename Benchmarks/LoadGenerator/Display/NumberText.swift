// Numbers as people read them, without Foundation.

/// Formatting of figures in tables and sentences.
enum NumberText {
    /// With a fixed number of decimals, 0...6.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        precondition((0...6).contains(decimals))
        guard value.isFinite, value.magnitude < 1e12 else { return "–" }
        let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let sign = value < 0 && scaled != 0 ? "-" : ""
        if decimals == 0 { return sign + grouped(scaled) }
        let fraction = String(scaled % scale)
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return sign + grouped(scaled / scale) + "." + zeros + fraction
    }

    /// With commas between thousands.
    static func grouped(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: position)
            position -= 3
        }
        return (value < 0 ? "-" : "") + String(digits)
    }

    /// A duration: tenths below a minute, then minutes and seconds, then hours and minutes.
    static func duration(seconds: Double) -> String {
        if seconds < 59.95 { return fixed(seconds, 1) + " s" }
        let whole = Int(seconds.rounded())
        if whole < 3_600 { return "\(whole / 60):\(twoDigits(whole % 60)) min" }
        return "\(whole / 3_600):\(twoDigits(whole % 3_600 / 60)) h"
    }

    /// Hours since midnight as a clock shows them.
    static func clock(hour: Double) -> String {
        let minutes = Int((hour * 60).rounded(.down)) % 1_440
        return "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
    }

    static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}

extension String {
    /// Padded on the left to a width in characters.
    func right(_ width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }

    /// Padded on the right to a width in characters.
    func left(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
