// Names and their indices: append-only, of fixed capacity. One thread at a time adds names; any
// thread looks them up without a lock. An index once given keeps its name for the process's life.
// Names are tokens of at most 48 bytes; the caller has checked them.
import Synchronization
import Wire

/// A table of names with one writer and lock-free readers.
final class NameTable: @unchecked Sendable {
    // SAFETY: an entry is written once, by the single writer, before its index is published with
    // release into `slots` and `published`; readers reach it only through those, with acquire.
    private let entries: UnsafeMutablePointer<NameEntry>
    private let slots: UnsafeMutablePointer<Atomic<UInt32>>
    private let slotMask: Int
    private let published = Atomic<Int>(0)
    let capacity: Int

    /// - Precondition: `capacity` is 1 to 65,535, so that an index fits 16 bits and one value of
    ///   them stays free for "none".
    init(capacity: Int) {
        precondition(capacity >= 1 && capacity <= 65_535)
        self.capacity = capacity
        var slotCount = 64
        while slotCount < capacity * 2 { slotCount *= 2 }
        slotMask = slotCount - 1
        entries = .allocate(capacity: capacity)
        slots = .allocate(capacity: slotCount)
        for index in 0..<slotCount { (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        slots.deinitialize(count: slotMask + 1)
        slots.deallocate()
        entries.deallocate()
    }

    /// Names in the table.
    var count: Int { published.load(ordering: .acquiring) }

    /// The index of a name, or nil if it is not in the table.
    /// - Complexity: O(1) on average; the table is at most half full.
    func index(of name: UnsafeRawBufferPointer) -> UInt16? {
        var slot = Int(truncatingIfNeeded: NameTable.hash(name)) & slotMask
        while true {
            // Acquire pairs with the release in `add`: the entry behind the index is written.
            let occupant = slots[slot].load(ordering: .acquiring)
            if occupant == 0 { return nil }
            if entries[Int(occupant) - 1].equals(name) { return UInt16(occupant - 1) }
            slot = (slot + 1) & slotMask
        }
    }

    /// The index of a name, given to it now if it is new; nil if the table is full.
    /// Called by one thread at a time.
    /// - Precondition: the name is a token.
    func add(_ name: UnsafeRawBufferPointer) -> UInt16? {
        if let index = index(of: name) { return index }
        let index = published.load(ordering: .relaxed)
        guard index < capacity else { return nil }
        precondition(Token.isValid(name))
        (entries + index).initialize(to: NameEntry(name))
        var slot = Int(truncatingIfNeeded: NameTable.hash(name)) & slotMask
        while slots[slot].load(ordering: .relaxed) != 0 { slot = (slot + 1) & slotMask }
        // Release pairs with the acquire in `index(of:)`.
        slots[slot].store(UInt32(index + 1), ordering: .releasing)
        published.store(index + 1, ordering: .releasing)
        return UInt16(index)
    }

    /// `index(of:)` for a Swift string.
    func index(of name: String) -> UInt16? {
        var name = name
        return name.withUTF8 { index(of: UnsafeRawBufferPointer($0)) }
    }

    /// `add` for a Swift string.
    func add(_ name: String) -> UInt16? {
        var name = name
        return name.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    /// The name behind an index, or nil if no such index was given.
    func name(at index: UInt16) -> String? {
        guard Int(index) < count else { return nil }
        return entries[Int(index)].text
    }

    /// FNV-1a over the bytes.
    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }
}

/// A name in place.
private struct NameEntry: BitwiseCopyable {
    private let count: UInt8
    private let bytes: InlineArray<48, UInt8>

    init(_ name: UnsafeRawBufferPointer) {
        precondition(name.count >= 1 && name.count <= Token.byteCountMax)
        count = UInt8(name.count)
        var copy = InlineArray<48, UInt8>(repeating: 0)
        for index in 0..<name.count { copy[index] = name[index] }
        bytes = copy
    }

    func equals(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count == Int(count) else { return false }
        for index in 0..<name.count where bytes[index] != name[index] { return false }
        return true
    }

    var text: String {
        String(unsafeUninitializedCapacity: Int(count)) { buffer in
            for index in 0..<Int(count) { buffer[index] = bytes[index] }
            return Int(count)
        }
    }
}
