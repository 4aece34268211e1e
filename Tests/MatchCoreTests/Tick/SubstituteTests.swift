// Who may take an open seat of a proposed match: for each rule a ticket that breaks it and is
// passed over, and one that keeps it and is taken.

import Testing

@testable import MatchCore

/// A proposed match that one ticket leaves.
struct SubstituteCase: Sendable, CustomStringConvertible {
    var description: String
    var rules: QueueRules
    /// The match's tickets.
    var tickets: [TestTicket]
    var leaver = 1
    var unfit: TestTicket
    var fit: TestTicket
    /// The roles of both teams in the end; nil where they do not matter.
    var roles: [[UInt8]]?

    private static func rules(
        _ mode: Mode = .doubles, _ change: (inout QueueRules) -> Void = { _ in }
    ) -> QueueRules {
        var rules = QueueRules.make(mode, window: window(100, perTick: 0, max: 100))
        change(&rules)
        return rules.asking(ticks: 50, substituteTicks: 100)
    }

    private static func four(_ waited: Int32 = 0) -> [TestTicket] {
        (1...4).map { TestTicket($0, 1500, waited: waited) }
    }

    private static let tankAndFighter = RoleRules(
        roles: [RoleCount(min: 1, max: 1), RoleCount(min: 1, max: 1)])
    private static let smaller = Mode("3v3", 2, 3, partySizeMax: 1)

    static let all: [SubstituteCase] = plain + ofTeams

    private static let plain = [
        SubstituteCase(
            description: "size", rules: rules(), tickets: four(),
            unfit: TestTicket(8, points: [1500, 1500]), fit: TestTicket(9, 1560)),
        SubstituteCase(
            description: "party size", rules: rules(),
            tickets: [TestTicket(1, points: [1500, 1500])] + four()[1...2],
            unfit: TestTicket(8, 1500), fit: TestTicket(9, points: [1540, 1580])),
        SubstituteCase(
            description: "region", rules: rules(), tickets: four(),
            unfit: TestTicket(8, 1500, latencies: [nil, 20]), fit: TestTicket(9, 1560)),
        SubstituteCase(
            description: "window of those who stay",
            rules: rules { $0.ratingWindow = window(100, perTick: 1, max: 400) },
            tickets: four(), unfit: TestTicket(8, 1650, waited: 300), fit: TestTicket(9, 1560)),
        SubstituteCase(
            description: "own window",
            rules: rules { $0.ratingWindow = window(100, perTick: 1, max: 400) },
            tickets: four(300), unfit: TestTicket(8, 1650),
            fit: TestTicket(9, 1660, waited: 100)),
        SubstituteCase(
            description: "map", rules: rules { $0.mapCount = 2 },
            tickets: [TestTicket(1, 1500).with { $0.maps = MapSet(bits: 2) }] + four()[1...3],
            unfit: TestTicket(8, 1500).with { $0.maps = MapSet(bits: 1) },
            fit: TestTicket(9, 1560).with { $0.maps = MapSet(bits: 2) }),
        SubstituteCase(
            description: "premade pool",
            rules: rules {
                $0.premades.ownPoolTicks = 60
            },
            tickets: [TestTicket(1, points: [1500, 1500], waited: 90)] + four()[1...2],
            unfit: TestTicket(8, points: [1500, 1500]),
            fit: TestTicket(9, points: [1560, 1560], waited: 90)),
        SubstituteCase(
            description: "avoids one who stays", rules: rules(), tickets: four(),
            unfit: TestTicket(8, 1500).avoiding(PlayerID(300)), fit: TestTicket(9, 1560)),
        SubstituteCase(
            description: "avoided by one who stays", rules: rules(),
            tickets: four()[0...2] + [TestTicket(4, 1500).avoiding(PlayerID(800))],
            unfit: TestTicket(8, 1500), fit: TestTicket(9, 1560)),
    ]

