// The recording thread: takes what the tick thread notes, turns it into blocks and writes them to a
// file. Whatever goes wrong ends the recording with a log line and a figure, never matching.
import DaemonKit
import MatchCore
import RecordLog
import Synchronization

/// Writes a run down.
final class RecordAgent: Agent {
    private let tape: TapeReader
    private let file: RecordFile
    private let desk: RecordDesk
    private let log: Log
    private var writer: RecordWriter
    private var isOver = false
    private var sealAt: UInt64 = 0

    /// A crash loses what came after the last sealed block: at most so much.
    private static let sealNanoseconds: UInt64 = 1_000_000_000
    /// Cells of one round.
    private static let cellCountPerRound = 16_384

    init(
        _ header: RecordHeader, tape: consuming TapeReader, file: RecordFile, desk: RecordDesk,
        log: Log
    ) {
        writer = RecordWriter(header)
        self.tape = tape
        self.file = file
        self.desk = desk
        self.log = log
    }

    /// Writes down what has come.
    func step(nowNanoseconds: UInt64) -> Int {
        if isOver { return 0 }
        // Asked before draining: what was noted before the end is then in the ring.
        let end = tape.end
        let count = take()
        if isOver { return count }
        if count == 0, let end {
            close(end)
            return 1
        }
        let isDue =
            nowNanoseconds >= sealAt || writer.pendingByteCount >= RecordFormat.blockByteCount
        if isDue && !writer.isWithinTick {
            sealAt = nowNanoseconds + RecordAgent.sealNanoseconds
            writer.seal()
            save()
        }
        return count
    }

    /// The tick thread has ended: writes what is left and closes the file.
    func finish() {
        while !isOver && step(nowNanoseconds: MonotonicClock.nowNanoseconds()) > 0 {}
        // Without a word from the tick thread it never ran.
        if !isOver { close(.stopped) }
    }

    private func take() -> Int {
        tape.drain(max: RecordAgent.cellCountPerRound) { cell in
            if isOver { return }
            switch copy cell {
            case .tick(let tick, let commandCount):
                writer.begin(tick, commandCount: Int(commandCount))
                desk.noteTick()
            case .command(let command): writer.add(command)
            case .checkpoint(let checkpoint): writer.add(checkpoint)
            case .rules(let version):
                if let rules = desk.takeRules(version) {
                    writer.add(rules)
                } else {
                    close(.rulesMissing)
                }
            }
        }
    }

    private func save() {
        let bytes = writer.takeSealed()
        if bytes.isEmpty { return }
        do throws(SystemError) {
            try file.write(bytes)
            desk.noteWritten(bytes.count)
        } catch {
            isOver = true
            tape.refuse()
            desk.noteEnd(isFailure: true)
            log.error(
                "recording ended, matching goes on",
                ["file": file.path, "reason": error.description])
        }
    }

    private func close(_ end: RecordEnd) {
        if !writer.isWithinTick { writer.end(end) }
        save()
        if isOver { return }
        isOver = true
        tape.refuse()
        desk.noteEnd(isFailure: end != .stopped)
        do throws(SystemError) {
            try file.close()
        } catch {
            log.error("the record may lack its end", ["reason": error.description])
        }
        let fields: Log.Fields = [
            "file": file.path, "bytes": desk.byteCount, "ticks": desk.tickCount,
            "reason": end.words,
        ]
        if end == .stopped {
            log.info("recorded", fields)
        } else {
            log.error("recording ended, matching goes on", fields)
        }
    }
}

/// What the main thread and the recording thread share: the texts of rules, and figures.
final class RecordDesk: Sendable {
    /// Texts of rules on their way into force; the main thread waits for each to be applied, so
    /// that few ever wait here.
    private let texts = HandoffQueue<RecordedRules>(capacity: 64)
    private let bytes: Counter
    private let ticks: Counter
    private let failures: Counter
    private let isRecording: Gauge

    init(_ registry: MetricsRegistry) {
        bytes = registry.counter("mm_record_bytes_total", help: "Bytes of the record written.")
        ticks = registry.counter("mm_record_ticks_total", help: "Ticks recorded.")
        failures = registry.counter(
            "mm_record_failures_total",
            help: "Times that recording ended before the process did.")
        isRecording = registry.gauge("mm_recording", help: "1 while the run is recorded.")
        isRecording.set(1)
    }

    var byteCount: UInt64 { bytes.value }
    var tickCount: UInt64 { ticks.value }

    // MARK: - Main thread

    /// Keeps the text of rules that are about to be put into force.
    func keep(_ rules: RecordedRules) { _ = texts.push(rules) }

    // MARK: - Recording thread

    /// The text of this version; those before it never came into force.
    func takeRules(_ version: UInt64) -> RecordedRules? {
        while let rules = texts.pop() {
            if rules.version == version { return rules }
        }
        return nil
    }

    func noteTick() { ticks.add() }
    func noteWritten(_ count: Int) { bytes.add(count) }

    func noteEnd(isFailure: Bool) {
        isRecording.set(0)
        if isFailure { failures.add() }
    }
}
