// Messages about to be published: first the matches for game servers, then, once those are stored,
// the answers to lobbies. What tells of a match is in the database's outbox besides, so that it is
// told even if this process does not live to do it.
import DaemonKit
import MatchCore
import Wire

/// What one round of the announcer publishes.
struct Announcement {
    private(set) var allocations: [StreamMessage] = []
    private(set) var events: [StreamMessage] = []
    private(set) var deadLetters: [StreamMessage] = []

    /// Ids of the messages that stand in the database's outbox until they are stored.
    private(set) var outboxIDs: [String] = []

    var isEmpty: Bool { allocations.isEmpty && events.isEmpty && deadLetters.isEmpty }

    /// The messages of a stage.
    subscript(stage: PublishStage) -> [StreamMessage] {
        switch stage {
        case .allocations: allocations
        case .events: events
        case .deadLetters: deadLetters
        }
    }

    /// Replaces the messages of a stage by those that are still to be published.
    mutating func replace(
        _ stage: PublishStage, with messages: [StreamMessage]
    ) {
        switch stage {
        case .allocations: allocations = messages
        case .events: events = messages
        case .deadLetters: deadLetters = messages
        }
    }

    /// Messages of all stages.
    var count: Int { allocations.count + events.count + deadLetters.count }

    /// Takes the ids out, to be kept until all is stored.
    mutating func takeOutboxIDs() -> [String] {
        defer { outboxIDs = [] }
        return outboxIDs
    }

    /// Adds another's messages behind these.
    mutating func append(_ other: Announcement) {
        allocations += other.allocations
        events += other.events
        deadLetters += other.deadLetters
        outboxIDs += other.outboxIDs
    }

    /// Adds what a formed match makes known, to an empty announcement: one message for its region
    /// and one for each lobby in that lobby's form.
    mutating func add(
        _ allocation: AllocationMessage, allocationForm: ContentType,
        form: (String) -> ContentType
    ) {
        allocations.append(
            StreamMessage(
                subject: Subject.allocation(region: allocation.region),
                messageID: allocation.messageID, headers: Announcement.headers(allocationForm),
                body: allocationForm.encode(allocation)))
        addEvents(
            allocation.event, lobbies: allocation.lobbies, form: form,
            id: { allocation.eventID(lobby: $0) })
        outboxIDs = allocations.map(\.messageID) + events.map(\.messageID)
    }

    /// Adds a proposed match: one message for each lobby.
    mutating func add(_ proposed: ProposedMessage, form: (String) -> ContentType) {
        addEvents(
            .proposed(proposed), lobbies: proposed.match.lobbies, form: form,
            id: { MessageIdentifier.proposed(proposed.match.match, lobby: $0) })
    }

    mutating func add(_ substituted: SubstitutedMessage, form: ContentType) {
        addEvent(
            lobby: substituted.seat.lobby,
            id: MessageIdentifier.substituted(substituted.match, substituted.seat.ticket),
            form: form, body: form.encode(EventMessage.substituted(substituted)))
    }

    mutating func add(_ returned: ReturnedMessage, form: ContentType) {
        addEvent(
            lobby: returned.lobby,
            id: MessageIdentifier.returned(returned.match, returned.ticket), form: form,
            body: form.encode(EventMessage.returned(returned)))
    }

    mutating func add(_ ended: BackfillEndedMessage, id: String, form: ContentType) {
        addEvent(
            lobby: ended.lobby, id: id, form: form,
            body: form.encode(EventMessage.backfillEnded(ended)))
    }

    mutating func add(_ closed: ClosedMessage, form: ContentType) {
        addEvent(
            lobby: closed.lobby, id: MessageIdentifier.closed(closed.ticket), form: form,
            body: form.encode(EventMessage.closed(closed)))
    }

    mutating func add(_ rejection: RejectionMessage, id: String, form: ContentType) {
        addEvent(
            lobby: rejection.lobby, id: id, form: form,
            body: form.encode(EventMessage.rejected(rejection)))
    }

    mutating func add(_ letter: DeadLetter) {
        let queue = Subject.queue(ofIntake: letter.subject)
        var headers = [
            NATSHeader(
                HeaderName.deadLetterReason,
                Announcement.plain("\(letter.reason.name): \(letter.detail)")),
            NATSHeader(HeaderName.deadLetterSubject, Announcement.plain(letter.subject)),
            NATSHeader(HeaderName.deadLetterSequence, String(letter.sequence)),
        ]
        if letter.isCut { headers.append(NATSHeader(HeaderName.cut, "true")) }
        deadLetters.append(
            StreamMessage(
                subject: Subject.deadLetter(queue: queue), messageID: "\(letter.sequence):dead",
                headers: headers, body: letter.body))
    }

    /// One event for several lobbies, each in its form.
    private mutating func addEvents(
        _ event: EventMessage, lobbies: [String], form: (String) -> ContentType,
        id: (String) -> String
    ) {
        // Most matches have few lobbies and one form: encode each form once.
        var encoded: [ContentType: [UInt8]] = [:]
        for lobby in lobbies {
            let form = form(lobby)
            let body = encoded[form] ?? form.encode(event)
            encoded[form] = body
            addEvent(lobby: lobby, id: id(lobby), form: form, body: body)
        }
    }

    private mutating func addEvent(
        lobby: String, id: String, form: ContentType, body: [UInt8]
    ) {
        // A name that cannot be an address would stop the whole process in `Subject`.
        guard Token.isValid(lobby) else { return }
        events.append(
            StreamMessage(
                subject: Subject.event(lobby: lobby), messageID: id,
                headers: Announcement.headers(form), body: body))
    }

    static func headers(_ form: ContentType) -> [NATSHeader] {
        [
            NATSHeader(HeaderName.contentType, form.rawValue),
            NATSHeader(HeaderName.version, String(wireVersion)),
        ]
    }

    /// A header's value must stay on its line and be short.
    private static func plain(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(512) where (32..<127).contains(scalar.value) {
            line.append(scalar)
        }
        return String(line)
    }
}
