// Walks a configuration tree with paths. A wrong value is noted and replaced by a stand-in, so
// that reading goes on and every mistake is found in one run; whoever reads must look at the
// problems before using the result.

/// A value in a configuration file together with its place.
package struct ConfigNode {
    package let tree: ConfigTree
    package let file: String
    package let path: String
    package let problems: ConfigProblems

    package init(_ tree: ConfigTree, file: String, path: String = "", problems: ConfigProblems) {
        self.tree = tree
        self.file = file
        self.path = path
        self.problems = problems
    }

    /// Notes a mistake at this place.
    package func problem(_ why: String) { problems.add(file: file, path: path, why) }

    /// The value as an object whose fields may only be `known`; unknown ones are noted with the
    /// nearest known name. Nil, noted, if it is no object.
    package func object(known: [String]) -> ConfigFields? {
        guard case .fields(let fields) = tree else {
            problem("must be an object, is \(tree.kind)")
            return nil
        }
        for name in fields.keys.sorted() where !known.contains(name) {
            problems.add(
                file: file, path: ConfigNode.join(path, name),
                "unknown field" + NearestName.hint(name, among: known))
        }
        return ConfigFields(fields: fields, place: self)
    }

    /// The value as a list of nodes. Empty, noted, if it is no list or its length is outside
    /// `count`.
    package func list(count: ClosedRange<Int>) -> [ConfigNode] {
        guard case .list(let items) = tree else {
            problem("must be a list, is \(tree.kind)")
            return []
        }
        if !count.contains(items.count) {
            problem("has \(items.count) entries, must have \(ConfigNode.text(count))")
        }
        return items.enumerated().map { index, item in
            ConfigNode(item, file: file, path: "\(path)[\(index)]", problems: problems)
        }
    }

    /// The value as a whole number in `range`; the lower bound, noted, otherwise.
    package func integer(in range: ClosedRange<Int>) -> Int {
        guard case .integer(let value) = tree else {
            problem("must be a whole number, is \(tree.kind)")
            return range.lowerBound
        }
        guard let number = Int(exactly: value), range.contains(number) else {
            problem("is \(value), must be \(ConfigNode.text(range))")
            return range.lowerBound
        }
        return number
    }

    /// The value as a finite number in `range`; the lower bound, noted, otherwise.
    package func number(in range: ClosedRange<Double>) -> Double {
        let value: Double
        switch tree {
        case .integer(let whole): value = Double(whole)
        case .number(let number): value = number
        default:
            problem("must be a number, is \(tree.kind)")
            return range.lowerBound
        }
        guard value.isFinite && range.contains(value) else {
            problem("is \(value), must be \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return value
    }

    /// The value as a text; "", noted, otherwise.
    package func text() -> String {
        guard case .text(let value) = tree else {
            problem("must be a text, is \(tree.kind)")
            return ""
        }
        return value
    }

    /// The value as a truth value; false, noted, otherwise.
    package func bool() -> Bool {
        guard case .bool(let value) = tree else {
            problem("must be true or false, is \(tree.kind)")
            return false
        }
        return value
    }

    /// `parent.name`, or `name` at the top.
    static func join(_ parent: String, _ name: String) -> String {
        parent.isEmpty ? name : "\(parent).\(name)"
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        range.upperBound == Int.max
            ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
    }
}

/// The fields of an object.
package struct ConfigFields {
    private let fields: [String: ConfigTree]
    package let place: ConfigNode

    init(fields: [String: ConfigTree], place: ConfigNode) {
        self.fields = fields
        self.place = place
    }

    /// The field, if it is there.
    package subscript(name: String) -> ConfigNode? {
        fields[name].map {
            ConfigNode(
                $0, file: place.file, path: ConfigNode.join(place.path, name),
                problems: place.problems)
        }
    }

    /// The field, noted as missing if it is not there.
    package func required(_ name: String) -> ConfigNode? {
        if let node = self[name] { return node }
        place.problems.add(
            file: place.file, path: ConfigNode.join(place.path, name), "is missing")
        return nil
    }

    /// The field's whole number, or `standard` where it is left out.
    package func integer(_ name: String, in range: ClosedRange<Int>, standard: Int) -> Int {
        self[name]?.integer(in: range) ?? standard
    }

    /// The field's number, or `standard` where it is left out.
    package func number(
        _ name: String, in range: ClosedRange<Double>, standard: Double
    ) -> Double {
        self[name]?.number(in: range) ?? standard
    }
}
