// Splits a lobby into teams: parties whole, sizes exact, sums of ratings as equal as can be.
// Exact for two teams of up to 12 parties in all; above that a balanced start and then swaps of
// equally large parties, bounded. Queues with rules of their own for teams: TeamBalance+Rules.
// Owner: the matchmaker's thread; the space is reserved once.

struct TeamBalance {
    /// Up to this many parties two teams are split by trying every way.
    static let exactTicketCountMax = 12
    /// Swaps after which the local search stops.
    static let swapCountMax = 48

    /// Per ticket of the lobby: rating sum above the lowest possible, size, and team.
    let values: FixedArray<Int64>
    let sizes: FixedArray<Int32>
    let teams: FixedArray<Int32>
    /// Sums of every subset of one half, size in the upper bits and value below.
    private let halfSums: FixedArray<Int64>
    /// The lower half's subsets by size, and where each size ends.
    private let groupedSums: FixedArray<Int64>
    private let groupEnds: FixedArray<Int32>
    let teamSums: FixedArray<Int64>
    let order: FixedArray<Int32>
    let reachable: FixedArray<UInt64>

    /// Per ticket, for `split(_:by:)`: the teams in which it may play and those of its own side
    /// (bit 0 the first, bit 1 the second), and its premade members.
    let sides: FixedArray<UInt8>
    let nativeSides: FixedArray<UInt8>
    let premades: FixedArray<Int32>
    /// Members of all tickets behind one another, in the tickets' order.
    let members: RoleAssignment
    let space: SplitSpace
    let seating: SeatingSpace

    private static let sizeShift: Int64 = 40

    init(arena: inout Arena) {
        let count = Limits.ticketsPerMatchMax
        values = arena.take(Int64.self, count: count)
        sizes = arena.take(Int32.self, count: count)
        teams = arena.take(Int32.self, count: count)
        halfSums = arena.take(Int64.self, count: 128)
        groupedSums = arena.take(Int64.self, count: 64)
        groupEnds = arena.take(Int32.self, count: Limits.teamSizeMax + 2)
        teamSums = arena.take(Int64.self, count: count)
        order = arena.take(Int32.self, count: count)
        reachable = arena.take(UInt64.self, count: count + 1)
        sides = arena.take(UInt8.self, count: count)
        nativeSides = arena.take(UInt8.self, count: count)
        premades = arena.take(Int32.self, count: count)
        members = RoleAssignment(arena: &arena)
        space = SplitSpace(arena: &arena)
        seating = SeatingSpace(arena: &arena)
    }

    /// Writes `teams` for the first `count` entries of `values` and `sizes`.
    /// - Precondition: the parties can be split into the queue's teams exactly.
    @inline(__always) func split(_ count: Int, _ queue: CompiledQueue) {
        let teamCount = Int(queue.teamCount)
        if teamCount == 1 {
            for index in 0..<count { teams[index] = 0 }
        } else if teamCount == 2, count <= TeamBalance.exactTicketCountMax {
            splitExactly(count, teamSize: Int(queue.teamSize))
        } else {
            sortBySizeThenValue(count)
            if teamCount == 2 {
                startTwoTeams(count, teamSize: Int(queue.teamSize))
            } else {
                startTeams(count, queue)
            }
            sumTeams(count, teamCount)
            improve(count, teamCount)
            let isLarge = Int(queue.teamSize) >= TeamBalance.windowTeamSizeMin
            if teamCount == 2, isLarge { improveByWindows(count, teamSize: Int(queue.teamSize)) }
        }
        sumTeams(count, teamCount)
    }

    func sumTeams(_ count: Int, _ teamCount: Int) {
        for team in 0..<teamCount { teamSums[team] = 0 }
        for index in 0..<count { teamSums[Int(teams[index])] += values[index] }
    }
}

// MARK: - Every way, for small lobbies

extension TeamBalance {
    /// The first party stays in the first team (sides are drawn later). The others are cut in two
    /// halves whose subset sums are known; only pairs of subsets of the right size are compared.
    @inline(__always) private func splitExactly(_ count: Int, teamSize: Int) {
        let lowCount = (count - 1) / 2
        let highCount = count - 1 - lowCount
        fillHalf(at: 0, first: 1, lowCount)
        fillHalf(at: 64, first: 1 + lowCount, highCount)
        groupLowHalf(1 << lowCount, teamSize)
        var total: Int64 = 0
        for index in 0..<count { total &+= values[index] }
        let needSize = teamSize - Int(sizes[0])
        let valueMask: Int64 = (1 << TeamBalance.sizeShift) - 1
        let target = total &- 2 &* values[0]
        var bestGap = Int64.max
        var bestSet = 0
        for highSet in 0..<(1 << highCount) {
            let high = halfSums[64 &+ highSet]
            let rest = needSize &- Int(high >> TeamBalance.sizeShift)
            if rest < 0 { continue }
            let goal = target &- 2 &* (high & valueMask)
            let groupStart = rest == 0 ? 0 : Int(groupEnds[rest &- 1])
            for position in groupStart..<Int(groupEnds[rest]) {
                let low = groupedSums[position]
                let gap = abs(goal &- 2 &* (low & valueMask))
                if gap < bestGap {
                    bestGap = gap
                    bestSet = highSet << lowCount | Int(low >> TeamBalance.sizeShift)
                }
            }
        }
        precondition(bestGap != Int64.max)
        teams[0] = 0
        for index in 1..<count { teams[index] = (bestSet >> (index &- 1)) & 1 == 1 ? 0 : 1 }
    }

