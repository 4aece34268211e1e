// Replays of records made here: of matches that tickets must accept, whose recorded answers fit no
// match that other rules propose, and of records that another file cannot be played on.
import DaemonKit
import Glibc
import MatchCore
import QueueFile
import RecordLog
import Testing

@testable import matchbench

@Suite struct ReplayTests {
    private static let limits = Limits(ticketCountMax: 500, queueCountMax: 4, regionCount: 1)
    private let path = "/tmp/muster-replay-\(getpid())-\(UInt64.random(in: 0 ... .max))"

    private static func text(windowStart: Int, regions: String = "'eu'") -> [UInt8] {
        Array(
            """
            { version: 1, regions: [\(regions)], queues: [
              { name: 'rated', teams: 2, teamSize: 1, timeoutSeconds: 60,
                window: { start: \(windowStart), perSecond: 20, max: 600 },
                acceptance: { seconds: 5, substituteSeconds: 5, cooldownSeconds: [] } } ] }
            """.utf8)
    }

    private var header: RecordHeader {
        RecordHeader(
            limits: Self.limits, tickMilliseconds: 50, seed: 1, epoch: 2, firstTick: Tick(0),
            timeoutSecondsMax: 600,
            rules: RecordedRules(
                version: 1, path: "queues.json5", text: Self.text(windowStart: 30)))
    }

    /// Records a run in which two tickets come every ten ticks; who is asked answers six ticks
    /// later, but every ninth never does.
    /// - Returns: matches formed.
    private func record() throws -> Int {
        let books = try ReplayBooks(header, other: nil)
        let memory = try HugeMemory(byteCount: Matchmaker.memoryByteCount(Self.limits))
        var matchmaker = Matchmaker(
            limits: Self.limits, rules: books.book.rules, seed: 1, epoch: 2, firstTick: Tick(0),
            memory: memory.buffer)
        var outbox = OutcomeProducer(capacity: 4_096)
        let outcomes = outbox.takeConsumer()
        var recorder = TickRecorder(cellCount: 1 << 15)
        let tape = recorder.takeReader()
        var due: [Int32: [Command]] = [:]
        var matches = 0
        var asked = MatchID(high: 0, low: 0)
        for tick in 1...Int32(2_000) {
            var commands = due.removeValue(forKey: tick) ?? []
            if tick % 10 == 1 && tick < 1_600 {
                commands += (0..<2).map { Self.ticket(Int(tick) * 2 + $0) }
            }
            let report = commands.withUnsafeBufferPointer {
                matchmaker.tick(Tick(tick), commands: $0, outbox: &outbox)
            }
            matches += report.matches
            commands.withUnsafeBufferPointer {
                recorder.note(
                    Tick(tick), $0, report, stateHash: matchmaker.stateHash,
                    waitingCount: matchmaker.waitingCount)
            }
            var isProposal = false
            outcomes.drain(max: .max) { outcome in
                switch copy outcome {
                case .proposed(let match), .substituted(let match):
                    asked = match.match
                    isProposal = true
                case .matched: isProposal = false
                case .seat(let seat) where isProposal && seat.ticket.low % 9 != 0:
                    let answer = AnswerRequest(
                        match: asked, ticket: seat.ticket, lobby: LobbyIndex(0), answer: .accepted)
                    due[tick + 6, default: []].append(.answer(answer))
                default: break
                }
            }
        }
        recorder.finish(stateHash: matchmaker.stateHash, waitingCount: matchmaker.waitingCount)
        try write(tape)
        return matches
    }

    private func write(_ tape: borrowing TapeReader) throws {
        var writer = RecordWriter(header)
        _ = tape.drain(max: .max) { cell in
            switch copy cell {
            case .tick(let tick, let count): writer.begin(tick, commandCount: Int(count))
            case .command(let command): writer.add(command)
            case .checkpoint(let checkpoint): writer.add(checkpoint)
            case .rules: break
            }
        }
        writer.end(.stopped)
        let bytes = writer.takeSealed()
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        #expect(Glibc.write(file, bytes, bytes.count) == bytes.count)
    }

