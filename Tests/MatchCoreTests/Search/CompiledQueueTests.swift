// What follows from a queue's rules: which party sizes can meet.

import Testing

@testable import MatchCore

/// MM-07.
@Suite struct CompiledQueueTests {
    @Test(arguments: [
        Mode.duel, .doubles, .triples, .fives, .sevens, .threeTwos, .fourThrees, .cooperative,
        Mode("2v4 of 3", 2, 4, partySizeMax: 3),
    ])
    func knowsWhichSizesCanBePartOfAMatch(_ mode: Mode) {
        let queue = CompiledQueue(.make(mode))
        for present in 0..<UInt64(1 << mode.partySizeMax) {
            let sizes = (1...mode.partySizeMax).filter { present >> UInt64($0 - 1) & 1 == 1 }
            let fillings = teamFillings(mode.teamSize, sizes)
            var expected: UInt64 = 0
            for size in sizes where fillings.contains(where: { $0.contains(size) }) {
                expected |= 1 << UInt64(size - 1)
            }
            #expect(queue.possibleSizes(among: present) == expected, "sizes \(sizes)")
        }
    }

    /// Every way to fill a team with any number of parties of these sizes.
    private func teamFillings(_ room: Int, _ sizes: [Int]) -> [[Int]] {
        if room == 0 { return [[]] }
        return sizes.filter { $0 <= room }.flatMap { size in
            teamFillings(room - size, sizes.filter { $0 <= size }).map { [size] + $0 }
        }
    }

    @Test func limitsHowManyPartiesOfASizeAMatchHolds() {
        let queue = CompiledQueue(.make(.fives))
        #expect((1...5).map { queue.sizeLimit($0) } == [10, 4, 2, 2, 2])
    }
}
