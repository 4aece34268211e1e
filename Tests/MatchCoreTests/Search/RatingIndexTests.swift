// The rating index against a sorted array, in random and in adversarial orders.

import Testing

@testable import MatchCore

/// One tree beside the sorted array that it must equal.
final class IndexPair {
    private let memory = TestMemory()
    var index: RatingIndex
    var root = IndexRoot()
    private(set) var keys: [UInt64] = []
    private let emptyPageCount: Int

    init(placeCountMax: Int = 40_000) {
        let limits = Limits(
            ticketCountMax: placeCountMax, placeCountMax: placeCountMax, queueCountMax: 1,
            regionCount: 1)
        var arena = memory.arena
        index = RatingIndex(limits: limits, arena: &arena)
        emptyPageCount = index.pagesUsed
    }

    func rank(_ key: UInt64) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func place(_ key: UInt64) -> IndexPlace {
        // Most come in order of time; some bring a wait along.
        let sequence = Int32(truncatingIfNeeded: key & 0xFF_FFFF)
        return IndexPlace(
            key: key, slot: Int32(truncatingIfNeeded: key & 0xFFFF), stretch: .none,
            enqueuedAt: sequence / 3 - (sequence % 11 == 0 ? 5000 : 0))
    }

    /// The longest waiting place of the ratings that waits since before `before` and fits.
    func oldest(
        _ ratings: ClosedRange<Int32>, before: Int32, fits: (IndexPlace) -> Bool
    ) -> UInt64? {
        var best: IndexPlace?
        for place in keys.map(place) where ratings.contains(RatingKey.rating(of: place.key)) {
            if place.enqueuedAt < best?.enqueuedAt ?? before, fits(place) { best = place }
        }
        return best?.key
    }

    func insert(_ key: UInt64) {
        index.insert(place(key), into: &root)
        keys.insert(key, at: rank(key))
    }

    /// - Returns: the leaf to hint at next.
    func insert(_ key: UInt64, hint: Int32) -> Int32 {
        keys.insert(key, at: rank(key))
        return index.insert(place(key), into: &root, hint: hint)
    }

    func remove(at rank: Int) {
        index.remove(keys[rank], from: &root)
        keys.remove(at: rank)
    }

    /// Removes the keys at these rising ranks.
    func removeRun(_ ranks: [Int]) {
        let run = ranks.map { keys[$0] }
        run.withUnsafeBufferPointer { index.removeRun($0, from: &root) }
        for rank in ranks.reversed() { keys.remove(at: rank) }
    }

    /// Walks a few places up and down from where `key` would stand.
    func isSameAround(_ key: UInt64, steps: Int) -> Bool {
        let start = rank(key)
        var cursor = index.seek(root, key)
        var down = index.before(cursor, in: root)
        for offset in 0..<steps {
            let expected = start + offset < keys.count ? keys[start + offset] : nil
            guard isSame(index.place(at: cursor), expected) else { return false }
            if expected == nil { break }
            index.advance(&cursor)
        }
        for offset in 1...steps {
            let expected = start >= offset ? keys[start - offset] : nil
            guard isSame(index.place(at: down), expected) else { return false }
            if expected == nil { break }
            index.retreat(&down)
        }
        return true
    }

    private func isSame(_ found: IndexPlace?, _ key: UInt64?) -> Bool {
        guard let key else { return found == nil }
        guard let found else { return false }
        let expected = place(key)
        return found.key == key && found.slot == expected.slot
            && found.enqueuedAt == expected.enqueuedAt
    }

    /// The whole tree in both directions, its count and its pages.
    func expectSame(_ comment: Comment) {
        #expect(Int(root.count) == keys.count, comment)
        #expect(isSameAround(0, steps: keys.count + 1), comment)
        #expect(isSameAround(UInt64.max, steps: keys.count + 1), comment)
        #expect(index.pagesUsed == pageCount(root.page, Int(root.height)), "pages of the tree")
        if keys.isEmpty { #expect(root.page == -1 && index.pagesUsed == emptyPageCount) }
    }

    private func pageCount(_ page: Int32, _ height: Int) -> Int {
        if page < 0 { return 0 }
        let header = index.headers[Int(page)]
        #expect(header.count > 0, "a page without places")
        if height == 0 { return 1 }
        var count = 1
        for child in 0..<Int(header.count) {
            count += pageCount(index.content(page)[child].slot, height - 1)
        }
        return count
    }

    /// Pages that so many places may take: ten a page and the inner pages above them.
    var pageCountMax: Int { keys.count / 9 + 8 }
}

/// A key of a rating step and an arrival number.
private func key(_ rating: Int, _ sequence: Int) -> UInt64 {
    RatingKey.make(rating: Int32(rating), sequence: UInt64(sequence))
}

/// MM-05, MM-06.
@Suite struct RatingIndexTests {
    /// How a random run draws its ratings and how large its pool grows.
    struct Run: Sendable, CustomStringConvertible {
        let name: String
        let ratingCount: Int
        let poolMax: Int
        var description: String { name }
    }

