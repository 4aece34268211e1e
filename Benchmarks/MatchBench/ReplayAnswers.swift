// How players answer proposed matches. Under other rules other matches are proposed, so recorded
// answers fit none of them: each ticket answers instead as it first did in the record, after the
// same time, and those who were never asked accept.

import MatchCore

/// How tickets answered in the recorded run.
struct AnswerHabits {
    /// A ticket's first answer; nil if it gave none.
    struct Habit {
        var answer: ProposalAnswer?
        var player = PlayerID(0)
        var delayTicks: Int32
    }

    private(set) var byTicket: [TicketID: Habit] = [:]
    private var askedAt: [TicketID: Int32] = [:]
    private var delays: [Int32] = []

    mutating func note(_ event: ReplayEvent, at tick: Tick) {
        switch event {
        case .asked(let ticket, _, _): askedAt[ticket] = tick.raw
        case .silent(let ticket):
            if byTicket[ticket] == nil { byTicket[ticket] = Habit(answer: nil, delayTicks: 0) }
        }
    }

    mutating func note(_ command: Command, at tick: Tick) {
        guard case .answer(let request) = command, let asked = askedAt[request.ticket] else {
            return
        }
        let delay = max(1, tick.raw - asked)
        delays.append(delay)
        if byTicket[request.ticket] == nil {
            byTicket[request.ticket] = Habit(
                answer: request.answer, player: request.player, delayTicks: delay)
        }
    }

    /// What those do who were never asked: accept after the middle of the recorded delays.
    func usual(tickMilliseconds: Int) -> Habit {
        let sorted = delays.sorted()
        // Two seconds where nobody was ever asked.
        let delay =
            sorted.isEmpty ? Int32(max(1, 2_000 / tickMilliseconds)) : sorted[sorted.count / 2]
        return Habit(answer: .accepted, delayTicks: delay)
    }
}

/// Players who answer by their habits.
struct AnswerModel {
    private let habits: [TicketID: AnswerHabits.Habit]
    private let usual: AnswerHabits.Habit
    private var due: [Int32: [Command]] = [:]

    init(_ habits: AnswerHabits, tickMilliseconds: Int) {
        self.habits = habits.byTicket
        usual = habits.usual(tickMilliseconds: tickMilliseconds)
    }

    mutating func note(_ event: ReplayEvent, at tick: Tick) {
        guard case .asked(let ticket, let match, let lobby) = event else { return }
        let habit = habits[ticket] ?? usual
        guard let answer = habit.answer else { return }
        due[tick.raw + habit.delayTicks, default: []].append(
            .answer(
                AnswerRequest(
                    match: match, ticket: ticket, lobby: lobby, answer: answer,
                    player: habit.player)))
    }

    /// Answers due since `after`, up to `tick`.
    mutating func take(after: Tick, through tick: Tick) -> [Command] {
        if due.isEmpty || tick.raw <= after.raw { return [] }
        return ((after.raw + 1)...tick.raw).flatMap { due.removeValue(forKey: $0) ?? [] }
    }
}
