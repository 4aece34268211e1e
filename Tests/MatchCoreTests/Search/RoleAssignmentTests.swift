// Roles given to the members of a team, against the best of all ways.

import Testing

@testable import MatchCore

/// FP-01.
@Suite struct RoleAssignmentTests {
    private let memory = TestMemory()
    private let assignment: RoleAssignment

    init() {
        var arena = memory.arena
        assignment = RoleAssignment(arena: &arena)
    }

    /// What an assignment is judged by, the first difference deciding.
    private struct Worth: Comparable {
        var outside = 0
        var unmetNeeds = 0
        var unliked = 0
        var offset = 0

        static func < (left: Worth, right: Worth) -> Bool {
            if left.outside != right.outside { return left.outside > right.outside }
            if left.unmetNeeds != right.unmetNeeds { return left.unmetNeeds > right.unmetNeeds }
            if left.unliked != right.unliked { return left.unliked > right.unliked }
            return left.offset < right.offset
        }
    }

    private func worth(
        _ roles: [Int], _ count: Int, _ composition: TestComposition, usesOffsets: Bool
    ) -> Worth? {
        var worth = Worth()
        var counts = [Int](repeating: 0, count: composition.roleCount)
        for (position, role) in roles.enumerated() {
            let member = Int(assignment.list[position])
            counts[role] += 1
            if assignment.masks[member] & (1 << UInt8(role)) == 0 { worth.outside += 1 }
            let liked = assignment.preferred[member]
            if liked != RoleSet.noPreference, Int(liked) != role { worth.unliked += 1 }
            if usesOffsets { worth.offset += Int(assignment.offsets[member * 6 + role]) }
        }
        for role in counts.indices {
            if counts[role] > Int(composition.mosts[role]) { return nil }
            worth.unmetNeeds += max(0, Int(composition.needs[role]) - counts[role])
        }
        return worth
    }

    private func best(
        _ count: Int, _ composition: TestComposition, usesOffsets: Bool
    ) -> Worth? {
        var best: Worth?
        var roles = [Int](repeating: 0, count: count)
        func choose(_ position: Int) {
            if position == count {
                let found = worth(roles, count, composition, usesOffsets: usesOffsets)
                if let found, best.map({ $0 < found }) ?? true { best = found }
                return
            }
            for role in 0..<composition.roleCount {
                roles[position] = role
                choose(position + 1)
            }
        }
        choose(0)
        return best
    }

    /// Members in a shuffled list, so that positions and members differ.
    private func draw(_ count: Int, _ composition: TestComposition, _ random: inout Random) {
        for position in 0..<count {
            let member = (position * 5 + 3) % 11
            assignment.list[position] = Int32(member)
            assignment.masks[member] = composition.randomMask(&random)
            assignment.preferred[member] =
                random.chance(0.4)
                ? RoleSet.noPreference
                : UInt8(random.next(in: 0...composition.roleCount - 1))
            for role in 0..<6 {
                assignment.offsets[member * 6 + role] = Int16(random.next(in: -300...300))
            }
        }
    }

    @Test(arguments: [(roles: 3, members: 7), (4, 6), (6, 4)])
    func rolesAreGivenInTheBestWayThereIs(_ size: (roles: Int, members: Int)) {
        var random = Random(seed: UInt64(41 + size.roles))
        for round in 0..<250 {
            let count = random.next(in: 1...size.members)
            let composition = TestComposition(
                &random, roleCountMax: size.roles, teamSize: count)
            draw(count, composition, &random)
            let usesOffsets = round % 2 == 1
            let isKept = assignment.assign(
                count, to: composition.caps, usesOffsets: usesOffsets)
            var roles: [Int] = []
            for position in 0..<count {
                roles.append(Int(assignment.roles[Int(assignment.list[position])]))
            }
            let found = worth(roles, count, composition, usesOffsets: usesOffsets)
            let expected = best(count, composition, usesOffsets: usesOffsets)
            #expect(found == expected)
            #expect(isKept == (expected?.outside == 0 && expected?.unmetNeeds == 0))
        }
    }

    @Test func aWholeLobbyOf126IsGivenRoles() {
        var random = Random(seed: 44)
        for _ in 0..<20 {
            // 63 a side: everybody plays two of six neighbouring roles and likes one of them.
            var needs = InlineArray<6, UInt8>(repeating: 10)
            needs[0] = 12
            let caps = RoleCaps(
                roleCount: 6, needs: needs, mosts: InlineArray(repeating: 13), teamSize: 63)
            for member in 0..<126 {
                assignment.list[member] = Int32(member)
                let role = member % 6
                assignment.masks[member] = 1 << UInt8(role) | 1 << UInt8((role + 1) % 6)
                assignment.preferred[member] = UInt8((role + random.next(in: 0...1)) % 6)
            }
            #expect(assignment.assign(126, to: caps.times(2)))
            var counts = [Int](repeating: 0, count: 6)
            for member in 0..<126 { counts[Int(assignment.roles[member])] += 1 }
            #expect(counts[0] >= 24 && counts[1...].allSatisfy { $0 >= 20 && $0 <= 26 })
        }
    }

    @Test func theScoreTellsLikedFromOtherRolesAndFromNone() {
        for member in 0..<4 {
            assignment.masks[member] = 0b011
            assignment.preferred[member] = 0
        }
        assignment.preferred[3] = RoleSet.noPreference
        for (member, role) in [0, 1, 2, 1].enumerated() { assignment.roles[member] = UInt8(role) }
        var score = RoleScore()
        for member in 0..<4 { assignment.note(member, in: &score) }
        #expect(score == RoleScore(halfPoints: 2 + 1 + 0 + 2, memberCount: 4))
        #expect(score.score == 0.625)
        #expect(RoleScore().score == 1)
    }

    @Test func placesForFewerThanTheMembersAreRefused() {
        var mosts = InlineArray<6, UInt8>(repeating: 0)
        mosts[0] = 1
        mosts[1] = 1
        let caps = RoleCaps(
            roleCount: 2, needs: InlineArray(repeating: 0), mosts: mosts, teamSize: 2)
        for member in 0..<3 {
            assignment.list[member] = Int32(member)
            assignment.masks[member] = 3
            assignment.preferred[member] = RoleSet.noPreference
        }
        #expect(!assignment.assign(3, to: caps))
        #expect(assignment.assign(2, to: caps))
    }
}
