// Works out from the streams who refused or ignored proposed matches in earlier runs, and when: the
// core forgets with its process, the offenders must not profit by that. Pure: facts in, commands
// out. It reaches as far back as the streams do.
import MatchCore

/// What the streams hold about refused and ignored matches.
struct OffenceHistory: Sendable {
    /// A ticket that ended because it declined a match or did not accept it in time.
    struct Close: Sendable, Equatable {
        let ticket: TicketID
        /// The queue of the match by its name in the file.
        let queue: String
        let isDeclined: Bool
        let storedNanoseconds: UInt64
    }

    /// A ticket that ended so, as its lobby sent it.
    struct Offender: Sendable, Equatable {
        let ticket: TicketID
        let queue: QueueIndex
        let players: [PlayerID]
        let storedNanoseconds: UInt64
    }

    /// What was said for such a ticket.
    struct Said: Sendable, Equatable {
        let request: AnswerRequest
        let storedNanoseconds: UInt64

        static func == (left: Said, right: Said) -> Bool {
            left.storedNanoseconds == right.storedNanoseconds
                && AnswerKey(left.request) == AnswerKey(right.request)
                && left.request.answer == right.request.answer
                && left.request.player == right.request.player
        }
    }

    /// A mark that was taken back.
    struct Pardon: Sendable, Equatable {
        let player: PlayerID
        let scope: CooldownScope
        let storedNanoseconds: UInt64
    }

    var closes: [Close] = []
    var offenders: [Offender] = []
    var said: [Said] = []
    /// Answers that were refused, by ticket and match.
    var refused: [AnswerKey: Int] = [:]
    var pardons: [Pardon] = []
}

/// A ticket and the match that an answer names.
struct AnswerKey: Hashable, Sendable {
    let ticket: TicketID
    let match: MatchID

    init(ticket: TicketID, match: MatchID) {
        self.ticket = ticket
        self.match = match
    }

    init(_ request: AnswerRequest) { self.init(ticket: request.ticket, match: request.match) }
}

/// Decides what the core is told of earlier offences.
enum OffencePlan {
    /// Offences in the order in which they happened, and between them the pardons of those players:
    /// to be taken before anything else of the past.
    /// - Complexity: O(n log n) in the number of facts.
    static func commands(
        _ history: OffenceHistory, nowNanoseconds: UInt64, tickNanoseconds: UInt64
    ) -> [Command] {
        var steps: [(time: UInt64, command: Command)] = []
        var known: Set<PlayerID> = []
        let offenders = Dictionary(grouping: history.offenders, by: \.ticket)
        let said = Dictionary(grouping: history.said, by: \.request.ticket)
        for close in history.closes {
            let before = offenders[close.ticket, default: []].filter {
                $0.storedNanoseconds <= close.storedNanoseconds
            }
            guard let offender = before.max(by: { $0.storedNanoseconds < $1.storedNanoseconds })
            else { continue }
            let words = said[close.ticket, default: []].filter {
                (offender.storedNanoseconds...close.storedNanoseconds).contains(
                    $0.storedNanoseconds)
            }
            let answer = refusal(among: words, history.refused)
            if !close.isDeclined, answer?.answer == .undelivered { continue }
            let age = nowNanoseconds - min(close.storedNanoseconds, nowNanoseconds)
            let ticksAgo = min(age / tickNanoseconds, UInt64(TicketRequest.waitedTicksMax))
            let blamed = close.isDeclined ? answer?.player : nil
            let isOneToBlame = blamed.map(offender.players.contains) ?? false
            for player in offender.players where !isOneToBlame || player == blamed {
                known.insert(player)
                let request = OffenceRequest(
                    player: player, queue: offender.queue, ticksAgo: Int32(ticksAgo))
                steps.append((close.storedNanoseconds, .offence(request)))
            }
        }
        for pardon in history.pardons where known.contains(pardon.player) {
            let request = MarkRequest(player: pardon.player, scope: pardon.scope, ticks: 0)
            steps.append((pardon.storedNanoseconds, .mark(request)))
        }
        // What happened at one moment stays in the order in which it was found.
        return steps.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }.map(\.element.command)
    }

    /// The answer by which the ticket left: the first that it gave for a match, unless that was
    /// an acceptance, which stands, or all that it said of the match was refused.
    private static func refusal(
        among words: [OffenceHistory.Said], _ refused: [AnswerKey: Int]
    ) -> AnswerRequest? {
        let matches = Dictionary(grouping: words, by: { AnswerKey($0.request) })
        let effective = matches.compactMap { key, said -> OffenceHistory.Said? in
            guard said.count > refused[key, default: 0] else { return nil }
            let first = said.min { $0.storedNanoseconds < $1.storedNanoseconds }
            return first?.request.answer == .accepted ? nil : first
        }
        return effective.max { $0.storedNanoseconds < $1.storedNanoseconds }?.request
    }
}
