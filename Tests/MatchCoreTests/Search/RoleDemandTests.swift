// Whether players can take the roles that teams need, against trying every way to give roles.

import Testing

@testable import MatchCore

/// A composition drawn at random.
struct TestComposition {
    var roleCount: Int
    var needs = InlineArray<6, UInt8>(repeating: 0)
    var mosts = InlineArray<6, UInt8>(repeating: 0)
    var teamSize: Int

    init(_ random: inout Random, roleCountMax: Int = 4, teamSize: Int) {
        self.teamSize = teamSize
        while true {
            roleCount = random.next(in: 1...roleCountMax)
            var least = 0
            var most = 0
            for role in 0..<roleCount {
                mosts[role] = UInt8(random.next(in: 0...teamSize))
                needs[role] = UInt8(random.next(in: 0...min(2, Int(mosts[role]))))
                least += Int(needs[role])
                most += Int(mosts[role])
            }
            if least <= teamSize && most >= teamSize { return }
        }
    }

    func caps(teamSize: Int) -> RoleCaps {
        RoleCaps(roleCount: roleCount, needs: needs, mosts: mosts, teamSize: teamSize)
    }

    var caps: RoleCaps { caps(teamSize: teamSize) }

    func isPossible(teamSize: Int) -> Bool {
        var least = 0
        var most = 0
        for role in 0..<roleCount {
            least += Int(needs[role])
            most += Int(mosts[role])
        }
        return least <= teamSize && most >= teamSize
    }

    /// True if players of these counts by role (five bits each) can be completed to a full team.
    func holds(_ counts: Int, teamSize: Int) -> Bool {
        var filled = 0
        for role in 0..<roleCount {
            let count = counts >> (5 * role) & 31
            if count > Int(mosts[role]) { return false }
            filled += max(count, Int(needs[role]))
        }
        return filled <= teamSize
    }

    func randomMask(_ random: inout Random) -> UInt8 {
        let all = (1 << roleCount) - 1
        // One in twenty plays nothing that the queue knows.
        if random.chance(0.05) { return 0 }
        return UInt8(random.next(in: 1...all))
    }
}

/// Players with their roles and the sides on which they may play.
struct TestPlayer {
    var mask: UInt8
    var sides: UInt8 = 3
}

/// True if each player can be given a side and a role so that both teams can be completed: all
/// counts by team and role that can be reached are listed. The second team is left out if `sizes`
/// has one element.
func canTakeRoles(_ players: [TestPlayer], _ composition: TestComposition, sizes: [Int]) -> Bool {
    let roleCount = composition.roleCount
    var reached: Set<Int> = sizes.allSatisfy(composition.isPossible) ? [0] : []
    for player in players {
        var next: Set<Int> = []
        for counts in reached {
            for team in sizes.indices where player.sides & (1 << UInt8(team)) != 0 {
                for role in 0..<roleCount where player.mask & (1 << UInt8(role)) != 0 {
                    let grown = counts + (1 << (5 * (team * roleCount + role)))
                    let ofTeam = grown >> (5 * team * roleCount) & ((1 << (5 * roleCount)) - 1)
                    if composition.holds(ofTeam, teamSize: sizes[team]) { next.insert(grown) }
                }
            }
        }
        reached = next
    }
    return !reached.isEmpty
}

/// FP-01.
@Suite struct RoleDemandTests {
    @Test func aTeamTakesPlayersExactlyWhenEachCanHaveARole() {
        var random = Random(seed: 31)
        var refusedCount = 0
        for _ in 0..<1200 {
            let teamSize = random.next(in: 1...7)
            let composition = TestComposition(&random, roleCountMax: 6, teamSize: teamSize)
            let players = (0..<random.next(in: 1...teamSize)).map { _ in
                TestPlayer(mask: composition.randomMask(&random))
            }
            var tally = RoleTally()
            for player in players { tally.add(player.mask) }
            let isHeld = composition.caps.holds(tally)
            #expect(isHeld == canTakeRoles(players, composition, sizes: [teamSize]))
            if !isHeld { refusedCount += 1 }
        }
        #expect(refusedCount > 200 && refusedCount < 1000)
    }

