// From the tick thread to the writing thread: in order, never waiting, ended for good once there is
// no room.
import CAllocationCounter
import MatchCore
import Testing

@testable import RecordLog

@Suite struct RecordTapeTests {
    private func note(
        _ recorder: inout TickRecorder, _ tick: Int32, _ commands: [Command] = [],
        matches: Int = 0, outboxFull: Bool = false
    ) {
        var report = TickReport()
        report.matches = matches
        report.outboxFull = outboxFull
        commands.withUnsafeBufferPointer {
            recorder.note(
                Tick(tick), $0, report, stateHash: UInt64(tick) * 3, waitingCount: Int(tick))
        }
    }

    private func cells(_ reader: borrowing TapeReader) -> [String] {
        var cells: [String] = []
        _ = reader.drain(max: .max) { cells.append("\(copy $0)") }
        return cells
    }

    @Test func cellsComeInOrder() {
        var recorder = TickRecorder(cellCount: 1_024)
        let reader = recorder.takeReader()
        var draw = SystemDraw(seed: 1)
        let commands = (0..<10).map { Sample.command(kind: $0, &draw) }
        note(&recorder, 1, commands)
        recorder.note(rulesVersion: 8)
        note(&recorder, 2)
        let expected =
            [TapeCell.tick(Tick(1), commandCount: 10)] + commands.map { TapeCell.command($0) }
            + [.rules(version: 8), .tick(Tick(2), commandCount: 0)]
        #expect(cells(reader) == expected.map { "\($0)" })
        #expect(reader.end == nil)
    }

    @Test func theCoreIsLookedAtEverySoManyTicksAndAtTheEnd() {
        var recorder = TickRecorder(cellCount: 1_024)
        let reader = recorder.takeReader()
        let interval = Int32(TickRecorder.checkpointTicks)
        for tick in 1...(interval + 1) { note(&recorder, tick, matches: 2) }
        recorder.finish(stateHash: 5, waitingCount: 6)
        let found = cells(reader).filter { $0.contains("checkpoint") }
        let expected = [
            Checkpoint(
                stateHash: UInt64(interval) * 3, matchCount: UInt64(interval) * 2,
                waitingCount: UInt32(interval)),
            Checkpoint(stateHash: 5, matchCount: UInt64(interval + 1) * 2, waitingCount: 6),
        ]
        #expect(found == expected.map { "\(TapeCell.checkpoint($0))" })
        #expect(reader.end == .stopped)
    }

    @Test func withoutRoomRecordingEndsAndStaysEnded() {
        var recorder = TickRecorder(cellCount: 64)
        let reader = recorder.takeReader()
        for tick in 1...70 { note(&recorder, Int32(tick)) }
        #expect(reader.end == .fellBehind)
        let first = cells(reader)
        #expect(first.count <= 64 && first.count >= 60)
        // There is room again, but the gap cannot be closed.
        note(&recorder, 71)
        recorder.finish(stateHash: 1, waitingCount: 1)
        #expect(cells(reader).isEmpty)
        #expect(reader.end == .fellBehind)
    }

    @Test func aTickThatWasHeldUpByTheOutboxEndsTheRecord() {
        var recorder = TickRecorder(cellCount: 64)
        let reader = recorder.takeReader()
        note(&recorder, 1)
        note(&recorder, 2, outboxFull: true)
        note(&recorder, 3)
        #expect(cells(reader) == ["\(TapeCell.tick(Tick(1), commandCount: 0))"])
        #expect(reader.end == .outboxFull)
    }

    @Test func aReaderThatCannotGoOnIsGivenNothingMore() {
        var recorder = TickRecorder(cellCount: 64)
        let reader = recorder.takeReader()
        reader.refuse()
        note(&recorder, 1)
        #expect(cells(reader).isEmpty)
    }

    @Test func aTickIsNotedWithoutAllocating() {
        var recorder = TickRecorder(cellCount: 1 << 14)
        var draw = SystemDraw(seed: 3)
        let commands = (0..<50).map { Sample.command(kind: $0 % 10, &draw) }
        let report = TickReport()
        let before = allocation_count()
        commands.withUnsafeBufferPointer { batch in
            for tick in 1...200 {
                recorder.note(Tick(Int32(tick)), batch, report, stateHash: 1, waitingCount: 2)
            }
        }
        #expect(allocation_count() == before)
    }

    @Test func aRecorderThatIsOffDoesNothing() {
        var recorder = TickRecorder()
        note(&recorder, 1)
        recorder.note(rulesVersion: 3)
        recorder.finish(stateHash: 1, waitingCount: 1)
    }
}
