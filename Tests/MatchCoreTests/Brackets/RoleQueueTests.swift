// Roles: required composition, flexible players, parties, relaxation, the scarce healer.

import Testing

@testable import MatchCore

/// MM-18, MM-22, FP-01.
@Suite struct RoleQueueTests {
    static let tank: UInt8 = 1
    static let healer: UInt8 = 2
    static let damage: UInt8 = 4

    /// 5v5 with one tank, one healer and three of damage a side.
    static func rules(relaxedAfter: Int32? = nil) -> QueueRules {
        var rules = QueueRules.make(.fives)
        rules.roles = RoleRules(
            roles: [
                RoleCount(min: 1, max: 1), RoleCount(min: 1, max: 1, relaxedMin: 0),
                RoleCount(min: 3, max: 3, relaxedMax: 4),
            ], relaxedAfterTicks: relaxedAfter)
        return rules
    }

    private func rig(_ rules: QueueRules = rules()) -> Rig {
        Rig(.only(rules), limits: .small())
    }

    private func players(_ numbers: ClosedRange<Int>, _ roles: UInt8) -> [TestTicket] {
        numbers.map { TestTicket($0, 1500).playing(roles) }
    }

    @Test func eachTeamHasItsTankItsHealerAndThreeOfDamage() {
        let rig = rig()
        let ten =
            players(1...2, Self.tank) + players(3...4, Self.healer)
            + players(5...10, Self.damage)
        let result = rig.tick(ten.commands)
        #expect(result.matches.count == 1)
        for match in result.matches {
            #expect(match.roles(ofTeam: 0) == [0, 1, 2, 2, 2])
            #expect(match.roles(ofTeam: 1) == [0, 1, 2, 2, 2])
            #expect(match.record.quality.roles == 1)
        }
    }

    @Test func tenOfDamageDoNotMatchAndTheHealersCompleteThem() {
        let rig = rig()
        #expect(rig.tick(players(1...20, Self.damage).commands).matches.isEmpty)
        #expect(rig.tick(players(21...22, Self.tank).commands).matches.isEmpty)
        #expect(rig.tick(players(23...23, Self.healer).commands).matches.isEmpty)
        let result = rig.tick(players(24...24, Self.healer).commands)
        #expect(result.matches.count == 1)
        // Of the many of damage those who came first.
        #expect(result.matches[0].lobby == [1, 2, 3, 4, 5, 6, 21, 22, 23, 24])
    }

    /// More ranges of ratings lie in the crowd than one search may look at: those in which a role
    /// is lacking must not count, or the match is never found.
    @Test func aCrowdOfOneRoleDoesNotHideTheOthers() {
        var rules = QueueRules.make(.tens, window: window(500, perTick: 0, max: 500))
        rules.roles = RoleRules(
            roles: [
                RoleCount(min: 1, max: 1), RoleCount(min: 2, max: 2), RoleCount(min: 7, max: 7),
            ])
        let rig = rig(rules)
        let crowd = (1...40).map { TestTicket($0, 1479.5 + Double($0)).playing(Self.damage) }
        let scarce = [
            TestTicket(41, 1300).playing(Self.healer), TestTicket(42, 1700).playing(Self.healer),
            TestTicket(43, 1710).playing(Self.healer), TestTicket(44, 1720).playing(Self.tank),
            TestTicket(45, 1730).playing(Self.tank),
        ]
        #expect(rig.tick((crowd + scarce).commands).matches.isEmpty)
        let result = rig.tick(TestTicket(46, 1500).playing(Self.healer).commands)
        #expect(result.matches.count == 1)
        #expect(result.report.searchesCutShort == 0)
    }

    /// A choice that takes each player's first role in order of arrival ends in a dead end here.
    @Test func flexiblePlayersAreAssignedSoThatAllFit() {
        let rig = rig()
        let any = Self.tank | Self.healer | Self.damage
        let ten =
            players(1...2, any) + players(3...4, Self.healer | Self.damage)
            + players(5...6, Self.tank | Self.damage) + players(7...10, Self.damage)
        let result = rig.tick(ten.commands)
        #expect(result.matches.count == 1)
        for match in result.matches {
            for seat in match.seats {
                let own = ten[Int(seat.record.ticket.low) - 1].members[0].roles.bits
                #expect(own & (1 << seat.roles[0]) != 0)
            }
            #expect(match.roles(ofTeam: 0) == [0, 1, 2, 2, 2])
        }
    }

