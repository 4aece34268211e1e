// An unpacked message as JSON, led by the descriptors: the canonical proto3 JSON mapping, in one
// line. Fields with default values are written too, as the mapping allows, so that a script can
// read any field without asking whether it is there.

import CWire

/// Writes one message as text.
struct JSONPrinter: ~Copyable {
    private var text: [UInt8] = []

    /// The JSON form of a protobuf message.
    /// - Precondition: `protobuf` is a message that this module has encoded.
    static func json(of protobuf: [UInt8], _ envelope: Envelope) -> [UInt8] {
        var arena = MessageArena(messageByteCountMax: protobuf.count)
        return protobuf.withUnsafeBytes { bytes in
            guard let message = arena.unpack(envelope.descriptor, bytes) else {
                preconditionFailure("a message that was just encoded cannot be read")
            }
            var printer = JSONPrinter()
            printer.message(UnsafeRawPointer(message), arena)
            return printer.text
        }
    }

    private mutating func message(_ base: UnsafeRawPointer, _ arena: borrowing MessageArena) {
        let type: UnsafePointer<ProtobufCMessageDescriptor>? =
            base.assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
        guard let type else { preconditionFailure("a message without a descriptor") }
        append("{")
        var isFirst = true
        for index in 0..<Int(type.pointee.n_fields) {
            let field = type.pointee.fields[index]
            guard isPresent(field, in: base) else { continue }
            if !isFirst { append(",") }
            isFirst = false
            string(field.jsonName)
            append(":")
            if field.label == PROTOBUF_C_LABEL_REPEATED {
                repeated(field, in: base, arena)
            } else {
                value(field, at: base + Int(field.offset), arena)
            }
        }
        append("}")
    }

    /// Messages and members of a oneof may be absent; all else is there, if only as its default.
    private func isPresent(_ field: ProtobufCFieldDescriptor, in base: UnsafeRawPointer) -> Bool {
        if field.isOneofMember {
            return base.load(fromByteOffset: Int(field.quantifier_offset), as: UInt32.self)
                == field.id
        }
        if field.type == PROTOBUF_C_TYPE_MESSAGE && field.label != PROTOBUF_C_LABEL_REPEATED {
            return base.load(fromByteOffset: Int(field.offset), as: UnsafeRawPointer?.self) != nil
        }
        return true
    }

    private mutating func repeated(
        _ field: ProtobufCFieldDescriptor, in base: UnsafeRawPointer,
        _ arena: borrowing MessageArena
    ) {
        let count = base.load(fromByteOffset: Int(field.quantifier_offset), as: Int.self)
        let elements = base.load(fromByteOffset: Int(field.offset), as: UnsafeRawPointer?.self)
        let entry = field.mapEntry
        append(entry == nil ? "[" : "{")
        for index in 0..<count {
            if index > 0 { append(",") }
            guard let elements else { preconditionFailure("a repeated field without elements") }
            let element = elements + index * field.elementStride
            if let entry {
                let pair = element.load(as: UnsafeRawPointer.self)
                value(
                    entry.pointee.fields[0], at: pair + Int(entry.pointee.fields[0].offset), arena)
                append(":")
                value(
                    entry.pointee.fields[1], at: pair + Int(entry.pointee.fields[1].offset), arena)
            } else {
                value(field, at: element, arena)
            }
        }
        append(entry == nil ? "]" : "}")
    }

    /// SAFETY: `at` points to a value of the type that `field` names, in a structure or array that
    /// protobuf-c filled by the same descriptor.
    private mutating func value(
        _ field: ProtobufCFieldDescriptor, at: UnsafeRawPointer, _ arena: borrowing MessageArena
    ) {
        switch field.type {
        case PROTOBUF_C_TYPE_MESSAGE: message(at.load(as: UnsafeRawPointer.self), arena)
        case PROTOBUF_C_TYPE_STRING: string(arena.string(at.load(as: UnsafePointer<CChar>?.self)))
        case PROTOBUF_C_TYPE_ENUM:
            let number = at.load(as: Int32.self)
            if let name = field.enumName(number) { string(name) } else { append("\(number)") }
        case PROTOBUF_C_TYPE_BOOL:
            append(at.load(as: protobuf_c_boolean.self) != 0 ? "true" : "false")
        case PROTOBUF_C_TYPE_DOUBLE: number(at.load(as: Double.self))
        case PROTOBUF_C_TYPE_FLOAT: number(at.load(as: Float.self))
        case PROTOBUF_C_TYPE_UINT32: append("\(at.load(as: UInt32.self))")
        // In quotes, because many readers of JSON have no integers beyond 53 bits.
        case PROTOBUF_C_TYPE_UINT64: append("\"\(at.load(as: UInt64.self))\"")
        default:
            preconditionFailure("proto/ has a field type that the JSON form does not know")
        }
    }

    /// The shortest digits that read back as the same number; the mapping's words for others.
    private mutating func number<Number: BinaryFloatingPoint & LosslessStringConvertible>(
        _ value: Number
    ) {
        if value.isFinite {
            append(value.description)
        } else {
            append(value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
        }
    }

    private mutating func string(_ value: String) {
        append("\"")
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                append(digits.utf8.count == 1 ? "\\u000" : "\\u00")
                append(digits)
            default: text.append(byte)
            }
        }
        append("\"")
    }

    private mutating func append(_ piece: String) { text.append(contentsOf: piece.utf8) }
}

extension ProtobufCFieldDescriptor {
    /// Bytes from one element of a repeated field to the next.
    fileprivate var elementStride: Int {
        switch type {
        case PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_ENUM: 4
        default: 8
        }
    }
}
