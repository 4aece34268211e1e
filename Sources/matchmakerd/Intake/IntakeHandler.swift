// Turns intake messages into commands: decode, check, push to the ring. Runs on the messaging
// library's delivery thread (during recovery on the recovering thread); never waits there.
// Whatever is wrong with a message ends here: a refusal to its sender and a dead letter.
import DaemonKit
import MatchCore
import Synchronization
import Wire

/// The way from the intake stream into the core.
final class IntakeHandler: @unchecked Sendable {
    // SAFETY: everything but `cursor` is used by one thread at a time: the recovering thread
    // first, then the delivery thread of the one subscription that exists.
    private var decoder: IntakeDecoder
    private var directory: EdgeDirectory
    private var commands: [Command] = []
    private let tickMilliseconds: UInt64
    private let producer: IngestProducer
    private let lobbies: LobbyTable
    private let desk: RefusalDesk
    private let estimates: EstimateDesk
    private let counters: MatchmakerCounters
    private let handled = Atomic<UInt64>(0)

    /// Longest wait that is taken over from a message, in ticks.
    private static let waitedTicksMax = 1 << 24

    init(
        directory: EdgeDirectory, tickMilliseconds: Int, producer: IngestProducer,
        desk: RefusalDesk, estimates: EstimateDesk, counters: MatchmakerCounters
    ) {
        decoder = IntakeDecoder(tickMilliseconds: UInt32(tickMilliseconds))
        self.directory = directory
        self.tickMilliseconds = UInt64(tickMilliseconds)
        self.producer = producer
        self.desk = desk
        self.estimates = estimates
        self.counters = counters
        lobbies = directory.lobbies
        commands.reserveCapacity(64)
    }

    /// Sequence of the last message dealt with.
    var cursor: UInt64 { handled.load(ordering: .acquiring) }

    /// Moves the cursor; only while no subscription runs.
    func setCursor(_ sequence: UInt64) { handled.store(sequence, ordering: .releasing) }

    /// Deals with one message of the live stream. One that was seen before is left out.
    func handle(_ message: borrowing ReceivedMessage) {
        guard let place = message.place, place.sequence > cursor else { return }
        _ = take(message, place, isRetry: false)
        handled.store(place.sequence, ordering: .releasing)
    }

    /// Deals with one message of the past; false if the ring is full: try again.
    func restore(_ message: borrowing ReceivedMessage, _ place: StreamPlace) -> Bool {
        take(message, place, isRetry: true)
    }

    /// Hands commands of the past over that `survey` has kept; false if the ring is full.
    func restore(_ kept: ArraySlice<Command>, form: ContentType) -> Bool {
        let isTaken = kept.withUnsafeBufferPointer { producer.push($0) }
        if isTaken {
            estimates.noteArrival(Array(kept))
            counters.intake.countMessage(form)
        }
        return isTaken
    }

    /// Hands over a command that the past leaves without a message; false if the ring is full.
    func restore(_ command: Command) -> Bool {
        withUnsafePointer(to: command) {
            producer.push(UnsafeBufferPointer(start: $0, count: 1))
        }
    }

