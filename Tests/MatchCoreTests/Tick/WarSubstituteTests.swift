// Who takes an open seat in a proposed match of war parties: a war party for a war party, a
// mercenary for a mercenary, so that both sides keep their shares.

import Testing

@testable import MatchCore

/// A ticket that leaves the proposed match of war parties 1 and 2 with mercenaries 11 to 14, three
/// of their own on each side.
struct WarSeatCase: Sendable, CustomStringConvertible {
    var description: String
    var leaver: Int
    var unfit: TestTicket
    var fit: TestTicket
    /// Players of the substitute that play.
    var fielded: Int

    static let all = ofParties + ofMercenaries

    private static let ofParties = [
        WarSeatCase(
            description: "a war party that brings too few", leaver: 1,
            unfit: .war(8, count: 2), fit: .war(9, 1560, count: 3), fielded: 3),
        WarSeatCase(
            description: "as many mercenaries", leaver: 1,
            unfit: .mercenary(8, [1500, 1500, 1500]), fit: .war(9, 1560, count: 7), fielded: 3),
        WarSeatCase(
            description: "the team opposite", leaver: 1,
            unfit: .war(8, count: 3, team: 1002), fit: .war(9, 1560, count: 3), fielded: 3),
        WarSeatCase(
            description: "a war party out of reach", leaver: 1,
            unfit: .war(8, 1650, count: 3), fit: .war(9, 1560, count: 3), fielded: 3),
        WarSeatCase(
            description: "a war party that avoids a mercenary", leaver: 1,
            unfit: TestTicket.war(8, count: 3).avoiding(PlayerID(1100)),
            fit: .war(9, 1560, count: 3), fielded: 3),
        WarSeatCase(
            description: "a war party elsewhere", leaver: 1,
            unfit: elsewhere(.war(8, count: 3)),
            fit: .war(9, 1560, count: 3), fielded: 3),
    ]

    private static func elsewhere(_ ticket: TestTicket) -> TestTicket {
        var ticket = ticket
        ticket.latencies = [nil, 20]
        return ticket
    }

    private static let ofMercenaries = [
        WarSeatCase(
            description: "a war party", leaver: 13,
            unfit: .war(8, count: 2), fit: .mercenary(9, 1560), fielded: 1),
        WarSeatCase(
            description: "too many mercenaries", leaver: 13,
            unfit: .mercenary(8, [1500, 1500]), fit: .mercenary(9, 1560), fielded: 1),
        WarSeatCase(
            description: "a party of mercenaries that is too small", leaver: 11,
            unfit: .mercenary(8), fit: .mercenary(9, [1560, 1560]), fielded: 2),
    ]
}

/// MM-21, MM-22, MM-24.
@Suite struct WarSubstituteTests {
    private static let narrow = window(100, perTick: 0, max: 100)

    private func rig(substituteTicks: Int32 = 100) -> Rig {
        let rules = QueueRules.war(window: WarSubstituteTests.narrow)
        return Rig(
            .only(rules.asking(ticks: 50, substituteTicks: substituteTicks)), limits: .small())
    }

    /// Three own and two hired on each side: a pair of mercenaries, and two who come alone.
    private static let tickets: [TestTicket] = [
        .war(1, count: 3), .war(2, count: 5), .mercenary(11, [1500, 1500]), .mercenary(13),
        .mercenary(14),
    ]

    private func staying(_ leaver: Int) -> [Int] {
        WarSubstituteTests.tickets.map { Int($0.id.low) }.filter { $0 != leaver }
    }

    @Test(arguments: WarSeatCase.all)
    func aSeatGoesToOneOfItsKind(_ run: WarSeatCase) throws {
        let rig = rig()
        let proposed = try #require(rig.tick(WarSubstituteTests.tickets.commands).proposed.first)
        #expect(proposed.seats.count == 5)
        rig.tick(staying(run.leaver).map { proposed.answer($0) })
        let left = rig.tick(run.unfit.commands + [proposed.answer(run.leaver, .declined)])
        #expect(left.closed.map(\.reason) == [.declined])
        #expect(left.substituted.isEmpty)
        #expect(rig.run(ticks: 3).outcomes.isEmpty)
        let taken = rig.tick(run.fit.commands)
        let substitute = try #require(taken.substituted.first?.seats.first)
        let before = try #require(proposed.seat(run.leaver)?.record)
        #expect(substitute.record.ticket == run.fit.id)
        #expect(substitute.record.team == before.team)
        #expect(substitute.record.isMercenary == before.isMercenary)
        #expect(substitute.players == run.fit.members.prefix(run.fielded).map(\.player))
        let number = Int(run.fit.id.low)
        let match = try #require(rig.tick(proposed.accepts(number)).matches.first)
        #expect(match.lobby == (staying(run.leaver) + [number]).sorted().map(UInt64.init))
        #expect(match.record.playerCount == 10)
        expectEqualShares(match)
        #expect(rig.matchmaker.waitingCount == 1, "the one passed over")
    }

