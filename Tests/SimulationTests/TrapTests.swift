// The traps that other matchmakers have fallen into, each as the smallest run that shows it. The
// auditor judges every run besides; what is asked here is that the situation has really occurred.

import MatchCore
import SimKit
import Testing

@Suite struct TrapTests {
    /// Two windows round a common first ticket must not bring partners twice as far apart.
    @Test func twoTicketsThatAgreeWithAThirdAreNotThereforeTogether() {
        let run = Trap(.trapRules(teamCount: 3, teamSize: 1, window: 100)).run([
            .at(1, solo(1, 1500)), .at(1, solo(2, 1410)), .at(1, solo(3, 1590)),
            .at(3, solo(4, 1450)),
        ])
        #expect(run.matches == [[1, 2, 4]])
    }

    /// The head's window alone must not decide: one who has just come is asked too.
    @Test func aLongWaitDoesNotOverrideTheOthersWindow() {
        var rules = QueueRules.trapRules(teamCount: 2, teamSize: 1, window: 50)
        rules.ratingWindow = WideningCurve(
            start: 6400, growthPerTick: 640 * WideningCurve.growthUnit, max: 128_000)
        let run = Trap(rules).run([.at(1, solo(1, 1500)), .at(20, solo(2, 1700))])
        // 150 points more at 5 a tick: the newcomer agrees after 30 ticks.
        #expect(run.matchTicks == [50])
    }

    /// Parties of three make no teams of six, nor uneven ones.
    @Test func partiesThatDoNotFillTheTeamsExactlyWait() {
        let rules = QueueRules.trapRules(teamCount: 2, teamSize: 5, partySizeMax: 5)
        let threes = (1...4).map { TimedStep.at(1, party($0, size: 3)) }
        let twos = (5...6).map { TimedStep.at(6, party($0, size: 2)) }
        #expect(Trap(rules).run(threes).matches.isEmpty)
        #expect(Trap(rules).run(threes + twos).matches.count == 1)
    }

    /// Nobody vanishes: a ticket that finds no match ends with a reason and its wait.
    @Test func anExpiryIsToldWithReasonAndWait() {
        let rules = QueueRules.trapRules(teamCount: 2, teamSize: 1, timeout: 12)
        let run = Trap(rules).run([.at(1, solo(1, 1500, waited: 4))])
        #expect(run.closed.map(\.reason) == [.expired])
        #expect(run.closed.map(\.waitTicks) == [12])
    }

    /// A match whose server never started gives its tickets back with the wait that they had.
    @Test func aTicketThatComesBackKeepsItsWaitAndItsWindow() {
        var rules = QueueRules.trapRules(teamCount: 2, teamSize: 1, window: 50)
        rules.ratingWindow = WideningCurve(
            start: 6400, growthPerTick: 640 * WideningCurve.growthUnit, max: 128_000)
        let run = Trap(rules).run([
            .at(1, solo(1, 1500, waited: 30)), .at(2, solo(2, 1690, waited: 30)),
        ])
        #expect(run.matchTicks == [2])
    }

    /// A player alone is no team.
    @Test func aQueueForTeamsRefusesAPlayerAlone() {
        var rules = QueueRules.trapRules(teamCount: 2, teamSize: 3, partySizeMax: 3)
        rules.partySizeMin = 3
        let run = Trap(rules).run([
            .at(1, solo(1, 1500)), .at(1, party(2, size: 3)), .at(1, party(3, size: 3)),
        ])
        #expect(run.refused.map(\.reason) == [.undersizeParty])
        #expect(run.matches == [[2, 3]])
    }

    /// A mark keeps a player from its own scope and from no other.
    @Test func aMarkHoldsInItsScopeAlone() {
        for marked in 0..<4 {
            for queued in 0..<4 {
                var rules = QueueRules.trapRules(teamCount: 2, teamSize: 1)
                rules.cooldownScope = CooldownScope(UInt8(queued))
                let mark = MarkRequest(
                    player: PlayerID(100), scope: CooldownScope(UInt8(marked)), ticks: 9)
                let run = Trap(rules).run([.at(1, .mark(mark)), .at(3, solo(1, 1500))])
                #expect(run.refused.map(\.ticksLeft) == (marked == queued ? [7] : []))
            }
        }
    }

    /// Neither only the largest match nor only the smallest: the largest that can be had, by wait.
    @Test func theLargestTeamsThatTheWaitAllowsAreFormed() {
        var rules = QueueRules.trapRules(teamCount: 2, teamSize: 4)
        rules.smallerTeams = [
            SmallerTeams(teamSize: 3, afterTicks: 10), SmallerTeams(teamSize: 2, afterTicks: 20),
        ]
        let few = (1...4).map { TimedStep.at(1, solo($0, 1500)) }
        #expect(Trap(rules).run(few).matchTicks == [21])
        let more = (5...6).map { TimedStep.at(5, solo($0, 1500)) }
        #expect(Trap(rules).run(few + more).matchTicks == [11])
        let all = (7...8).map { TimedStep.at(6, solo($0, 1500)) }
        #expect(Trap(rules).run(few + more + all).matchTicks == [6])
    }

