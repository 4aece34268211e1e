// Insertion into the rating index: into the leaf, splitting full pages on the way up.

extension RatingIndex {
    /// - Precondition: the key is not in the tree, and there is room for one insertion.
    mutating func insert(_ place: IndexPlace, into root: inout IndexRoot) {
        root.count += 1
        root.oldest = min(root.oldest, place.enqueuedAt)
        if root.page < 0 {
            root.page = allocatePage()
            root.height = 0
            put(place, root.page, at: 0)
            return
        }
        var path = IndexPath()
        let leaf = descend(root, place.key, &path)
        noteWait(since: place.enqueuedAt, path, height: Int(root.height))
        let position = lowerBound(leaf, place.key)
        if Int(headers[Int(leaf)].count) < RatingIndex.pageCapacity {
            put(place, leaf, at: position)
            return
        }
        var separator = splitAndPut(place, leaf, at: position, isLeaf: true)
        var level = Int(root.height) - 1
        while level >= 0 {
            let parent = path.pages[level]
            let slot = Int(path.positions[level]) + 1
            if Int(headers[Int(parent)].count) < RatingIndex.pageCapacity {
                put(separator, parent, at: slot)
                return
            }
            separator = splitAndPut(separator, parent, at: slot, isLeaf: false)
            level -= 1
        }
        growRoot(&root, separator)
    }

    /// Inserts into the leaf `hint` if the key surely belongs there; otherwise as `insert`.
    /// - Returns: the leaf to hint at next.
    @inline(__always) mutating func insert(
        _ place: IndexPlace, into root: inout IndexRoot, hint: Int32
    ) -> Int32 {
        if hint >= 0 {
            let count = Int(headers[Int(hint)].count)
            // Inside the leaf's own keys, or behind those of the last leaf: between two leaves the
            // parent's separator decides, which this does not see.
            let isLast = headers[Int(hint)].next < 0
            // Nor does it see the bounds above, which hold for all that is in the leaf already.
            if count < RatingIndex.pageCapacity, content(hint)[0].key < place.key,
                isLast || place.key < content(hint)[count - 1].key,
                place.enqueuedAt >= content(hint)[0].enqueuedAt
            {
                put(place, hint, at: lowerBound(hint, place.key))
                root.count += 1
                return hint
            }
        }
        insert(place, into: &root)
        return leaf(root, place.key)
    }

    /// Keeps the bounds on the way to a leaf that takes a ticket in.
    @inline(__always) private func noteWait(since: Int32, _ path: IndexPath, height: Int) {
        for level in 0..<height {
            let entry = content(path.pages[level]) + Int(path.positions[level])
            if since < entry.pointee.enqueuedAt { entry.pointee.enqueuedAt = since }
        }
    }

    @inline(__always) private func put(_ place: IndexPlace, _ page: Int32, at position: Int) {
        let content = content(page)
        let count = Int(headers[Int(page)].count)
        assert(count < RatingIndex.pageCapacity && position <= count)
        (content + position + 1).update(from: content + position, count: count - position)
        content[position] = place
        headers[Int(page)].count += 1
    }

    /// Moves the upper half to a new page, puts `place` where it belongs, and returns the new
    /// page's entry for the parent.
    private mutating func splitAndPut(
        _ place: IndexPlace, _ page: Int32, at position: Int, isLeaf: Bool
    ) -> IndexPlace {
        let right = allocatePage()
        // Rising keys fill leaf after leaf; a place in the middle leaves two halves. An inner page
        // is always halved: with a single child it could not repair that child later.
        let isRising = isLeaf && position == RatingIndex.pageCapacity
        let half = isRising ? RatingIndex.pageCapacity : RatingIndex.pageCapacity / 2
        content(right).update(from: content(page) + half, count: RatingIndex.pageCapacity - half)
        headers[Int(right)].count = Int32(RatingIndex.pageCapacity - half)
        headers[Int(page)].count = Int32(half)
        if isLeaf { linkLeaf(right, after: page) }
        if position <= half, !isRising {
            put(place, page, at: position)
        } else {
            put(place, right, at: position - half)
        }
        return IndexPlace(key: content(right)[0].key, page: right, oldest: earliest(right))
    }

    private func linkLeaf(_ page: Int32, after left: Int32) {
        let next = headers[Int(left)].next
        headers[Int(page)].previous = left
        headers[Int(page)].next = next
        headers[Int(left)].next = page
        if next >= 0 { headers[Int(next)].previous = page }
    }

    private mutating func growRoot(_ root: inout IndexRoot, _ separator: IndexPlace) {
        precondition(Int(root.height) < IndexPath.heightMax)
        let top = allocatePage()
        put(IndexPlace(key: 0, page: root.page, oldest: root.oldest), top, at: 0)
        put(separator, top, at: 1)
        root.page = top
        root.height += 1
    }
}
