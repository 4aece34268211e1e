// From bytes to the unpacked envelope: the size, the syntax and the version, which come before any
// field. What is returned points into the arena, see MessageArena.unpack.

import CWire

/// The steps that every reader begins with.
enum Unpacked {
    /// - Throws: `tooLarge` or `malformed`.
    static func checkSize(_ byteCount: Int, of envelope: Envelope) throws(WireError) {
        if byteCount > envelope.byteCountMax {
            throw .tooLarge(byteCount: byteCount, byteCountMax: envelope.byteCountMax)
        }
        if byteCount == 0 { throw .malformed("message is empty") }
    }

    static func intake(
        _ bytes: UnsafeRawBufferPointer, _ arena: inout MessageArena
    ) throws(WireError) -> UnsafePointer<Muster__V1__Intake> {
        try unpack(bytes, .intake, as: Muster__V1__Intake.self, &arena)
    }

    static func event(
        _ bytes: UnsafeRawBufferPointer, _ arena: inout MessageArena
    ) throws(WireError) -> UnsafePointer<Muster__V1__Event> {
        try unpack(bytes, .event, as: Muster__V1__Event.self, &arena)
    }

    static func allocation(
        _ bytes: UnsafeRawBufferPointer, _ arena: inout MessageArena
    ) throws(WireError) -> UnsafePointer<Muster__V1__Allocation> {
        try unpack(bytes, .allocation, as: Muster__V1__Allocation.self, &arena)
    }

    /// - Throws: the issues of the message's shape if there are any, else `unknownVersion`.
    static func checkVersion(_ version: UInt32, _ issues: IssueList) throws(WireError) {
        if version == wireVersion { return }
        try issues.finish()
        throw .unknownVersion(version)
    }

    /// - Precondition: `envelope` is that of `type`.
    static func unpack<Message>(
        _ bytes: UnsafeRawBufferPointer, _ envelope: Envelope, as type: Message.Type,
        _ arena: inout MessageArena
    ) throws(WireError) -> UnsafePointer<Message> {
        guard let message = arena.unpack(envelope.descriptor, bytes) else {
            throw .malformed("not a protobuf message of this schema")
        }
        // SAFETY: protobuf-c makes a value of the structure that the descriptor describes, and
        // each caller above pairs a descriptor with its own structure.
        return UnsafePointer(UnsafeMutableRawPointer(message).assumingMemoryBound(to: type))
    }
}
