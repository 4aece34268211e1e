// Reads the four streams into facts. Runs once at the start, on the starting thread, before any
// ticket is taken. Which tickets play is the database's to say, not the streams'.
import DaemonKit
import MatchCore
import Wire

/// What an earlier run left.
struct FoundHistory {
    var history = RecoveryHistory()
    var survey = IntakeSurvey()
    /// Last sequence of the intake stream that was read.
    var intakeSequence: UInt64 = 0
}

/// Reads streams.
struct HistoryReader {
    let stream: JetStream
    let handler: IntakeHandler

    /// Reads everything: the answers, so that the intake read need not look at what is answered;
    /// the intake; and then the answers that came to be stored meanwhile, the last words of a
    /// dying process. What comes in after the intake read is left to the live consumer.
    /// - Parameter ended: the tickets that play, with their match.
    /// - Throws: `NATSError`.
    func read(ended: [TicketID: MatchID]) throws(NATSError) -> FoundHistory {
        var found = FoundHistory()
        // Whatever came under their ids, and whenever: it is over.
        found.history.answers = ended.keys.map {
            AnswerFact(ticket: $0, kind: .ended, storedNanoseconds: .max)
        }
        var events = try readEvents(from: 1, into: &found)
        try readJoins(into: &found)
        try readDeadLetters(into: &found)
        let knownCloses = found.history.offences.closes.count
        found.intakeSequence = try readIntake(into: &found)
        for round in 0..<HistoryReader.settleCountMax {
            let before = events
            events = try readEvents(from: events + 1, into: &found)
            if round > 0 && before == events { break }
            MonotonicClock.sleep(
                until: MonotonicClock.nowNanoseconds() + HistoryReader.settleNanoseconds)
        }
        try readLateOffenders(from: knownCloses, into: &found)
        found.history.nowNanoseconds = WallClock.nowNanoseconds()
        return found
    }

    /// What a killed process has sent may still lie in the broker's socket buffers for a moment:
    /// the outgoing streams are read on until they have been still for this long.
    private static let settleNanoseconds: UInt64 = 100_000_000
    private static let settleCountMax = 20

    /// Collects answers. Returns the sequence up to which it has read.
    private func readEvents(
        from sequence: UInt64, into found: inout FoundHistory
    ) throws(NATSError) -> UInt64 {
        var answers: [AnswerFact] = []
        var backfills: [BackfillFact] = []
        var offences = OffenceHistory()
        let last = try stream.read(
            stream: StreamName.events, subject: Subject.allEvents, from: sequence
        ) { message in
            // What tells of a match is the database's to know, and what is proposed or returned
            // ends nothing. Not to decode these makes the start several times faster.
            let id = message.header(HeaderName.messageID) ?? ""
            guard EventIdentifier(id) == .other, let place = message.place,
                let event = try? HistoryReader.form(of: message)?.decodeEvent(message.body)
            else { return }
            HistoryReader.note(event, place, in: &offences)
            if case .backfillEnded(let ended) = event {
                backfills.append(
                    BackfillFact(
                        match: ended.match, what: .ended(ended.generation, ended.reason),
                        storedNanoseconds: place.storedNanoseconds))
            } else if let answer = HistoryReader.answer(event, place) {
                answers.append(answer)
            }
        }
        found.history.answers += answers
        found.history.backfills += backfills
        found.history.offences.closes += offences.closes
        found.history.offences.refused.merge(offences.refused, uniquingKeysWith: +)
        return last
    }

    /// Finds which requests of running matches have been filled.
    private func readJoins(into found: inout FoundHistory) throws(NATSError) {
        var joins: [BackfillFact] = []
        _ = try stream.read(
            stream: StreamName.allocations, subject: Subject.allAllocations, from: 1
        ) { message in
            // A match's id is its UUID alone.
            let id = message.header(HeaderName.messageID) ?? ""
            guard id.utf8.count > UUIDText.byteCount, let place = message.place,
                case .backfill(let filled)? = try? HistoryReader.form(of: message)?
                    .decodeAllocation(message.body)
            else { return }
            joins.append(
                BackfillFact(
                    match: filled.match, what: .filled(filled.generation),
                    storedNanoseconds: place.storedNanoseconds))
        }
        found.history.backfills += joins
    }

