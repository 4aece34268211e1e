// Splits and roles where skill depends on the role: small lobbies against every split with every
// way to give the roles, by the definition of the cost; larger ones against rules and plain splits.

import CAllocationCounter
import Testing

@testable import MatchCore

/// One member of a lobby.
private struct Seated {
    var mask: UInt8
    var liked: UInt8
    /// In units, by role.
    var offsets: [Int16]
}

/// One ticket of a lobby.
private struct SeatedTicket {
    var members: [Seated]
    /// Sum of the members' ratings in steps.
    var value: Int64
    var sides: UInt8 = 3
    var native: UInt8 = 3
    var premades: Int32 = 0
}

private struct SeatedLobby {
    var tickets: [SeatedTicket]
    var rules: SplitRules
    var composition: TestComposition

    var members: [Seated] { tickets.flatMap(\.members) }
}

/// FP-01.
@Suite struct RoleSeatingTests {
    private let memory = TestMemory()
    private let balance: TeamBalance

    init() {
        var arena = memory.arena
        balance = TeamBalance(arena: &arena)
    }

    private func load(_ lobby: SeatedLobby) {
        var position = 0
        for (index, ticket) in lobby.tickets.enumerated() {
            balance.sizes[index] = Int32(ticket.members.count)
            balance.values[index] = ticket.value
            balance.sides[index] = ticket.sides
            balance.nativeSides[index] = ticket.native
            balance.premades[index] = ticket.premades
            for member in ticket.members {
                balance.members.masks[position] = member.mask
                balance.members.preferred[position] = member.liked
                for role in 0..<6 {
                    balance.members.offsets[position * 6 + role] =
                        role < member.offsets.count ? member.offsets[role] : 0
                }
                position += 1
            }
        }
    }

    /// The cost by its definition, in steps times both sizes; nil if a rule is broken.
    private func cost(_ lobby: SeatedLobby, teams: [Int], roles: [Int]) -> Int64? {
        var sums: [Int64] = [0, 0]
        var sizes = [0, 0]
        var premades: [Int64] = [0, 0]
        var counts = [[Int]](repeating: [Int](repeating: 0, count: 6), count: 2)
        var extra: Int64 = 0
        var position = 0
        for (index, ticket) in lobby.tickets.enumerated() {
            let team = teams[index]
            if ticket.sides & (1 << UInt8(team)) == 0 { return nil }
            if ticket.native & (1 << UInt8(team)) == 0 { extra += Int64(lobby.rules.flipCost) }
            sums[team] += ticket.value
            premades[team] += Int64(ticket.premades)
            for member in ticket.members {
                let role = roles[position]
                if member.mask & (1 << UInt8(role)) == 0 { return nil }
                if member.liked != RoleSet.noPreference, Int(member.liked) != role {
                    extra += Int64(lobby.rules.likingCost)
                }
                sums[team] += 16 * Int64(member.offsets[role])
                counts[team][role] += 1
                sizes[team] += 1
                position += 1
            }
        }
        let first = Int64(lobby.rules.firstSize)
        let second = Int64(lobby.rules.secondSize)
        if sizes != [Int(first), Int(second)] { return nil }
        extra += Int64(lobby.rules.premadeDifferenceCost) * abs(premades[0] - premades[1])
        for role in 0..<lobby.composition.roleCount {
            for team in 0..<2 {
                if counts[team][role] < Int(lobby.composition.needs[role]) { return nil }
                if counts[team][role] > Int(lobby.composition.mosts[role]) { return nil }
            }
            extra +=
                Int64(lobby.rules.roleDifferenceCosts[role])
                * Int64(abs(counts[0][role] - counts[1][role]))
        }
        return abs(sums[0] * second - sums[1] * first) + first * second * extra
    }