    @inline(__always) private func fillHalf(at base: Int, first: Int, _ count: Int) {
        halfSums[base] = 0
        for bit in 0..<count {
            let item =
                Int64(sizes[first + bit]) << TeamBalance.sizeShift | values[first + bit]
            let known = 1 << bit
            for set in 0..<known {
                halfSums[base &+ known &+ set] = halfSums[base &+ set] &+ item
            }
        }
    }

    /// Orders the subsets of the lower half by how many players they hold: a counting sort. What is
    /// stored is the subset in the upper bits and its value below.
    @inline(__always) private func groupLowHalf(_ setCount: Int, _ teamSize: Int) {
        for group in 0...teamSize { groupEnds[group] = 0 }
        for set in 0..<setCount {
            let size = Int(halfSums[set] >> TeamBalance.sizeShift)
            // Counted one group late: the running sums are then the groups' starts.
            if size < teamSize { groupEnds[size &+ 1] &+= 1 }
        }
        for group in 1..<max(teamSize + 1, 1) { groupEnds[group] &+= groupEnds[group &- 1] }
        let valueMask: Int64 = (1 << TeamBalance.sizeShift) - 1
        for set in 0..<setCount {
            let size = Int(halfSums[set] >> TeamBalance.sizeShift)
            if size > teamSize { continue }
            groupedSums[Int(groupEnds[size])] =
                Int64(set) << TeamBalance.sizeShift | (halfSums[set] & valueMask)
            // Each start moves to its group's end.
            groupEnds[size] &+= 1
        }
    }
}

// MARK: - A balanced start and swaps, for large lobbies

extension TeamBalance {
    /// Largest parties first, then highest ratings: what is hardest to place comes first.
    private func sortBySizeThenValue(_ count: Int) {
        for position in 0..<count {
            var target = position
            while target > 0, comesBefore(position, Int(order[target - 1])) {
                order[target] = order[target - 1]
                target -= 1
            }
            order[target] = Int32(position)
        }
    }

    private func comesBefore(_ left: Int, _ right: Int) -> Bool {
        if sizes[left] != sizes[right] { return sizes[left] > sizes[right] }
        return values[left] > values[right]
    }

    /// Each party goes to the weaker team unless the rest could then not be split exactly.
    private func startTwoTeams(_ count: Int, teamSize: Int) {
        reachable[count] = 1
        for position in stride(from: count - 1, through: 0, by: -1) {
            let size = UInt64(sizes[Int(order[position])])
            reachable[position] = reachable[position + 1] | reachable[position + 1] << size
        }
        var rooms = (first: teamSize, second: teamSize)
        var sums = (first: Int64(0), second: Int64(0))
        for position in 0..<count {
            let index = Int(order[position])
            let size = Int(sizes[index])
            let rest = reachable[position + 1]
            let canFirst = rooms.first >= size && rest & (1 << UInt64(rooms.first - size)) != 0
            let canSecond = rest & (1 << UInt64(rooms.first)) != 0
            precondition(canFirst || canSecond)
            let prefersFirst = sums.first <= sums.second
            if canFirst, prefersFirst || !canSecond {
                teams[index] = 0
                rooms.first -= size
                sums.first += values[index]
            } else {
                teams[index] = 1
                rooms.second -= size
                sums.second += values[index]
            }
        }
        precondition(rooms.first == 0 && rooms.second == 0)
    }

    /// Each party goes to the fullest team that has room; among equals, to the weakest.
    private func startTeams(_ count: Int, _ queue: CompiledQueue) {
        let teamCount = Int(queue.teamCount)
        var rooms = InlineArray<128, Int32>(repeating: queue.teamSize)
        for team in 0..<teamCount { teamSums[team] = 0 }
        for position in 0..<count {
            let index = Int(order[position])
            var choice = -1
            for team in 0..<teamCount where rooms[team] >= sizes[index] {
                if choice < 0 || rooms[team] < rooms[choice]
                    || (rooms[team] == rooms[choice] && teamSums[team] < teamSums[choice])
                {
                    choice = team
                }
            }
            precondition(choice >= 0)
            teams[index] = Int32(choice)
            rooms[choice] -= sizes[index]
            teamSums[choice] += values[index]
        }
    }

    /// Swaps equally large parties between the strongest and the weakest team while that narrows
    /// the gap between the two.
    private func improve(_ count: Int, _ teamCount: Int) {
        for _ in 0..<TeamBalance.swapCountMax {
            var strongest = 0
            var weakest = 0
            for team in 1..<teamCount {
                if teamSums[team] > teamSums[strongest] { strongest = team }
                if teamSums[team] < teamSums[weakest] { weakest = team }
            }
            let gap = teamSums[strongest] - teamSums[weakest]
            if gap == 0 { return }
            guard let pair = bestSwap(count, strongest, weakest, gap) else { return }
            let moved = values[pair.from] - values[pair.to]
            teams[pair.from] = Int32(weakest)
            teams[pair.to] = Int32(strongest)
            teamSums[strongest] -= moved
            teamSums[weakest] += moved
        }
    }

    private func bestSwap(
        _ count: Int, _ strongest: Int, _ weakest: Int, _ gap: Int64
    ) -> (from: Int, to: Int)? {
        var best: (from: Int, to: Int)?
        var bestGap = gap
        for from in 0..<count where teams[from] == Int32(strongest) {
            for to in 0..<count where teams[to] == Int32(weakest) && sizes[to] == sizes[from] {
                let rest = abs(gap - 2 * (values[from] - values[to]))
                if rest < bestGap {
                    bestGap = rest
                    best = (from, to)
                }
            }
        }
        return best
    }
}
