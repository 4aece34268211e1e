// A run in words, tick by tick: what a failing scenario did before a rule broke.

import MatchCore

extension Runner {
    /// The events of each tick that has any, up to the first broken rule.
    package static func trace(_ scenario: Scenario) -> String {
        let simulation = Simulation(scenario)
        var auditor = Auditor(rules: scenario.rules[0], limits: scenario.limits)
        var lines: [String] = []
        _ = simulation.run { record in
            let events = record.events.filter { !$0.isOfFlood }.map(\.text)
            let answers = record.commands.compactMap(\.answerText)
            if !events.isEmpty || !answers.isEmpty || !record.applied.isEmpty {
                let rules = record.applied.map { "rules \($0.version)" }
                let words = (rules + answers + events).joined(separator: "; ")
                lines.append("tick \(record.tick): \(words)")
            }
            return auditor.enter(record)
        }
        return lines.joined(separator: "\n")
    }
}

extension Command {
    var answerText: String? {
        switch self {
        case .answer(let request): "[\(request.ticket.low) \(request.answer)]"
        case .expel(let request): "[\(request.ticket.low) is busy]"
        case .settle(let request):
            "[\(request.match.text) \(request.isCommitted ? "committed" : "refused")]"
        default: nil
        }
    }
}

extension MatchID {
    /// Enough to tell matches apart.
    var text: String { String(low & 0xFFFF, radix: 16) }
}

extension SimEvent {
    /// The answer to one of the many cancels of a flood.
    var isOfFlood: Bool {
        guard case .rejected(let record) = self else { return false }
        return record.ticket.low >= 1 << 40
    }

    var text: String {
        switch self {
        case .matched(let record, let seats):
            "matched \(record.match.text) in queue \(record.queue.raw): \(seats.text)"
        case .proposed(let record, let seats):
            "proposed \(record.match.text) in queue \(record.queue.raw): \(seats.text)"
        case .substituted(let record, let seats):
            "substituted in \(record.match.text): \(seats.text)"
        case .backfilled(let record, let seats):
            "joined \(record.match.low) generation \(record.generation): \(seats.text)"
        case .closed(let record): "closed \(record.ticket.low) \(record.reason)"
        case .rejected(let record): "refused \(record.ticket.low) \(record.reason)"
        case .returned(let record): "returned \(record.ticket.low) \(record.reason)"
        case .backfillEnded(let record): "request \(record.match.low) \(record.reason)"
        case .explained(let record):
            "explained \(record.ticket.low) queue \(record.queue.raw) \(record.obstacle)"
        case .misplaced(let text): text
        }
    }
}

extension [SeatView] {
    var text: String {
        map { seat in
            let roles = seat.roles.first == RoleSet.noPreference ? "" : " as \(seat.roles)"
            return "\(seat.record.ticket.low) in team \(seat.record.team)\(roles)"
        }.joined(separator: ", ")
    }
}
