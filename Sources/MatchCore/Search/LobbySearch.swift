// Chooses the best lobby among gathered candidates: the set that contains the anchor, fills the
// teams exactly, and in which every ticket's own window accepts every other ticket.
//
// All sets that fit lie in some range of ratings [low, high]. For each low the tickets are taken
// upwards; a ticket takes part if its window covers the range on both sides, which makes any two
// of them accept each other. The closest range wins; waiting long counts for a queue's share.

/// The lobby found; its candidates are in `SearchScratch.chosen`.
struct Lobby {
    var ticketCount: Int
    var cost: Double
}

struct LobbySearch {
    /// Exact packings that one search may try where adding greedily fails.
    static let exactPackingCountMax = 4

    let scratch: SearchScratch
    let queue: CompiledQueue
    let tick: Int32
    private(set) var shape: TeamShape
    /// What a queue with team rules looks at besides; nil in all others.
    var teamRules: UnsafePointer<TeamRuleCheck>?
    private var waitBonusMax = 0.0
    var exactPackingCount = 0
    var packCount = 0
    var rangeCount = 0

    @inline(__always) init(scratch: SearchScratch, queue: CompiledQueue, tick: Int32) {
        self.scratch = scratch
        self.queue = queue
        self.tick = tick
        shape = TeamShape(queue)
    }

    /// Looks for teams of another shape from now on.
    mutating func takeShape(_ shape: TeamShape) {
        self.shape = shape
        exactPackingCount = 0
        packCount = 0
        rangeCount = 0
    }

    /// The best lobby round the gathering's anchor, or nil.
    @inline(__always) mutating func run(_ gathering: Gathering) -> Lobby? {
        if gathering.playerCount < Int(shape.playerCount) { return nil }
        if !canFill(gathering) { return nil }
        if queue.waitPreference > 0 { waitBonusMax = longestWaitBonus(gathering.count) }
        let anchor = scratch.candidates[gathering.anchorIndex]
        var best: Lobby?
        var bestCost = Double.infinity
        for lowest in stride(from: gathering.anchorIndex, through: 0, by: -1) {
            let low = scratch.candidates[lowest].rating
            if Double(anchor.rating - low) - waitBonusMax >= bestCost || isExhausted { break }
            guard let found = extend(from: lowest, gathering, bestCost) else { continue }
            best = found
            bestCost = found.cost
            for position in 0..<found.ticketCount {
                scratch.chosen[position] = scratch.trial[position]
            }
        }
        return best
    }

    /// False if the gathered parties cannot fill the teams even with windows left aside. Asked
    /// where single players are too few to fill any gap, for one and two teams.
    @inline(__always) private func canFill(_ gathering: Gathering) -> Bool {
        if queue.partySizeMax == 1 || queue.teamCount > 2 || teamRules != nil { return true }
        var singles = 0
        for index in 0..<gathering.count where scratch.candidates[index].size == 1 { singles += 1 }
        if singles >= Int(queue.teamCount) * Int(queue.partySizeMax) { return true }
        if gathering.count > SearchScratch.packingCountMax { return true }
        var packing = FillTable(teamCount: Int(queue.teamCount), teamSize: Int(queue.teamSize))
        for index in 0..<gathering.count {
            packing.add(Int(scratch.candidates[index].size))
        }
        return packing.isFillable
    }

    private func longestWaitBonus(_ count: Int) -> Double {
        var oldest = tick
        for index in 0..<count { oldest = min(oldest, scratch.candidates[index].enqueuedAt) }
        return Double(tick - oldest) * queue.waitPreference
    }

    /// The narrowest lobby that starts at candidate `lowest` and costs less than `costMax`.
    @inline(__always) private mutating func extend(
        from lowest: Int, _ gathering: Gathering, _ costMax: Double
    ) -> Lobby? {
        let low = scratch.candidates[lowest].rating
        let reach = low + scratch.candidates[lowest].window
        var count = 0
        var players = 0
        var isUntried = false
        var supply = teamRules == nil ? nil : TeamSupply(queue, shape)
        for index in lowest..<gathering.count {
            let candidate = scratch.candidates[index]
            if candidate.rating > reach || isExhausted { return nil }
            if Double(candidate.rating - low) - waitBonusMax >= costMax { return nil }
            if candidate.rating - candidate.window <= low {
                scratch.eligible[count] = Int32(index)
                count += 1
                players += Int(candidate.size)
                supply?.add(candidate)
                isUntried = true
            }
            if !isUntried || index < gathering.anchorIndex { continue }
            if players < Int(shape.playerCount) { continue }
            if let supply, !supply.isEnough { continue }
            let hasTwinAbove =
                index + 1 < gathering.count
                && scratch.candidates[index + 1].rating == candidate.rating
            // Of several with one rating the longest waiting should be among those to choose from.
            if hasTwinAbove { continue }
            isUntried = false
            if let found = fill(count, high: candidate.rating, gathering), found.cost < costMax {
                return found
            }
        }
        return nil
    }

