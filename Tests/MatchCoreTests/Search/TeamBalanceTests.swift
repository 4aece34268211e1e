// Team splits: exact sizes always, the best split where it is tried whole, a near one above that.

import Testing

@testable import MatchCore

/// A lobby to be split.
private struct Lobby {
    var sizes: [Int]
    var values: [Int64]
}

/// MM-07.
@Suite struct TeamBalanceTests {
    private let memory = TestMemory()
    private let balance: TeamBalance

    init() {
        var arena = memory.arena
        balance = TeamBalance(arena: &arena)
    }

    /// Parties that fill the mode's teams, shuffled.
    private func makeLobby(
        _ mode: Mode, partySizeMax: Int, _ random: inout Random
    ) -> Lobby {
        var sizes: [Int] = []
        for _ in 0..<mode.teamCount {
            var room = mode.teamSize
            while room > 0 {
                let size = random.next(in: 1...min(room, partySizeMax))
                sizes.append(size)
                room -= size
            }
        }
        for position in sizes.indices {
            sizes.swapAt(position, random.next(in: position...sizes.count - 1))
        }
        let values = sizes.map { Int64($0) * Int64(random.next(in: 0...400 * 128)) }
        return Lobby(sizes: sizes, values: values)
    }

    /// Splits the lobby, expects exact teams and gives the gap between strongest and weakest.
    private func gap(_ lobby: Lobby, _ mode: Mode) -> Int64 {
        for position in lobby.sizes.indices {
            balance.sizes[position] = Int32(lobby.sizes[position])
            balance.values[position] = lobby.values[position]
        }
        balance.split(lobby.sizes.count, CompiledQueue(.make(mode)))
        var players = [Int](repeating: 0, count: mode.teamCount)
        var sums = [Int64](repeating: 0, count: mode.teamCount)
        for position in lobby.sizes.indices {
            players[Int(balance.teams[position])] += lobby.sizes[position]
            sums[Int(balance.teams[position])] += lobby.values[position]
        }
        #expect(players.allSatisfy { $0 == mode.teamSize }, "\(lobby.sizes)")
        for team in 0..<mode.teamCount { #expect(balance.teamSums[team] == sums[team]) }
        return (sums.max() ?? 0) - (sums.min() ?? 0)
    }

    /// The best gap of two teams, by every subset of the right size.
    private func bestGap(_ lobby: Lobby, teamSize: Int) -> Int64 {
        let total = lobby.values.reduce(0, +)
        var best = Int64.max
        for set in 0..<(1 << (lobby.sizes.count - 1)) {
            var players = 0
            var sum: Int64 = 0
            for position in lobby.sizes.indices where set >> position & 1 == 1 {
                players += lobby.sizes[position]
                sum += lobby.values[position]
            }
            if players == teamSize { best = min(best, abs(total - 2 * sum)) }
        }
        return best
    }

    @Test(arguments: [Mode.duel, .doubles, .triples, .fives, .sevens, .tens])
    func smallLobbiesAreSplitInTheBestWayThereIs(_ mode: Mode) {
        var random = Random(seed: 21)
        var tried = 0
        while tried < 25 {
            let lobby = makeLobby(mode, partySizeMax: mode.teamSize, &random)
            if lobby.sizes.count > TeamBalance.exactTicketCountMax { continue }
            tried += 1
            #expect(gap(lobby, mode) == bestGap(lobby, teamSize: mode.teamSize))
        }
    }

    /// A kind of large lobby and how much wider than the best known split the core's may be: points
    /// between the teams' means, on average over random lobbies of ratings 400 points apart.
    struct LargeCase: Sendable {
        let mode: Mode
        let partySizeMax: Int
        let excessMax: Double
    }

    @Test(arguments: [
        LargeCase(mode: .tens, partySizeMax: 1, excessMax: 1),
        LargeCase(mode: .tens, partySizeMax: 5, excessMax: 4),
        LargeCase(mode: .forties, partySizeMax: 1, excessMax: 1),
        LargeCase(mode: .forties, partySizeMax: 10, excessMax: 1),
        LargeCase(mode: .sevens, partySizeMax: 2, excessMax: 4),
        LargeCase(mode: .threeTwos, partySizeMax: 2, excessMax: 12),
        LargeCase(mode: .fourThrees, partySizeMax: 3, excessMax: 12),
        LargeCase(mode: .freeForAll, partySizeMax: 1, excessMax: 0),
        LargeCase(
            mode: Mode("60v60", 2, 60, partySizeMax: 60), partySizeMax: 60, excessMax: 1),
    ])
    func largeLobbiesAreSplitExactlyAndNearlyEven(_ kind: LargeCase) {
        let mode = kind.mode
        var random = Random(seed: 8)
        var excess: Int64 = 0
        let count = 30
        for _ in 0..<count {
            let lobby = makeLobby(mode, partySizeMax: kind.partySizeMax, &random)
            let found = gap(lobby, mode)
            excess += max(0, found - bestKnown(lobby, mode, &random))
        }
        let meanExcess = Double(excess) / Double(count * mode.teamSize) / 128
        #expect(meanExcess <= kind.excessMax, "\(mode), parties to \(kind.partySizeMax)")
    }

    /// The best of several random splits, each improved by swaps until none helps.
    private func bestKnown(_ lobby: Lobby, _ mode: Mode, _ random: inout Random) -> Int64 {
        var best = Int64.max
        for _ in 0..<12 {
            guard var teams = randomSplit(lobby, mode, &random) else { continue }
            best = min(best, descend(lobby, mode, &teams))
        }
        return best
    }

    private func randomSplit(
        _ lobby: Lobby, _ mode: Mode, _ random: inout Random
    ) -> [Int]? {
        var order = Array(lobby.sizes.indices)
        for position in order.indices {
            order.swapAt(position, random.next(in: position...order.count - 1))
        }
        order.sort { lobby.sizes[$0] > lobby.sizes[$1] }
        var rooms = [Int](repeating: mode.teamSize, count: mode.teamCount)
        var teams = [Int](repeating: 0, count: order.count)
        for position in order {
            let size = lobby.sizes[position]
            let fitting = rooms.indices.filter { rooms[$0] >= size }
            if fitting.isEmpty { return nil }
            let team = random.element(fitting)
            teams[position] = team
            rooms[team] -= size
        }
        return teams
    }

    private func descend(_ lobby: Lobby, _ mode: Mode, _ teams: inout [Int]) -> Int64 {
        var sums = [Int64](repeating: 0, count: mode.teamCount)
        for position in teams.indices { sums[teams[position]] += lobby.values[position] }
        let range = { (sums: [Int64]) in (sums.max() ?? 0) - (sums.min() ?? 0) }
        var gap = range(sums)
        var isImproved = true
        while isImproved {
            isImproved = false
            for left in teams.indices {
                for right in teams.indices
                where teams[left] < teams[right] && lobby.sizes[left] == lobby.sizes[right] {
                    let moved = lobby.values[left] - lobby.values[right]
                    sums[teams[left]] -= moved
                    sums[teams[right]] += moved
                    if range(sums) < gap {
                        gap = range(sums)
                        teams.swapAt(left, right)
                        isImproved = true
                    } else {
                        sums[teams[left]] += moved
                        sums[teams[right]] -= moved
                    }
                }
            }
        }
        return gap
    }
}
