// The protobuf form of whole messages, for clients, publishers, tests and recovery. The daemon's
// intake goes through IntakeDecoder instead, which keeps its memory.

import MatchCore

/// Messages to and from Protocol Buffers. Decoding throws `WireError` for whatever is not exactly
/// a message of version 1 within its limits; unknown fields are skipped.
package enum ProtobufCodec {
    package static func decodeIntake(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> IntakeMessage {
        try Unpacked.checkSize(bytes.count, of: .intake)
        var arena = MessageArena(messageByteCountMax: bytes.count)
        return try IntakeMessage(protobuf: bytes, shape: IssueList(), &arena)
    }

    package static func decodeEvent(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> EventMessage {
        try Unpacked.checkSize(bytes.count, of: .event)
        var arena = MessageArena(messageByteCountMax: bytes.count)
        return try EventMessage(protobuf: bytes, shape: IssueList(), &arena)
    }

    package static func decodeAllocation(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> AllocationMessage {
        try Unpacked.checkSize(bytes.count, of: .allocation)
        var arena = MessageArena(messageByteCountMax: bytes.count)
        return try AllocationMessage(protobuf: bytes, shape: IssueList(), &arena)
    }

    /// Encodes without checking; what breaks a limit will be refused by its reader.
    package static func encode(_ message: IntakeMessage) -> [UInt8] {
        var writer = ProtobufWriter()
        message.write(to: &writer)
        return writer.finish()
    }

    package static func encode(_ message: EventMessage) -> [UInt8] {
        var writer = ProtobufWriter()
        message.write(to: &writer)
        return writer.finish()
    }

    package static func encode(_ message: AllocationMessage) -> [UInt8] {
        var writer = ProtobufWriter()
        message.write(to: &writer)
        return writer.finish()
    }

    /// Replaces the contents of `bytes`, whose memory is used again.
    package static func encode(_ message: EventMessage, into bytes: inout [UInt8]) {
        var writer = ProtobufWriter(reusing: &bytes)
        message.write(to: &writer)
        writer.finish(into: &bytes)
    }

    /// Replaces the contents of `bytes`, whose memory is used again.
    package static func encode(_ message: AllocationMessage, into bytes: inout [UInt8]) {
        var writer = ProtobufWriter(reusing: &bytes)
        message.write(to: &writer)
        writer.finish(into: &bytes)
    }

    /// Replaces the contents of `bytes`, whose memory is used again.
    package static func encode(_ message: IntakeMessage, into bytes: inout [UInt8]) {
        var writer = ProtobufWriter(reusing: &bytes)
        message.write(to: &writer)
        writer.finish(into: &bytes)
    }
}
