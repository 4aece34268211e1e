// Removal from the rating index. A page that runs low is merged with a neighbour or takes places
// from it, so that the pool of pages cannot be worn down by any order of arrivals and departures.

extension RatingIndex {
    /// - Precondition: a place with this key is in the tree.
    mutating func remove(_ key: UInt64, from root: inout IndexRoot) {
        precondition(root.page >= 0)
        var path = IndexPath()
        let leaf = descend(root, key, &path)
        let position = lowerBound(leaf, key)
        precondition(
            position < Int(headers[Int(leaf)].count) && content(leaf)[position].key == key)
        take(leaf, at: position)
        root.count -= 1
        if Int(headers[Int(leaf)].count) < RatingIndex.pageFillMin { repair(leaf, path, &root) }
    }

    /// Removes several places of rising keys; those that stand side by side in a page leave it in
    /// one move.
    /// - Precondition: all of the keys are in the tree.
    mutating func removeRun(
        _ keys: UnsafeBufferPointer<UInt64>, from root: inout IndexRoot
    ) {
        var done = 0
        while done < keys.count {
            var path = IndexPath()
            let leaf = descend(root, keys[done], &path)
            let position = lowerBound(leaf, keys[done])
            let content = content(leaf)
            let count = Int(headers[Int(leaf)].count)
            precondition(position < count && content[position].key == keys[done])
            var run = 1
            while done + run < keys.count, position + run < count,
                content[position + run].key == keys[done + run]
            {
                run += 1
            }
            (content + position).update(
                from: content + position + run, count: count - position - run)
            headers[Int(leaf)].count -= Int32(run)
            root.count -= Int32(run)
            done += run
            if count - run < RatingIndex.pageFillMin { repair(leaf, path, &root) }
        }
    }

    @inline(__always) private func take(_ page: Int32, at position: Int) {
        let content = content(page)
        let count = Int(headers[Int(page)].count)
        (content + position).update(from: content + position + 1, count: count - position - 1)
        headers[Int(page)].count -= 1
    }

    /// Restores the least fill from the leaf upwards.
    private mutating func repair(_ leaf: Int32, _ path: IndexPath, _ root: inout IndexRoot) {
        var page = leaf
        var level = Int(root.height) - 1
        while level >= 0, Int(headers[Int(page)].count) < RatingIndex.pageFillMin {
            let parent = path.pages[level]
            let isLeaf = level == Int(root.height) - 1
            if !joinOrShare(parent, Int(path.positions[level]), isLeaf) { return }
            page = parent
            level -= 1
        }
        shrinkRoot(&root)
    }

    /// Merges child `position` with a neighbour, or evens the two out.
    /// - Returns: true if the parent lost a child.
    private mutating func joinOrShare(_ parent: Int32, _ position: Int, _ isLeaf: Bool) -> Bool {
        let childCount = Int(headers[Int(parent)].count)
        precondition(childCount >= 2)
        let leftPosition = position + 1 < childCount ? position : position - 1
        let left = content(parent)[leftPosition].page
        let right = content(parent)[leftPosition + 1].page
        let leftCount = Int(headers[Int(left)].count)
        let rightCount = Int(headers[Int(right)].count)
        let oldest = min(
            content(parent)[leftPosition].enqueuedAt, content(parent)[leftPosition + 1].enqueuedAt)
        content(parent)[leftPosition].enqueuedAt = oldest
        if leftCount + rightCount <= RatingIndex.pageCapacity - 4 {
            (content(left) + leftCount).update(from: content(right), count: rightCount)
            headers[Int(left)].count += Int32(rightCount)
            if isLeaf { unlinkLeaf(right) }
            releasePage(right)
            take(parent, at: leftPosition + 1)
            return true
        }
        share(left, leftCount, right, rightCount)
        content(parent)[leftPosition + 1].key = content(right)[0].key
        content(parent)[leftPosition + 1].enqueuedAt = oldest
        return false
    }

    private func share(_ left: Int32, _ leftCount: Int, _ right: Int32, _ rightCount: Int) {
        let target = (leftCount + rightCount) / 2
        let leftContent = content(left)
        let rightContent = content(right)
        if leftCount < target {
            let moved = target - leftCount
            (leftContent + leftCount).update(from: rightContent, count: moved)
            rightContent.update(from: rightContent + moved, count: rightCount - moved)
        } else {
            let moved = leftCount - target
            (rightContent + moved).update(from: rightContent, count: rightCount)
            rightContent.update(from: leftContent + target, count: moved)
        }
        headers[Int(left)].count = Int32(target)
        headers[Int(right)].count = Int32(leftCount + rightCount - target)
    }

    private func unlinkLeaf(_ page: Int32) {
        let next = headers[Int(page)].next
        let previous = headers[Int(page)].previous
        if previous >= 0 { headers[Int(previous)].next = next }
        if next >= 0 { headers[Int(next)].previous = previous }
    }

    private mutating func shrinkRoot(_ root: inout IndexRoot) {
        while root.height > 0, headers[Int(root.page)].count == 1 {
            let child = content(root.page)[0].page
            releasePage(root.page)
            root.page = child
            root.height -= 1
        }
        if root.height == 0, headers[Int(root.page)].count == 0 {
            releasePage(root.page)
            root = IndexRoot()
        }
    }
}
