// Runs a record through the core again, tick by tick: with the recorded rules, comparing the core's
// fingerprint wherever the record has one, or with other rules, for what would have come of them.

import DaemonKit
import MatchCore
import QueueFile
import RecordLog

/// Where a replay first differs from the record.
struct ReplayDifference {
    /// The last tick at which both were the same, and the first look that was not.
    var sameAt: Tick
    var at: Tick
    var recorded: Checkpoint
    var replayed: Checkpoint
}

/// What came of one replayed run.
struct ReplayResult {
    var name: String
    var all = ReplayTally()
    /// By queue index, with the queues' words.
    var queues: [ReplayTally] = []
    var labels: [String] = []
    var tickCount = 0
    var commandCount = 0
    var checkpointCount = 0
    var stateHash: UInt64 = 0
    var waitingAtEnd = 0
    var ending = RecordReader.Ending.open
    var difference: ReplayDifference?
    var missingLabels: [String] = []
    /// Waiting tickets by time, in seconds since the start.
    var waitingSeries: [(seconds: Double, count: Int)] = []
    var habits = AnswerHabits()
}

/// One run through the core.
struct ReplayRun: ~Copyable {
    private let header: RecordHeader
    private let memory: HugeMemory
    private var matchmaker: Matchmaker
    private var outbox: OutcomeProducer
    private let outcomes: OutcomeConsumer
    private var books: ReplayBooks
    private var tally: OutcomeTally
    /// Nil where the recorded answers are given.
    private var answers: AnswerModel?
    private var result: ReplayResult
    private var matchCount: UInt64 = 0
    private var lastTick: Tick
    private var lastSame: Tick

    /// More than a tick can fill: commands of one tick, their answers, and the matches of a bound
    /// of searches.
    private static let outboxCellCount = 1 << 20
    /// Ticks between two points of the series of waiting tickets.
    private static let seriesTicks = 20

    /// - Parameters:
    ///   - other: rules in place of the recorded ones, with the habits of the recorded run.
    init(
        _ header: RecordHeader, name: String, other: (ReplayBooks.Other, AnswerHabits)? = nil
    ) throws {
        let books = try ReplayBooks(header, other: other?.0)
        var limits = header.limits
        // Other rules make other matches, and nobody is there to settle them.
        if other != nil { limits.reservationCountMax = 0 }
        memory = try HugeMemory(byteCount: Matchmaker.memoryByteCount(limits))
        self.header = header
        self.books = books
        answers = other.map { AnswerModel($0.1, tickMilliseconds: header.tickMilliseconds) }
        // SAFETY: the block lives as long as this value, and so as long as the matchmaker.
        matchmaker = Matchmaker(
            limits: limits, rules: books.book.rules, seed: header.seed,
            epoch: header.epoch, firstTick: header.firstTick, memory: memory.buffer)
        var producer = OutcomeProducer(capacity: ReplayRun.outboxCellCount)
        outcomes = producer.takeConsumer()
        outbox = producer
        tally = OutcomeTally(
            queueCountMax: header.limits.queueCountMax, tickMilliseconds: header.tickMilliseconds,
            keepsEvents: true)
        result = ReplayResult(name: name)
        lastTick = header.firstTick
        lastSame = header.firstTick
    }

    /// Goes through a whole record.
    mutating func run(_ path: String) throws -> ReplayResult {
        var reader = try ReplayInput.reader(path)
        noteMissing()
        do {
            while let entry = try reader.next() {
                switch entry {
                case .rules(let rules):
                    if let changed = try books.change(rules) { matchmaker.apply(changed) }
                    noteMissing()
                case .tick(let tick): try take(tick, reader.commands)
                case .checkpoint(let checkpoint): compare(checkpoint)
                case .end: break
                }
            }
        } catch let error as RecordError {
            throw ReplayFailure("\(path) \(error)")
        }
        result.ending = reader.ending
        result.all = tally.all
        result.labels = books.book.labelTexts
        result.queues = Array(tally.queues.prefix(result.labels.count))
        result.stateHash = matchmaker.stateHash
        result.waitingAtEnd = matchmaker.waitingCount
        return result
    }

    private mutating func noteMissing() {
        for label in books.missingLabels where !result.missingLabels.contains(label) {
            result.missingLabels.append(label)
        }
    }

    private mutating func take(_ tick: Tick, _ recorded: [Command]) throws {
        var commands = recorded
        if answers != nil {
            commands.removeAll { $0.isAboutRecordedMatch }
            commands += answers?.take(after: lastTick, through: tick) ?? []
        } else {
            for command in recorded { result.habits.note(command, at: tick) }
        }
        lastTick = tick
        let report = commands.withUnsafeBufferPointer {
            matchmaker.tick(tick, commands: $0, outbox: &outbox)
        }
        guard !report.outboxFull else {
            throw ReplayFailure("tick \(tick.raw) gave more outcomes than a replay has room for")
        }
        matchCount += UInt64(report.matches)
        result.tickCount += 1
        result.commandCount += commands.count
        readOutcomes(tick)
        if result.tickCount % ReplayRun.seriesTicks == 1 {
            let seconds = Double(tick.raw) * Double(header.tickMilliseconds) / 1_000
            result.waitingSeries.append((seconds, matchmaker.waitingCount))
            Progress.show("replay: \(result.name), \(Int(seconds)) s")
        }
    }

    private mutating func readOutcomes(_ tick: Tick) {
        var seen = tally
        // Without a second owner the copy is none.
        tally = OutcomeTally(queueCountMax: 0, tickMilliseconds: 1, keepsEvents: false)
        seen.startTick()
        outcomes.drain(max: .max) { seen.add(copy $0) }
        tally = seen
        for event in tally.events {
            if answers != nil {
                answers?.note(event, at: tick)
            } else {
                result.habits.note(event, at: tick)
            }
        }
    }

    private mutating func compare(_ recorded: Checkpoint) {
        if answers != nil { return }
        result.checkpointCount += 1
        let replayed = Checkpoint(
            stateHash: matchmaker.stateHash, matchCount: matchCount,
            waitingCount: UInt32(clamping: matchmaker.waitingCount))
        if replayed == recorded {
            if result.difference == nil { lastSame = lastTick }
        } else if result.difference == nil {
            result.difference = ReplayDifference(
                sameAt: lastSame, at: lastTick, recorded: recorded, replayed: replayed)
        }
    }
}

extension Command {
    /// It speaks of a match by the id that it had in the record.
    fileprivate var isAboutRecordedMatch: Bool {
        switch self {
        case .answer, .settle, .expel: true
        default: false
        }
    }
}
