// `loadgen send`: one ticket by hand in the JSON form, and its answer.
import DaemonKit
import MatchCore
import Wire

/// Sends one ticket.
enum SendCommand {
    static let table = OptionTable(
        program: "loadgen send",
        summary: "Publishes one ticket as JSON, prints it, and waits for its answer.",
        options: CommonOptions.broker(as: BrokerUser.lobby) + [
            CommonOptions.option(
                "queue", .text, standard: "duel-1v1", unit: "NAME", "Queue to wait in."),
            CommonOptions.option(
                "rating", .text, standard: "1500", unit: "LIST",
                "Ratings of the party's members in points, with commas: 1500 or 1480,1520."),
            CommonOptions.option(
                "latency", .text, standard: "eu=30", unit: "LIST",
                "Round trip to each acceptable region in ms: eu=30,na-east=95."),
            CommonOptions.option(
                "player", .text, standard: "", unit: "LIST",
                "Players' ids with commas, one per rating; random ones by default."),
            CommonOptions.option(
                "lobby", .text, standard: "hand", unit: "NAME", "Name that is answered."),
            CommonOptions.option(
                "wait", .number(0...86_400), standard: "60", unit: "SECONDS",
                "Wait for an answer this long, then take the ticket back; 0 only sends."),
            CommonOptions.help,
        ],
        epilogue: "Exit codes: 0 matched (or sent, with --wait 0), 1 any other answer or none.")

    static func run(arguments: [String], environment: [String: String]) -> ExitCode {
        CommandRunner.run(table, arguments: arguments, environment: environment) {
            (config: EffectiveConfig) throws(CommandFailure) in
            let ticket = try HandTicket.make(config)
            let connection = try CommandRunner.connect(config)
            let feed = try CommandRunner.openFeed(connection, lobby: ticket.lobby)
            defer { feed.close() }
            try publish(.ticket(ticket), queue: ticket.queue, connection)
            let waitSeconds = config.number("wait")
            if waitSeconds == 0 { return .success }
            if let code = answer(ticket, feed, withinSeconds: waitSeconds) { return code }
            Terminal.line("no answer so far; taking the ticket back")
            try publish(
                .cancel(CancelMessage(ticket: ticket.ticket, lobby: ticket.lobby)),
                queue: ticket.queue, connection)
            return answer(ticket, feed, withinSeconds: 5) ?? .failure
        }
    }

    private static func publish(
        _ intake: IntakeMessage, queue: String, _ connection: NATSConnection
    ) throws(CommandFailure) {
        let message = IntakeSender.message(intake, form: .json, queue: queue)
        let publisher: StreamPublisher
        do throws(NATSError) {
            publisher = try StreamPublisher(connection)
        } catch {
            throw CommandFailure(.unavailable, [error.description])
        }
        Terminal.line("publish \(message.subject)")
        for header in message.headers { Terminal.line("  \(header.name): \(header.value)") }
        Terminal.line("  \(HeaderName.messageID): \(message.messageID)")
        Terminal.line(String(decoding: message.body, as: UTF8.self))
        switch publisher.publish([message])[0] {
        case .stored(let sequence, _):
            Terminal.line("stored in \(StreamName.intake) as number \(sequence)")
        case .refused(let why): throw CommandFailure(.unavailable, ["not stored: \(why)"])
        case .unknown: throw CommandFailure(.unavailable, ["the broker did not acknowledge it"])
        }
    }

    /// Waits for the event that ends the ticket and prints it; nil if none came.
    private static func answer(
        _ ticket: TicketMessage, _ feed: EventFeed, withinSeconds: Double
    ) -> ExitCode? {
        let start = MonotonicClock.nowNanoseconds()
        let deadline = start + UInt64(withinSeconds * 1e9)
        while MonotonicClock.nowNanoseconds() < deadline {
            if Signals.wait(milliseconds: 0) == .stop { return nil }
            guard feed.wait(milliseconds: 100), let entries = try? feed.take() else { continue }
            for entry in entries {
                guard let event = entry.event, concerns(event, ticket.ticket) else { continue }
                let seconds = Double(MonotonicClock.nowNanoseconds() - start) / 1e9
                let place = Subject.event(lobby: entry.lobby)
                Terminal.line("answer on \(place) after \(NumberText.fixed(seconds, 2)) s")
                Terminal.line(String(decoding: JSONCodec.encode(event), as: UTF8.self))
                Terminal.line(EventWords.sentence(event))
                if case .matched = event { return .success }
                return .failure
            }
        }
        return nil
    }

    private static func concerns(_ event: EventMessage, _ ticket: TicketID) -> Bool {
        switch event {
        case .matched(let match):
            match.teams.contains { $0.seats.contains { $0.ticket == ticket } }
        case .closed(let closed): closed.ticket == ticket
        case .rejected(let rejection): rejection.ticket == ticket
        case .proposed(let proposed):
            proposed.match.teams.contains { $0.seats.contains { $0.ticket == ticket } }
        case .substituted(let substituted): substituted.seat.ticket == ticket
        case .returned(let returned): returned.ticket == ticket
        case .backfilled(let backfilled): backfilled.seats.contains { $0.ticket == ticket }
        case .backfillEnded: false
        }
    }
}
