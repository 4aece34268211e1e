// A steady tick takes nothing from the heap, in whatever build the tests run in.

import CAllocationCounter
import Testing

@testable import MatchCore

/// MM-01, MM-13.
@Suite struct AllocationTests {
    @Test func theCounterCounts() {
        let before = allocation_count()
        let array = [Int](repeating: 1, count: Int(before % 2) + 1000)
        #expect(allocation_count() > before)
        #expect(array.count >= 1000)
    }

    @Test(arguments: [Mode.duel, .fives, .tens, .forties, .threeTwos, .freeForAll, .cooperative])
    func aSteadyTickAllocatesNothing(_ mode: Mode) {
        var queue = QueueRules.make(
            mode, window: window(30, perTick: 3, max: 250),
            latencyCap: curve(60, perTick: 2, max: 150), timeoutTicks: 80, offsetPoints: 10,
            waitPreference: 1)
        queue.overdueAfterTicks = 8
        let rules = Rules.only(queue)
        var report = TickReport()
        // The first run warms up: caches of the language's runtime are filled on first use.
        _ = worstTick(rules, mode, &report)
        report = TickReport()
        #expect(worstTick(rules, mode, &report) == 0, "calls of malloc in one tick")
        // What was counted was work: arrivals, matches, cancels, wakes, refusals.
        #expect(report.ticketsEnqueued > 1000 && report.matches > 0 && report.wakes > 100)
        #expect(report.ticketsCancelled > 0 && report.commandsRejected > 0)
        #expect(report.overdueSeated > 0)
    }

    /// The most calls of malloc in any tick of a run.
    private func worstTick(_ rules: Rules, _ mode: Mode, _ report: inout TickReport) -> UInt64 {
        let rig = Rig(rules, limits: .small(4000, players: 20_000), outboxCapacity: 1 << 15)
        var population = Population(
            PopulationSettings(mode: mode, ratings: .normal, regionCount: 3, arrivalsMax: 40),
            seed: 4)
        var worst: UInt64 = 0
        for tick in 1...120 {
            let commands = population.steps().flatMap(\.commands)
            let count = commands.withUnsafeBufferPointer {
                countAllocations(rig, Tick(Int32(tick)), $0, &report)
            }
            worst = max(worst, count)
            rig.discardOutcomes()
        }
        return worst
    }

    /// Runs one tick and adds what it did to `report`.
    private func countAllocations(
        _ rig: Rig, _ tick: Tick, _ commands: UnsafeBufferPointer<Command>,
        _ report: inout TickReport
    ) -> UInt64 {
        let before = allocation_count()
        let own = rig.matchmaker.tick(tick, commands: commands, outbox: &rig.outbox)
        let after = allocation_count()
        report.ticketsEnqueued += own.ticketsEnqueued
        report.matches += own.matches
        report.wakes += own.wakes
        report.overdueSeated += own.overdueSeated
        report.ticketsCancelled += own.ticketsCancelled
        report.commandsRejected += own.commandsRejected
        return after - before
    }
}
