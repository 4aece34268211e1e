// What is to happen at a later tick, in order of time and then of being noted, so that a run does
// not depend on anything but its seed.

/// A binary heap of things due.
struct EventHeap<Event> {
    private struct Entry {
        let tick: Int32
        let sequence: Int
        let event: Event
    }

    private var entries: [Entry] = []
    private var sequence = 0

    var count: Int { entries.count }

    mutating func add(_ event: Event, at tick: Int32) {
        entries.append(Entry(tick: tick, sequence: sequence, event: event))
        sequence += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !isBefore(child, parent) { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// The next thing that is due by `tick`, taken out; nil if nothing is.
    mutating func popDue(by tick: Int32) -> Event? {
        guard let first = entries.first, first.tick <= tick else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && isBefore(child, least) {
                least = child
            }
            if least == parent { return first.event }
            entries.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (entries[left], entries[right])
        return a.tick != b.tick ? a.tick < b.tick : a.sequence < b.sequence
    }
}
