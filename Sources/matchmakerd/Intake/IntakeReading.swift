// What one intake message turned out to be, once decoded.
import MatchCore
import Wire

/// A decoded message; its commands stand in the handler's list.
struct IntakeReading {
    /// What the message is about.
    enum Kind {
        case ticket(TicketID)
        case cancel(TicketID)
        case answer(AnswerRequest)
        case backfill(BackfillRequest)
        case endBackfill(MatchID)
        case mark(MarkRequest)
        /// Nothing that can be dealt with: it is refused.
        case unusable
    }

    var form = ContentType.protobuf
    var kind = Kind.unusable
    /// Who sent it; nil if that cannot be told or has no place.
    var lobby: LobbyIndex?
    /// Nil if the message's commands are good.
    var refusal: RejectionMessage?

    /// Reads the kind off a message's first command.
    static func kind(of command: Command) -> Kind {
        switch command {
        case .enqueue(let request): .ticket(request.ticket)
        case .cancel(let request): .cancel(request.ticket)
        case .answer(let request): .answer(request)
        case .backfill(let request): .backfill(request)
        case .endBackfill(let request): .endBackfill(request.match)
        case .mark(let request): .mark(request)
        case .members, .detail, .avoided, .roleRatings, .explain, .expel, .settle, .ended,
            .offence:
            preconditionFailure("the decoder begins with something that stands by itself")
        }
    }

    /// The kind of a refused message. Only where the configuration of the moment is to blame does
    /// a ticket or cancel count as read: its sender has been told, or will be.
    static func kind(of refusal: IntakeRefusal) -> Kind {
        guard refusal.reason.isByConfiguration, refusal.match == nil, let ticket = refusal.ticket
        else { return .unusable }
        return refusal.queue.isEmpty ? .cancel(ticket) : .ticket(ticket)
    }

    /// The ticket, match and queue that a refusal names.
    func rejection(
        _ reason: RejectCode, _ detail: String, lobby: String, queue: String
    ) -> RejectionMessage {
        var rejection = RejectionMessage(
            ticket: nil, queue: queue, lobby: lobby, reason: reason, detail: detail)
        switch kind {
        case .ticket(let ticket), .cancel(let ticket): rejection.ticket = ticket
        case .answer(let request):
            rejection.ticket = request.ticket
            rejection.match = request.match
        case .backfill(let request): rejection.match = request.match
        case .endBackfill(let match): rejection.match = match
        case .mark, .unusable: break
        }
        return rejection
    }
}
