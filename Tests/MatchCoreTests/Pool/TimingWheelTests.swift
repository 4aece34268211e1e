// The timing wheel against a plain list of moments.

import Testing

@testable import MatchCore

/// MM-06.
@Suite struct TimingWheelTests {
    private static func makeRecords(_ arena: inout Arena, count: Int) -> FixedArray<TicketRecord> {
        let records = arena.take(TicketRecord.self, count: count)
        for slot in 0..<count { records[slot].wakeAt = TicketRecord.notScheduled }
        return records
    }

    @Test(arguments: [Int32(0), 1_000_000])
    func wakesEachTicketAtItsMoment(firstTick: Int32) {
        let memory = TestMemory()
        var arena = memory.arena
        let records = TimingWheelTests.makeRecords(&arena, count: 400)
        var wheel = TimingWheel(at: Tick(firstTick), arena: &arena)
        var random = Random(seed: 9)
        var moments = [Int32?](repeating: nil, count: 400)
        var now = firstTick
        for _ in 0..<3000 {
            now += random.chance(0.01) ? Int32(random.next(in: 1...500)) : 1
            var due = Set(moments.indices.filter { (moments[$0] ?? Int32.max) <= now })
            while let slot = wheel.popDue(by: now, records) {
                records[slot].wakeAt = TicketRecord.notScheduled
                #expect(due.remove(slot) != nil, "woken too early or twice")
                moments[slot] = nil
            }
            #expect(due.isEmpty, "not woken")
            for _ in 0..<4 { change(&moments, wheel, records, now, &random) }
        }
    }

    /// Schedules a slot, or takes it out if it is scheduled.
    private func change(
        _ moments: inout [Int32?], _ wheel: TimingWheel, _ records: FixedArray<TicketRecord>,
        _ now: Int32, _ random: inout Random
    ) {
        let slot = random.next(in: 0...moments.count - 1)
        if moments[slot] != nil {
            wheel.remove(slot, records)
            records[slot].wakeAt = TicketRecord.notScheduled
            moments[slot] = nil
        } else {
            let moment = now + Int32(random.next(in: 1...(random.chance(0.1) ? 8000 : 60)))
            wheel.insert(slot, at: moment, records)
            moments[slot] = moment
        }
    }

    @Test func momentsBeyondTheSpanWakeEarlyNeverLate() {
        let memory = TestMemory()
        var arena = memory.arena
        let records = TimingWheelTests.makeRecords(&arena, count: 2)
        var wheel = TimingWheel(at: Tick(50), arena: &arena)
        wheel.insert(0, at: 50 + 3 * Int32(TimingWheel.span), records)
        wheel.insert(1, at: 50 + Int32(TimingWheel.span) - 1, records)
        #expect(wheel.popDue(by: 50 + Int32(TimingWheel.span) - 2, records) == nil)
        let last = 50 + Int32(TimingWheel.span) - 1
        let woken = [wheel.popDue(by: last, records), wheel.popDue(by: last, records)]
        #expect(Set(woken) == [0, 1])
        #expect(wheel.popDue(by: last, records) == nil)
    }

    @Test func lateWakesComeInOrderOfTheirMoments() {
        let memory = TestMemory()
        var arena = memory.arena
        let records = TimingWheelTests.makeRecords(&arena, count: 50)
        var wheel = TimingWheel(at: Tick(0), arena: &arena)
        for slot in 0..<50 { wheel.insert(slot, at: Int32((slot * 7) % 50 + 1), records) }
        var last = Int32(0)
        for _ in 0..<50 {
            guard let slot = wheel.popDue(by: 100, records) else {
                Issue.record("a wake was lost")
                return
            }
            let moment = Int32((slot * 7) % 50 + 1)
            #expect(moment >= last)
            last = moment
        }
        #expect(wheel.popDue(by: 100, records) == nil)
    }

    @Test func aMomentInThePastWakesAtOnce() {
        let memory = TestMemory()
        var arena = memory.arena
        let records = TimingWheelTests.makeRecords(&arena, count: 1)
        var wheel = TimingWheel(at: Tick(10), arena: &arena)
        wheel.insert(0, at: -5, records)
        #expect(wheel.popDue(by: 10, records) == 0)
    }
}
