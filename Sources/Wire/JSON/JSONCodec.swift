// The JSON form of whole messages, for people and scripts.

import MatchCore

/// Messages to and from JSON: the canonical proto3 mapping, names in lower camel case, names as in
/// proto/ accepted too, 64-bit numbers as strings, enumerations by name. Same rules and same error
/// texts as `ProtobufCodec`; the size limit holds for the JSON text.
package enum JSONCodec {
    package static func decodeIntake(
        _ text: UnsafeRawBufferPointer
    ) throws(WireError) -> IntakeMessage {
        let transcoded = try JSONTranscoder.protobuf(of: text, .intake)
        var arena = MessageArena(messageByteCountMax: transcoded.bytes.count)
        return try transcoded.bytes.withRawBytes { bytes throws(WireError) in
            try IntakeMessage(protobuf: bytes, shape: transcoded.issues, &arena)
        }
    }

    package static func decodeEvent(
        _ text: UnsafeRawBufferPointer
    ) throws(WireError) -> EventMessage {
        let transcoded = try JSONTranscoder.protobuf(of: text, .event)
        var arena = MessageArena(messageByteCountMax: transcoded.bytes.count)
        return try transcoded.bytes.withRawBytes { bytes throws(WireError) in
            try EventMessage(protobuf: bytes, shape: transcoded.issues, &arena)
        }
    }

    package static func decodeAllocation(
        _ text: UnsafeRawBufferPointer
    ) throws(WireError) -> AllocationMessage {
        let transcoded = try JSONTranscoder.protobuf(of: text, .allocation)
        var arena = MessageArena(messageByteCountMax: transcoded.bytes.count)
        return try transcoded.bytes.withRawBytes { bytes throws(WireError) in
            try AllocationMessage(protobuf: bytes, shape: transcoded.issues, &arena)
        }
    }

    /// One line of UTF-8 without a line break.
    package static func encode(_ message: IntakeMessage) -> [UInt8] {
        JSONPrinter.json(of: ProtobufCodec.encode(message), .intake)
    }

    /// One line of UTF-8 without a line break.
    package static func encode(_ message: EventMessage) -> [UInt8] {
        JSONPrinter.json(of: ProtobufCodec.encode(message), .event)
    }

    /// One line of UTF-8 without a line break.
    package static func encode(_ message: AllocationMessage) -> [UInt8] {
        JSONPrinter.json(of: ProtobufCodec.encode(message), .allocation)
    }
}
