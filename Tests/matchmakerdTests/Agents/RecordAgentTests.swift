// The recording thread against real files: what the tick thread notes is in the file, and whatever
// goes wrong ends the record alone.
import DaemonKit
import Glibc
import MatchCore
import RecordLog
import Testing

@testable import matchmakerd

@Suite struct RecordAgentTests {
    private let registry = MetricsRegistry()
    private let header = RecordHeader(
        limits: Limits(ticketCountMax: 100), tickMilliseconds: 50, seed: 1, epoch: 2,
        firstTick: Tick(0), timeoutSecondsMax: 60,
        rules: RecordedRules(version: 1, path: "queues.json5", text: [123, 125]))

    private func log() -> Log {
        Log(component: "test", sink: LogSink(descriptor: open("/dev/null", O_WRONLY)))
    }

    private func figure(_ name: String) -> Double? {
        String(decoding: registry.response().body, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }

    private func note(_ recorder: inout TickRecorder, _ ticks: ClosedRange<Int32>) {
        let cancel = Command.cancel(
            CancelRequest(ticket: TicketID(high: 1, low: 2), lobby: LobbyIndex(3)))
        for tick in ticks {
            withUnsafePointer(to: cancel) {
                recorder.note(
                    Tick(tick), UnsafeBufferPointer(start: $0, count: 1), TickReport(),
                    stateHash: 5, waitingCount: 6)
            }
        }
    }

    /// The steps of a record in words, and how it ended.
    private func told(_ path: String) throws -> (steps: [String], RecordReader.Ending) {
        let bytes = try TextFile.read(path)
        var position = 0
        var reader = try RecordReader { (count: Int) throws(RecordError) -> [UInt8] in
            let taken = bytes[position..<min(bytes.count, position + count)]
            position += taken.count
            return Array(taken)
        }
        var steps: [String] = []
        while let entry = try reader.next() { steps.append("\(entry)") }
        return (steps, reader.ending)
    }

    private func temporaryPath() -> String {
        "/tmp/muster-record-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    }

    @Test func whatIsNotedStandsInTheFile() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        let desk = RecordDesk(registry)
        var recorder = TickRecorder(cellCount: 1_024)
        let agent = RecordAgent(
            header, tape: recorder.takeReader(), file: try RecordFile(path), desk: desk,
            log: log())
        #expect(figure("mm_recording") == 1)
        note(&recorder, 1...2)
        #expect(agent.step(nowNanoseconds: 5_000_000_000) > 0)
        let rules = RecordedRules(version: 9, path: "new", text: [1])
        // One that was replaced before it came into force lies in between.
        desk.keep(RecordedRules(version: 8, path: "lost", text: []))
        desk.keep(rules)
        recorder.note(rulesVersion: 9)
        note(&recorder, 3...3)
        recorder.finish(stateHash: 7, waitingCount: 8)
        agent.finish()
        let (steps, ending) = try told(path)
        let last = Checkpoint(stateHash: 7, matchCount: 0, waitingCount: 8)
        let expected: [RecordEntry] = [
            .tick(Tick(1)), .tick(Tick(2)), .rules(rules), .tick(Tick(3)), .checkpoint(last),
            .end(.stopped),
        ]
        #expect(steps == expected.map { "\($0)" })
        #expect(ending == .whole(.stopped))
        #expect(figure("mm_recording") == 0)
        #expect(figure("mm_record_ticks_total") == 3)
        #expect(figure("mm_record_failures_total") == 0)
        #expect(figure("mm_record_bytes_total") == Double(try TextFile.read(path).count))
    }

    @Test func aDiskThatTakesNothingEndsTheRecord() {
        let descriptor = open("/dev/full", O_WRONLY)
        #expect(descriptor >= 0)
        var recorder = TickRecorder(cellCount: 64)
        let agent = RecordAgent(
            header, tape: recorder.takeReader(),
            file: RecordFile(descriptor: descriptor, path: "full"), desk: RecordDesk(registry),
            log: log())
        note(&recorder, 1...2)
        _ = agent.step(nowNanoseconds: 5_000_000_000)
        #expect(figure("mm_recording") == 0)
        #expect(figure("mm_record_failures_total") == 1)
        // Far more than the ring holds: nobody waits, nothing is counted twice.
        note(&recorder, 3...500)
        recorder.finish(stateHash: 1, waitingCount: 1)
        #expect(agent.step(nowNanoseconds: 9_000_000_000) == 0)
        agent.finish()
        #expect(figure("mm_record_failures_total") == 1)
    }

    @Test func aDiskThatIsTooSlowEndsTheRecordWithItsReason() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        var recorder = TickRecorder(cellCount: 64)
        let agent = RecordAgent(
            header, tape: recorder.takeReader(), file: try RecordFile(path),
            desk: RecordDesk(registry), log: log())
        note(&recorder, 1...100)
        agent.finish()
        let (steps, ending) = try told(path)
        #expect(ending == .whole(.fellBehind))
        #expect(steps.count > 20 && steps.first == "\(RecordEntry.tick(Tick(1)))")
        #expect(figure("mm_record_failures_total") == 1)
    }

    @Test func rulesWithoutTheirTextEndTheRecord() throws {
        let path = temporaryPath()
        defer { unlink(path) }
        var recorder = TickRecorder(cellCount: 64)
        let agent = RecordAgent(
            header, tape: recorder.takeReader(), file: try RecordFile(path),
            desk: RecordDesk(registry), log: log())
        note(&recorder, 1...1)
        recorder.note(rulesVersion: 4)
        note(&recorder, 2...2)
        agent.finish()
        #expect(try told(path).1 == .whole(.rulesMissing))
    }

    @Test func anEarlierFileIsKeptBeside() throws {
        let path = temporaryPath()
        defer {
            unlink(path)
            unlink(path + ".before")
        }
        try TextFile.write("earlier", to: path)
        try RecordFile(path).close()
        #expect(try TextFile.read(path + ".before") == Array("earlier".utf8))
        #expect(try TextFile.read(path).isEmpty)
    }
}
