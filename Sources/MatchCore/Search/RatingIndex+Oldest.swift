// The longest waiting ticket of a range of ratings. Each page's entry above it says since when its
// oldest ticket waits at most, so that only pages are looked at in which somebody may be who has
// waited longer than the best so far.

/// A range of keys and what is known of the longest waiting place in it.
struct OldestPlace {
    let low: UInt64
    let high: UInt64
    /// Only places that wait since before this tick count: falls as they are found.
    var before: Int32
    /// Places that may still be judged; at 0 the search ends with what it has.
    var looks: Int
    private(set) var place: IndexPlace?

    /// - Parameters: ratings in steps, cut to those that there are; `low` at most `high`.
    init(from low: Int32, through high: Int32, before: Int32, looks: Int) {
        let lowest = Int32(Rating.pointsMin) * Rating.stepsPerPoint
        let highest = Int32(Rating.pointsMax) * Rating.stepsPerPoint
        self.low = RatingKey.make(rating: min(max(low, lowest), highest), sequence: 0)
        self.high = RatingKey.make(
            rating: min(max(high, lowest), highest), sequence: RatingKey.sequenceMax)
        self.before = before
        self.looks = looks
    }

    fileprivate mutating func take(_ place: IndexPlace) {
        self.place = place
        before = place.enqueuedAt
    }
}

extension RatingIndex {
    /// Finds the longest waiting place that fits; among equal waits the lowest.
    /// - Complexity: O(log n) pages for each place judged, and once more for each page that
    ///   departures have left with a bound too early.
    @inline(__always) func findOldest(
        in root: inout IndexRoot, _ search: inout OldestPlace, fits: (IndexPlace) -> Bool
    ) {
        if root.oldest >= search.before { return }
        root.oldest = visit(root.page, height: Int(root.height), &search, fits)
    }

    /// - Returns: since when the page's oldest ticket waits at most.
    private func visit(
        _ page: Int32, height: Int, _ search: inout OldestPlace, _ fits: (IndexPlace) -> Bool
    ) -> Int32 {
        let content = content(page)
        let count = Int(headers[Int(page)].count)
        let first = height == 0 ? lowerBound(page, search.low) : childPosition(page, search.low)
        for position in first..<count {
            let entry = content[position]
            // The first child may begin before its key says.
            if entry.key > search.high, height == 0 || position > first { break }
            if entry.enqueuedAt >= search.before || search.looks == 0 { continue }
            if height > 0 {
                content[position].enqueuedAt = visit(entry.page, height: height - 1, &search, fits)
            } else {
                search.looks -= 1
                if fits(entry) { search.take(entry) }
            }
        }
        return earliest(page)
    }

    /// The earliest wait among a page's entries.
    func earliest(_ page: Int32) -> Int32 {
        let content = content(page)
        var earliest = Int32.max
        for position in 0..<Int(headers[Int(page)].count) {
            earliest = min(earliest, content[position].enqueuedAt)
        }
        return earliest
    }
}
