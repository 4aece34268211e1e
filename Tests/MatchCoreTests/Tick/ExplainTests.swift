// What holds a ticket: each obstacle in the smallest pool that shows it.

import Testing

@testable import MatchCore

/// Tickets that wait, and what is said of the first.
struct ExplainCase: Sendable, CustomStringConvertible {
    var description: String
    var rules: QueueRules
    var tickets: [TestTicket]
    var obstacle: Obstacle
    var region: UInt8 = 0

    private static func rules(
        _ mode: Mode = .doubles, _ change: (inout QueueRules) -> Void = { _ in }
    ) -> QueueRules {
        var rules = QueueRules.make(mode, window: window(100, perTick: 0, max: 100))
        change(&rules)
        return rules
    }

    private static func many(
        _ numbers: ClosedRange<Int>, _ points: Double = 1500, latencies: [UInt16?] = [20]
    ) -> [TestTicket] {
        numbers.map { TestTicket($0, points + Double($0 * 101), latencies: latencies) }
    }

    static let all = ofPlaces + ofRules

    private static let ofPlaces = [
        ExplainCase(
            description: "nobody else", rules: rules(), tickets: many(1...1),
            obstacle: .tooFewPlayers),
        ExplainCase(
            description: "enough, but too far apart", rules: rules(), tickets: many(1...4),
            obstacle: .ratingWindow),
        ExplainCase(
            description: "enough in a region that its cap will reach",
            rules: rules { $0.latencyCap = curve(50, perTick: 0.01, max: 200) },
            tickets: [TestTicket(1, 1500, latencies: [20, 180])]
                + many(2...5, latencies: [nil, 20]), obstacle: .region),
        ExplainCase(
            description: "enough in a region that it can never reach", rules: rules(),
            tickets: [TestTicket(1, 1500, latencies: [20, nil])]
                + many(2...5, latencies: [nil, 20]), obstacle: .tooFewPlayers),
        ExplainCase(
            description: "few in its nearest region, enough in another of its own", rules: rules(),
            tickets: [TestTicket(1, 1500, latencies: [20, 30])]
                + many(2...5, latencies: [nil, 20]), obstacle: .ratingWindow, region: 1),
    ]

    private static let ofRules = [
        ExplainCase(
            description: "avoided, a pair counts as two", rules: rules(),
            tickets: [
                TestTicket(1, 1500).avoiding(PlayerID(300)),
                TestTicket(2, 1500),
                TestTicket(3, points: [1500, 1500]),
            ], obstacle: .exclusions),
        ExplainCase(
            description: "other maps", rules: rules(.duel) { $0.mapCount = 2 },
            tickets: [
                TestTicket(1, 1500).with { $0.maps = MapSet(bits: 1) },
                TestTicket(2, 1500).with { $0.maps = MapSet(bits: 2) },
            ], obstacle: .exclusions),
        ExplainCase(
            description: "kept among premades", rules: rules { $0.premades.ownPoolTicks = 500 },
            tickets: [TestTicket(1, points: [1500, 1500])] + [2, 3].map { TestTicket($0, 1500) },
            obstacle: .exclusions),
        ExplainCase(
            description: "two sizes that fill no team of three", rules: rules(.triples),
            tickets: (1...3).map { TestTicket($0, points: [1500, 1500]) }, obstacle: .partySizes),
        ExplainCase(
            description: "all of one faction",
            rules: rules(.duel) { $0.factions = FactionRules() },
            tickets: [TestTicket(1, 1500), TestTicket(2, 1500)], obstacle: .factions),
        ExplainCase(
            description: "war parties without an opponent", rules: .war(),
            tickets: [.war(1, count: 5)] + (11...15).map { .mercenary($0) },
            obstacle: .warParties),
    ]
}

/// MM-13.
@Suite struct ExplainTests {
    private func ask(_ number: Int) -> Command {
        .explain(ExplainRequest(ticket: TicketID(number: number), token: 5))
    }

    @Test(arguments: ExplainCase.all)
    func eachObstacleIsNamed(_ run: ExplainCase) throws {
        let rig = Rig(.only(run.rules), limits: .small())
        #expect(rig.tick(run.tickets.commands).matches.isEmpty)
        rig.tick()
        let answer = try #require(rig.tick([ask(1)]).explained.first)
        #expect(answer.obstacle == run.obstacle)
        #expect(answer.region == RegionIndex(run.region))
    }

    /// Whoever has only just come is held by nothing as long as enough are about.
    @Test func aNewcomerIsCountedWithThoseWhoWait() throws {
        let rules = QueueRules.make(.duel, window: window(100, perTick: 0, max: 100))
        let rig = Rig(.only(rules), limits: .small())
        rig.tick(TestTicket(1, 1500).commands)
        let new = rig.tick(TestTicket(2, 1500).commands + [ask(2), ask(1)])
        #expect(new.matches.count == 1)
        #expect(new.explained.map(\.obstacle) == [.none, .tooFewPlayers])
        #expect(new.explained.map(\.playersWaiting) == [1, 1])
    }
}
