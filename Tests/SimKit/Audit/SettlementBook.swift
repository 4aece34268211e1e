// The auditor's own books on formed matches that are not settled, and on what the core promised to
// remember of tickets that have ended.

import MatchCore

/// A formed match on which the word has not come.
struct Unsettled {
    var match: MatchID
    var queue: QueueIndex
    var seats: [SeatView]
    /// Tickets that nobody has taken out of it.
    var tickets: Set<TicketID>
    /// For joiners of a running match: who asked, and with which generation.
    var asked: (lobby: LobbyIndex, generation: UInt32)?
}

/// Who is held by which formed match.
struct SettlementBook {
    /// By reservation.
    var unsettled: [Int32: Unsettled] = [:]
    /// Every reservation of the run.
    var numbers: Set<Int32> = []
    /// Cancelled while they were held; who asked gets no answer before the word comes.
    var takenBack: Set<TicketID> = []
    /// Waiting again after a refusal.
    var released: Set<TicketID> = []
}

/// What a core with these limits remembers of ended tickets.
struct EndedMemory {
    struct Fact {
        /// The nil UUID if it ended without one.
        var match: MatchID
        var at: Int32
        /// It was told of, not seen.
        var isTold = false
    }

    static let noMatch = MatchID(high: 0, low: 0)

    private let countMax: Int
    private let ticks: Int
    private var facts: [TicketID: Fact] = [:]
    /// The longest remembered first.
    private var line: [TicketID] = []

    init(_ limits: Limits) {
        countMax = limits.endedCountMax
        ticks = limits.endedMemoryTicks
    }

    mutating func note(_ ticket: TicketID, _ fact: Fact) {
        if countMax == 0 { return }
        if facts[ticket] == nil {
            if line.count == countMax { facts[line.removeFirst()] = nil }
            line.append(ticket)
        }
        facts[ticket] = fact
    }

    func recall(_ ticket: TicketID, now: Int32) -> Fact? {
        facts[ticket].flatMap { Int(now) - Int($0.at) <= ticks ? $0 : nil }
    }

    /// It was remembered once, and its time or room is over.
    func hasForgotten(_ ticket: TicketID, now: Int32) -> Bool {
        facts[ticket] != nil && recall(ticket, now: now) == nil
    }
}
