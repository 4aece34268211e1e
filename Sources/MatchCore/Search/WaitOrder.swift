// Puts lists of candidates in order of wait. A heap: no space of its own, no bad case, and the
// candidates' own order decides between equal waits.

struct WaitOrder {
    let candidates: FixedArray<Candidate>
    /// Indices of candidates.
    let list: FixedArray<Int32>

    /// Sorts `count` entries of the list from `start` on, the longest waiting first.
    /// - Complexity: O(count × log count)
    func sort(_ start: Int, _ count: Int) {
        for root in stride(from: count / 2 - 1, through: 0, by: -1) { sift(root, start, count) }
        for end in stride(from: count - 1, to: 0, by: -1) {
            let last = list[start + end]
            list[start + end] = list[start]
            list[start] = last
            sift(0, start, end)
        }
    }

    /// Lets an entry sink below those that come after it in the order.
    private func sift(_ root: Int, _ start: Int, _ count: Int) {
        let moved = list[start + root]
        var hole = root
        while 2 * hole + 1 < count {
            var child = 2 * hole + 1
            if child + 1 < count, isEarlier(list[start + child], list[start + child + 1]) {
                child += 1
            }
            if !isEarlier(moved, list[start + child]) { break }
            list[start + hole] = list[start + child]
            hole = child
        }
        list[start + hole] = moved
    }

    @inline(__always) private func isEarlier(_ left: Int32, _ right: Int32) -> Bool {
        let one = candidates[Int(left)].enqueuedAt
        let other = candidates[Int(right)].enqueuedAt
        return one == other ? left < right : one < other
    }
}