    private func readDeadLetters(into found: inout FoundHistory) throws(NATSError) {
        var sequences: Set<UInt64> = []
        _ = try stream.read(stream: StreamName.deadLetters, subject: Subject.allDeadLetters) {
            message in
            if let text = message.header(HeaderName.deadLetterSequence),
                let sequence = UInt64(text)
            {
                sequences.insert(sequence)
            }
        }
        found.history.deadLetters = sequences
    }

    private func readIntake(into found: inout FoundHistory) throws(NATSError) -> UInt64 {
        let answered = Set(found.history.answers.lazy.map(\.ticket))
        let offenders = HistoryReader.offenders(found.history.offences.closes)
        var survey = IntakeSurvey()
        let last = try stream.read(stream: StreamName.intake, subject: Subject.allIntake) {
            message in
            guard let place = message.place else { return }
            handler.survey(
                message, place, answered: answered, offenders: offenders, into: &survey)
        }
        found.history.offences.offenders = survey.offenders
        found.history.offences.said = survey.said
        found.history.offences.pardons = survey.pardons
        found.history.intake = survey.facts
        found.history.unreadable = survey.unreadable
        found.history.backfills += survey.backfills
        found.history.marks = survey.marks
        found.survey = survey
        return last
    }

    /// The form that the header names; nil for one that is not known.
    private static func form(of message: borrowing ReceivedMessage) -> ContentType? {
        guard let header = message.header(HeaderName.contentType) else { return .protobuf }
        return ContentType(headerValue: header)
    }

    /// What an answer says about its ticket; nil where it says nothing about a message that can
    /// be read (a message that cannot be is known by its dead letter).
    static func answer(_ event: EventMessage, _ place: StreamPlace) -> AnswerFact? {
        let ticket: TicketID
        let kind: AnswerFact.Kind
        switch event {
        // A proposed ticket waits until it is matched or closed; one that returned waits again.
        // What joins a running match is known by its allocation.
        case .matched, .proposed, .substituted, .returned, .backfilled, .backfillEnded: return nil
        case .closed(let closed):
            ticket = closed.ticket
            kind = closed.reason == .cancelled ? .cancelled : .ended
        case .rejected(let rejection):
            switch rejection.reason {
            case .malformed, .unknownVersion, .invalidField, .unspecified: return nil
            // Answers to proposed matches: nothing that a restart could owe.
            case .unknownProposal: return nil
            default: break
            }
            let isOfTicket = rejection.reason == .tooLate || rejection.reason == .ticketEnded
            if rejection.match != nil && !isOfTicket { return nil }
            guard let id = rejection.ticket else { return nil }
            ticket = id
            // A cancel names no queue, and neither does the answer to it.
            kind = rejection.queue.isEmpty ? .cancelRefused : .ticketRefused
        }
        return AnswerFact(
            ticket: ticket, kind: kind, storedNanoseconds: place.storedNanoseconds)
    }
}

/// What the id of an event tells of it, so that it need not be decoded.
enum EventIdentifier: Equatable {
    /// The answer to something on the allocation stream: `<match>:<lobby>` or
    /// `<match>:backfill:<ticket>:<lobby>`.
    case allocated
    /// `<match>:proposed:<lobby>`, `<match>:substituted:<ticket>` or `<match>:returned:<ticket>`.
    case endsNothing
    /// To be decoded. The ids of closes end in a word that follows a ticket's id; a lobby may have
    /// that word for its name, and is then decoded like them.
    case other

    init(_ id: String) {
        let parts = id.split(separator: ":", omittingEmptySubsequences: false)
        self = .other
        guard parts[0].utf8.count == UUIDText.byteCount, let last = parts.last, !last.isEmpty
        else { return }
        switch parts.count {
        case 2: if parts[1] != "closed" { self = .allocated }
        case 3:
            if ["proposed", "substituted", "returned"].contains(parts[1]) { self = .endsNothing }
        case 4: if parts[1] == "backfill" { self = .allocated }
        default: break
        }
    }
}
