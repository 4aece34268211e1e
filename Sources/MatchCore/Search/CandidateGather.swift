// Collects the candidates round an anchor in one bucket, in rating order: for each party size the
// nearest on both sides, as many as a match could hold, and only those that accept the anchor too.

/// What a gathering found besides the candidates.
struct Gathering {
    var count = 0
    var anchorIndex = 0
    var playerCount = 0
    /// Distance in rating steps to the nearest ticket outside the anchor's window.
    var nextReach = Int32.max
    /// The tick at which a ticket inside the anchor's window will accept the anchor too.
    var nextAgreement = Int32.max
    /// Of the tickets inside the window that came after the anchor, the first to accept it.
    var firstOfLater: IndexPlace?
    /// Ticks until then times the window's growth a tick.
    var firstOfLaterDelay = Int64.max
    /// A bound stopped the walk before it had seen all that lie in the window.
    var isCutShort = false
}

struct CandidateGather {
    /// Tickets passed over on one side and size, because their own window is too narrow yet.
    static let passedOverMax = 64

    let index: RatingIndex
    let scratch: SearchScratch
    let curve: WideningCurve
    let tick: Int32
    /// The anchor's arrival number.
    let anchorSequence: UInt64

    /// Fills `scratch.candidates` for `anchor`, whose place in the order is `key`. The size of
    /// which most wait comes last, and is left out if the sizes found so far cannot complete a
    /// match with it: a crowd of one size then costs nothing to look at.
    @inline(__always) func run(
        _ anchor: Candidate, key: UInt64, grid: borrowing BucketGrid, queue: CompiledQueue,
        region: Int
    ) -> Gathering {
        var result = Gathering()
        result.playerCount = Int(anchor.size)
        scratch.candidates[0] = anchor
        result.count = 1
        let roots = grid.roots + grid.rootIndex(queue, region, size: 1)
        var commonest = 1
        for size in 1...Int(queue.partySizeMax)
        where roots[size - 1].count > roots[commonest - 1].count { commonest = size }
        var sizes: UInt64 = 1 << UInt64(commonest - 1) | 1 << UInt64(anchor.size - 1)
        for size in 1...Int(queue.partySizeMax) where size != commonest {
            if roots[size - 1].count == 0 { continue }
            let found = gather(
                anchor, key, roots[size - 1], size, grid.sizeLimit(queue, size: size), &result)
            if found { sizes |= 1 << UInt64(size - 1) }
        }
        if grid.canComplete(queue, sizes, size: Int(anchor.size)) {
            _ = gather(
                anchor, key, roots[commonest - 1], commonest,
                grid.sizeLimit(queue, size: commonest), &result)
        } else {
            result.playerCount = 0
        }
        result.anchorIndex = position(of: anchor.slot, in: result.count)
        return result
    }

    /// Adds the nearest parties of one size; false if there are none.
    @inline(__always) private func gather(
        _ anchor: Candidate, _ key: UInt64, _ root: IndexRoot, _ size: Int, _ sizeLimit: Int,
        _ result: inout Gathering
    ) -> Bool {
        let limit = min(sizeLimit, SearchScratch.candidateCountMax / 4)
        if SearchScratch.candidateCountMax - result.count < 2 * limit {
            result.isCutShort = true
            return false
        }
        let found = collect(anchor, key, root, size, limit, &result)
        merge(found, into: &result.count)
        return !found.isEmpty
    }

    private func position(of slot: Int32, in count: Int) -> Int {
        var index = 0
        while scratch.candidates[index].slot != slot { index += 1 }
        assert(index < count)
        return index
    }

    /// Puts one size's candidates into `scratch.merging`, in rating order.
    /// - Returns: the part of `merging` that holds them.
    @inline(__always) private func collect(
        _ anchor: Candidate, _ key: UInt64, _ root: IndexRoot, _ size: Int, _ limit: Int,
        _ result: inout Gathering
    ) -> Range<Int> {
        let middle = SearchScratch.candidateCountMax / 2
        let start = index.seek(root, key)
        var low = middle
        var cursor = index.before(start, in: root)
        var passedOver = 0
        while let place = index.place(at: cursor), middle - low < limit {
            let distance = anchor.rating - RatingKey.rating(of: place.key)
            if !consider(place, distance, anchor, &result, &passedOver) { break }
            if accepts(place, distance) {
                low -= 1
                scratch.merging[low] = candidate(place, size)
                result.playerCount += size
            }
            index.retreat(&cursor)
        }
        var high = middle
        cursor = start
        passedOver = 0
        while let place = index.place(at: cursor), high - middle < limit {
            let distance = RatingKey.rating(of: place.key) - anchor.rating
            if place.slot != anchor.slot {
                if !consider(place, distance, anchor, &result, &passedOver) { break }
                if accepts(place, distance) {
                    scratch.merging[high] = candidate(place, size)
                    high += 1
                    result.playerCount += size
                }
            }
            index.advance(&cursor)
        }
        return low..<high
    }

    /// False when the walk on this side ends: out of the anchor's window, or too many passed over.
    @inline(__always) private func consider(
        _ place: IndexPlace, _ distance: Int32, _ anchor: Candidate, _ result: inout Gathering,
        _ passedOver: inout Int
    ) -> Bool {
        if distance > anchor.window {
            result.nextReach = min(result.nextReach, distance)
            return false
        }
        if accepts(place, distance) { return true }
        // Who came later looks for himself when his window reaches; only an anchor that brought a
        // longer wait along must look for those who came before it.
        let isEarlier = place.key & RatingKey.sequenceMax < anchorSequence
        if !isEarlier {
            noteLater(place, distance, &result)
        } else if let age = curve.age(reaching: distance) {
            result.nextAgreement = min(result.nextAgreement, place.enqueuedAt + age)
        }
        passedOver += 1
        if passedOver <= CandidateGather.passedOverMax { return true }
        result.isCutShort = true
        return false
    }

    /// Keeps the place that will accept the anchor first, without a division for each.
    @inline(__always) private func noteLater(
        _ place: IndexPlace, _ distance: Int32, _ result: inout Gathering
    ) {
        let delay =
            Int64(place.enqueuedAt - tick) &* curve.growthPerTick
            &+ Int64(distance) &* WideningCurve.growthUnit
        if delay >= result.firstOfLaterDelay { return }
        result.firstOfLaterDelay = delay
        result.firstOfLater = place
    }

    @inline(__always) private func accepts(_ place: IndexPlace, _ distance: Int32) -> Bool {
        distance <= curve.limit(age: tick - place.enqueuedAt)
    }

    @inline(__always) private func candidate(_ place: IndexPlace, _ size: Int) -> Candidate {
        Candidate(
            rating: RatingKey.rating(of: place.key),
            window: curve.limit(age: tick - place.enqueuedAt), slot: place.slot,
            enqueuedAt: place.enqueuedAt, size: Int32(size))
    }

    /// Merges one size's candidates into those gathered so far, from the top down in place.
    @inline(__always) private func merge(_ found: Range<Int>, into count: inout Int) {
        let candidates = scratch.candidates
        var old = count - 1
        var new = found.upperBound - 1
        var target = count + found.count - 1
        while new >= found.lowerBound {
            if old >= 0, candidates[old].rating > scratch.merging[new].rating {
                candidates[target] = candidates[old]
                old -= 1
            } else {
                candidates[target] = scratch.merging[new]
                new -= 1
            }
            target -= 1
        }
        count += found.count
    }
}
