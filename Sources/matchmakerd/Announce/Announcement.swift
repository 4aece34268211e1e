// Messages about to be published, in the order that makes a crash harmless: first the matches for
// game servers, then, once those are stored, the answers to lobbies. A match found on the first
// stream without answers on the second is answered at the next start.
import DaemonKit
import MatchCore
import Wire

/// What one round of the announcer publishes.
struct Announcement {
    private(set) var allocations: [StreamMessage] = []
    private(set) var events: [StreamMessage] = []
    private(set) var deadLetters: [StreamMessage] = []

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

    /// Adds what a game server gets: one message for its region, one for each lobby in that lobby's
    /// form.
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
    }

    /// Adds an allocation's answer to one lobby, for an allocation that is on its stream already.
    mutating func addMissing(_ allocation: AllocationMessage, lobby: String, form: ContentType) {
        addEvent(
            lobby: lobby, id: allocation.eventID(lobby: lobby), form: form,
            body: form.encode(allocation.event))
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

    private static func headers(_ form: ContentType) -> [NATSHeader] {
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
