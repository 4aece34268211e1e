// Tickets of one bucket and party size in rating order: a B+ tree over pages of one shared pool.
// A place holds rating, arrival, slot and enqueue tick, so neighbours are judged from contiguous
// memory without touching their records. Owner: the matchmaker's thread.

/// One ticket's place in the order, and a child of an inner page.
struct IndexPlace: BitwiseCopyable {
    var key: UInt64
    /// A leaf: the ticket's slot in the lower 24 bits and its stretch above. An inner page: the
    /// child page.
    fileprivate(set) var link: Int32
    /// A leaf: since when the ticket waits. An inner page: no ticket below it waits for longer; a
    /// bound that departures leave behind, and that `oldest` draws tight again.
    var enqueuedAt: Int32

    init(key: UInt64, slot: Int32, stretch: Stretch, enqueuedAt: Int32) {
        self.key = key
        link = slot | Int32(bitPattern: UInt32(stretch.code) << 24)
        self.enqueuedAt = enqueuedAt
    }

    init(key: UInt64, page: Int32, oldest: Int32) {
        self.key = key
        link = page
        enqueuedAt = oldest
    }

    var slot: Int32 { link & 0xFF_FFFF }
    var stretch: Stretch {
        Stretch(code: UInt8(truncatingIfNeeded: UInt32(bitPattern: link) >> 24))
    }
    var page: Int32 { link }
}

/// The entry to one tree. `page` is −1 while the tree is empty.
struct IndexRoot: BitwiseCopyable {
    var page: Int32 = -1
    /// Inner levels above the leaves.
    var height: Int32 = 0
    var count: Int32 = 0
    /// No ticket of the tree waits since before this tick: a bound like those of inner pages.
    var oldest = Int32.max
}

struct PageHeader: BitwiseCopyable {
    var count: Int32
    /// Neighbours among the leaves, −1 at the ends; `next` also links free pages.
    var next: Int32
    var previous: Int32
}

/// A position among the leaves.
struct IndexCursor {
    var page: Int32
    var position: Int32
}

/// The path from the root to a leaf: for each level the page and the child taken.
struct IndexPath {
    static let heightMax = 8
    var pages = InlineArray<8, Int32>(repeating: -1)
    var positions = InlineArray<8, Int32>(repeating: 0)
}

struct RatingIndex {
    /// 32 places are eight cache lines: see docs/decisions/0002 for what other sizes cost.
    static let pageCapacity = 32
    static let pageFillMin = 10
    static let none: Int32 = -1

    let places: FixedArray<IndexPlace>
    let headers: FixedArray<PageHeader>
    private var highWater = 0
    private var freeHead: Int32 = -1
    private(set) var pagesUsed = 0

    /// Pages for `placeCountMax` places: 20 places a page on average, and one for each small tree.
    static func pageCount(_ limits: Limits) -> Int {
        let treeCount = limits.queueCountMax * limits.regionCount
        return limits.placeCountMax / 20 + min(limits.placeCountMax, treeCount) + 64
    }

    init(limits: Limits, arena: inout Arena) {
        let pageCount = RatingIndex.pageCount(limits)
        headers = arena.take(PageHeader.self, count: pageCount)
        places = arena.take(IndexPlace.self, count: pageCount * RatingIndex.pageCapacity)
    }

    /// True if `count` insertions cannot run out of pages, whatever they split.
    func hasRoom(forInsertions count: Int) -> Bool {
        pagesUsed + count * (IndexPath.heightMax + 1) <= headers.count
    }

    /// Forgets every tree; their roots must be discarded by the owner.
    mutating func removeAll() {
        highWater = 0
        freeHead = RatingIndex.none
        pagesUsed = 0
    }

    mutating func allocatePage() -> Int32 {
        precondition(pagesUsed < headers.count)
        pagesUsed += 1
        let page: Int32
        if freeHead >= 0 {
            page = freeHead
            freeHead = headers[Int(page)].next
        } else {
            page = Int32(highWater)
            highWater += 1
        }
        headers[Int(page)] = PageHeader(count: 0, next: -1, previous: -1)
        return page
    }

    mutating func releasePage(_ page: Int32) {
        precondition(pagesUsed > 0)
        pagesUsed -= 1
        headers[Int(page)].next = freeHead
        freeHead = page
    }

    @inline(__always) func content(_ page: Int32) -> UnsafeMutablePointer<IndexPlace> {
        places.pointer(Int(page) * RatingIndex.pageCapacity)
    }

