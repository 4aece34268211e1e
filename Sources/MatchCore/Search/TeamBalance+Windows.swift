// Deals up to twelve tickets anew between two teams in the best way there is, the others staying
// where they are. With all tickets in the window that is the exact split; with some of many it is
// the step of a local search that sees one party against several players as well as plain swaps.

/// What a ticket, or a set of some, counts for.
typealias SplitTicket = SplitSums

/// Reserved space for splits by rules.
struct SplitSpace {
    let tickets: FixedArray<SplitTicket>
    /// Tickets that may play in either team; those of the window come first.
    let free: FixedArray<Int32>
    let keys: FixedArray<Int64>
    /// Teams already tried, by position in the start's order.
    let tried: FixedArray<UInt8>
    /// What each subset of the window's lower and upper half counts for, and its players.
    fileprivate let sums: FixedArray<SplitSums>
    fileprivate let players: FixedArray<Int32>
    /// Subsets of the lower half by players, and where each number of players ends.
    fileprivate let grouped: FixedArray<Int32>
    fileprivate let groupEnds: FixedArray<Int32>

    fileprivate static let halfCount = 64

    init(arena: inout Arena) {
        let count = Limits.ticketsPerMatchMax
        tickets = arena.take(SplitTicket.self, count: count)
        free = arena.take(Int32.self, count: count)
        keys = arena.take(Int64.self, count: count)
        tried = arena.take(UInt8.self, count: count)
        sums = arena.take(SplitSums.self, count: 2 * SplitSpace.halfCount)
        players = arena.take(Int32.self, count: 2 * SplitSpace.halfCount)
        grouped = arena.take(Int32.self, count: SplitSpace.halfCount)
        groupEnds = arena.take(Int32.self, count: Limits.teamSizeMax + 2)
    }
}

/// A split found: which of the window's tickets are in the first team, a bit each.
private struct Deal {
    var set = 0
    var cost: Int64
}

extension TeamBalance {
    /// Teams of at least this size get windows after swaps where there are parties. 40v40 with
    /// parties to 10, ratings 400 points apart: swaps alone leave 11.4 points between the means,
    /// windows 0.2 (a thousand random lobbies, release build, 1.7 and 9.6 µs).
    static let windowTeamSizeMin = 11
    /// Windows of one split, and windows in a row that may bring nothing.
    static let windowCountMax = 48
    static let idleWindowCountMax = 12

    /// The best of all splits; false if there is none.
    func splitExactly(_ count: Int, _ freeCount: Int, _ goal: SplitGoal) -> Bool {
        var base = SplitSums()
        var room = goal.firstSize
        for ticket in 0..<count where sides[ticket] & 3 == 1 {
            base.add(space.tickets[ticket])
            room -= Int(sizes[ticket])
        }
        if room < 0 { return false }
        fillHalves(freeCount, room)
        let deal = bestDeal(freeCount, goal, base, room, costMax: Int64.max)
        if deal.cost == Int64.max { return false }
        carryOut(deal, freeCount)
        return true
    }

    /// Windows for two equal teams without rules.
    func improveByWindows(_ count: Int, teamSize: Int) {
        var total = SplitSums()
        var hasParties = false
        for ticket in 0..<count {
            space.tickets[ticket] = SplitTicket(value: values[ticket])
            space.free[ticket] = Int32(ticket)
            total.value += values[ticket]
            hasParties = hasParties || sizes[ticket] > 1
        }
        if !hasParties { return }
        let goal = SplitGoal(SplitRules(teamSize: teamSize), total: total, flipsOutside: 0)
        var state = firstTeam(count)
        improveByWindows(count, goal, &state)
    }

    /// Swaps, then windows.
    func improve(_ count: Int, _ freeCount: Int, _ goal: SplitGoal) {
        var state = firstTeam(count)
        improveBySwaps(freeCount, goal, &state)
        improveByWindows(freeCount, goal, &state)
    }

    private func firstTeam(_ count: Int) -> SplitSums {
        var sums = SplitSums()
        for ticket in 0..<count where teams[ticket] == 0 { sums.add(space.tickets[ticket]) }
        return sums
    }

    private func improveByWindows(_ freeCount: Int, _ goal: SplitGoal, _ state: inout SplitSums) {
        var cost = goal.cost(state)
        // The same windows for every lobby: a split depends on nothing but its tickets.
        var random = Random(seed: 12)
        let windowCount = min(freeCount, TeamBalance.exactTicketCountMax)
        var idleCount = 0
        var windowIndex = 0
        while cost > goal.enough, windowIndex < TeamBalance.windowCountMax,
            idleCount < TeamBalance.idleWindowCountMax
        {
            windowIndex += 1
            idleCount += 1
            var base = state
            var room = 0
            for position in 0..<windowCount {
                let choice = position + Int(random.next() % UInt64(freeCount - position))
                let ticket = space.free[choice]
                space.free[choice] = space.free[position]
                space.free[position] = ticket
                if teams[Int(ticket)] == 0 {
                    base.remove(space.tickets[Int(ticket)])
                    room += Int(sizes[Int(ticket)])
                }
            }
            fillHalves(windowCount, room)
            let deal = bestDeal(windowCount, goal, base, room, costMax: cost)
            if deal.cost == cost { continue }
            carryOut(deal, windowCount)
            cost = deal.cost
            state = base
            for position in 0..<windowCount where deal.set & (1 << position) != 0 {
                state.add(space.tickets[Int(space.free[position])])
            }
            idleCount = 0
        }
    }