    /// The least cost of all ways, or nil if there is none.
    private func best(_ lobby: SeatedLobby) -> Int64? {
        let members = lobby.members
        var best: Int64?
        var roles = [Int](repeating: 0, count: members.count)
        func choose(_ position: Int, _ teams: [Int]) {
            if position == members.count {
                guard let cost = cost(lobby, teams: teams, roles: roles) else { return }
                best = min(best ?? .max, cost)
                return
            }
            for role in 0..<lobby.composition.roleCount
            where members[position].mask & (1 << UInt8(role)) != 0 {
                roles[position] = role
                choose(position + 1, teams)
            }
        }
        for set in 0..<(1 << lobby.tickets.count) {
            let teams = lobby.tickets.indices.map { set >> $0 & 1 }
            let size = zip(lobby.tickets, teams).reduce(0) {
                $0 + ($1.1 == 0 ? $1.0.members.count : 0)
            }
            if size == Int(lobby.rules.firstSize) { choose(0, teams) }
        }
        return best
    }

    /// What the balancer has chosen.
    private func chosen(_ lobby: SeatedLobby) -> (teams: [Int], roles: [Int]) {
        (
            lobby.tickets.indices.map { Int(balance.teams[$0]) },
            lobby.members.indices.map { Int(balance.members.roles[$0]) }
        )
    }

    struct Kind: Sendable {
        var first: Int
        var second: Int
        var partySizeMax = 1
        var hasSides = false
        var ratedShare = 0.7
        var roleCountMax = 3
    }

    private func draw(_ random: inout Random, _ kind: Kind) -> SeatedLobby {
        let composition = TestComposition(
            &random, roleCountMax: kind.roleCountMax, teamSize: kind.second)
        var features = Features()
        features.roleCount = Int32(composition.roleCount)
        features.roleNeeds = composition.needs
        features.roleCaps = composition.mosts
        features.eloDivisor = 400 * Rating.stepsPerPoint
        var rules = SplitRules(features, firstSize: kind.first, secondSize: kind.second)
        rules.usesRoleOffsets = true
        if random.chance(0.3) { rules.premadeDifferenceCost = Int32(random.next(in: 0...4000)) }
        for role in 0..<6 where random.chance(0.2) {
            rules.roleDifferenceCosts[role] = Int32(random.next(in: 0...9000))
        }
        var tickets: [SeatedTicket] = []
        var room = kind.first + kind.second
        while room > 0 {
            let size = random.next(in: 1...min(room, kind.partySizeMax))
            let members = (0..<size).map { _ in member(composition, kind, &random) }
            var ticket = SeatedTicket(
                members: members, value: Int64(size) * Int64(random.next(in: 0...300 * 128)))
            ticket.premades = size > 1 ? Int32(size) : 0
            if kind.hasSides {
                ticket.native = UInt8(random.next(in: 1...2))
                ticket.sides = random.chance(0.6) ? 3 : ticket.native
            }
            tickets.append(ticket)
            room -= size
        }
        return SeatedLobby(tickets: tickets, rules: rules, composition: composition)
    }

    private func member(
        _ composition: TestComposition, _ kind: Kind, _ random: inout Random
    ) -> Seated {
        var mask = composition.randomMask(&random)
        if random.chance(0.7) { mask |= 1 }
        let isRated = random.chance(kind.ratedShare)
        return Seated(
            mask: mask,
            liked: random.chance(0.4) ? RoleSet.noPreference : UInt8(mask.trailingZeroBitCount),
            offsets: (0..<6).map { _ in isRated ? Int16(random.next(in: -2400...2400)) : 0 })
    }

    // MARK: - Tests