    private static let ofTeams = [
        SubstituteCase(
            description: "faction", rules: rules { $0.factions = FactionRules() },
            tickets: four()[0...1] + four()[2...3].map { $0.of(faction: 1) },
            unfit: TestTicket(8, 1500).of(faction: 1), fit: TestTicket(9, 1560)),
        SubstituteCase(
            description: "mercenary before the time",
            rules: rules { $0.factions = FactionRules(mercenaryAfterTicks: 60) },
            tickets: four()[0...1] + four()[2...3].map { $0.of(faction: 1) },
            unfit: TestTicket(8, 1500).of(faction: 1, mercenary: true),
            fit: TestTicket(9, 1560, waited: 90).of(faction: 1, mercenary: true)),
        SubstituteCase(
            description: "role", rules: rules { $0.roles = tankAndFighter },
            tickets: [1, 2, 1, 2].enumerated().map { four()[$0.offset].playing($0.element) },
            unfit: TestTicket(8, 1500).playing(2), fit: TestTicket(9, 1560).playing(1),
            roles: [[0, 1], [0, 1]]),
        SubstituteCase(
            description: "role that another member gives up",
            rules: rules { $0.roles = tankAndFighter },
            tickets: [1, 3, 1, 3].enumerated().map { four()[$0.offset].playing($0.element) },
            unfit: TestTicket(8, points: [1500, 1500]).playing(3, 3),
            fit: TestTicket(9, 1560).playing(2), roles: [[0, 1], [0, 1]]),
        SubstituteCase(
            description: "a party's roles",
            rules: rules(.triples) {
                $0.roles = RoleRules(
                    roles: [RoleCount(min: 1, max: 1), RoleCount(min: 2, max: 2)])
            },
            tickets: [TestTicket(1, points: [1500, 1500]).playing(1, 2)]
                + [2, 2, 1].enumerated().map { four()[$0.offset + 1].playing($0.element) }
                + [TestTicket(5, 1500).playing(2)],
            unfit: TestTicket(8, points: [1500, 1500]).playing(2, 2),
            fit: TestTicket(9, points: [1560, 1560]).playing(2, 3),
            roles: [[0, 1, 1], [0, 1, 1]]),
        SubstituteCase(
            description: "smaller teams need somebody who has waited",
            rules: rules(smaller) { $0.smallerTeams = [SmallerTeams(teamSize: 2, afterTicks: 60)] },
            tickets: [TestTicket(1, 1500, waited: 90)] + four()[1...3],
            unfit: TestTicket(8, 1500), fit: TestTicket(9, 1560, waited: 70)),
    ]
}

/// MM-21, MM-22.
@Suite struct SubstituteTests {
    @Test(arguments: SubstituteCase.all)
    func whoBreaksARuleIsPassedOver(_ run: SubstituteCase) throws {
        let rig = Rig(.only(run.rules), limits: .small())
        let proposed = try #require(rig.tick(run.tickets.commands).proposed.first)
        #expect(proposed.seats.count == run.tickets.count)
        let staying = run.tickets.map { Int($0.id.low) }.filter { $0 != run.leaver }
        rig.tick(staying.map { proposed.answer($0) })
        let left = rig.tick(run.unfit.commands + [proposed.answer(run.leaver, .declined)])
        #expect(left.closed.map(\.reason) == [.declined])
        #expect(left.substituted.isEmpty)
        #expect(rig.run(ticks: 3).outcomes.isEmpty)
        let taken = rig.tick(run.fit.commands)
        let substitute = try #require(taken.substituted.first?.seats.first)
        #expect(substitute.record.ticket == run.fit.id)
        #expect(substitute.record.team == proposed.seat(run.leaver)?.record.team)
        let number = Int(run.fit.id.low)
        let match = try #require(rig.tick(proposed.accepts(number)).matches.first)
        #expect(match.lobby == (staying + [number]).sorted().map(UInt64.init))
        #expect(match.seat(number)?.roles == substitute.roles)
        if let roles = run.roles {
            #expect([match.roles(ofTeam: 0), match.roles(ofTeam: 1)] == roles)
        }
        #expect(rig.matchmaker.waitingCount == 1, "the one passed over")
    }

