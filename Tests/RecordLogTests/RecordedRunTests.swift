// A run of the core through the whole chain: recorded tick by tick, written, read, and run again to
// the same state, with commands of every kind and a change of rules on the way.
import MatchCore
import Testing

@testable import RecordLog

@Suite struct RecordedRunTests {
    private static let limits = Limits(
        ticketCountMax: 400, queueCountMax: 3, regionCount: 2, detailCountMax: 100,
        recentMatchCountMax: 100, proposalCountMax: 20, backfillCountMax: 10, cooldownCountMax: 50)

    private static func rules(version: UInt64, windowMax: Int32) -> Rules {
        func queue(_ teamSize: Int) -> QueueRules {
            QueueRules(
                teamCount: 2, teamSize: teamSize, partySizeMax: teamSize,
                premadeOffsetPerMember: 0,
                ratingWindow: WideningCurve(
                    start: 100 * 128, growthPerTick: 20 * 65_536, max: windowMax),
                latencyCap: WideningCurve(start: 60, growthPerTick: 65_536, max: 200),
                timeoutTicks: 80, waitPreference: 0, quality: QualityRules())
        }
        var accepting = queue(1)
        accepting.acceptance = AcceptanceRules(ticks: 20, substituteTicks: 10)
        accepting.cooldownScope = CooldownScope(0)
        var filling = queue(2)
        filling.roles = RoleRules(roles: [RoleCount(min: 0, max: 2), RoleCount(min: 0, max: 2)])
        filling.backfill = BackfillRules(
            ratingWindow: WideningCurve(start: 400 * 128, growthPerTick: 0, max: 400 * 128),
            timeoutTicks: 50)
        return Rules(version: version, queues: [queue(3), accepting, filling])
    }

    /// Commands of one tick: tickets of all sizes, and everything else now and then.
    private static func commands(
        _ draw: inout SystemDraw, _ number: inout UInt64, proposed: [(MatchID, TicketID)]
    ) -> [Command] {
        var commands: [Command] = []
        for _ in 0..<draw.below(4) {
            number += 1
            let queue = draw.below(3)
            let size = queue == 1 ? 1 : 1 + draw.below(queue == 0 ? 3 : 2)
            let rating = Double(1_000 + draw.below(1_000))
            let all = (0..<size).map {
                Member(player: PlayerID(number * 10 + UInt64($0)), rating: Rating(points: rating))
            }
            var latencies = LatencyVector()
            for region in 0..<2 {
                latencies[RegionIndex(UInt8(region))] = UInt16(10 + draw.below(120))
            }
            var request = TicketRequest(
                ticket: TicketID(high: 1, low: number), leader: all[0], latencies: latencies,
                waitedTicks: Int32(draw.below(3)), queue: QueueIndex(UInt16(queue)),
                lobby: LobbyIndex(0), memberCount: size)
            request.avoidedCount = draw.below(8) == 0 ? 1 : 0
            request.ratedCount = UInt8(draw.below(1 + size))
            commands.append(.enqueue(request))
            if size > 1 { commands.append(.members(MemberGroup(all[1...]))) }
            if request.avoidedCount > 0 {
                commands.append(.avoided(AvoidedGroup([PlayerID(number * 10 - 10)])))
            }
            if request.ratedCount > 0 {
                let rated = (0..<request.ratedCount).map {
                    var offsets = RoleOffsets()
                    offsets.set(1, points: Double(draw.below(300)))
                    return RatedMember(position: $0, offsets: offsets)
                }
                commands.append(.roleRatings(RoleRatingGroup(rated)))
            }
        }
        let old = TicketID(high: 1, low: number - min(number, UInt64(draw.below(9))))
        if draw.below(6) == 0 {
            commands.append(.cancel(CancelRequest(ticket: old, lobby: LobbyIndex(0))))
        }
        if draw.below(9) == 0 { commands.append(.explain(ExplainRequest(ticket: old, token: 1))) }
        if draw.below(20) == 0 {
            commands.append(
                .mark(
                    MarkRequest(
                        player: PlayerID(number * 10 + 20), scope: CooldownScope(0), ticks: 30)))
        }
        if draw.below(15) == 0 {
            commands.append(
                .backfill(
                    BackfillRequest(
                        match: MatchID(high: 7, low: number), queue: QueueIndex(2),
                        region: RegionIndex(0), lobby: LobbyIndex(0), generation: 1,
                        rating: Rating(points: 1500), openPlaces: [1, 1])))
        }
        for (match, ticket) in proposed where draw.below(5) > 0 {
            commands.append(
                .answer(
                    AnswerRequest(
                        match: match, ticket: ticket, lobby: LobbyIndex(0),
                        answer: draw.below(6) == 0 ? .declined : .accepted)))
        }
        return commands
    }

