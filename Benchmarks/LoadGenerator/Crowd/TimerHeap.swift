// A binary heap of things that happen later, earliest first; equal times in the order of adding.

/// Elements by time in seconds.
struct TimerHeap<Element> {
    private var entries: [(seconds: Double, number: Int, element: Element)] = []
    private var addedCount = 0

    var count: Int { entries.count }

    /// - Complexity: O(log n).
    mutating func add(_ element: Element, atSeconds seconds: Double) {
        addedCount += 1
        entries.append((seconds, addedCount, element))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !isBefore(child, parent) { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// The earliest element if its time has come.
    /// - Complexity: O(log n).
    mutating func popDue(atSeconds seconds: Double) -> Element? {
        guard let first = entries.first, first.seconds <= seconds else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var next = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && isBefore(child, next) {
                next = child
            }
            if next == parent { return first.element }
            entries.swapAt(parent, next)
            parent = next
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].seconds, entries[left].number)
            < (entries[right].seconds, entries[right].number)
    }
}