    @Test func aPartyKeepsTogetherAndPlaysItsOwnRoles() {
        let rig = rig()
        let party = TestTicket(1, points: [1500, 1500, 1500]).playing(
            Self.tank, Self.healer, Self.damage)
        let rest =
            players(2...5, Self.damage) + players(6...6, Self.tank)
            + players(7...7, Self.healer) + players(8...8, Self.damage)
        let result = rig.tick([party].commands + rest.commands)
        #expect(result.matches.count == 1)
        for match in result.matches {
            #expect(match.roles(ofTeam: 0) == [0, 1, 2, 2, 2])
            let seat = match.seats.first { $0.record.ticket.low == 1 }
            #expect(seat?.roles == [0, 1, 2])
        }
    }

    @Test func aPartyThatFitsNoTeamIsRefused() {
        let rig = rig()
        let two = TestTicket(1, points: [1500, 1500]).playing(Self.healer, Self.healer)
        #expect(rig.tick(two.commands).rejected.map(\.reason) == [.impossibleRoles])
        let nobody = TestTicket(2, 1500).playing(8)
        #expect(rig.tick(nobody.commands).rejected.map(\.reason) == [.impossibleRoles])
    }

    @Test func afterItsWaitAHealerIsNotAskedForAnyMore() {
        let rig = rig(Self.rules(relaxedAfter: 50))
        let ten = players(1...2, Self.tank) + players(3...10, Self.damage)
        #expect(rig.tick(ten.commands).matches.isEmpty)
        #expect(rig.run(ticks: 49).matches.isEmpty)
        #expect(rig.run(ticks: 2).matches.count == 1)
    }

    /// Who comes late completes the relaxed match of those who have waited.
    @Test func aLateArrivalJoinsARelaxedMatch() {
        let rig = rig(Self.rules(relaxedAfter: 50))
        let nine = players(1...2, Self.tank) + players(3...9, Self.damage)
        rig.tick(nine.commands)
        #expect(rig.run(ticks: 300).matches.isEmpty)
        #expect(rig.tick(players(10...10, Self.damage).commands).matches.count == 1)
    }

    /// With nothing else to choose by, a team of five gets all of what it likes best.
    @Test func thePreferredRoleIsGivenWherePossible() {
        var rules = Self.rules()
        rules.teamCount = 1
        let rig = rig(rules)
        let any = Self.tank | Self.healer | Self.damage
        let five = (1...5).map { number in
            var ticket = TestTicket(number, 1500).playing(any)
            ticket.members[0].preferredRole = number == 1 ? 1 : number == 2 ? 0 : 2
            return ticket
        }
        let result = rig.tick(five.commands)
        #expect(result.matches.count == 1)
        #expect(result.matches.first?.record.quality.roles == 1)
    }

    /// A group of five for a dungeon: one team and no opponents.
    @Test func oneTeamAloneHasItsRolesToo() {
        var rules = Self.rules()
        rules.teamCount = 1
        let rig = rig(rules)
        #expect(rig.tick(players(1...6, Self.damage).commands).matches.isEmpty)
        let flexible = players(7...8, Self.tank | Self.healer)
        let match = rig.tick(flexible.commands).matches.first
        #expect(match?.lobby == [1, 2, 3, 7, 8])
        #expect(match?.roles(ofTeam: 0) == [0, 1, 2, 2, 2])
    }

    @Test func explainSaysThatAHealerIsMissing() {
        let rig = rig()
        rig.tick((players(1...2, Self.tank) + players(3...12, Self.damage)).commands)
        rig.tick()
        let answer = rig.tick([
            .explain(ExplainRequest(ticket: TicketID(number: 3), token: 9))
        ]).explained
        #expect(answer.count == 1)
        #expect(answer[0].isWaiting && answer[0].isLast && answer[0].token == 9)
        #expect(answer[0].obstacle == .roles)
        #expect(answer[0].missingRoles == RoleSet(bits: Self.healer))
        #expect(answer[0].playersNeeded == 10 && answer[0].playersWaiting == 12)
    }
}
