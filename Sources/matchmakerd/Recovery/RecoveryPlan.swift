// Works out from the streams' history which intake messages still have to be dealt with.
// Pure: history in, sequences out. A ticket lives until an answer that ends it was stored after
// it; several messages under one id are settled one by one in the order of their times.
import MatchCore

/// A ticket or cancel found on the intake stream.
struct IntakeFact: Sendable, Equatable {
    let ticket: TicketID
    let isCancel: Bool
    let sequence: UInt64
    /// Server time of storing in nanoseconds since 1970.
    let storedNanoseconds: UInt64
}

/// An answer found on one of the outgoing streams.
struct AnswerFact: Sendable, Equatable {
    enum Kind: Int, Sendable {
        /// Matched, expired or closed for another reason: the ticket is gone.
        case ended
        /// Closed because a cancel asked for it.
        case cancelled
        /// The latest message with this id was refused as a ticket; an earlier one may wait.
        case ticketRefused
        /// A cancel was answered without effect.
        case cancelRefused
    }

    let ticket: TicketID
    let kind: Kind
    let storedNanoseconds: UInt64
}

/// What the streams hold.
struct RecoveryHistory: Sendable {
    var intake: [IntakeFact] = []
    var answers: [AnswerFact] = []
    /// Intake messages that cannot be read.
    var unreadable: [UInt64] = []
    /// Sequences of intake messages that were kept aside by an earlier run.
    var deadLetters: Set<UInt64> = []
    /// Requests of running matches for players, and what became of them.
    var backfills: [BackfillFact] = []
    var marks: [MarkFact] = []
    var offences = OffenceHistory()
    /// The time of the look, in nanoseconds since 1970.
    var nowNanoseconds: UInt64 = 0
}

/// Decides what to do again.
enum RecoveryPlan {
    /// Sequences of the intake messages to deal with (again), in rising order.
    /// - Complexity: O(n log n) in the number of facts.
    static func open(_ history: RecoveryHistory) -> [UInt64] {
        var steps = history.intake.map(Step.init) + history.answers.map(Step.init)
        steps.sort()
        var result = history.unreadable.filter { !history.deadLetters.contains($0) }
        var start = 0
        while start < steps.count {
            var end = start
            while end < steps.count && steps[end].ticket == steps[start].ticket { end += 1 }
            result += openMessages(steps[start..<end])
            start = end
        }
        result += StandingPlan.open(history.backfills)
        result += StandingPlan.open(history.marks, nowNanoseconds: history.nowNanoseconds)
        return result.sorted()
    }

    /// The messages of one ticket that have no answer.
    private static func openMessages(_ steps: ArraySlice<Step>) -> [UInt64] {
        var tickets: [UInt64] = []
        var cancels: [UInt64] = []
        for step in steps {
            switch step.what {
            case .ticket: tickets.append(step.sequence)
            case .cancel: cancels.append(step.sequence)
            case .answer(.ended): tickets.removeAll()
            case .answer(.cancelled):
                tickets.removeAll()
                cancels.removeAll()
            case .answer(.ticketRefused): _ = tickets.popLast()
            case .answer(.cancelRefused):
                if !cancels.isEmpty { cancels.removeFirst() }
            }
        }
        return tickets + cancels
    }

    /// A fact in the order in which things happened to one ticket.
    private struct Step: Comparable {
        enum What: Equatable {
            case ticket
            case cancel
            case answer(AnswerFact.Kind)
        }

        let ticket: TicketID
        let time: UInt64
        /// Position in the intake stream; 0 for answers.
        let sequence: UInt64
        let what: What

        init(_ fact: IntakeFact) {
            ticket = fact.ticket
            time = fact.storedNanoseconds
            sequence = fact.sequence
            what = fact.isCancel ? .cancel : .ticket
        }

        init(_ fact: AnswerFact) {
            ticket = fact.ticket
            time = fact.storedNanoseconds
            sequence = 0
            what = .answer(fact.kind)
        }

        /// Answers after messages of the same moment: nothing is answered before it came.
        private var rank: Int {
            switch what {
            case .ticket, .cancel: 0
            case .answer(let kind): 1 + kind.rawValue
            }
        }

        static func < (left: Step, right: Step) -> Bool {
            (left.ticket.high, left.ticket.low, left.time, left.rank, left.sequence)
                < (right.ticket.high, right.ticket.low, right.time, right.rank, right.sequence)
        }
    }
}
