// Which parties fill the teams, against trying every way.

import Testing

@testable import MatchCore

/// MM-07.
@Suite struct PartyPackingTests {
    static let shapes: [(teams: Int, size: Int)] = [
        (1, 4), (2, 1), (2, 2), (2, 3), (2, 5), (2, 7), (3, 2), (4, 3), (8, 1), (2, 10),
    ]

    /// True if these parties can be put into the teams without overfilling one.
    private func fits(_ parties: [Int], teams: Int, size: Int) -> Bool {
        var rooms = [Int](repeating: size, count: teams)
        func place(_ position: Int) -> Bool {
            if position == parties.count { return true }
            var tried: Set<Int> = []
            for team in 0..<teams
            where rooms[team] >= parties[position] && tried.insert(rooms[team]).inserted {
                rooms[team] -= parties[position]
                if place(position + 1) { return true }
                rooms[team] += parties[position]
            }
            return false
        }
        return place(0)
    }

    @Test(arguments: shapes)
    func addsAPartyExactlyWhenTheTeamsCanStillHoldAll(_ shape: (teams: Int, size: Int)) {
        var random = Random(seed: UInt64(shape.teams * 100 + shape.size))
        for _ in 0..<300 {
            var packing = PartyPacking(teamCount: shape.teams, teamSize: shape.size)
            var parties: [Int] = []
            for _ in 0..<2 * shape.teams * shape.size where !packing.isFull {
                let party = random.next(in: 1...shape.size)
                let isPossible = fits(
                    (parties + [party]).sorted(by: >), teams: shape.teams, size: shape.size)
                let isAdded = packing.add(party)
                // With three teams or more first-fit may say no to a set that would fit.
                if shape.teams <= 2 || isAdded { #expect(isAdded == isPossible) }
                if isAdded { parties.append(party) }
            }
            #expect(packing.playerCount == parties.reduce(0, +))
            #expect(packing.isFull == (packing.playerCount == shape.teams * shape.size))
        }
    }

    @Test(arguments: shapes.filter { $0.teams <= 2 })
    func findsAFullSetExactlyWhenThereIsOne(_ shape: (teams: Int, size: Int)) {
        let memory = TestMemory()
        var arena = memory.arena
        let scratch = SearchScratch(arena: &arena)
        let exact = ExactPacking(
            table: scratch.fills, teamCount: shape.teams, teamSize: shape.size)
        var random = Random(seed: 4)
        for _ in 0..<250 {
            let count = random.next(in: 1...9)
            var parties: [Int] = []
            for _ in 0..<count { parties.append(random.next(in: 1...shape.size)) }
            var taken: [Int] = []
            let isFull = exact.pick(
                count: count, size: { parties[$0] }, take: { taken.append($0) })
            #expect(isFull == hasFullSet(parties, shape.teams, shape.size), "\(parties)")
            if !isFull { continue }
            #expect(Set(taken).count == taken.count && taken.contains(0))
            let sizes = taken.map { parties[$0] }
            #expect(sizes.reduce(0, +) == shape.teams * shape.size)
            #expect(fits(sizes.sorted(by: >), teams: shape.teams, size: shape.size))
        }
    }

    @Test(arguments: [(teams: 3, size: 2), (4, 3), (3, 5), (5, 3)])
    func fillsManyTeamsExactlyWhenThereIsAWay(_ shape: (teams: Int, size: Int)) {
        var random = Random(seed: 4)
        for _ in 0..<150 {
            var parties: [Int] = []
            for _ in 0..<random.next(in: 2...11) { parties.append(random.next(in: 1...shape.size)) }
            var filling = TeamFilling(teamCount: shape.teams, teamSize: shape.size)
            for party in parties.dropFirst() { filling.offer(party) }
            let isFull = filling.fill(with: parties[0])
            #expect(isFull == hasFullSet(parties, shape.teams, shape.size), "\(parties)")
            if !isFull { continue }
            let taken = [parties[0]] + parties.dropFirst().filter { filling.take($0) }
            #expect(taken.reduce(0, +) == shape.teams * shape.size)
            #expect(fits(taken.sorted(by: >), teams: shape.teams, size: shape.size))
        }
    }

    @Test func prefersThePartiesThatStandEarlier() {
        let memory = TestMemory()
        var arena = memory.arena
        let scratch = SearchScratch(arena: &arena)
        let exact = ExactPacking(table: scratch.fills, teamCount: 2, teamSize: 2)
        let parties = [1, 2, 1, 2, 1]
        var taken: [Int] = []
        let isFull = exact.pick(count: 5, size: { parties[$0] }, take: { taken.append($0) })
        #expect(isFull)
        #expect(taken.sorted() == [0, 1, 2])
    }

    /// The first party and some of the others fill the teams: every subset is tried.
    private func hasFullSet(_ parties: [Int], _ teams: Int, _ size: Int) -> Bool {
        let others = parties.dropFirst()
        for set in 0..<(1 << others.count) {
            var chosen = [parties[0]]
            for (bit, party) in others.enumerated() where set >> bit & 1 == 1 {
                chosen.append(party)
            }
            if chosen.reduce(0, +) != teams * size { continue }
            if fits(chosen.sorted(by: >), teams: teams, size: size) { return true }
        }
        return false
    }
}
