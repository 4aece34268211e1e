// Looks for matches that the core left lying: by trying all pairs, or all ways to fill the teams.

@testable import MatchCore

extension Ledger {
    /// The first two waiting tickets of 1v1 queues that share a region and accept each other.
    func pairLeftLying(tick: Int32, regionCount: Int) -> (Int, Int)? {
        let list = waitingInOrder
        for (position, left) in list.enumerated() {
            for right in list[(position + 1)...] where oracle.accept(left, right, tick: tick) {
                for region in 0..<regionCount
                where oracle.accepts(left, region: region, tick: tick)
                    && oracle.accepts(right, region: region, tick: tick)
                {
                    return (Int(left.ticket.id.low), Int(right.ticket.id.low))
                }
            }
        }
        return nil
    }

    /// How many ranges of ratings hold a lobby, when every window has grown to its maximum. Zero
    /// if nothing was left lying.
    func lobbiesLeftLying(queue index: Int, tick: Int32, regionCount: Int) -> Int {
        guard let queue = oracle.rules.queues[index] else { return 0 }
        var found = 0
        for region in 0..<regionCount {
            let list = waiting.values.filter {
                Int($0.ticket.queue.raw) == index && oracle.accepts($0, region: region, tick: tick)
            }.sorted { $0.rating < $1.rating }
            for lowest in list {
                precondition(oracle.window(lowest, tick: tick) == Int(queue.ratingWindow.max))
                let high = Int(lowest.rating) + Int(queue.ratingWindow.max)
                var counts = [Int](repeating: 0, count: queue.teamSize + 1)
                for known in list where known.rating >= lowest.rating && Int(known.rating) <= high {
                    counts[known.ticket.members.count] += 1
                }
                if canFill(teams: queue.teamCount, of: queue.teamSize, counts) { found += 1 }
            }
        }
        return found
    }
}

/// True if parties, `counts[s]` of size s, can fill every team exactly: tries every way.
func canFill(teams: Int, of teamSize: Int, _ counts: [Int]) -> Bool {
    let players = counts.indices.reduce(0) { $0 + $1 * counts[$1] }
    if players < teams * teamSize { return false }
    var search = FillSearch(teamSize: teamSize, counts: counts)
    return search.fill(teams: teams, room: teamSize, largest: teamSize)
}

private struct FillSearch {
    let teamSize: Int
    var counts: [Int]
    /// States known to lead nowhere.
    var dead: Set<[Int]> = []

    mutating func fill(teams: Int, room: Int, largest: Int) -> Bool {
        if teams == 0 { return true }
        if room == 0 { return fill(teams: teams - 1, room: teamSize, largest: teamSize) }
        let state = counts + [teams, room, largest]
        if dead.contains(state) { return false }
        for size in stride(from: min(room, largest), through: 1, by: -1) where counts[size] > 0 {
            counts[size] -= 1
            let isFilled = fill(teams: teams, room: room - size, largest: size)
            counts[size] += 1
            if isFilled { return true }
        }
        dead.insert(state)
        return false
    }
}
