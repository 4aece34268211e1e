// A configuration file as a tree of values, before anybody has asked what it means.
// JSON5: comments, trailing commas and unquoted names are allowed. Used at start and on reload.
import FoundationEssentials

/// One value of a configuration file.
package enum ConfigTree: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([ConfigTree])
    case fields([String: ConfigTree])

    /// The tree of a JSON5 text.
    /// - Throws: `ConfigProblem` (path "") if the text is not JSON5.
    package static func parse(json5 text: [UInt8], file: String) throws(ConfigProblem) -> ConfigTree
    {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        do {
            return try decoder.decode(ConfigTree.self, from: Data(text))
        } catch {
            throw ConfigProblem(file: file, path: "", why: "not valid JSON5: \(reason(of: error))")
        }
    }

    /// Reads and parses a file.
    /// - Throws: `ConfigProblem` if it cannot be read or is not JSON5.
    package static func load(file: String) throws(ConfigProblem) -> ConfigTree {
        let text: [UInt8]
        do {
            text = try TextFile.read(file)
        } catch {
            throw ConfigProblem(file: file, path: "", why: error.description)
        }
        return try parse(json5: text, file: file)
    }

    /// What the value is, for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .integer: "a whole number"
        case .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .fields: "an object"
        }
    }

    /// The decoder's own words, without its type names.
    private static func reason(of error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error else { return "\(error)" }
        guard let underlying = context.underlyingError else { return context.debugDescription }
        return "\(underlying)"
    }
}

extension ConfigTree: Decodable {
    package init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: FieldName.self) {
            var fields: [String: ConfigTree] = [:]
            for key in object.allKeys {
                fields[key.stringValue] = try object.decode(ConfigTree.self, forKey: key)
            }
            self = .fields(fields)
        } else if var items = try? decoder.unkeyedContainer() {
            var list: [ConfigTree] = []
            while !items.isAtEnd { list.append(try items.decode(ConfigTree.self)) }
            self = .list(list)
        } else {
            self = try ConfigTree(scalar: try decoder.singleValueContainer())
        }
    }

    private init(scalar: any SingleValueDecodingContainer) throws {
        if scalar.decodeNil() {
            self = .null
        } else if let value = try? scalar.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? scalar.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? scalar.decode(Double.self) {
            self = .number(value)
        } else {
            self = .text(try scalar.decode(String.self))
        }
    }

    /// Any field name.
    private struct FieldName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
