// What is to happen at a later tick, in order of time and then of being noted, so that a run does
// not depend on anything but its seed.

/// A binary heap of things due. What is due lies apart from the heap, so that little is moved.
struct EventHeap<Event> {
    private struct Entry {
        let tick: Int32
        let slot: Int32
        let sequence: Int
    }

    private var entries: [Entry] = []
    private var events: [Event?] = []
    private var free: [Int32] = []
    private var sequence = 0

    var count: Int { entries.count }

    mutating func add(_ event: Event, at tick: Int32) {
        entries.append(Entry(tick: tick, slot: store(event), sequence: sequence))
        sequence += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !isBefore(child, parent) { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func store(_ event: Event) -> Int32 {
        if let slot = free.popLast() {
            events[Int(slot)] = event
            return slot
        }
        events.append(event)
        return Int32(events.count - 1)
    }

    /// The next thing that is due by `tick`, taken out; nil if nothing is.
    mutating func popDue(by tick: Int32) -> Event? {
        guard let first = entries.first, first.tick <= tick else { return nil }
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < entries.count && isBefore(child, least) {
                least = child
            }
            if least == parent { break }
            entries.swapAt(parent, least)
            parent = least
        }
        free.append(first.slot)
        let event = events[Int(first.slot)]
        events[Int(first.slot)] = nil
        return event
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (entries[left], entries[right])
        return a.tick != b.tick ? a.tick < b.tick : a.sequence < b.sequence
    }
}
