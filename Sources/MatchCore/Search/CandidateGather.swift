// Collects the candidates round an anchor in one bucket, in rating order: from each lane the
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
    /// Players in the window who may not play beside the anchor.
    var excludedPlayerCount = 0
    /// Roles that nobody found can play, as far as a match needs them.
    var missingRoles: UInt8 = 0

    /// Adds what another gathering round the same anchor saw of times to come.
    mutating func merge(_ other: Gathering) {
        nextReach = min(nextReach, other.nextReach)
        nextAgreement = min(nextAgreement, other.nextAgreement)
        if other.firstOfLaterDelay < firstOfLaterDelay {
            firstOfLaterDelay = other.firstOfLaterDelay
            firstOfLater = other.firstOfLater
        }
        isCutShort = isCutShort || other.isCutShort
        excludedPlayerCount += other.excludedPlayerCount
        missingRoles |= other.missingRoles
    }
}

struct CandidateGather {
    /// Tickets passed over on one side of a lane, because they do not accept the anchor yet.
    static let passedOverMax = 64

    let index: RatingIndex
    let scratch: SearchScratch
    /// Rules of the queue, for the windows of its tickets.
    let queue: CompiledQueue
    let tick: Int32
    /// The anchor's arrival number.
    let anchorSequence: UInt64
    /// Lanes to leave out, a bit each.
    var lanesExcluded: UInt64 = 0
    /// Least wait of a party of `premadeSizeMin` or more, in ticks; 0 where all may come.
    var premadeAgeMin: Int32 = 0
    var premadeSizeMin: Int32 = 2
    /// Gathers the commonest lane too where the others show that it is of no use.
    var seesAll = false

    /// Fills `scratch.candidates` for `anchor`, whose place in the order is `key`. The lane in
    /// which most wait comes last, and is left out if what was found so far cannot complete a
    /// match with it: a crowd of one kind then costs nothing to look at.
    /// - Parameter admits: whether the ticket in a slot may play beside the anchor at all.
    @inline(__always) func run(
        _ anchor: Candidate, key: UInt64, grid: borrowing BucketGrid, bucket: Int,
        admits: (Int) -> Bool
    ) -> Gathering {
        var result = Gathering()
        result.playerCount = Int(anchor.size)
        scratch.candidates[0] = anchor
        result.count = 1
        let roots = grid.roots + grid.rootIndex(queue, bucket % grid.regionCount, lane: 0)
        let present = grid.buckets[bucket].lanesPresent & ~lanesExcluded
        if present == 0 {
            result.playerCount = 0
            return result
        }
        let commonest = commonestLane(roots, present)
        let isRipe = grid.buckets[bucket].ripeCount > 0
        var supply = TeamSupply(queue, isRelaxed: isRipe)
        supply.add(roles: anchor.roles, players: Int32(anchor.size))
        var sizes: UInt64 = 1 << UInt64(anchor.size - 1)
        var rest = present & ~(1 << UInt64(commonest))
        while rest != 0 {
            let lane = rest.trailingZeroBitCount
            rest &= rest &- 1
            let kind = queue.lanes[lane]
            let found = gather(
                anchor, key, roots[lane], lane, kind, grid, &result, admits)
            if found == 0 { continue }
            sizes |= 1 << UInt64(kind.size - 1)
            supply.add(roles: kind.rolesBrought, players: Int32(found * max(Int(kind.size), 1)))
        }
        let kind = queue.lanes[commonest]
        supply.add(roles: kind.rolesBrought, players: queue.playerCount * Int32(kind.size))
        sizes |= 1 << UInt64(kind.size - 1)
        let mayComplete = isRipe || grid.canComplete(queue, sizes, size: Int(anchor.size))
        if seesAll || supply.isEnough && mayComplete {
            _ = gather(
                anchor, key, roots[commonest], commonest, kind, grid, &result, admits)
        } else {
            result.playerCount = 0
        }
        result.missingRoles = supply.missingRoles
        result.anchorIndex = position(of: anchor.slot, in: result.count)
        return result
    }

    private func commonestLane(_ roots: UnsafeMutablePointer<IndexRoot>, _ present: UInt64) -> Int {
        var rest = present
        var commonest = present.trailingZeroBitCount & 63
        while rest != 0 {
            let lane = rest.trailingZeroBitCount
            if roots[lane].count > roots[commonest].count { commonest = lane }
            rest &= rest &- 1
        }
        return commonest
    }