    private static func ticket(_ number: Int) -> Command {
        var latencies = LatencyVector()
        latencies[RegionIndex(0)] = 20
        // Spread over 600 points, neighbours in time far apart.
        let rating = Rating(points: 1_200 + Double(number * 7_919 % 601))
        return .enqueue(
            TicketRequest(
                ticket: TicketID(high: 1, low: UInt64(number)),
                leader: Member(player: PlayerID(UInt64(number)), rating: rating),
                latencies: latencies, queue: QueueIndex(0), lobby: LobbyIndex(0)))
    }

    private func replayed(_ other: [UInt8]?) throws -> [ReplayResult] {
        var run = try ReplayRun(header, name: "recorded")
        let first = try run.run(path)
        guard let other else { return [first] }
        let otherPath = path + ".json5"
        try TextFile.write(String(decoding: other, as: UTF8.self), to: otherPath)
        defer { unlink(otherPath) }
        let file = try ReplayBooks.load(otherPath, header)
        var second = try ReplayRun(header, name: "other", other: (file, first.habits))
        return [first, try second.run(path)]
    }

    @Test func aRunWithProposedMatchesIsTheSameAgain() throws {
        defer { unlink(path) }
        let matches = try record()
        let result = try replayed(nil)[0]
        #expect(result.difference == nil && result.checkpointCount >= 20)
        #expect(result.all.matches == matches && matches > 80)
        #expect(result.tickCount == 2_000)
        // Everybody who was asked is known, those who never answered too.
        #expect(result.habits.byTicket.values.contains { $0.answer == nil })
        let delays = result.habits.byTicket.values.filter { $0.answer != nil }.map(\.delayTicks)
        #expect(delays.allSatisfy { $0 == 6 })
    }

    @Test func underTheSameRulesPlayersOfHabitDoNearlyTheSame() throws {
        defer { unlink(path) }
        _ = try record()
        let results = try replayed(Self.text(windowStart: 30))
        // Each is asked the same again, and answers the same after the same time.
        #expect(results[1].all.matches == results[0].all.matches)
        #expect(results[1].all.waits.sorted() == results[0].all.waits.sorted())
    }

    @Test func underWiderRulesOtherMatchesAreProposedAndAccepted() throws {
        defer { unlink(path) }
        _ = try record()
        let results = try replayed(Self.text(windowStart: 600))
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        #expect(results[1].all.matches > 80)
        #expect(mean(results[1].all.waits) < 0.7 * mean(results[0].all.waits))
        #expect(mean(results[1].all.fairness) < mean(results[0].all.fairness))
    }

    @Test func aFileThatDoesNotFitSaysWhy() throws {
        let otherPath = path + ".json5"
        let text = Self.text(windowStart: 30, regions: "'na', 'eu'")
        try TextFile.write(String(decoding: text, as: UTF8.self), to: otherPath)
        defer { unlink(otherPath) }
        let other = try ReplayBooks.load(otherPath, header)
        let failure = #expect(throws: ReplayFailure.self) {
            _ = try ReplayBooks(header, other: other)
        }
        #expect(failure?.description.contains("regions") == true)
    }

    @Test func whereTheRunsPartIsPlaced() throws {
        defer { unlink(path) }
        _ = try record()
        var changed = header
        changed.seed = 99
        var run = try ReplayRun(changed, name: "recorded")
        let result = try run.run(path)
        let difference = try #require(result.difference)
        #expect(difference.sameAt == Tick(0) && difference.at == Tick(100))
        let study = ReplayStudy(header: changed, path: path, otherPath: "", results: [result])
        #expect(study.verdict.hasPrefix("differs between tick 0 (the same) and tick 100"))
    }
}