    @Test func countingPlayersInAndOutLeavesNothingBehind() {
        var random = Random(seed: 32)
        var tally = RoleTally()
        var masks: [UInt8] = []
        for _ in 0..<100 {
            masks.append(UInt8(random.next(in: 0...63)))
            tally.add(masks[masks.count - 1])
        }
        for set in 0..<64 {
            let expected = masks.count { Int($0) & ~set == 0 }
            #expect(tally[set] == expected)
        }
        for mask in masks { tally.remove(mask) }
        #expect(tally == RoleTally())
    }

    /// Adding in order never misses: what is refused could not have been completed.
    @Test func aCounterTakesAPlayerExactlyWhenBothTeamsCanStillBeFilled() {
        var random = Random(seed: 33)
        var refusedCount = 0
        for round in 0..<500 {
            let first = random.next(in: 1...4)
            let second = max(1, first - random.next(in: 0...1))
            let composition = TestComposition(&random, roleCountMax: 3, teamSize: second)
            var counter = RoleCounter(
                first: composition.caps(teamSize: first), second: composition.caps)
            var players: [TestPlayer] = []
            for _ in 0..<12 {
                let sides: UInt8 = round % 2 == 0 ? 3 : UInt8(random.next(in: 1...3))
                let player = TestPlayer(mask: composition.randomMask(&random), sides: sides)
                let isTaken = counter.add(player.mask, sides: player.sides)
                let fits = canTakeRoles(
                    players + [player], composition, sizes: [first, second])
                #expect(isTaken == fits)
                if isTaken { players.append(player) } else { refusedCount += 1 }
            }
        }
        #expect(refusedCount > 500)
    }

    @Test func manyEqualTeamsAreCountedTogether() {
        var random = Random(seed: 34)
        for _ in 0..<300 {
            let teamCount = random.next(in: 1...4)
            let composition = TestComposition(
                &random, roleCountMax: 3, teamSize: random.next(in: 1...3))
            var counter = RoleCounter(composition.caps, teamCount: teamCount)
            var players: [TestPlayer] = []
            for _ in 0..<teamCount * composition.teamSize + 4 {
                let player = TestPlayer(mask: composition.randomMask(&random))
                let isTaken = counter.add(player.mask)
                #expect(isTaken == canShare(players + [player], composition, teamCount))
                if isTaken { players.append(player) }
            }
        }
    }

    /// The same for equal teams: by their counts together, which can always be shared out.
    private func canShare(
        _ players: [TestPlayer], _ composition: TestComposition, _ teamCount: Int
    ) -> Bool {
        var joint = composition
        joint.teamSize *= teamCount
        for role in 0..<6 {
            joint.needs[role] *= UInt8(teamCount)
            joint.mosts[role] *= UInt8(teamCount)
        }
        return canTakeRoles(players, joint, sizes: [joint.teamSize])
    }

    @Test func aPartyIsTakenWholeOrNotAtAll() {
        // Two teams of 1 healer and 2 fighters: three healers in one party have no team.
        var needs = InlineArray<6, UInt8>(repeating: 0)
        needs[0] = 1
        needs[1] = 2
        let caps = RoleCaps(roleCount: 2, needs: needs, mosts: needs, teamSize: 3)
        var counter = RoleCounter(first: caps, second: caps)
        var healers = RoleTally()
        healers.add(1, count: 2)
        #expect(take(healers, 3, &counter) == false)
        var fighters = RoleTally()
        fighters.add(2, count: 2)
        var fighter = RoleTally()
        fighter.add(2)
        #expect(take(fighters, 1, &counter))
        #expect(take(fighter, 1, &counter) == false)
        #expect(take(fighters, 3, &counter))
        #expect(take(fighter, 3, &counter) == false)
        counter.remove(fighters)
        counter.remove(fighters, sides: 1)
        #expect(take(fighter, 1, &counter))
    }

    private func take(_ party: RoleTally, _ sides: UInt8, _ counter: inout RoleCounter) -> Bool {
        counter.add(party, sides: sides)
    }

    @Test func aCompositionThatCannotFillATeamTakesNobody() {
        var needs = InlineArray<6, UInt8>(repeating: 0)
        needs[0] = 2
        needs[1] = 2
        let caps = RoleCaps(roleCount: 2, needs: needs, mosts: needs, teamSize: 3)
        #expect(!caps.isPossible)
        var counter = RoleCounter(caps, teamCount: 1)
        let isTaken = counter.add(3)
        #expect(!isTaken)
    }
}