    @Test(arguments: [
        Kind(first: 1, second: 1), Kind(first: 3, second: 3), Kind(first: 4, second: 4),
        Kind(first: 4, second: 3, partySizeMax: 2), Kind(first: 4, second: 4, partySizeMax: 3),
        Kind(first: 4, second: 3, hasSides: true),
        Kind(first: 4, second: 4, partySizeMax: 2, hasSides: true, ratedShare: 0.2),
    ])
    func smallLobbiesGetTheBestOfAllSplitsAndRoles(_ kind: Kind) {
        var random = Random(seed: 71)
        var possibleCount = 0
        for _ in 0..<40 {
            let lobby = draw(&random, kind)
            load(lobby)
            let isSplit = balance.split(lobby.tickets.count, by: lobby.rules)
            let best = best(lobby)
            #expect(isSplit == (best != nil))
            guard let best else { continue }
            possibleCount += 1
            let found = chosen(lobby)
            #expect(cost(lobby, teams: found.teams, roles: found.roles) == best)
            // Seating takes nothing back, and tells how the roles are liked.
            let score = balance.seatRoles(lobby.tickets.count, by: lobby.rules)
            #expect(chosen(lobby) == found)
            #expect(score.memberCount == kind.first + kind.second)
        }
        #expect(possibleCount > 8)
    }

    /// The sums are those of the ratings in the roles, whatever was added on the way.
    @Test func teamSumsAreByTheRatingsInTheRoles() {
        var random = Random(seed: 72)
        var count = 0
        while count < 20 {
            let lobby = draw(&random, Kind(first: 5, second: 4, partySizeMax: 2))
            load(lobby)
            guard balance.split(lobby.tickets.count, by: lobby.rules) else { continue }
            count += 1
            let found = chosen(lobby)
            var sums: [Int64] = [0, 0]
            var position = 0
            for (index, ticket) in lobby.tickets.enumerated() {
                sums[found.teams[index]] += ticket.value
                for member in ticket.members {
                    sums[found.teams[index]] += 16 * Int64(member.offsets[found.roles[position]])
                    position += 1
                }
            }
            #expect([balance.teamSums[0], balance.teamSums[1]] == sums)
        }
    }

    /// Where not everything is tried: the rules hold, and roles bring the teams closer than a split
    /// that knows nothing of them.
    @Test(arguments: [
        Kind(first: 10, second: 10, partySizeMax: 3), Kind(first: 20, second: 20),
        Kind(first: 40, second: 40, partySizeMax: 5), Kind(first: 10, second: 9, hasSides: true),
        Kind(first: 11, second: 11, partySizeMax: 4, roleCountMax: 6),
    ])
    func largeLobbiesKeepTheRulesAndAreNearlyEven(_ kind: Kind) {
        var random = Random(seed: 73)
        var count = 0
        var gap: Int64 = 0
        var blindGap: Int64 = 0
        while count < 12 {
            let lobby = draw(&random, kind)
            load(lobby)
            guard balance.split(lobby.tickets.count, by: lobby.rules) else { continue }
            count += 1
            let found = chosen(lobby)
            #expect(cost(lobby, teams: found.teams, roles: found.roles) != nil)
            var bare = lobby
            bare.rules.likingCost = 0
            bare.rules.premadeDifferenceCost = 0
            bare.rules.flipCost = 0
            bare.rules.roleDifferenceCosts = InlineArray(repeating: 0)
            gap += cost(bare, teams: found.teams, roles: found.roles) ?? 0
            var blind = lobby.rules
            blind.usesRoleOffsets = false
            load(lobby)
            #expect(balance.split(lobby.tickets.count, by: blind))
            _ = balance.seatRoles(lobby.tickets.count, by: blind)
            let other = chosen(lobby)
            blindGap += cost(bare, teams: other.teams, roles: other.roles) ?? 0
        }
        #expect(gap * 3 < blindGap)
    }

    @Test func nothingIsTakenFromTheHeap() {
        for kind in [Kind(first: 5, second: 5), Kind(first: 16, second: 16, partySizeMax: 3)] {
            // The first pass warms up: caches of the language's runtime are filled on first use.
            _ = allocations(kind)
            #expect(allocations(kind) == 0)
        }
    }

    /// Calls of malloc in some splits.
    private func allocations(_ kind: Kind) -> UInt64 {
        var random = Random(seed: 74)
        var sum: UInt64 = 0
        for _ in 0..<10 {
            let lobby = draw(&random, kind)
            load(lobby)
            let before = allocation_count()
            _ = balance.split(lobby.tickets.count, by: lobby.rules)
            sum += allocation_count() - before
        }
        return sum
    }
}