    /// How many places of the page have a key below `key`.
    @inline(__always) func lowerBound(_ page: Int32, _ key: UInt64) -> Int {
        let content = content(page)
        var low = 0
        var size = Int(headers[Int(page)].count)
        while size > 0 {
            let half = size / 2
            let isBelow = content[low + half].key < key
            low = isBelow ? low + half + 1 : low
            size = isBelow ? size - half - 1 : half
        }
        return low
    }

    /// The child of an inner page that covers `key`.
    @inline(__always) func childPosition(_ page: Int32, _ key: UInt64) -> Int {
        let position = lowerBound(page, key)
        let isExact =
            position < Int(headers[Int(page)].count) && content(page)[position].key == key
        return isExact ? position : max(position - 1, 0)
    }

    /// The leaf that covers `key`; the way to it is left in `path`.
    @inline(__always) func descend(_ root: IndexRoot, _ key: UInt64, _ path: inout IndexPath)
        -> Int32
    {
        var page = root.page
        for level in 0..<Int(root.height) {
            let position = childPosition(page, key)
            path.pages[level] = page
            path.positions[level] = Int32(position)
            page = content(page)[position].page
        }
        return page
    }
}

// MARK: - Reading ahead

extension RatingIndex {
    /// The leaf that covers `key`, or `none` in an empty tree.
    @inline(__always) func leaf(_ root: IndexRoot, _ key: UInt64) -> Int32 {
        if root.page < 0 { return RatingIndex.none }
        var page = root.page
        for _ in 0..<Int(root.height) { page = content(page)[childPosition(page, key)].page }
        return page
    }

    /// Reads the leaf's lines without waiting for each in turn, so that work on several leaves
    /// overlaps. The result means nothing.
    @inline(__always) func touch(leaf page: Int32) -> UInt64 {
        let lines = content(page)
        return lines[0].key &+ lines[8].key &+ lines[16].key &+ lines[24].key
            &+ UInt64(truncatingIfNeeded: headers[Int(page)].count)
    }
}

// MARK: - Walking

extension RatingIndex {
    /// The first place whose key is not below `key`; at the end, `page` is −1.
    @inline(__always) func seek(_ root: IndexRoot, _ key: UInt64) -> IndexCursor {
        if root.page < 0 { return IndexCursor(page: -1, position: 0) }
        var page = root.page
        for _ in 0..<Int(root.height) { page = content(page)[childPosition(page, key)].page }
        let position = lowerBound(page, key)
        if position == Int(headers[Int(page)].count) {
            return IndexCursor(page: headers[Int(page)].next, position: 0)
        }
        return IndexCursor(page: page, position: Int32(position))
    }

    /// Gives the place of `key` another stretch.
    /// - Precondition: the tree holds `key`.
    func setStretch(_ stretch: Stretch, of key: UInt64, in root: IndexRoot) {
        let cursor = seek(root, key)
        let place = content(cursor.page)[Int(cursor.position)]
        precondition(place.key == key)
        content(cursor.page)[Int(cursor.position)] = IndexPlace(
            key: key, slot: place.slot, stretch: stretch, enqueuedAt: place.enqueuedAt)
    }

    /// The place at the cursor, or nil at the end.
    @inline(__always) func place(at cursor: IndexCursor) -> IndexPlace? {
        cursor.page < 0 ? nil : content(cursor.page)[Int(cursor.position)]
    }

    @inline(__always) func advance(_ cursor: inout IndexCursor) {
        cursor.position += 1
        if cursor.position == headers[Int(cursor.page)].count {
            cursor = IndexCursor(page: headers[Int(cursor.page)].next, position: 0)
        }
    }

    /// The last place before `cursor`, where `cursor` came from `seek` on the same tree.
    @inline(__always) func before(_ cursor: IndexCursor, in root: IndexRoot) -> IndexCursor {
        if cursor.page < 0 { return last(root) }
        var moved = cursor
        retreat(&moved)
        return moved
    }

    @inline(__always) func retreat(_ cursor: inout IndexCursor) {
        if cursor.position > 0 {
            cursor.position -= 1
            return
        }
        let previous = headers[Int(cursor.page)].previous
        let position = previous < 0 ? 0 : headers[Int(previous)].count - 1
        cursor = IndexCursor(page: previous, position: position)
    }

    private func last(_ root: IndexRoot) -> IndexCursor {
        if root.page < 0 { return IndexCursor(page: -1, position: 0) }
        var page = root.page
        for _ in 0..<Int(root.height) {
            page = content(page)[Int(headers[Int(page)].count) - 1].page
        }
        return IndexCursor(page: page, position: headers[Int(page)].count - 1)
    }
}