    @Test func aMercenaryTakesTheSeatOfAMercenary() throws {
        var rules = QueueRules.make(.doubles, window: window(100, perTick: 0, max: 100))
        rules.factions = FactionRules(mercenaryAfterTicks: 10)
        let rig = Rig(.only(rules.asking()), limits: .small())
        let tickets = [
            TestTicket(1, 1500), TestTicket(2, 1500), TestTicket(3, 1500).of(faction: 1),
            TestTicket(4, 1500, waited: 20).of(faction: 0, mercenary: true),
        ]
        let proposed = try #require(rig.tick(tickets.commands).proposed.first)
        #expect(proposed.seat(4)?.record.isMercenary == true)
        #expect(proposed.seat(4)?.record.team == 1)
        // One of the side's own is better, but either will do: the nearest is taken.
        let others = [
            TestTicket(5, 1560).of(faction: 1),
            TestTicket(6, 1540, waited: 20).of(faction: 0, mercenary: true),
        ]
        let result = rig.tick(others.commands + [proposed.answer(4, .declined)])
        #expect(result.substituted.map(\.lobby) == [[6]])
        #expect(result.substituted[0].seats[0].record.isMercenary)
        let next = rig.tick([proposed.answer(6, .declined)])
        #expect(next.substituted.map(\.lobby) == [[5]])
        #expect(!next.substituted[0].seats[0].record.isMercenary)
    }

    /// Opponents of a moment ago are kept apart from when their match came about.
    @Test func whoJustPlayedAgainstOneWhoStaysIsPassedOver() throws {
        var rules = QueueRules.make(.duel, window: window(100, perTick: 0, max: 100))
        rules.rematchDelayTicks = 30
        let rig = Rig(.only(rules.asking()), limits: .small())
        let pair = [TestTicket(1, 1500), TestTicket(2, 1500)]
        let first = try #require(rig.tick(pair.commands).proposed.first)
        // A match that was proposed and did not come about is no meeting.
        let dissolved = rig.tick(
            [first.answer(1, .undelivered), first.answer(2, .undelivered)])
        #expect(dissolved.closed.count == 2)
        let second = try #require(rig.tick(pair.commands).proposed.first)
        #expect(rig.tick(second.accepts(1, 2)).matches.count == 1)
        let third = try #require(
            rig.tick([pair[0], TestTicket(3, 1500)].commands).proposed.first)
        let left = rig.tick(pair[1].commands + [third.answer(3, .declined)])
        #expect(left.closed.count == 1 && left.substituted.isEmpty)
        #expect(rig.tick(TestTicket(4, 1560).commands).substituted.map(\.lobby) == [[4]])
    }

    /// What a tick's bound on looks leaves is carried over and comes first in the next.
    @Test func looksAreBoundedAndCarriedOver() throws {
        var limits = Limits.small(1024)
        limits.proposalCountMax = 200
        let rules = QueueRules.make(.duel, window: window(1, perTick: 0.03, max: 400))
        let rig = Rig(
            .only(rules.asking(ticks: 1000, substituteTicks: 1000)), limits: limits,
            outboxCapacity: 1 << 15)
        let tickets = (1...400).map { TestTicket($0, 1500, waited: 20_000) }
        let proposed = rig.tick(tickets.commands).proposed
        #expect(proposed.count == 200)
        // A crowd that the others accept, and whose own windows are too narrow as yet.
        let crowd = (0..<200).map { TestTicket(1000 + $0, 1500 + Double($0 - 100) * 3 + 1.5) }
        #expect(rig.tick(crowd.commands).proposed.isEmpty)
        let leaving = proposed.map {
            $0.answer(Int($0.seats[0].record.ticket.low), .undelivered)
        }
        let quiet = rig.tick(leaving)
        #expect(quiet.substituted.isEmpty && quiet.closed.count == 200)
        let carried = quiet.report.carriedOver
        #expect(carried > 0 && carried < 100)
        let fitting = (0..<carried).map { TestTicket(2000 + $0, 1500, waited: 20_000) }
        let next = rig.tick(fitting.commands)
        #expect(
            next.substituted.map(\.record.match) == proposed.suffix(carried).map(\.record.match))
    }
}
