// Writer of Prometheus's text format 0.0.4. Bytes only; numbers in their shortest exact form.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/

/// Text under construction.
package struct MetricText {
    package private(set) var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(16_384) }

    /// The content type that goes with the text.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    mutating func header(name: String, help: String, kind: String) {
        bytes +=
            "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n".utf8
    }

    mutating func sample(name: String, labels: String, value: UInt64) {
        sample(name: name, labels: labels, number: String(value))
    }

    mutating func sample(name: String, labels: String, value: Double) {
        sample(name: name, labels: labels, number: Self.number(value))
    }

    mutating func bucket(name: String, labels: String, bound: Double, value: UInt64) {
        let limit = "le=\"\(Self.number(bound))\""
        sample(
            name: name + "_bucket", labels: labels.isEmpty ? limit : labels + "," + limit,
            number: String(value))
    }

    private mutating func sample(name: String, labels: String, number: String) {
        bytes += name.utf8
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes += labels.utf8
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes += number.utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    /// `name="value"` pairs, joined by commas, values escaped.
    static func labels(_ names: [String], _ values: [String]) -> String {
        precondition(names.count == values.count, "one value for each label name")
        return zip(names, values).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// A number as the format writes it: whole ones without a fraction, NaN and ±Inf by name.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Below 2^53 every whole number is exact.
        if value == value.rounded(.towardZero) && value.magnitude < 9_007_199_254_740_992 {
            return String(Int64(value))
        }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
