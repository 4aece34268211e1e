// Finds the slot of an identity: an open-addressed table of 32-bit hash and 32-bit slot.
// Linear probing with backward-shift removal: no tombstones, so a table never wears out. The hash
// is seeded, so that senders cannot choose ids that collide. Never iterated.

struct IdentityMap {
    /// Upper half: hash. Lower half: slot + 1, or 0 where the cell is empty.
    private let cells: FixedArray<UInt64>
    private(set) var count = 0

    /// Share of cells that may be filled, as a fraction: 3/4 keeps probes short.
    static func cellCount(capacity: Int) -> Int { max(16, capacity * 4 / 3 + 1) }

    init(capacity: Int, arena: inout Arena) {
        cells = arena.take(UInt64.self, count: IdentityMap.cellCount(capacity: capacity))
        if !arena.isMeasuring { cells.base.update(repeating: 0, count: cells.count) }
    }

    @inline(__always) private func home(_ hash: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(cells.count)) >> 32)
    }

    @inline(__always) private func after(_ position: Int) -> Int {
        position + 1 == cells.count ? 0 : position + 1
    }

    /// The slot whose hash agrees and for which `isSame` holds, or nil.
    @inline(__always) func find(_ hash: UInt32, isSame: (Int) -> Bool) -> Int? {
        var position = home(hash)
        while true {
            let cell = cells[position]
            if cell == 0 { return nil }
            if UInt32(truncatingIfNeeded: cell >> 32) == hash {
                let slot = Int(UInt32(truncatingIfNeeded: cell)) - 1
                if isSame(slot) { return slot }
            }
            position = after(position)
        }
    }

    /// Reads the cell where a search would begin, so that later searches find it in the cache.
    @inline(__always) func touch(_ hash: UInt32) -> UInt64 { cells[home(hash)] }

    /// - Precondition: the identity is not in the map and the map is not full.
    mutating func insert(_ hash: UInt32, slot: Int) {
        precondition(count < cells.count - 1)
        var position = home(hash)
        while cells[position] != 0 { position = after(position) }
        cells[position] = UInt64(hash) << 32 | UInt64(slot + 1)
        count += 1
    }

    /// - Precondition: the pair was inserted and not removed since.
    mutating func remove(_ hash: UInt32, slot: Int) {
        let wanted = UInt64(hash) << 32 | UInt64(slot + 1)
        var hole = home(hash)
        while cells[hole] != wanted {
            precondition(cells[hole] != 0)
            hole = after(hole)
        }
        closeGap(at: hole)
        count -= 1
    }

    /// Moves later cells of the run back over the hole, unless that would take them before home.
    private func closeGap(at start: Int) {
        var hole = start
        var position = after(hole)
        while cells[position] != 0 {
            let ideal = home(UInt32(truncatingIfNeeded: cells[position] >> 32))
            let fromIdeal = distance(from: ideal, to: position)
            if fromIdeal >= distance(from: hole, to: position) {
                cells[hole] = cells[position]
                hole = position
            }
            position = after(position)
        }
        cells[hole] = 0
    }

    @inline(__always) private func distance(from start: Int, to end: Int) -> Int {
        end >= start ? end - start : end - start + cells.count
    }
}