    private func expectEqualShares(_ match: FormedMatch) {
        for team in 0...1 {
            let seats = match.seats.filter { $0.record.team == UInt16(team) }
            let own = seats.filter { !$0.record.isMercenary }.map(\.players.count)
            let hired = seats.filter(\.record.isMercenary).map(\.players.count)
            #expect(own == [3] && hired.reduce(0, +) == 2)
        }
    }

    /// The quality is that of those who play: as if the match had been made of them.
    @Test func theQualityIsThatOfTheSubstitutes() throws {
        let rig = rig()
        let tickets: [TestTicket] = [
            .war(1, 1450, count: 5), .war(2, 1500, count: 5), .war(3, 1550, count: 8),
        ]
        let proposed = try #require(rig.tick(tickets.commands).proposed.first)
        let (staying, leaver) = proposed.lobby == [1, 2] ? (2, 1) : (2, 3)
        let other = 4 - leaver
        rig.tick([proposed.answer(leaver, .declined)] + proposed.accepts(staying))
        let match = try #require(rig.tick(proposed.accepts(other)).matches.first)
        #expect(match.record.quality.teamGapPoints == 50)
        #expect(match.record.quality.ratingRangePoints == 50)
        let alone = Rig(
            .only(.war(window: WarSubstituteTests.narrow)), limits: .small())
        let kept = tickets.filter { $0.id.low != UInt64(leaver) }
        let direct = try #require(alone.tick(kept.commands).matches.first)
        #expect(match.record.quality == direct.record.quality)
    }

    @Test func withoutAnotherWarPartyTheMatchIsGivenUpAndAllOthersReturn() throws {
        let rig = rig(substituteTicks: 5)
        let proposed = try #require(rig.tick(WarSubstituteTests.tickets.commands).proposed.first)
        rig.tick(proposed.accepts(2, 11, 13, 14) + [proposed.answer(1, .declined)])
        let over = rig.run(ticks: 6)
        #expect(over.returned.map(\.ticket.low).sorted() == [2, 11, 13, 14])
        #expect(over.returned.allSatisfy { $0.reason == .noSubstitute })
        #expect(over.matches.isEmpty && over.closed.isEmpty)
        // They wait with their wait: another war party makes a match of them at once.
        let again = try #require(rig.tick(TestTicket.war(9, count: 3).commands).proposed.first)
        #expect(again.lobby == [2, 9, 11, 13, 14])
        #expect(again.seat(2)?.record.waitTicks == rig.now - 1)
    }

    @Test func bothWarPartiesMayBeReplaced() throws {
        let rig = rig()
        let proposed = try #require(rig.tick(WarSubstituteTests.tickets.commands).proposed.first)
        rig.tick(proposed.accepts(11, 13, 14))
        let late: [TestTicket] = [
            .war(3, count: 4, team: 77), .war(4, 1540, count: 4, team: 77), .war(5, 1560, count: 3),
        ]
        let result = rig.tick(
            late.commands + [proposed.answer(1, .undelivered), proposed.answer(2, .undelivered)])
        // Two of one team never stand on both sides.
        #expect(result.substituted.map(\.lobby) == [[3], [5]])
        let match = try #require(rig.tick(proposed.accepts(3, 5)).matches.first)
        expectEqualShares(match)
    }

    /// A queue that is none for war parties any more has nobody for the seat of one.
    @Test func otherRulesGiveTheMatchUp() throws {
        let rig = rig(substituteTicks: 5)
        let proposed = try #require(rig.tick(WarSubstituteTests.tickets.commands).proposed.first)
        var rules = QueueRules.make(.fives, window: WarSubstituteTests.narrow).asking()
        rules.partySizeMax = 5
        rig.matchmaker.apply(Rules(version: 2, queues: [rules]))
        let left = rig.tick(
            TestTicket(9, points: [1500, 1500, 1500]).commands + [proposed.answer(1, .declined)])
        #expect(left.substituted.isEmpty)
        let over = rig.run(ticks: 6)
        #expect(over.substituted.isEmpty)
        #expect(over.returned.map(\.ticket.low).sorted() == [2, 11, 13, 14])
    }
}
