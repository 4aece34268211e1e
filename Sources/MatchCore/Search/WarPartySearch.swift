// Chooses the mercenaries for two war parties: as many whole parties as both sides lack, from the
// narrowest range of ratings in which every ticket's own window accepts every other. The ranges are
// those of LobbySearch, except that the two war parties are always inside. Bounded in steps.

/// Two war parties that accept each other, and how a match of theirs is made up.
struct WarPair {
    /// Where the war parties stand in `SearchScratch.candidates`.
    var first: Int32
    var second: Int32
    /// Members that each of the two fields of its own.
    var own: Int32
    var teamSize: Int32
    /// Wait that at least one ticket of the match must have.
    var ageMin: Int32

    /// Mercenaries that play on each side.
    var hired: Int32 { teamSize - own }
}

struct WarPartySearch {
    /// Looks at a candidate that one search may take; about a tenth of a millisecond.
    static let stepCountMax = 1 << 16
    /// Exact packings that one search may try where adding greedily fails.
    static let exactPackingCountMax = 4

    let scratch: SearchScratch
    let queue: CompiledQueue
    let tick: Int32
    /// Asked about every pair; nil where nobody excludes anybody.
    let exclusions: Exclusions?
    private let order: WaitOrder
    private var steps = 0
    private var exactPackingCount = 0

    init(
        scratch: SearchScratch, queue: CompiledQueue, tick: Int32, exclusions: Exclusions?
    ) {
        self.scratch = scratch
        self.queue = queue
        self.tick = tick
        self.exclusions = exclusions
        order = WaitOrder(candidates: scratch.candidates, list: scratch.eligible)
    }

    /// A bound ended the search before it had tried everything.
    var isCutShort: Bool {
        steps > WarPartySearch.stepCountMax
            || exactPackingCount >= WarPartySearch.exactPackingCountMax
    }

    /// The best lobby of the pair that costs less than `costMax`, written to `scratch.chosen`.
    /// - Parameter count: candidates, mercenaries in rising order of rating; those of the pair and
    ///   other war parties among them are passed over.
    mutating func run(_ pair: WarPair, _ count: Int, below costMax: Double) -> Lobby? {
        let one = scratch.candidates[Int(pair.first)]
        let other = scratch.candidates[Int(pair.second)]
        let span = (low: min(one.rating, other.rating), high: max(one.rating, other.rating))
        let listed = listMercenaries(pair, one, other, count)
        if listed.players < 2 * Int(pair.hired) { return nil }
        if pair.hired == 0 { return keep(close(pair, 0), costMax) }
        let bonus = Double(tick - listed.earliest) * queue.waitPreference
        var best: Lobby?
        var bestCost = costMax
        var first = 0
        while first < listed.count, rating(first) < span.low { first += 1 }
        // Without anybody below the pair, then with one more rating below at a time.
        while first >= 0 {
            let low = first < listed.count ? min(span.low, rating(first)) : span.low
            if Double(span.high - low) - bonus >= bestCost { break }
            let isTwin = first > 0 && rating(first - 1) == low
            if !isTwin,
                let found = extend(pair, from: first, low, span.high, listed, bestCost, bonus)
            {
                best = keep(found, bestCost)
                bestCost = found.cost
            }
            if steps > WarPartySearch.stepCountMax { break }
            first -= 1
        }
        return best
    }

    private func rating(_ position: Int) -> Int32 {
        scratch.candidates[Int(scratch.eligible[position])].rating
    }

    /// Lists the mercenaries that both war parties and that accept both, in order of rating.
    private mutating func listMercenaries(
        _ pair: WarPair, _ one: Candidate, _ other: Candidate, _ count: Int
    ) -> Mercenaries {
        var listed = Mercenaries(earliest: min(one.enqueuedAt, other.enqueuedAt))
        steps += count
        for index in 0..<count {
            let candidate = scratch.candidates[index]
            if Int(candidate.lane) == queue.lanes.warPartyLane { continue }
            if Int32(candidate.size) > pair.hired { continue }
            if !agree(candidate, one) || !agree(candidate, other) { continue }
            if let exclusions, exclusions.exclude(Int(candidate.slot), Int(other.slot)) { continue }
            if let exclusions, exclusions.exclude(Int(candidate.slot), Int(one.slot)) { continue }
            scratch.eligible[listed.count] = Int32(index)
            listed.count += 1
            listed.players += Int(candidate.size)
            listed.earliest = min(listed.earliest, candidate.enqueuedAt)
        }
        return listed
    }

    private func agree(_ left: Candidate, _ right: Candidate) -> Bool {
        abs(left.rating - right.rating) <= min(left.window, right.window)
    }