    /// Adds the nearest tickets of one lane.
    /// - Returns: how many.
    @inline(__always) private func gather(
        _ anchor: Candidate, _ key: UInt64, _ root: IndexRoot, _ lane: Int, _ kind: Lane,
        _ grid: borrowing BucketGrid, _ result: inout Gathering, _ admits: (Int) -> Bool
    ) -> Int {
        if root.count == 0 { return 0 }
        let limit = min(
            grid.sizeLimit(queue, size: Int(kind.size)), SearchScratch.candidateCountMax / 4)
        if SearchScratch.candidateCountMax - result.count < 2 * limit {
            result.isCutShort = true
            return 0
        }
        let model = Candidate(
            rating: 0, window: 0, slot: 0, enqueuedAt: 0, size: kind.size, lane: UInt8(lane),
            sides: queue.hasTeamRules ? queue.features.pointee.nativeSides(kind) : 3,
            roles: kind.rolesBrought)
        let found = collect(anchor, key, root, model, limit, &result, admits)
        merge(found, into: &result.count)
        return found.count
    }

    private func position(of slot: Int32, in count: Int) -> Int {
        var index = 0
        while scratch.candidates[index].slot != slot { index += 1 }
        assert(index < count)
        return index
    }

    /// Puts one lane's candidates into `scratch.merging`, in rating order.
    /// - Returns: the part of `merging` that holds them.
    @inline(__always) private func collect(
        _ anchor: Candidate, _ key: UInt64, _ root: IndexRoot, _ model: Candidate,
        _ limit: Int, _ result: inout Gathering, _ admits: (Int) -> Bool
    ) -> Range<Int> {
        let middle = SearchScratch.candidateCountMax / 2
        // Equal ratings stand on the upper side, so that the longest waiting of them come first.
        let start = index.seek(root, key & ~RatingKey.sequenceMax)
        var low = middle
        var cursor = index.before(start, in: root)
        var passedOver = 0
        while let place = index.place(at: cursor), middle - low < limit {
            let distance = anchor.rating - RatingKey.rating(of: place.key)
            if !consider(place, distance, anchor, &result, &passedOver) { break }
            if accepts(place, distance), passes(place, model, &result, &passedOver, admits) {
                low -= 1
                scratch.merging[low] = candidate(place, model)
                result.playerCount += Int(model.size)
            }
            if passedOver > CandidateGather.passedOverMax { break }
            index.retreat(&cursor)
        }
        var high = middle
        cursor = start
        passedOver = 0
        while let place = index.place(at: cursor), high - middle < limit {
            let distance = RatingKey.rating(of: place.key) - anchor.rating
            if place.slot != anchor.slot {
                if !consider(place, distance, anchor, &result, &passedOver) { break }
                if accepts(place, distance), passes(place, model, &result, &passedOver, admits) {
                    scratch.merging[high] = candidate(place, model)
                    high += 1
                    result.playerCount += Int(model.size)
                }
                if passedOver > CandidateGather.passedOverMax { break }
            }
            index.advance(&cursor)
        }
        return low..<high
    }

    /// Asks whether the ticket may play beside the anchor; counts those that may not.
    @inline(__always) private func passes(
        _ place: IndexPlace, _ model: Candidate, _ result: inout Gathering,
        _ passedOver: inout Int, _ admits: (Int) -> Bool
    ) -> Bool {
        let isKept =
            premadeAgeMin > 0 && Int32(model.size) >= premadeSizeMin
            && tick - place.enqueuedAt < premadeAgeMin
        if !isKept, admits(Int(place.slot)) { return true }
        result.excludedPlayerCount += Int(model.size)
        passedOver += 1
        if passedOver > CandidateGather.passedOverMax { result.isCutShort = true }
        return false
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
        } else if let age = queue.age(windowReaching: distance, place.stretch) {
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
            Int64(place.enqueuedAt - tick) &* queue.ratingWindow.growthPerTick
            &+ Int64(place.stretch.limit(reaching: distance)) &* WideningCurve.growthUnit
        if delay >= result.firstOfLaterDelay { return }
        result.firstOfLaterDelay = delay
        result.firstOfLater = place
    }

    @inline(__always) private func accepts(_ place: IndexPlace, _ distance: Int32) -> Bool {
        distance <= queue.window(age: tick - place.enqueuedAt, place.stretch)
    }

    @inline(__always) private func candidate(
        _ place: IndexPlace, _ model: Candidate
    ) -> Candidate {
        var made = model
        made.rating = RatingKey.rating(of: place.key)
        made.window = queue.window(age: tick - place.enqueuedAt, place.stretch)
        made.slot = place.slot
        made.enqueuedAt = place.enqueuedAt
        if queue.hasTeamRules {
            made.sides = queue.features.pointee.sides(
                queue.lanes[Int(model.lane)], age: tick - place.enqueuedAt)
        }
        return made
    }

    /// Merges one lane's candidates into those gathered so far, from the top down in place.
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