    /// Picks parties among the eligible whose windows also reach up to `high`.
    @inline(__always) private mutating func fill(
        _ count: Int, high: Int32, _ gathering: Gathering
    ) -> Lobby? {
        let anchorIndex = Int32(gathering.anchorIndex)
        let ordered = scratch.eligible
        var players = 0
        var agreeing = 0
        var ordering = Int32.min
        var isInOrder = true
        // Eligible tickets stay where they are for the next, wider range: the agreeing ones are
        // listed behind them.
        let list = count
        for position in 0..<count {
            let index = ordered[position]
            let candidate = scratch.candidates[Int(index)]
            if candidate.rating + candidate.window < high || index == anchorIndex { continue }
            ordered[list + agreeing] = index
            agreeing += 1
            players += Int(candidate.size)
            isInOrder = isInOrder && candidate.enqueuedAt >= ordering
            ordering = candidate.enqueuedAt
        }
        let anchor = scratch.candidates[gathering.anchorIndex]
        players += Int(anchor.size)
        if players < Int(shape.playerCount) { return nil }
        if teamRules != nil, !couldFill(anchorIndex, list, agreeing) { return nil }
        if players > Int(shape.playerCount), !isInOrder { sortByWait(list, agreeing) }
        if let teamRules { return packByRules(anchorIndex, list, agreeing, teamRules) }
        return pack(anchorIndex, list, agreeing)
    }

    /// Longest wait first; stable, so that equal waits stay in rating order.
    private func sortByWait(_ start: Int, _ count: Int) {
        let list = scratch.eligible
        for position in 1..<max(count, 1) {
            let moved = list[start + position]
            let since = scratch.candidates[Int(moved)].enqueuedAt
            var target = position
            while target > 0,
                scratch.candidates[Int(list[start + target - 1])].enqueuedAt > since
            {
                list[start + target] = list[start + target - 1]
                target -= 1
            }
            list[start + target] = moved
        }
    }

    private mutating func pack(_ anchor: Int32, _ start: Int, _ count: Int) -> Lobby? {
        var packing = PartyPacking(
            teamCount: Int(queue.teamCount), teamSize: Int(queue.teamSize))
        _ = packing.add(size(anchor))
        scratch.trial[0] = anchor
        var taken = 1
        for position in 0..<count where !packing.isFull {
            let index = scratch.eligible[start + position]
            if packing.add(size(index)) {
                scratch.trial[taken] = index
                taken += 1
            }
        }
        if packing.isFull { return lobby(taken) }
        if queue.partySizeMax == 1 { return nil }
        if exactPackingCount >= LobbySearch.exactPackingCountMax { return nil }
        exactPackingCount += 1
        if queue.teamCount > 2 { return packByTeams(anchor, start, count) }
        return packExactly(anchor, start, min(count, SearchScratch.packingCountMax - 1))
    }

    private func packExactly(_ anchor: Int32, _ start: Int, _ count: Int) -> Lobby? {
        let exact = ExactPacking(
            table: scratch.fills, teamCount: Int(queue.teamCount), teamSize: Int(queue.teamSize))
        var taken = 0
        let isFull = exact.pick(
            count: count + 1,
            size: { $0 == 0 ? size(anchor) : size(scratch.eligible[start + $0 - 1]) },
            take: {
                scratch.trial[taken] = $0 == 0 ? anchor : scratch.eligible[start + $0 - 1]
                taken += 1
            })
        return isFull ? lobby(taken) : nil
    }

    /// Three teams or more: which sizes fill the teams first, then the first in order of each.
    private func packByTeams(_ anchor: Int32, _ start: Int, _ count: Int) -> Lobby? {
        var filling = TeamFilling(teamCount: Int(queue.teamCount), teamSize: Int(queue.teamSize))
        for position in 0..<count { filling.offer(size(scratch.eligible[start + position])) }
        guard filling.fill(with: size(anchor)) else { return nil }
        scratch.trial[0] = anchor
        var taken = 1
        for position in 0..<count where filling.take(size(scratch.eligible[start + position])) {
            scratch.trial[taken] = scratch.eligible[start + position]
            taken += 1
        }
        return lobby(taken)
    }

    @inline(__always) func size(_ index: Int32) -> Int {
        Int(scratch.candidates[Int(index)].size)
    }

    /// The lobby in `scratch.trial` with its cost: range of ratings less the bonus for waiting.
    func lobby(_ count: Int) -> Lobby {
        var low = Int32.max
        var high = Int32.min
        var waited = 0
        for position in 0..<count {
            let candidate = scratch.candidates[Int(scratch.trial[position])]
            low = min(low, candidate.rating)
            high = max(high, candidate.rating)
            waited += Int(tick - candidate.enqueuedAt)
        }
        let bonus = queue.waitPreference * Double(waited) / Double(count)
        return Lobby(ticketCount: count, cost: Double(high - low) - bonus)
    }
}