    @Test(arguments: [
        Run(name: "wide", ratingCount: 400_000, poolMax: 6000),
        Run(name: "many equal", ratingCount: 5, poolMax: 6000),
        Run(name: "small", ratingCount: 1000, poolMax: 70),
    ])
    func agreesWithASortedArrayOverRandomOperations(_ run: Run) {
        let pair = IndexPair()
        var random = Random(seed: 7)
        var isGrowing = true
        var mismatches = 0
        for operation in 0..<70_000 {
            if pair.keys.count >= run.poolMax { isGrowing = false }
            if pair.keys.isEmpty { isGrowing = true }
            let fresh = key(random.next(in: 0...run.ratingCount), operation)
            switch random.next(in: 0...9) {
            case 0: if !pair.isSameAround(fresh, steps: 6) { mismatches += 1 }
            case 1: if !pair.keys.isEmpty { removeRun(pair, &random) }
            case 2...6: grow(pair, isGrowing, fresh, &random)
            default: grow(pair, !isGrowing, fresh, &random)
            }
        }
        #expect(mismatches == 0)
        pair.expectSame("after all operations")
        while !pair.keys.isEmpty { pair.remove(at: random.next(in: 0...pair.keys.count - 1)) }
        pair.expectSame("emptied")
    }

    private func grow(_ pair: IndexPair, _ adds: Bool, _ key: UInt64, _ random: inout Random) {
        if adds {
            pair.insert(key)
        } else if !pair.keys.isEmpty {
            pair.remove(at: random.next(in: 0...pair.keys.count - 1))
        }
    }

    /// A lobby: a few places near each other, some of them side by side.
    private func removeRun(_ pair: IndexPair, _ random: inout Random) {
        var ranks: [Int] = []
        var rank = random.next(in: 0...pair.keys.count - 1)
        while rank < pair.keys.count, ranks.count < 6 {
            ranks.append(rank)
            rank += random.chance(0.7) ? 1 : random.next(in: 2...40)
        }
        pair.removeRun(ranks)
    }

    @Test(arguments: [1, 31, 32, 33, 1023, 1024, 1025, 1026, 1100, 5000])
    func growsAndShrinksAtEitherEnd(_ count: Int) {
        for isRising in [true, false] {
            for removesFirst in [true, false] {
                let pair = IndexPair()
                for number in 0..<count { pair.insert(key(isRising ? number : -number, number)) }
                pair.expectSame("filled")
                for step in 0..<count {
                    pair.remove(at: removesFirst ? 0 : pair.keys.count - 1)
                    if step < 40 || pair.keys.count < 40 { pair.expectSame("step \(step)") }
                }
                pair.expectSame("emptied")
            }
        }
    }

    @Test func pagesStayBoundedWhenMostPlacesLeave() {
        var random = Random(seed: 3)
        for order in ["rising", "falling", "random"] {
            let pair = IndexPair()
            for number in 0..<12_000 {
                switch order {
                case "rising": pair.insert(key(number, number))
                case "falling": pair.insert(key(-number, number))
                default: pair.insert(key(random.next(in: 0...1_000_000), number))
                }
            }
            #expect(pair.index.pagesUsed <= pair.pageCountMax, "\(order), filled")
            while pair.keys.count > 300 {
                pair.remove(at: random.next(in: 0...pair.keys.count - 1))
            }
            #expect(pair.index.pagesUsed <= pair.pageCountMax, "\(order), thinned")
            pair.expectSame("thinned")
        }
    }

    @Test(arguments: [40, 900, 6000])
    func findsTheLongestWaitingOfARange(_ poolMax: Int) {
        let pair = IndexPair()
        var random = Random(seed: 5)
        var hint = RatingIndex.none
        var found = 0
        for operation in 0..<30_000 {
            let fresh = key(random.next(in: 0...4000), operation)
            switch random.next(in: 0...9) {
            case 0...2: pair.insert(fresh)
            case 3...5:
                hint = pair.insert(fresh, hint: random.chance(0.5) ? hint : RatingIndex.none)
                continue
            case 6: if pair.keys.count > poolMax / 2 { removeRun(pair, &random) }
            case 7...8: grow(pair, pair.keys.count < poolMax, fresh, &random)
            default:
                if operation % 7 > 1 { continue }
                let low = Int32(random.next(in: -100...4000))
                let ratings = low...low + Int32(random.next(in: 0...1500))
                let before = Int32(operation / 3 - random.next(in: 0...6000))
                let third = UInt64(random.next(in: 0...2))
                let fits: (IndexPlace) -> Bool = { $0.key % 3 != third }
                var search = OldestPlace(
                    from: ratings.lowerBound, through: ratings.upperBound, before: before,
                    looks: .max)
                pair.index.findOldest(in: &pair.root, &search, fits: fits)
                #expect(search.place?.key == pair.oldest(ratings, before: before, fits: fits))
                found += search.place == nil ? 0 : 1
            }
            hint = RatingIndex.none
        }
        #expect(found > 50)
        pair.expectSame("after all operations")
    }

    @Test func aSearchForTheLongestWaitingEndsWithItsLooks() {
        let pair = IndexPair()
        for number in 0..<500 { pair.insert(key(number, number)) }
        var search = OldestPlace(from: 0, through: 500, before: .max, looks: 7)
        pair.index.findOldest(in: &pair.root, &search) { _ in false }
        #expect(search.looks == 0 && search.place == nil)
    }

    @Test func hintedInsertionsEndInTheSameOrder() {
        let pair = IndexPair()
        var random = Random(seed: 11)
        var sequence = 0
        for _ in 0..<60 {
            var batch: [UInt64] = []
            for _ in 0..<random.next(in: 1...400) {
                sequence += 1
                batch.append(key(random.next(in: 0...3000), sequence))
            }
            var hint = RatingIndex.none
            for key in batch.sorted() { hint = pair.insert(key, hint: hint) }
            while pair.keys.count > 2000 { removeRun(pair, &random) }
        }
        pair.expectSame("after all batches")
    }
}