    /// The narrowest lobby from rating `low` up that costs less than `costMax`, in `scratch.trial`.
    private mutating func extend(
        _ pair: WarPair, from first: Int, _ low: Int32, _ highest: Int32, _ listed: Mercenaries,
        _ costMax: Double, _ bonus: Double
    ) -> Lobby? {
        let need = 2 * Int(pair.hired)
        var players = 0
        var isUntried = false
        for position in first..<listed.count {
            steps += 1
            let candidate = scratch.candidates[Int(scratch.eligible[position])]
            let high = max(highest, candidate.rating)
            if Double(high - low) - bonus >= costMax { return nil }
            let reachesBoth =
                candidate.rating - candidate.window <= low
                && candidate.rating + candidate.window >= highest
            if reachesBoth {
                players += Int(candidate.size)
                isUntried = true
            }
            // All up to the pair's own range come without widening it, and so do twins.
            let next = position + 1
            let isFollowed =
                next < listed.count && max(highest, rating(next)) == high
            if isFollowed || !isUntried || players < need { continue }
            isUntried = false
            let agreeing = listAgreeing(first, through: position, low, high, after: listed.count)
            if agreeing.players >= need,
                let found = pick(pair, listed.count, agreeing.count), found.cost < costMax
            {
                return found
            }
            if steps > WarPartySearch.stepCountMax { return nil }
        }
        return nil
    }

    /// Lists those whose windows cover the whole range, behind the list of all.
    private mutating func listAgreeing(
        _ first: Int, through last: Int, _ low: Int32, _ high: Int32, after start: Int
    ) -> Mercenaries {
        var agreeing = Mercenaries(earliest: tick)
        steps += last - first
        for position in first...last {
            let index = scratch.eligible[position]
            let candidate = scratch.candidates[Int(index)]
            if candidate.rating - candidate.window > low { continue }
            if candidate.rating + candidate.window < high { continue }
            scratch.eligible[start + agreeing.count] = index
            agreeing.count += 1
            agreeing.players += Int(candidate.size)
        }
        return agreeing
    }

    // MARK: - Filling both sides

    /// Picks whole parties that fill both sides, the longest waiting first.
    private mutating func pick(_ pair: WarPair, _ start: Int, _ count: Int) -> Lobby? {
        order.sort(start, count)
        steps += 8 * count
        var packing = PartyPacking(teamCount: 2, teamSize: Int(pair.hired))
        var taken = 0
        for position in 0..<count where !packing.isFull {
            let index = scratch.eligible[start + position]
            if excludes(index, taken) { continue }
            if packing.add(Int(scratch.candidates[Int(index)].size)) {
                scratch.trial[taken] = index
                taken += 1
            }
        }
        if packing.isFull { return close(pair, taken) }
        if exactPackingCount >= WarPartySearch.exactPackingCountMax { return nil }
        exactPackingCount += 1
        return pickExactly(pair, start, min(count, SearchScratch.packingCountMax - 1))
    }

    /// Nobody must be part of it: position 0 is a party without players.
    private mutating func pickExactly(_ pair: WarPair, _ start: Int, _ count: Int) -> Lobby? {
        let exact = ExactPacking(
            table: scratch.fills, teamCount: 2, teamSize: Int(pair.hired))
        steps += count * Int(pair.hired)
        var taken = 0
        var isAllowed = true
        let isFull = exact.pick(
            count: count + 1,
            size: {
                $0 == 0
                    ? 0 : Int(scratch.candidates[Int(scratch.eligible[start + $0 - 1])].size)
            },
            take: {
                if $0 == 0 { return }
                let index = scratch.eligible[start + $0 - 1]
                isAllowed = isAllowed && !excludes(index, taken)
                scratch.trial[taken] = index
                taken += 1
            })
        return isFull && isAllowed ? close(pair, taken) : nil
    }

    private func excludes(_ index: Int32, _ count: Int) -> Bool {
        guard let exclusions else { return false }
        let slot = Int(scratch.candidates[Int(index)].slot)
        for position in 0..<count {
            let other = scratch.candidates[Int(scratch.trial[position])]
            if exclusions.exclude(slot, Int(other.slot)) { return true }
        }
        return false
    }

    /// Adds the war parties to the mercenaries in `scratch.trial`, and says what the lobby costs:
    /// as any other, its range of ratings less the bonus for waiting.
    private func close(_ pair: WarPair, _ mercenaryCount: Int) -> Lobby? {
        scratch.trial[mercenaryCount] = pair.first
        scratch.trial[mercenaryCount + 1] = pair.second
        let count = mercenaryCount + 2
        var low = Int32.max
        var high = Int32.min
        var waited = 0
        var earliest = tick
        for position in 0..<count {
            let candidate = scratch.candidates[Int(scratch.trial[position])]
            low = min(low, candidate.rating)
            high = max(high, candidate.rating)
            waited += Int(tick - candidate.enqueuedAt)
            earliest = min(earliest, candidate.enqueuedAt)
        }
        if tick - earliest < pair.ageMin { return nil }
        let bonus = queue.waitPreference * Double(waited) / Double(count)
        return Lobby(ticketCount: count, cost: Double(high - low) - bonus)
    }

    /// Keeps the lobby in `scratch.trial` as the best so far if it costs less than `costMax`.
    private func keep(_ lobby: Lobby?, _ costMax: Double) -> Lobby? {
        guard let lobby, lobby.cost < costMax else { return nil }
        for position in 0..<lobby.ticketCount {
            scratch.chosen[position] = scratch.trial[position]
        }
        return lobby
    }
}

/// A list of mercenaries in `SearchScratch.eligible`.
private struct Mercenaries {
    var count = 0
    var players = 0
    /// The tick since which the longest waiting has waited, the war parties included.
    var earliest: Int32
}
