// Names and their places in a list, looked up by bytes as they stand in a message: no text is made
// and nothing is allocated. Immutable value, made at a reload.

/// A list of different names with a hash table over it.
struct NameIndex: Sendable {
    let names: [String]
    private let bytes: [UInt8]
    /// Where each name ends in `bytes`.
    private let ends: [Int32]
    /// Place + 1 of the name that hashes here, 0 for none; at most half full.
    private let slots: [UInt16]

    /// - Precondition: at most 65,535 names, no two alike.
    init(_ names: [String]) {
        precondition(names.count <= 65_535)
        self.names = names
        var bytes: [UInt8] = []
        var ends: [Int32] = []
        var slotCount = 2
        while slotCount < names.count * 2 { slotCount *= 2 }
        var slots = [UInt16](repeating: 0, count: slotCount)
        for (place, name) in names.enumerated() {
            let text = Array(name.utf8)
            bytes += text
            ends.append(Int32(bytes.count))
            var slot = Int(truncatingIfNeeded: text.withUnsafeBytes { StableHash.bytes($0) })
            slot &= slotCount - 1
            while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
            slots[slot] = UInt16(place + 1)
        }
        self.bytes = bytes
        self.ends = ends
        self.slots = slots
    }

    /// The place of a name, or nil if it is not in the list.
    /// - Complexity: O(1) on average.
    func place(of name: UnsafeRawBufferPointer) -> Int? {
        var slot = Int(truncatingIfNeeded: StableHash.bytes(name)) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if equals(place, name) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func equals(_ place: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        let start = place == 0 ? 0 : Int(ends[place - 1])
        guard Int(ends[place]) - start == name.count else { return false }
        for index in 0..<name.count where bytes[start + index] != name[index] { return false }
        return true
    }
}

/// Hashes that are the same in every run and on every machine.
enum StableHash {
    /// FNV-1a over the bytes, its high half folded into the low one.
    static func bytes(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }

    /// The finalizer of splitmix64: every bit of the number changes half of the result's.
    static func mix(_ number: UInt64) -> UInt64 {
        var mixed = number &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
