// What the JSON form asks of protobuf-c's descriptors: names, maps, oneofs and enumerations.

import CWire

extension UnsafePointer<ProtobufCMessageDescriptor> {
    /// The field of that name, as in proto/ (`wait_ms`) or as in JSON (`waitMs`).
    func field(jsonName: String) -> ProtobufCFieldDescriptor? {
        for index in 0..<Int(pointee.n_fields) {
            let field = pointee.fields[index]
            if field.protoName == jsonName || field.jsonName == jsonName { return field }
        }
        return nil
    }
}

extension ProtobufCFieldDescriptor {
    /// The name in proto/.
    var protoName: String { String(cString: name) }

    /// The name in lower camel case: each underscore goes and raises the letter after it.
    var jsonName: String {
        var result = ""
        var raise = false
        for character in protoName {
            if character == "_" {
                raise = true
            } else {
                result += raise ? character.uppercased() : String(character)
                raise = false
            }
        }
        return result
    }

    var isOneofMember: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 }

    /// The type of a message field.
    var messageType: UnsafePointer<ProtobufCMessageDescriptor>? {
        guard type == PROTOBUF_C_TYPE_MESSAGE else { return nil }
        // SAFETY: protoc-c points `descriptor` of a message field to a message's descriptor.
        return descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    }

    /// The type of a map's entries, with the key as field 0 and the value as field 1; nil for
    /// other fields. protobuf-c drops the mark that sets maps apart, but only they have messages
    /// with names in `Entry`: no message of proto/ is named so.
    var mapEntry: UnsafePointer<ProtobufCMessageDescriptor>? {
        guard let entry = messageType, label == PROTOBUF_C_LABEL_REPEATED else { return nil }
        return String(cString: entry.pointee.short_name).hasSuffix("Entry") ? entry : nil
    }

    private var enumType: UnsafePointer<ProtobufCEnumDescriptor>? {
        guard type == PROTOBUF_C_TYPE_ENUM else { return nil }
        // SAFETY: protoc-c points `descriptor` of an enum field to an enumeration's descriptor.
        return descriptor?.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
    }

    /// The number of an enumeration's value, given by name or by number.
    func enumValue(_ value: JSONValue) -> UInt64? {
        switch value {
        case .number(let text): return JSONNumber.unsigned(text, bits: 32)
        case .string(let name):
            guard let type = enumType else { return nil }
            for index in 0..<Int(type.pointee.n_values) {
                let known = type.pointee.values[index]
                if String(cString: known.name) == name { return UInt64(known.value) }
            }
            return nil
        default: return nil
        }
    }

    /// The name of an enumeration's value, or nil for one that the schema does not know.
    func enumName(_ value: Int32) -> String? {
        guard let type = enumType else { return nil }
        for index in 0..<Int(type.pointee.n_values) {
            let known = type.pointee.values[index]
            if known.value == value { return String(cString: known.name) }
        }
        return nil
    }
}
