// Memory for one message as protobuf-c unpacks it: one block, handed out front to back, given back
// as a whole by the next use. Bounds what a hostile message can make us allocate, and remembers
// the size of each piece, which is how a string's true length is known. Owned by one thread.

import CWire

/// Memory in which messages are unpacked one after the other.
struct MessageArena: ~Copyable {
    private let state: UnsafeMutablePointer<ArenaState>

    /// Memory needed for each byte of a message. The greediest input is a run of two-byte fields,
    /// for which protobuf-c takes up to 80 bytes in its scan and 160 for the field (120 a byte with
    /// our headers); anything that needs more repeats one message to make it grow, and is refused.
    private static let bytesPerMessageByte = 128

    /// - Parameter messageByteCountMax: the largest message that will be unpacked.
    init(messageByteCountMax: Int) {
        precondition(messageByteCountMax >= 0)
        let capacity = 4096 + messageByteCountMax * Self.bytesPerMessageByte
        state = .allocate(capacity: 1)
        state.initialize(
            to: ArenaState(
                base: .allocate(byteCount: capacity, alignment: ArenaState.alignment),
                capacity: capacity, used: 0))
    }

    deinit {
        state.pointee.base.deallocate()
        state.deallocate()
    }

    /// Unpacks a message of the type that `descriptor` names; nil if the bytes are none.
    /// SAFETY: the result and all that it points to lie in this arena and are valid until the next
    /// call or the arena's end; callers keep the arena alive and let nothing of it escape.
    mutating func unpack(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ bytes: UnsafeRawBufferPointer
    ) -> UnsafeMutablePointer<ProtobufCMessage>? {
        state.pointee.used = 0
        var allocator = ProtobufCAllocator(
            alloc: allocateInArena, free: keepInArena, allocator_data: state)
        return protobuf_c_message_unpack(
            descriptor, &allocator, bytes.count,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }

    /// The bytes of a string field, without its terminator. protobuf-c ends a string at its first
    /// NUL for its readers but allocates its full length, so that the size of the piece tells the
    /// truth where a sender has hidden something behind a NUL.
    func text(_ pointer: UnsafePointer<CChar>?) -> UnsafeRawBufferPointer {
        guard let pointer else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let raw = UnsafeRawPointer(pointer)
        let base = UnsafeRawPointer(state.pointee.base)
        // An absent string points to the library's constant empty one, outside of the arena.
        guard raw > base && raw < base + state.pointee.used else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        // SAFETY: every pointer that unpacking leaves in the arena was handed out by
        // `allocateInArena`, which wrote the size in front of it.
        let size = raw.load(fromByteOffset: -ArenaState.alignment, as: Int.self)
        assert(size >= 1 && raw + size <= base + state.pointee.used)
        return UnsafeRawBufferPointer(start: raw, count: size - 1)
    }
}

private struct ArenaState {
    /// Alignment of every piece, and the room in front of it that holds its size.
    static let alignment = 16
    let base: UnsafeMutableRawPointer
    let capacity: Int
    var used: Int
}

/// `ProtobufCAllocator.alloc`. Called by protobuf-c on the thread that unpacks.
private func allocateInArena(
    _ data: UnsafeMutableRawPointer?, _ size: Int
) -> UnsafeMutableRawPointer? {
    // SAFETY: `unpack` passes its arena's state and outlives the call.
    guard let state = data?.assumingMemoryBound(to: ArenaState.self) else { return nil }
    let used = state.pointee.used
    guard size >= 0 && size <= state.pointee.capacity - used else { return nil }
    let rounded = (size + ArenaState.alignment - 1) & ~(ArenaState.alignment - 1)
    let need = ArenaState.alignment + rounded
    guard need <= state.pointee.capacity - used else { return nil }
    let piece = state.pointee.base + used
    piece.storeBytes(of: size, as: Int.self)
    state.pointee.used = used + need
    return piece + ArenaState.alignment
}

/// `ProtobufCAllocator.free`: the next message takes the whole arena back.
private func keepInArena(_ data: UnsafeMutableRawPointer?, _ pointer: UnsafeMutableRawPointer?) {}
