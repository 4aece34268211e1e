// Which events of the past are about refused and ignored matches, and the second look at the intake
// for tickets whose end came to be stored after the first.
import DaemonKit
import MatchCore
import Wire

extension HistoryReader {
    /// Notes an end by refusal or silence, or an answer that was refused.
    static func note(_ event: EventMessage, _ place: StreamPlace, in history: inout OffenceHistory)
    {
        switch event {
        case .closed(let closed) where closed.reason == .declined || closed.reason == .notAccepted:
            history.closes.append(
                OffenceHistory.Close(
                    ticket: closed.ticket, queue: closed.queue,
                    isDeclined: closed.reason == .declined,
                    storedNanoseconds: place.storedNanoseconds))
        case .rejected(let rejection) where rejection.reason == .unknownProposal:
            guard let ticket = rejection.ticket, let match = rejection.match else { return }
            history.refused[AnswerKey(ticket: ticket, match: match), default: 0] += 1
        default: return
        }
    }

    /// The tickets that ended so, each with its queue's name.
    static func offenders(_ closes: some Sequence<OffenceHistory.Close>) -> [TicketID: String] {
        Dictionary(closes.map { ($0.ticket, $0.queue) }, uniquingKeysWith: { $1 })
    }

    /// Reads the intake once more, for the ends from `position` on.
    func readLateOffenders(
        from position: Int, into found: inout FoundHistory
    ) throws(NATSError) {
        let closes = found.history.offences.closes
        // The first look has found what there is of a ticket that had ended so before.
        let known = HistoryReader.offenders(closes[..<position])
        let late = HistoryReader.offenders(closes[position...]).filter { known[$0.key] == nil }
        if late.isEmpty { return }
        var survey = IntakeSurvey()
        _ = try stream.read(stream: StreamName.intake, subject: Subject.allIntake) { message in
            guard let place = message.place else { return }
            handler.surveyOffenders(message, place, late, into: &survey)
        }
        found.history.offences.offenders += survey.offenders
        found.history.offences.said += survey.said
    }
}
