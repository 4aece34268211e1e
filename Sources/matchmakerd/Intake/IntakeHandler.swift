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
    private let counters: MatchmakerCounters
    private let handled = Atomic<UInt64>(0)

    /// Longest wait that is taken over from a message, in ticks.
    private static let waitedTicksMax = 1 << 24

    init(
        directory: EdgeDirectory, tickMilliseconds: Int, producer: IngestProducer,
        desk: RefusalDesk, counters: MatchmakerCounters
    ) {
        decoder = IntakeDecoder(tickMilliseconds: UInt32(tickMilliseconds))
        self.directory = directory
        self.tickMilliseconds = UInt64(tickMilliseconds)
        self.producer = producer
        self.desk = desk
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
        if isTaken { counters.intake.countMessage(form) }
        return isTaken
    }

    /// Looks at one message of the past without dealing with it: notes what it asks for, and keeps
    /// its commands if its ticket was never answered.
    func survey(
        _ message: borrowing ReceivedMessage, _ place: StreamPlace, answered: Set<TicketID>,
        into survey: inout IntakeSurvey
    ) {
        let reading = read(message)
        guard let ticket = reading.ticket else {
            survey.unreadable.append(place.sequence)
            return
        }
        survey.facts.append(
            IntakeFact(
                ticket: ticket, isCancel: reading.isCancel, sequence: place.sequence,
                storedNanoseconds: place.storedNanoseconds))
        guard reading.refusal == nil else { return }
        noteSender(reading.form, place)
        if !answered.contains(ticket) {
            survey.keep(commands, form: reading.form, sequence: place.sequence)
        }
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
        noteSender(reading.form, place)
        let isTaken = commands.withUnsafeBufferPointer { producer.push($0) }
        if !isTaken && isRetry { return false }
        counters.intake.countMessage(reading.form)
        if !isTaken { refuseForLackOfRoom(reading.form, place) }
        return true
    }

    /// What a message turned out to be.
    private struct Reading {
        var form = ContentType.protobuf
        /// Nil if the message cannot be read.
        var ticket: TicketID?
        var isCancel = false
        /// Nil if its commands now stand in `commands`.
        var refusal: RejectionMessage?
    }

    /// Decodes a message into `commands`.
    private func read(_ message: borrowing ReceivedMessage) -> Reading {
        var reading = Reading()
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
            try decoder.decode(
                message.body, as: reading.form, directory: &directory, into: &commands)
        } catch {
            reading.refusal = RejectionMessage(
                ticket: error.ticket, queue: error.queue, lobby: error.lobby,
                reason: error.reason, detail: error.detail)
            // What is wrong with these is not the message itself: it counts as read.
            if error.reason == .unknownQueue || error.reason == .unknownLobbyLimit {
                reading.ticket = error.ticket
                reading.isCancel = error.queue.isEmpty
            }
            return reading
        }
        switch commands[0] {
        case .enqueue(let request): reading.ticket = request.ticket
        case .cancel(let request):
            reading.ticket = request.ticket
            reading.isCancel = true
        case .members: preconditionFailure("the decoder begins with a ticket or a cancel")
        }
        return reading
    }

    /// Remembers the lobby's form and adds the time that the message lay in the stream.
    private func noteSender(_ form: ContentType, _ place: StreamPlace) {
        switch commands[0] {
        case .enqueue(var request):
            lobbies.setForm(form, of: request.lobby)
            let now = WallClock.nowNanoseconds()
            let age = now > place.storedNanoseconds ? now - place.storedNanoseconds : 0
            let ticks = age / 1_000_000 / tickMilliseconds
            let waited = UInt64(max(request.waitedTicks, 0)) + ticks
            request.waitedTicks = Int32(min(waited, UInt64(IntakeHandler.waitedTicksMax)))
            commands[0] = .enqueue(request)
        case .cancel(let request):
            lobbies.setForm(form, of: request.lobby)
        case .members:
            preconditionFailure("the decoder begins with a ticket or a cancel")
        }
    }

    private func refuseForLackOfRoom(_ form: ContentType, _ place: StreamPlace) {
        counters.intake.ringFull.add()
        counters.intake.countRejection(.overloaded)
        var queue = ""
        let ticket: TicketID
        let lobby: LobbyIndex
        switch commands[0] {
        case .enqueue(let request):
            queue = directory.queues.name(at: request.queue.raw) ?? ""
            (ticket, lobby) = (request.ticket, request.lobby)
        case .cancel(let request): (ticket, lobby) = (request.ticket, request.lobby)
        case .members: return
        }
        guard let name = lobbies.name(of: lobby) else { return }
        let rejection = RejectionMessage(
            ticket: ticket, queue: queue, lobby: name, reason: .overloaded,
            detail: "the matchmaker is overloaded; try again later")
        desk.put(Refusal(rejection: rejection, form: form, sequence: place.sequence))
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