    /// Work is bounded in a tick: what is left is counted and done in the ticks that follow.
    @Test func whatATickLeavesIsCountedAndDoneLater() {
        let steps = (1...24).map { TimedStep.at(1, solo($0, Double(1500 + $0 / 2))) }
        var trap = Trap(.trapRules(teamCount: 2, teamSize: 1))
        trap.limits.searchCountPerTickMax = 3
        let run = trap.run(steps)
        #expect(run.ticks[0].report.carriedOver > 0)
        #expect(run.matches.count == 12)
        #expect(Set(run.matchTicks).count > 2)
    }

    /// The head of the line that nobody fits does not hold up those behind it.
    @Test func aTicketThatNobodyFitsHoldsNobodyUp() {
        let run = Trap(.trapRules(teamCount: 2, teamSize: 1, window: 100)).run([
            .at(1, solo(1, 3000)), .at(2, solo(2, 1500)), .at(3, solo(3, 1520)),
        ])
        #expect(run.matches == [[2, 3]])
    }
}

/// A small run with one queue.
private struct Trap {
    var rules: QueueRules
    var limits = Limits(
        ticketCountMax: 64, playerCountMax: 256, placeCountMax: 512, queueCountMax: 4,
        regionCount: 1, detailCountMax: 16, recentMatchCountMax: 16, proposalCountMax: 4,
        backfillCountMax: 4, cooldownCountMax: 32)

    init(_ rules: QueueRules) { self.rules = rules }

    func run(_ steps: [TimedStep]) -> TrapRun {
        let scenario = Scenario(
            seed: 1, features: [], limits: limits, rules: [Rules(version: 1, queues: [rules])],
            tickCount: 80, steps: steps)
        let (ticks, verdict) = Runner.records(scenario)
        #expect(verdict.violations.isEmpty)
        return TrapRun(ticks: ticks)
    }
}

/// What a small run gave.
private struct TrapRun {
    var ticks: [TickRecord]

    private var formed: [(MatchRecord, [SeatView])] {
        ticks.flatMap(\.events).compactMap {
            if case .matched(let record, let seats) = $0 { return (record, seats) }
            return nil
        }
    }
    /// The tickets of each match, in order of number.
    var matches: [[UInt64]] { formed.map { $0.1.map(\.record.ticket.low).sorted() } }
    var matchTicks: [Int32] { formed.map(\.0.tick.raw) }
    var closed: [ClosedRecord] {
        ticks.flatMap(\.events).compactMap {
            if case .closed(let record) = $0, record.reason != .queueRemoved { return record }
            return nil
        }
    }
    var refused: [RejectedRecord] {
        ticks.flatMap(\.events).compactMap {
            if case .rejected(let record) = $0 { return record }
            return nil
        }
    }
}

private func solo(_ number: Int, _ points: Double, waited: Int32 = 0) -> SimStep {
    let player = PlayerID(UInt64(number * 100))
    var ticket = SimTicket(
        number: number, members: [Member(player: player, rating: Rating(points: points))])
    ticket.waited = waited
    return .enqueue(ticket)
}

private func party(_ number: Int, size: Int) -> SimStep {
    let members = (0..<size).map {
        Member(player: PlayerID(UInt64(number * 100 + $0)), rating: Rating(points: 1500))
    }
    return .enqueue(SimTicket(number: number, members: members))
}

extension TimedStep {
    fileprivate static func at(_ tick: Int32, _ step: SimStep) -> TimedStep {
        TimedStep(at: tick, step)
    }
}

extension QueueRules {
    /// A window of so many points that never grows, unless the test changes it.
    fileprivate static func trapRules(
        teamCount: Int, teamSize: Int, partySizeMax: Int = 1, window: Int32 = 200,
        timeout: Int32 = 60
    ) -> QueueRules {
        let reach = window * Rating.stepsPerPoint
        return QueueRules(
            teamCount: teamCount, teamSize: teamSize, partySizeMax: partySizeMax,
            premadeOffsetPerMember: 0,
            ratingWindow: WideningCurve(start: reach, growthPerTick: 0, max: reach),
            latencyCap: WideningCurve(start: 100, growthPerTick: 0, max: 100),
            timeoutTicks: timeout, waitPreference: 0, quality: QualityRules())
    }
}
