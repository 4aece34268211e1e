// JSON in, protobuf out, led by the descriptors that protoc-c generated: the canonical proto3 JSON
// mapping. The result goes through the same reading and the same rules as any protobuf message,
// and a new field of proto/ needs nothing here.

import CWire

/// A JSON message as protobuf, and what was wrong with its shape. A field with a wrong shape is
/// left out of `bytes`.
struct Transcoded {
    let bytes: [UInt8]
    let issues: IssueList
}

/// Turns JSON messages into protobuf messages.
struct JSONTranscoder {
    private var issues = IssueList()

    /// - Throws: `tooLarge` or `malformed`.
    static func protobuf(
        of text: UnsafeRawBufferPointer, _ envelope: Envelope
    ) throws(WireError) -> Transcoded {
        try Unpacked.checkSize(text.count, of: envelope)
        guard case .object(let fields) = try JSONParser.parse(text) else {
            throw .malformed("JSON: a message is an object")
        }
        var transcoder = JSONTranscoder()
        var writer = ProtobufWriter()
        transcoder.message(fields, envelope.descriptor, "", &writer)
        return Transcoded(bytes: writer.finish(), issues: transcoder.issues)
    }

    /// Unknown fields are ignored, as in protobuf; null stands for an absent field.
    private mutating func message(
        _ fields: [JSONField], _ type: UnsafePointer<ProtobufCMessageDescriptor>, _ path: String,
        _ writer: inout ProtobufWriter
    ) {
        var seen: Set<UInt32> = []
        var oneofs: Set<UInt32> = []
        for json in fields {
            guard let field = type.field(jsonName: json.key) else { continue }
            let fieldPath = path.isEmpty ? field.protoName : path + "." + field.protoName
            if !seen.insert(field.id).inserted {
                issues.add(fieldPath, "is given twice")
                continue
            }
            if json.value == .null { continue }
            // All members of one oneof share the place that says which of them is set.
            if field.isOneofMember && !oneofs.insert(field.quantifier_offset).inserted {
                issues.add(fieldPath, "is given beside another body; only one is allowed")
                continue
            }
            if field.label == PROTOBUF_C_LABEL_REPEATED {
                repeated(json.value, field, fieldPath, &writer)
            } else {
                // A oneof says by a field's presence which it is: also a default is written.
                single(
                    json.value, field, fieldPath, &writer, isElement: field.isOneofMember)
            }
        }
    }

    private mutating func repeated(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor, _ path: String,
        _ writer: inout ProtobufWriter
    ) {
        if let entry = field.mapEntry {
            guard case .object(let pairs) = value else {
                issues.add(path, "must be an object")
                return
            }
            for pair in pairs {
                writer.nested(field.id) { body in
                    body.string(1, pair.key)
                    single(
                        pair.value, entry.pointee.fields[1], path + "." + pair.key, &body,
                        isElement: false)
                }
            }
            return
        }
        guard case .array(let elements) = value else {
            issues.add(path, "must be an array")
            return
        }
        for (index, element) in elements.enumerated() {
            single(element, field, "\(path)[\(index)]", &writer, isElement: true)
        }
    }

    /// - Parameter isElement: of a repeated field or a oneof, where a default value counts too.
    private mutating func single(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor, _ path: String,
        _ writer: inout ProtobufWriter, isElement: Bool
    ) {
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE:
            guard case .object(let fields) = value, let type = field.messageType else {
                issues.add(path, "must be an object")
                return
            }
            writer.nested(field.id) { message(fields, type, path, &$0) }
        case PROTOBUF_C_TYPE_STRING:
            guard case .string(let text) = value else {
                issues.add(path, "must be a string")
                return
            }
            if isElement { writer.element(field.id, text) } else { writer.string(field.id, text) }
        case PROTOBUF_C_TYPE_ENUM:
            guard let number = field.enumValue(value) else {
                issues.add(path, "is no value of its enumeration")
                return
            }
            writer.unsigned(field.id, number)
        case PROTOBUF_C_TYPE_BOOL:
            guard case .bool(let bool) = value else {
                issues.add(path, "must be true or false")
                return
            }
            writer.bool(field.id, bool)
        default:
            number(value, field, path, &writer, isElement: isElement)
        }
    }

    private mutating func number(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor, _ path: String,
        _ writer: inout ProtobufWriter, isElement: Bool
    ) {
        // Numbers may stand in strings; 64-bit ones should, for readers that have only doubles.
        let text: String
        switch value {
        case .number(let digits): text = digits
        case .string(let digits) where JSONNumber.isNumber(digits): text = digits
        default:
            issues.add(path, "must be a number")
            return
        }
        switch field.type {
        case PROTOBUF_C_TYPE_DOUBLE:
            guard let double = JSONNumber.double(text) else {
                issues.add(path, "is not a finite number")
                return
            }
            if isElement {
                writer.presentDouble(field.id, double)
            } else {
                writer.double(field.id, double)
            }
        case PROTOBUF_C_TYPE_FLOAT:
            guard let double = JSONNumber.double(text), Float(double).isFinite else {
                issues.add(path, "is not a finite number")
                return
            }
            writer.float(field.id, Float(double))
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_UINT64:
            let bits = field.type == PROTOBUF_C_TYPE_UINT32 ? 32 : 64
            guard let integer = JSONNumber.unsigned(text, bits: bits) else {
                issues.add(path, "must be a whole number of \(bits) bits, not negative")
                return
            }
            if isElement {
                writer.entryValue(field.id, integer)
            } else {
                writer.unsigned(field.id, integer)
            }
        default:
            preconditionFailure("proto/ has a field type that the JSON form does not know")
        }
    }
}
