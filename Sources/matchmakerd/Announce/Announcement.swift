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

    /// Adds a match: one message for its region, one for each lobby in that lobby's form.
    mutating func add(
        _ match: MatchMessage, allocationForm: ContentType, form: (String) -> ContentType
    ) {
        allocations.append(
            StreamMessage(
                subject: Subject.allocation(region: match.region),
                messageID: MessageIdentifier.allocation(match.match),
                headers: Announcement.headers(allocationForm),
                body: allocationForm.encode(AllocationMessage(match: match))))
        // Most matches have few lobbies and one form: encode each form once.
        var encoded: [ContentType: [UInt8]] = [:]
        for lobby in match.lobbies {
            let form = form(lobby)
            let body = encoded[form] ?? form.encode(EventMessage.matched(match))
            encoded[form] = body
            addEvent(
                lobby: lobby, id: MessageIdentifier.matched(match.match, lobby: lobby), form: form,
                body: body)
        }
    }

    /// Adds a match's answer to one lobby, for a match that is on its stream already.
    mutating func addMissing(_ match: MatchMessage, lobby: String, form: ContentType) {
        addEvent(
            lobby: lobby, id: MessageIdentifier.matched(match.match, lobby: lobby), form: form,
            body: form.encode(EventMessage.matched(match)))
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