    /// A matchmaker with its memory and ring.
    private final class Core {
        private let memory: UnsafeMutableRawBufferPointer
        private var matchmaker: Matchmaker
        private var outbox: OutcomeProducer
        private let outcomes: OutcomeConsumer
        private(set) var proposed: [(MatchID, TicketID)] = []

        init(_ rules: Rules) {
            memory = .allocate(
                byteCount: Matchmaker.memoryByteCount(RecordedRunTests.limits), alignment: 64)
            matchmaker = Matchmaker(
                limits: RecordedRunTests.limits, rules: rules, seed: 3, epoch: 4,
                firstTick: Tick(0), memory: memory)
            var producer = OutcomeProducer(capacity: 1 << 13)
            outcomes = producer.takeConsumer()
            outbox = producer
        }

        deinit { memory.deallocate() }

        var stateHash: UInt64 { matchmaker.stateHash }
        var waitingCount: Int { matchmaker.waitingCount }

        func apply(_ rules: Rules) { matchmaker.apply(rules) }

        func tick(_ tick: Tick, _ commands: UnsafeBufferPointer<Command>) -> TickReport {
            let report = matchmaker.tick(tick, commands: commands, outbox: &outbox)
            var found: [(MatchID, TicketID)] = []
            var match: MatchID?
            outcomes.drain(max: .max) { outcome in
                switch copy outcome {
                case .proposed(let record), .substituted(let record): match = record.match
                case .matched, .backfilled: match = nil
                case .seat(let seat): if let match { found.append((match, seat.ticket)) }
                default: break
                }
            }
            proposed = found
            return report
        }
    }

    @Test(arguments: 1...6) func aRecordedRunEndsInTheSameState(seed: Int) throws {
        var draw = SystemDraw(seed: UInt64(seed))
        let first = Self.rules(version: 1, windowMax: 900 * 128)
        let second = Self.rules(version: 2, windowMax: 200 * 128)
        let core = Core(first)
        var recorder = TickRecorder(cellCount: 1 << 14)
        let tape = recorder.takeReader()
        var header = Sample.header
        header.limits = Self.limits
        var writer = RecordWriter(header)
        var tick: Int32 = 0
        var number: UInt64 = 0
        var matches = 0
        for step in 0..<500 {
            tick += draw.below(30) == 0 ? 3 : 1
            if step == 300 {
                core.apply(second)
                recorder.note(rulesVersion: 2)
            }
            let commands = Self.commands(&draw, &number, proposed: core.proposed)
            commands.withUnsafeBufferPointer { batch in
                let report = core.tick(Tick(tick), batch)
                matches += report.matches
                recorder.note(
                    Tick(tick), UnsafeBufferPointer(rebasing: batch[..<report.commandsTaken]),
                    report, stateHash: core.stateHash, waitingCount: core.waitingCount)
            }
        }
        recorder.finish(stateHash: core.stateHash, waitingCount: core.waitingCount)
        #expect(matches > 50)
        _ = tape.drain(max: .max) { cell in
            switch copy cell {
            case .tick(let tick, let count): writer.begin(tick, commandCount: Int(count))
            case .command(let command): writer.add(command)
            case .checkpoint(let checkpoint): writer.add(checkpoint)
            case .rules(let version):
                writer.add(RecordedRules(version: version, path: "", text: []))
            }
        }
        let end = tape.end
        writer.end(try #require(end))
        try replay(writer.takeSealed(), first, second, matches: matches, hash: core.stateHash)
    }

    private func replay(
        _ bytes: [UInt8], _ first: Rules, _ second: Rules, matches: Int, hash: UInt64
    ) throws {
        let core = Core(first)
        var reader = try RecordReader(source(bytes))
        var matchCount = 0
        var checkpointCount = 0
        while let entry = try reader.next() {
            switch entry {
            case .rules(let rules):
                #expect(rules.version == 2)
                core.apply(second)
            case .tick(let tick):
                matchCount +=
                    reader.commands.withUnsafeBufferPointer { core.tick(tick, $0) }.matches
            case .checkpoint(let checkpoint):
                checkpointCount += 1
                #expect(checkpoint.stateHash == core.stateHash)
                #expect(Int(checkpoint.matchCount) == matchCount)
                #expect(Int(checkpoint.waitingCount) == core.waitingCount)
            case .end(let end): #expect(end == .stopped)
            }
        }
        #expect(checkpointCount >= 5)
        #expect(matchCount == matches && core.stateHash == hash)
    }
}
