// Fixed-capacity storage carved from one block that the caller owns, so that everything the core
// will ever use is reserved at start. Owner: the matchmaker's thread. Does not grow or free.

/// A fixed number of elements in memory that somebody else owns.
struct FixedArray<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    let count: Int

    init(base: UnsafeMutablePointer<Element>, count: Int) {
        self.base = base
        self.count = count
    }

    subscript(index: Int) -> Element {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return base[index]
        }
        @inline(__always) nonmutating _modify {
            assert(index >= 0 && index < count)
            yield &base[index]
        }
    }

    @inline(__always) func pointer(_ index: Int) -> UnsafeMutablePointer<Element> {
        assert(index >= 0 && index < count)
        return base + index
    }
}

/// Hands out consecutive pieces of one block. With no block it only adds up their sizes.
struct Arena {
    private let block: UnsafeMutableRawPointer?
    private let byteCount: Int
    private(set) var byteCountUsed = 0

    /// Every piece starts on a cache line, so that no two arrays share one.
    static let alignment = 64

    /// An arena that measures: what it hands out must not be touched.
    static func measuring() -> Arena { Arena(block: nil, byteCount: Int.max) }

    init(_ memory: UnsafeMutableRawBufferPointer) {
        self.init(block: memory.baseAddress, byteCount: memory.count)
        precondition(Int(bitPattern: memory.baseAddress) % Arena.alignment == 0)
    }

    private init(block: UnsafeMutableRawPointer?, byteCount: Int) {
        self.block = block
        self.byteCount = byteCount
    }

    var isMeasuring: Bool { block == nil }

    mutating func take<Element: BitwiseCopyable>(
        _ type: Element.Type, count: Int
    ) -> FixedArray<Element> {
        let bytes = count * MemoryLayout<Element>.stride
        let start = byteCountUsed
        byteCountUsed += (bytes + Arena.alignment - 1) / Arena.alignment * Arena.alignment
        precondition(byteCountUsed <= byteCount)
        guard let block else {
            // SAFETY: a measuring arena's arrays are discarded without being read or written.
            let nowhere = UnsafeMutablePointer<Element>(bitPattern: Arena.alignment)
            return FixedArray(base: nowhere.unsafelyUnwrapped, count: 0)
        }
        // SAFETY: the piece lies inside the block, is aligned, and no other piece overlaps it.
        let base = (block + start).bindMemory(to: Element.self, capacity: count)
        return FixedArray(base: base, count: count)
    }
}
