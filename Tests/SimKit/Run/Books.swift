// The modelled database beside the core: settles every formed match after a drawn delay and in
// drawn order, refuses some, names tickets whose players are busy, and sends words that must change
// nothing. What it does with a match hangs on the scenario's seed and the match's tickets alone, so
// that a scenario that is cut down still meets the same answers.

import MatchCore

/// How the books treat formed matches.
package struct BooksManners: Sendable {
    /// Longest time in ticks from hearing of a match to the word on it.
    package var delayMax: Int
    /// Shares of 1: of matches that are refused; of a refused match's tickets that are busy.
    package var refusedShare: Double
    package var busyShare: Double
    /// Share of matches with words of which the core must take no notice.
    package var strayShare: Double
}

/// Keeps the books of one run.
struct Books {
    private struct Word {
        var at: Int32
        var order: UInt64
        var commands: [Command]
    }

    private let manners: BooksManners?
    private let seed: UInt64
    private var words: [Word] = []
    /// Matches of each ticket so far.
    private var meetings: [TicketID: UInt64] = [:]
    private var isCalm = false

    init(_ scenario: Scenario) {
        manners = scenario.books
        seed = scenario.seed
    }

    /// Nothing is on its way to the core.
    var isSilent: Bool { words.isEmpty }

    mutating func hear(_ events: [SimEvent], at tick: Int32) {
        for event in events {
            switch event {
            case .matched(let record, let seats):
                decide(record.match, record.reservation, seats, tick)
            case .backfilled(let record, let seats):
                decide(record.match, record.reservation, seats, tick)
            default: break
            }
        }
    }

    /// What the core is told now, in drawn order.
    mutating func wordsDue(by tick: Int32) -> [Command] {
        let due = words.filter { $0.at <= tick }.sorted { $0.order < $1.order }
        words.removeAll { $0.at <= tick }
        return due.flatMap(\.commands)
    }

    /// From now every match is settled at once, and comes about.
    mutating func calmDown() {
        isCalm = true
        for position in words.indices { words[position].at = 0 }
    }

    private mutating func decide(
        _ match: MatchID, _ reservation: Int32, _ seats: [SeatView], _ tick: Int32
    ) {
        guard let manners, reservation >= 0 else { return }
        let tickets = seats.map(\.record.ticket)
        let first = tickets.min { $0.low < $1.low }
        guard let first else { return }
        meetings[first, default: 0] += 1
        var random = SimRandom(seed: seed ^ first.low << 16 ^ meetings[first, default: 0] << 48)
        func settle(_ isCommitted: Bool, _ number: Int32 = reservation) -> Command {
            .settle(
                SettleRequest(match: match, reservation: number, isCommitted: isCommitted))
        }
        func expel(_ ticket: TicketID, _ number: Int32 = reservation) -> Command {
            .expel(ExpelRequest(match: match, reservation: number, ticket: ticket))
        }
        let isRefused = !isCalm && random.chance(manners.refusedShare)
        var commands: [Command] = []
        if isRefused, random.chance(0.7) {
            for ticket in tickets where random.chance(manners.busyShare) {
                commands.append(expel(ticket))
            }
        }
        commands.append(settle(!isRefused))
        let at = tick + Int32(random.next(in: 1...(isCalm ? 1 : manners.delayMax)))
        if !isCalm, random.chance(manners.strayShare) {
            let wrong = random.element([reservation + 1, reservation &+ 64, -1, .max])
            let stray = [
                settle(isRefused, wrong), expel(first, wrong), expel(TicketID(number: 1 << 41)),
            ]
            commands.insert(contentsOf: stray, at: 0)
            // The same match once more, and the other way round.
            let again = at + Int32(random.next(in: 0...8))
            words.append(
                Word(at: again + 1, order: random.next(), commands: [settle(true), expel(first)]))
            words.append(Word(at: again + 1, order: random.next(), commands: [settle(false)]))
        }
        words.append(Word(at: at, order: random.next(), commands: commands))
    }
}
