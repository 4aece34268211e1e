// The numbers of proto3's JSON mapping: what a field takes from a number's text.

enum JSONNumber {
    /// Whether a string's text is a number by JSON's grammar, or one of the three words that the
    /// mapping has for numbers that are not finite.
    static func isNumber(_ text: String) -> Bool {
        if text == "NaN" || text == "Infinity" || text == "-Infinity" { return true }
        var text = text
        return text.withUTF8 { bytes in
            guard let first = bytes.first, first == UInt8(ascii: "-") || isDigit(first) else {
                return false
            }
            // A number has no space round it; the parser would skip that after it.
            guard let last = bytes.last, isDigit(last) else { return false }
            return (try? JSONParser.parse(UnsafeRawBufferPointer(bytes))) != nil
        }
    }

    /// Nil if the number is not finite or too large for a double.
    static func double(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Nil if the number is negative, has a fraction or needs more than `bits` bits. A form with a
    /// point or an exponent is allowed as long as its value is whole and exact in a double.
    static func unsigned(_ text: String, bits: Int) -> UInt64? {
        assert(bits == 32 || bits == 64)
        let max = bits == 32 ? UInt64(UInt32.max) : UInt64.max
        if let value = UInt64(text) { return value <= max ? value : nil }
        guard let value = Double(text), value >= 0, value <= 9_007_199_254_740_992,
            let whole = UInt64(exactly: value)
        else { return nil }
        return whole <= max ? whole : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
