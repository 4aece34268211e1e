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

    /// A party that may be tied to a side: bit 0 the first team, bit 1 the second.
    struct SidedParty {
        var size: Int
        var sides: UInt8
    }

    /// The fills of both teams that some way to seat all the parties reaches.
    private func seatings(_ parties: [SidedParty]) -> Set<[Int]> {
        parties.reduce([[0, 0]]) { reached, party in
            var next: Set<[Int]> = []
            for fills in reached {
                if party.sides & 1 != 0 { next.insert([fills[0] + party.size, fills[1]]) }
                if party.sides & 2 != 0 { next.insert([fills[0], fills[1] + party.size]) }
            }
            return next
        }
    }

    private func draw(_ random: inout Random, sizeMax: Int) -> SidedParty {
        SidedParty(
            size: random.next(in: 1...sizeMax),
            sides: random.chance(0.4) ? 3 : UInt8(random.next(in: 1...2)))
    }

    @Test(arguments: [(first: 1, second: 1), (3, 2), (4, 4), (2, 5), (7, 6), (63, 63)])
    func tiedPartiesAreAddedExactlyWhenBothTeamsHoldAll(_ shape: (first: Int, second: Int)) {
        var random = Random(seed: 6)
        let sizeMax = max(shape.first, shape.second)
        for _ in 0..<150 {
            var packing = PartyPacking(first: shape.first, second: shape.second)
            var parties: [SidedParty] = []
            for _ in 0..<10 where !packing.isFull {
                let party = draw(&random, sizeMax: sizeMax)
                let isPossible = seatings(parties + [party]).contains {
                    $0[0] <= shape.first && $0[1] <= shape.second
                }
                let isAdded = packing.add(party.size, sides: party.sides)
                #expect(isAdded == isPossible)
                if isAdded { parties.append(party) }
            }
            #expect(packing.playerCount == parties.reduce(0) { $0 + $1.size })
            #expect(packing.isFull == (packing.playerCount == shape.first + shape.second))
        }
    }

    @Test(arguments: [(first: 1, second: 1), (3, 2), (4, 4), (2, 5), (7, 6)])
    func aFullSetOfTiedPartiesIsFoundExactlyWhenThereIsOne(_ shape: (first: Int, second: Int)) {
        let memory = TestMemory()
        var arena = memory.arena
        let scratch = SearchScratch(arena: &arena)
        let exact = ExactPacking(
            table: scratch.fills, first: shape.first, second: shape.second)
        var random = Random(seed: 7)
        var fullCount = 0
        for _ in 0..<250 {
            let count = random.next(in: 1...8)
            let parties = (0..<count).map { _ in
                draw(&random, sizeMax: max(shape.first, shape.second) / 2 + 1)
            }
            var taken: [Int] = []
            let isFull = exact.pick(
                count: count, size: { parties[$0].size }, sides: { parties[$0].sides },
                take: { taken.append($0) })
            var table = FillTable(first: shape.first, second: shape.second)
            for party in parties { table.add(party.size, sides: party.sides) }
            var isFillable = false
            var isFillableWithFirst = false
            for set in 1..<(1 << count) {
                let chosen = parties.indices.filter { set >> $0 & 1 == 1 }.map { parties[$0] }
                if seatings(chosen).contains([shape.first, shape.second]) {
                    isFillable = true
                    isFillableWithFirst = isFillableWithFirst || set & 1 == 1
                }
            }
            #expect(table.isFillable == isFillable)
            #expect(isFull == isFillableWithFirst)
            if !isFull { continue }
            fullCount += 1
            #expect(Set(taken).count == taken.count && taken.contains(0))
            #expect(seatings(taken.map { parties[$0] }).contains([shape.first, shape.second]))
        }
        #expect(fullCount > 10)
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