    /// Looks at one message of the past without dealing with it: notes what it asks for, and keeps
    /// its commands if it may have to be dealt with again. An answer to a proposed match is over
    /// with the run that proposed it; only of an offender it is of interest.
    /// - Parameter offenders: tickets that refused or ignored a match, with its queue's name.
    func survey(
        _ message: borrowing ReceivedMessage, _ place: StreamPlace, answered: Set<TicketID>,
        offenders: [TicketID: String], into survey: inout IntakeSurvey
    ) {
        let reading = read(message)
        note(reading, place, offenders, &survey)
        let isWanted: Bool
        switch reading.kind {
        case .unusable:
            survey.unreadable.append(place.sequence)
            return
        case .ticket(let ticket), .cancel(let ticket):
            var isCancel = false
            if case .cancel = reading.kind { isCancel = true }
            survey.facts.append(
                IntakeFact(
                    ticket: ticket, isCancel: isCancel, sequence: place.sequence,
                    storedNanoseconds: place.storedNanoseconds))
            isWanted = !answered.contains(ticket)
        case .answer: return
        case .backfill(let request):
            survey.backfills.append(
                BackfillFact(
                    match: request.match, what: .asked(request.generation, place.sequence),
                    storedNanoseconds: place.storedNanoseconds))
            isWanted = true
        case .endBackfill(let match):
            survey.backfills.append(
                BackfillFact(
                    match: match, what: .takenBack(place.sequence),
                    storedNanoseconds: place.storedNanoseconds))
            isWanted = true
        case .mark(let request):
            let nanoseconds = UInt64(max(request.ticks, 0)) * tickMilliseconds * 1_000_000
            if nanoseconds == 0 {
                survey.pardons.append(
                    OffenceHistory.Pardon(
                        player: request.player, scope: request.scope,
                        storedNanoseconds: place.storedNanoseconds))
            }
            survey.marks.append(
                MarkFact(
                    player: request.player, scope: request.scope, sequence: place.sequence,
                    endsNanoseconds: nanoseconds == 0 ? 0 : place.storedNanoseconds + nanoseconds))
            isWanted = nanoseconds > 0
        }
        guard reading.refusal == nil, settle(reading, place), isWanted else { return }
        survey.keep(commands, form: reading.form, sequence: place.sequence)
    }

    /// Looks again at one message of the past, for offenders alone.
    func surveyOffenders(
        _ message: borrowing ReceivedMessage, _ place: StreamPlace,
        _ offenders: [TicketID: String], into survey: inout IntakeSurvey
    ) {
        note(read(message), place, offenders, &survey)
    }

    /// Notes who an offender's players are, and what was said for them.
    private func note(
        _ reading: IntakeReading, _ place: StreamPlace, _ offenders: [TicketID: String],
        _ survey: inout IntakeSurvey
    ) {
        if offenders.isEmpty || reading.refusal != nil { return }
        switch commands[0] {
        case .answer(let request) where offenders[request.ticket] != nil:
            survey.said.append(
                OffenceHistory.Said(request: request, storedNanoseconds: place.storedNanoseconds))
        case .enqueue(let request):
            guard let name = offenders[request.ticket],
                let queue = queues(request).first(where: { directory.queueName($0) == name })
            else { return }
            survey.offenders.append(
                OffenceHistory.Offender(
                    ticket: request.ticket, queue: queue, players: players(request),
                    storedNanoseconds: place.storedNanoseconds))
        default: break
        }
    }

    /// The queues of the ticket in `commands`.
    private func queues(_ request: TicketRequest) -> [QueueIndex] {
        var queues = [request.queue]
        for case .detail(let detail) in commands {
            for position in 0..<Int(detail.choiceCount) {
                queues.append(detail.choices[position].queue)
            }
        }
        return queues
    }

    /// The players of the ticket in `commands`.
    private func players(_ request: TicketRequest) -> [PlayerID] {
        var players = [request.leader.player]
        for case .members(let group) in commands {
            for position in 0..<Int(group.count) { players.append(group.members[position].player) }
        }
        return players
    }

    private func take(
        _ message: borrowing ReceivedMessage, _ place: StreamPlace, isRetry: Bool
    ) -> Bool {
        let reading = read(message)
        if let refusal = reading.refusal {
            counters.intake.countMessage(reading.form)
            refuse(message, place, refusal, form: reading.form)
            return true
        }
        // Nothing is left of a mark whose time went by in the stream.
        let isDue = settle(reading, place)
        let isTaken = !isDue || commands.withUnsafeBufferPointer { producer.push($0) }
        if !isTaken && isRetry { return false }
        counters.intake.countMessage(reading.form)
        if isTaken {
            estimates.noteArrival(commands)
        } else {
            refuseForLackOfRoom(reading, place)
        }
        return true
    }

