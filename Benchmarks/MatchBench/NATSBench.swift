// `matchbench nats`: end to end against a running matchmakerd. Tickets go to JetStream, matches
// come back on the lobby's subject; the clock runs from the first publish until 99 of 100 tickets
// are answered. The last few, at the ends of the ratings, wait for their windows by design.
// Beside it, in the same run, the bare loop: the same bytes through the same server without a
// matchmaker, stored once and read back by this process; and with a database named, the bare commit
// of the very matches that came back. With `--rate` the tickets come evenly, and the figure is how
// long after the arrival of its last ticket a match is announced.

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
            BenchOption.integer("rate", 0, 0...100_000, "Tickets a second; 0: all at once."),
            BenchOption.number(
                "deviation", 300, 0...1000, "Standard deviation of ratings.", unit: "POINTS"),
            databaseURL,
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

    private static let databaseURL = ConfigOption(
        key: "database", flag: "database", environment: "MUSTER_POSTGRES_URL", isInFile: false,
        kind: .text, standard: "", unit: "URL",
        help: "Administrator of matchmakerd's database; empty for no bare commit.")

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
        let board = MatchBoard()
        let subject = Subject.event(lobby: lobby)
        let subscription = try NATSSubscription(connection, subject: subject) { message in
            let form = message.header(HeaderName.contentType)
            board.note(message.body, ContentType(headerValue: form ?? "") ?? .protobuf)
        }
        defer { subscription.close() }
        try connection.flush(timeoutMilliseconds: 2000)
        let start = seconds()
        let sending = publish(publisher, messages, rate: config.integer("rate"))
        let stored = sending.storedCount
        let published = seconds()
        let limit = start + Double(config.integer("seconds"))
        let goal = stored * 99 / 100
        while board.ticketCount < goal, seconds() < limit {
            Progress.show("nats: \(board.ticketCount) of \(stored) answered")
            usleep(1000)
        }
        let end = seconds()
        let answered = board.ticketCount
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
        addLatency(board.matches, sending, &report)
        let url = config.text("database")
        if !url.isEmpty, !board.matches.isEmpty {
            let ceiling = try CommitCeiling(url: url).matchesPerSecond(board.matches)
            let rate = Double(board.matches.count) / (end - start)
            report.add("matches_per_second", "matches per second end to end", rate)
            report.add("bare_commits_per_second", "bare: matches committed per second", ceiling)
            report.add("ratio_to_bare_commit", "ratio to bare commit", rate / ceiling, decimals: 3)
        }
        return report
    }

    /// From the sending of a match's last ticket to its announcement.
    private static func addLatency(
        _ matches: [AnnouncedMatch], _ sending: Sending, _ report: inout BenchReport
    ) {
        let waits = matches.compactMap { match in
            match.tickets.map { sending.sentAt[Int($0.ticket.low & 0xFFFF_FFFF)] }.max().map {
                (match.at - $0) * 1e3
            }
        }.sorted()
        guard let last = waits.last else { return }
        func share(_ part: Double) -> Double { waits[Int(Double(waits.count - 1) * part)] }
        report.add("announce_p50_ms", "last ticket sent to match announced, p50", share(0.5))
        report.add("announce_p99_ms", "last ticket sent to match announced, p99", share(0.99))
        report.add("announce_max_ms", "last ticket sent to match announced, max", last)
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
                        rating: generator.normal(
                            mean: 1500, deviation: config.number("deviation")))
                ],
                latencies: [RegionLatency(region: config.text("region"), milliseconds: 20)])
            return StreamMessage(
                subject: Subject.intake(queue: config.text("queue")),
                messageID: MessageIdentifier.ticket(ticket),
                body: ProtobufCodec.encode(.ticket(message)))
        }
    }

    /// What was sent, by a ticket's number.
    struct Sending {
        var storedCount = 0
        var sentAt: [Double] = []
    }

    /// Publishes in batches.
    /// - Parameter rate: messages a second, evenly; 0 for as fast as they are stored.
    private static func publish(
        _ publisher: StreamPublisher, _ messages: [StreamMessage], rate: Int = 0
    ) -> Sending {
        var sending = Sending()
        let begun = seconds()
        var start = 0
        while start < messages.count {
            let due = rate == 0 ? messages.count : Int((seconds() - begun) * Double(rate)) + 1
            let end = min(start + StreamPublisher.batchCountMax, messages.count, due)
            if end <= start {
                usleep(1000)
                continue
            }
            let now = seconds()
            for result in publisher.publish(Array(messages[start..<end])) {
                sending.sentAt.append(now)
                if result.isStored { sending.storedCount += 1 }
            }
            start = end
        }
        return sending
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
        let stored = publish(publisher, copies).storedCount
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