    private func carryOut(_ deal: Deal, _ count: Int) {
        for position in 0..<count {
            teams[Int(space.free[position])] = deal.set & (1 << position) != 0 ? 0 : 1
        }
    }

    /// Sums of all subsets of both halves of the window; the lower half's grouped by players.
    private func fillHalves(_ count: Int, _ room: Int) {
        let lowCount = count / 2
        fillHalf(at: 0, first: 0, lowCount)
        fillHalf(at: SplitSpace.halfCount, first: lowCount, count - lowCount)
        for group in 0...room { space.groupEnds[group] = 0 }
        for set in 0..<(1 << lowCount) {
            let players = Int(space.players[set])
            // Counted one group late: the running sums are then the groups' starts.
            if players < room { space.groupEnds[players &+ 1] &+= 1 }
        }
        for group in 1..<max(room + 1, 1) {
            space.groupEnds[group] &+= space.groupEnds[group &- 1]
        }
        for set in 0..<(1 << lowCount) {
            let players = Int(space.players[set])
            if players > room { continue }
            space.grouped[Int(space.groupEnds[players])] = Int32(set)
            // Each start moves to its group's end.
            space.groupEnds[players] &+= 1
        }
    }

    private func fillHalf(at base: Int, first: Int, _ count: Int) {
        space.sums[base] = SplitSums()
        space.players[base] = 0
        for bit in 0..<count {
            let ticket = Int(space.free[first + bit])
            let known = 1 << bit
            for set in 0..<known {
                let with = base &+ known &+ set
                space.sums[with] = space.sums[base &+ set]
                space.sums[with].add(space.tickets[ticket])
                space.players[with] = space.players[base &+ set] &+ sizes[ticket]
            }
        }
    }

    /// The cheapest way to fill the first team's room with a subset of the window.
    /// - Returns: a deal that costs `costMax` if there is no cheaper one.
    private func bestDeal(
        _ count: Int, _ goal: SplitGoal, _ base: SplitSums, _ room: Int, costMax: Int64
    ) -> Deal {
        let lowCount = count / 2
        var best = Deal(cost: costMax)
        for highSet in 0..<(1 << (count - lowCount)) {
            let rest = room &- Int(space.players[SplitSpace.halfCount &+ highSet])
            if rest < 0 { continue }
            let start = rest == 0 ? 0 : Int(space.groupEnds[rest &- 1])
            let end = Int(space.groupEnds[rest])
            if start == end { continue }
            var high = base
            high.add(space.sums[SplitSpace.halfCount &+ highSet])
            for position in start..<end {
                let lowSet = Int(space.grouped[position])
                var cost = goal.gap(high.value &+ space.sums[lowSet].value)
                if cost >= best.cost { continue }
                if goal.hasCosts {
                    cost &+= goal.extra(high.lanes &+ space.sums[lowSet].lanes)
                    if cost >= best.cost { continue }
                }
                if goal.hasRoles {
                    var roles = high.roles
                    roles.add(space.sums[lowSet].roles)
                    if !goal.allows(roles) { continue }
                }
                best = Deal(set: highSet << lowCount | lowSet, cost: cost)
            }
        }
        return best
    }
}

// MARK: - Swaps

extension TeamBalance {
    /// Swaps equally large tickets while that lowers the cost.
    private func improveBySwaps(_ freeCount: Int, _ goal: SplitGoal, _ state: inout SplitSums) {
        for _ in 0..<TeamBalance.swapCountMax {
            let cost = goal.cost(state)
            if cost <= goal.enough { return }
            guard let pair = bestSwap(freeCount, goal, state, cost) else { return }
            state.remove(space.tickets[pair.from])
            state.add(space.tickets[pair.to])
            teams[pair.from] = 1
            teams[pair.to] = 0
        }
    }

    private func bestSwap(
        _ freeCount: Int, _ goal: SplitGoal, _ state: SplitSums, _ costMax: Int64
    ) -> (from: Int, to: Int)? {
        var best: (from: Int, to: Int)?
        var bestCost = costMax
        for left in 0..<freeCount {
            let from = Int(space.free[left])
            if teams[from] != 0 { continue }
            var without = state
            without.remove(space.tickets[from])
            for right in 0..<freeCount {
                let to = Int(space.free[right])
                if teams[to] == 0 || sizes[to] != sizes[from] { continue }
                var cost = goal.gap(without.value &+ values[to])
                if cost >= bestCost { continue }
                if goal.hasCosts {
                    cost &+= goal.extra(without.lanes &+ space.tickets[to].lanes)
                    if cost >= bestCost { continue }
                }
                if goal.hasRoles {
                    var roles = without.roles
                    roles.add(space.tickets[to].roles)
                    if !goal.allows(roles) { continue }
                }
                bestCost = cost
                best = (from, to)
            }
        }
        return best
    }
}

extension SplitSums {
    @inline(__always) mutating func add(_ other: SplitSums) {
        value &+= other.value
        lanes &+= other.lanes
        roles.add(other.roles)
    }

    @inline(__always) mutating func remove(_ other: SplitSums) {
        value &-= other.value
        lanes &-= other.lanes
        roles.remove(other.roles)
    }
}
