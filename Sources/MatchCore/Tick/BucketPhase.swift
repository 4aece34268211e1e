// Puts the tick's newcomers into the rating index, in order, so that neighbours in rating share
// the page that is in the cache. A newcomer that finds the index full tries again at its next wake.

extension Matchmaker {
    /// Rows whose records and pages are read early, together.
    private static let touchAheadCount = 16

    mutating func indexNewcomers() {
        anchors.sort()
        var leaves = InlineArray<16, Int32>(repeating: RatingIndex.none)
        var touched = 0
        var start = 0
        var root = -1
        var leaf = RatingIndex.none
        for position in 0..<anchors.count {
            if touched <= position {
                start = position
                touched = min(position + Matchmaker.touchAheadCount, anchors.count)
                readRecords(position..<touched)
                for ahead in position..<touched {
                    leaves[ahead - start] = readAhead(anchors.row(ahead))
                }
            }
            let row = anchors.row(position)
            if !row.isNewcomer { continue }
            let own = rootIndex(row)
            if leaves[position - start] != RatingIndex.none {
                leaf = leaves[position - start]
            } else if own != root {
                leaf = RatingIndex.none
            }
            root = own
            insert(row, root, &leaf)
        }
    }

    @inline(__always) private func rootIndex(_ row: AnchorRow) -> Int {
        let bucket = row.bucket
        let queue = grid.queues + bucket / grid.regionCount
        return grid.rootIndex(queue.pointee, bucket % grid.regionCount, lane: row.lane)
    }

    /// Reads the rows' records in a loop that does nothing else: the tighter it is, the more of
    /// the reads are under way at one time.
    @inline(__always) private mutating func readRecords(_ positions: Range<Int>) {
        var sum: UInt64 = 0
        for position in positions {
            sum &+= tickets.records[Int(anchors.row(position).slot)].key
        }
        warmth &+= sum
    }

    /// Reads the leaf that a newcomer goes to where that is likely to be cold.
    /// Many rows for a small tree share its leaves; few for a large one each need their own.
    /// - Returns: the leaf, or `RatingIndex.none` if it was not looked for.
    @inline(__always) private mutating func readAhead(_ row: AnchorRow) -> Int32 {
        if !row.isNewcomer { return RatingIndex.none }
        let root = grid.roots[rootIndex(row)]
        if Int(root.count) < anchors.count * 2 { return RatingIndex.none }
        let leaf = index.leaf(root, row.key)
        warmth &+= index.touch(leaf: leaf)
        return leaf
    }

    /// Makes room in a full list: indexes what is in it and leaves its buckets to the sweep.
    mutating func flushAnchors() {
        indexNewcomers()
        var last = -1
        for position in 0..<anchors.count where anchors.row(position).bucket != last {
            last = anchors.row(position).bucket
            grid.markSweep(last)
        }
        anchors.clear()
    }

    @inline(__always) private mutating func insert(
        _ row: AnchorRow, _ rootIndex: Int, _ leaf: inout Int32
    ) {
        let slot = Int(row.slot)
        guard tickets.isWaiting(slot, key: row.key) else { return }
        guard index.hasRoom(forInsertions: 1) else {
            report.placesRefused += 1
            schedule(slot)
            return
        }
        let bucket = row.bucket
        let root = grid.roots + rootIndex
        let record = tickets.records.pointer(slot)
        leaf = index.insert(
            IndexPlace(
                key: record.pointee.key, slot: Int32(slot), stretch: record.pointee.stretch,
                enqueuedAt: record.pointee.enqueuedAt),
            into: &root.pointee, hint: leaf)
        tickets.records[slot].regions |= 1 << UInt16(bucket % grid.regionCount)
        grid.noteInsertion(bucket, tickets.records[slot])
    }
}