    /// Decodes a message into `commands`.
    private func read(_ message: borrowing ReceivedMessage) -> IntakeReading {
        var reading = IntakeReading()
        commands.removeAll(keepingCapacity: true)
        if let header = message.header(HeaderName.contentType) {
            guard let form = ContentType(headerValue: header) else {
                reading.refusal = RejectionMessage(
                    ticket: nil, queue: "", lobby: "", reason: .malformed,
                    detail: "unknown content type '\(header)'")
                return reading
            }
            reading.form = form
        }
        do throws(IntakeRefusal) {
            reading.lobby = try decoder.decode(
                message.body, as: reading.form, directory: &directory, into: &commands)
            reading.kind = IntakeReading.kind(of: commands[0])
        } catch {
            reading.refusal = RejectionMessage(
                ticket: error.ticket, queue: error.queue, lobby: error.lobby,
                reason: error.reason, detail: error.detail, match: error.match)
            reading.kind = IntakeReading.kind(of: error)
        }
        return reading
    }

    /// Remembers the lobby's form, and takes the time that the message lay in the stream into
    /// account. False if that leaves nothing to do.
    private func settle(_ reading: IntakeReading, _ place: StreamPlace) -> Bool {
        if let lobby = reading.lobby { lobbies.setForm(reading.form, of: lobby) }
        switch commands[0] {
        case .enqueue(var request):
            let waited = UInt64(max(request.waitedTicks, 0)) + ticksInStream(place)
            request.waitedTicks = Int32(min(waited, UInt64(IntakeHandler.waitedTicksMax)))
            commands[0] = .enqueue(request)
        case .mark(var request) where request.ticks > 0:
            let left = UInt64(request.ticks) - min(ticksInStream(place), UInt64(request.ticks))
            // Not 0 ticks: that would take back what another message has marked.
            if left == 0 { return false }
            request.ticks = Int32(left)
            commands[0] = .mark(request)
        default: break
        }
        return true
    }

    private func ticksInStream(_ place: StreamPlace) -> UInt64 {
        let now = WallClock.nowNanoseconds()
        let age = now > place.storedNanoseconds ? now - place.storedNanoseconds : 0
        return age / 1_000_000 / tickMilliseconds
    }

    private func refuseForLackOfRoom(_ reading: IntakeReading, _ place: StreamPlace) {
        counters.intake.ringFull.add()
        counters.intake.countRejection(.overloaded)
        guard let lobby = reading.lobby.flatMap({ lobbies.name(of: $0) }) else { return }
        var queue = ""
        switch commands[0] {
        case .enqueue(let request): queue = directory.queueName(request.queue)
        case .backfill(let request): queue = directory.queueName(request.queue)
        default: break
        }
        let rejection = reading.rejection(
            .overloaded, "the matchmaker is overloaded; try again later", lobby: lobby,
            queue: queue)
        desk.put(
            Refusal(rejection: rejection, form: reading.form, sequence: place.sequence))
    }

    /// Keeps the message aside and, if a sender can be told from it or its header, tells him.
    private func refuse(
        _ message: borrowing ReceivedMessage, _ place: StreamPlace, _ refused: RejectionMessage,
        form: ContentType
    ) {
        counters.intake.countRejection(refused.reason)
        var rejection = refused
        if rejection.lobby.isEmpty { rejection.lobby = message.header(HeaderName.lobby) ?? "" }
        if Token.isValid(rejection.lobby) {
            desk.put(Refusal(rejection: rejection, form: form, sequence: place.sequence))
        }
        let body = message.body
        desk.put(
            DeadLetter(
                subject: message.subject, sequence: place.sequence, reason: rejection.reason,
                detail: rejection.detail, body: Array(body.prefix(DeadLetter.byteCountMax)),
                isCut: body.count > DeadLetter.byteCountMax))
    }
}

extension HeaderName {
    /// On an intake message: the sender, for answering a message that cannot be read.
    static let lobby = "Muster-Lobby"
    /// On a dead letter: present when only the beginning was kept.
    static let cut = "Muster-Cut"
}
