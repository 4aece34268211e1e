// How the peers' policies cut a full lobby into teams: parties stay whole, teams are full.

/// Splits parties among teams.
struct TeamSplit {
    let teamCount: Int
    let teamSize: Int

    /// Parties up to which every split of two teams is tried.
    private static let exactCountMax = 14

    /// True if parties of these sizes can fill all teams exactly, in a way that `inOrder` finds.
    func fits(_ sizes: [Int]) -> Bool {
        sizes.reduce(0, +) == teamCount * teamSize && inOrder(sizes) != nil
    }

    /// Each party in turn, larger ones first, into the first team with room; nil if that fails.
    func inOrder(_ sizes: [Int]) -> [Int]? {
        place(order(sizes) { _, _ in false }, sizes) { room, size in
            room.firstIndex { $0 >= size }
        }
    }

    /// Teams of nearly equal summed rating: every split of two teams of few parties, otherwise
    /// larger and better parties first into the weakest team with room.
    func balanced(_ sizes: [Int], _ ratings: [Double]) -> [Int]? {
        if teamCount == 2 && sizes.count <= TeamSplit.exactCountMax {
            return exact(sizes, ratings)
        }
        var sums = [Double](repeating: 0, count: teamCount)
        let order = order(sizes) { ratings[$0] > ratings[$1] }
        var next = 0
        let teams = place(order, sizes) { room, size in
            let weakest = room.indices.filter { room[$0] >= size }
                .min { (sums[$0], $0) < (sums[$1], $1) }
            if let weakest {
                sums[weakest] += ratings[order[next]] * Double(size)
                next += 1
            }
            return weakest
        }
        return teams ?? inOrder(sizes)
    }

    /// The split of two teams with the least difference of sums; the first party is in team 0.
    private func exact(_ sizes: [Int], _ ratings: [Double]) -> [Int]? {
        // Sums that some of the parties have, a bit each.
        let sums = sizes.reduce(UInt64(1)) { $0 | $0 << UInt64($1) }
        guard sums & (1 << UInt64(teamSize)) != 0 else { return nil }
        var best: (difference: Double, set: Int)?
        var set = 1
        while set < 1 << sizes.count {
            defer { set += 2 }
            var size = 0
            var difference = 0.0
            for party in sizes.indices {
                let isFirst = set & (1 << party) != 0
                size += isFirst ? sizes[party] : 0
                difference += (isFirst ? 1 : -1) * ratings[party] * Double(sizes[party])
            }
            guard size == teamSize else { continue }
            if best.map({ abs(difference) < $0.difference }) ?? true {
                best = (abs(difference), set)
            }
        }
        return best.map { found in sizes.indices.map { found.set & (1 << $0) != 0 ? 0 : 1 } }
    }

    private func order(_ sizes: [Int], _ isBefore: (Int, Int) -> Bool) -> [Int] {
        sizes.indices.sorted { left, right in
            if sizes[left] != sizes[right] { return sizes[left] > sizes[right] }
            if isBefore(left, right) { return true }
            return isBefore(right, left) ? false : left < right
        }
    }

    private func place(
        _ order: [Int], _ sizes: [Int], _ choose: ([Int], Int) -> Int?
    ) -> [Int]? {
        var room = [Int](repeating: teamSize, count: teamCount)
        var teams = [Int](repeating: 0, count: sizes.count)
        for party in order {
            guard let team = choose(room, sizes[party]) else { return nil }
            teams[party] = team
            room[team] -= sizes[party]
        }
        return teams
    }
}
