// `matchbench nats`: end to end against a running matchmakerd. Tickets go to JetStream, matches
// come back on the lobby's subject; the clock runs from the first publish until 99 of 100 tickets
// are answered. The last few, at the ends of the ratings, wait for their windows by design.
// Beside it, in the same run, the bare loop: the same bytes through the same server without a
// matchmaker, stored once and read back by this process.

import DaemonKit
import Glibc
import MatchCore
import Synchronization
import Wire

enum NATSBench {
    static let command = BenchCommand(
        name: "nats", summary: "End to end against a running matchmakerd.",
        options: [
            BenchOption.text(
                "nats", "nats://127.0.0.1:4222", "URL of the NATS server.", unit: "URL"),
            bareSeedFile,
            BenchOption.text(
                "queue", "duel-1v1", "A 1v1 queue of that matchmakerd.", unit: "NAME"),
            BenchOption.text("region", "eu", "A region of that queue.", unit: "NAME"),
            BenchOption.integer("tickets", 20_000, 2...1_000_000, "Tickets to send; even."),
            BenchOption.integer("seconds", 60, 1...3600, "Longest wait for matches.", unit: "S"),
            BenchOption.seed,
        ]
            + NATSIdentity.options(
                user: BrokerUser.lobby.name, inboxPrefix: BrokerUser.lobby.inboxPrefix,
                isInFile: false),
        run: { config in try measure(config) })

    /// A lobby may not make the bare loop's stream.
    private static let bareSeedFile = ConfigOption(
        key: "bareSeedFile", flag: "bare-nkey-seed-file",
        environment: "MUSTER_NATS_LAB_SEED_FILE", isInFile: false, kind: .text, standard: "",
        unit: "FILE", help: "Secret key of the NATS user for the bare loop, who may make streams.")

    private static func connect(
        _ config: EffectiveConfig, identity: NATSIdentity
    ) throws -> NATSConnection {
        try NATSConnection(
            NATSSettings(url: config.text("nats"), name: "matchbench", identity: identity))
    }

    private static func measure(_ config: EffectiveConfig) throws -> BenchReport {
        var problems: [ConfigProblem] = []
        let identity = NATSIdentity(config, &problems)
        let bareKey = NATSIdentity.key(config, bareSeedFile.key, &problems)
        if let problem = problems.first { throw problem }
        let connection = try connect(config, identity: identity)
        let publisher = try StreamPublisher(connection)
        let run = UInt64(getpid()) << 32 | UInt64(seconds() * 1000) & 0xFFFF_FFFF
        let messages = makeMessages(config, run: run)
        let bare = try bareSeconds(
            try connect(config, identity: bareKey.map { NATSIdentity(key: $0) } ?? identity),
            messages)
        let board = ArrivalBoard()
        let subject = Subject.event(lobby: lobby)
        let subscription = try NATSSubscription(connection, subject: subject) { message in
            let form = message.header(HeaderName.contentType)
            board.note(message.body, ContentType(headerValue: form ?? "") ?? .protobuf)
        }
        defer { subscription.close() }
        try connection.flush(timeoutMilliseconds: 2000)
        let start = seconds()
        let stored = publish(publisher, messages)
        let published = seconds()
        let limit = start + Double(config.integer("seconds"))
        let goal = stored * 99 / 100
        while board.tickets < goal, seconds() < limit {
            Progress.show("nats: \(board.tickets) of \(stored) answered")
            usleep(1000)
        }
        let end = seconds()
        let answered = board.tickets
        var report = BenchReport("nats end to end, \(config.text("queue"))")
        report.add("tickets", "tickets stored by JetStream", Double(stored))
        report.add("answered", "tickets answered with a match by then", Double(answered))
        report.add("publish_seconds", "seconds to publish", published - start, decimals: 3)
        report.add("seconds", "seconds until 99 % were answered", end - start, decimals: 3)
        report.add(
            "tickets_per_second", "tickets per second end to end",
            Double(answered) / (end - start))
        report.add(
            "bare_tickets_per_second", "bare: stored and read back, per second",
            Double(messages.count) / bare)
        report.add(
            "ratio_to_bare", "ratio to bare",
            Double(answered) / (end - start) / (Double(messages.count) / bare), decimals: 3)
        return report
    }

    private static let lobby = "matchbench"

    private static func makeMessages(_ config: EffectiveConfig, run: UInt64) -> [StreamMessage] {
        var generator = SeededGenerator(seed: UInt64(config.integer("seed")))
        return (0..<config.integer("tickets")).map { index in
            let ticket = TicketID(high: run, low: UInt64(index) | 1 << 63)
            let message = TicketMessage(
                ticket: ticket, queue: config.text("queue"), lobby: lobby,
                players: [
                    PlayerEntry(
                        player: PlayerID((run & 0x7FFF_FFFF) << 24 | UInt64(index + 1)),
                        rating: generator.normal(mean: 1500, deviation: 300))
                ],
                latencies: [RegionLatency(region: config.text("region"), milliseconds: 20)])
            return StreamMessage(
                subject: Subject.intake(queue: config.text("queue")),
                messageID: MessageIdentifier.ticket(ticket),
                body: ProtobufCodec.encode(.ticket(message)))
        }
    }

    /// Publishes in batches; returns how many JetStream has stored.
    private static func publish(_ publisher: StreamPublisher, _ messages: [StreamMessage]) -> Int {
        var stored = 0
        var start = 0
        while start < messages.count {
            let end = min(start + StreamPublisher.batchCountMax, messages.count)
            for result in publisher.publish(Array(messages[start..<end])) where result.isStored {
                stored += 1
            }
            start = end
        }
        return stored
    }

    /// The same bytes through a stream of their own, which keeps them for ten minutes.
    private static func bareSeconds(
        _ connection: NATSConnection, _ messages: [StreamMessage]
    ) throws -> Double {
        let publisher = try StreamPublisher(connection)
        let context = try JetStream(connection)
        let name = "MATCHBENCH"
        _ = try context.ensureStream(
            StreamConfig(
                name: name, subjects: ["matchbench.bare"], byteCountMax: 256 << 20,
                ageSecondsMax: 600))
        let copies = messages.map {
            StreamMessage(
                subject: "matchbench.bare", messageID: $0.messageID, body: $0.body)
        }
        let from = try context.lastSequence(of: name) + 1
        let start = seconds()
        let stored = publish(publisher, copies)
        let read = Counted()
        _ = try context.read(stream: name, subject: "matchbench.bare", from: from) { _ in
            read.value.add(1, ordering: .relaxed)
        }
        let end = seconds()
        guard stored == messages.count, read.value.load(ordering: .relaxed) >= stored else {
            throw BenchError("the bare run lost messages: \(stored) of \(messages.count) stored")
        }
        return end - start
    }
}

/// Counts what comes back, on the library's thread.
private final class ArrivalBoard: Sendable {
    private let answered = Atomic<Int>(0)

    var tickets: Int { answered.load(ordering: .relaxed) }

    func note(_ bytes: UnsafeRawBufferPointer, _ form: ContentType) {
        guard case .matched(let match) = try? form.decodeEvent(bytes) else { return }
        let count = match.teams.reduce(0) { $0 + $1.seats.count }
        answered.add(count, ordering: .relaxed)
    }
}
