// Works out which requests for players and which marks of an earlier run still stand: what nothing
// has ended, by the streams alone. Pure: facts in, sequences out.
import MatchCore
import Wire

/// Something that happened to a running match's requests for players.
struct BackfillFact: Sendable, Equatable {
    enum What: Sendable, Equatable {
        /// Asked with this generation, by the intake message with this sequence.
        case asked(UInt32, UInt64)
        /// Taken back by the intake message with this sequence.
        case takenBack(UInt64)
        /// A request of this generation ended or was refused.
        case ended(UInt32, BackfillEndCode)
        /// Somebody joined for the request of this generation.
        case filled(UInt32)
    }

    let match: MatchID
    let what: What
    let storedNanoseconds: UInt64
}

/// A mark on the intake stream.
struct MarkFact: Sendable, Equatable {
    let player: PlayerID
    let scope: CooldownScope
    let sequence: UInt64
    /// In nanoseconds since 1970; 0 for a message that takes marks back.
    let endsNanoseconds: UInt64
}

/// Decides what to put into force again.
enum StandingPlan {
    /// Sequences of the requests that stand, and of withdrawals without an answer. A request for
    /// which somebody has joined is over: its places are no longer those that it names, and the
    /// match asks again with its new roster.
    /// - Complexity: O(n log n).
    static func open(_ facts: [BackfillFact]) -> [UInt64] {
        // Answers after messages of the same moment: nothing is answered before it came.
        let ordered = facts.enumerated().sorted {
            let (left, right) = ($0.element, $1.element)
            return (left.storedNanoseconds, left.isAnswer ? 1 : 0, $0.offset)
                < (right.storedNanoseconds, right.isAnswer ? 1 : 0, $1.offset)
        }
        var matches: [MatchID: Standing] = [:]
        for (_, fact) in ordered { matches[fact.match, default: Standing()].take(fact.what) }
        return matches.values.flatMap(\.sequences)
    }

    /// Sequences of the marks that have not run out and were not taken back, in no order.
    /// - Precondition: `facts` stand in the order of their sequences.
    static func open(_ facts: [MarkFact], nowNanoseconds: UInt64) -> [UInt64] {
        struct Bearer: Hashable {
            let player: PlayerID
            let scope: CooldownScope
        }
        var standing: [Bearer: [UInt64]] = [:]
        for fact in facts {
            let bearer = Bearer(player: fact.player, scope: fact.scope)
            if fact.endsNanoseconds == 0 {
                standing[bearer] = nil
            } else if fact.endsNanoseconds > nowNanoseconds {
                standing[bearer, default: []].append(fact.sequence)
            }
        }
        return standing.values.flatMap { $0 }
    }

    /// One match's state as the facts go by.
    private struct Standing {
        var asked: (generation: UInt32, sequence: UInt64)?
        /// The highest generation for which somebody has joined.
        var filledGeneration: UInt32 = 0
        var takenBack: [UInt64] = []

        var sequences: [UInt64] { (asked.map { [$0.sequence] } ?? []) + takenBack }

        mutating func take(_ what: BackfillFact.What) {
            switch what {
            case .asked(let generation, let sequence):
                // One that is not newer is refused.
                if generation > max(asked?.generation ?? 0, filledGeneration) {
                    asked = (generation, sequence)
                }
            case .takenBack(let sequence): takenBack.append(sequence)
            case .filled(let generation):
                filledGeneration = max(filledGeneration, generation)
                end(generation)
            case .ended(let generation, let reason):
                switch reason {
                case .filled, .expired, .notAllowed, .tableFull, .joinersLost: end(generation)
                case .withdrawn:
                    end(generation)
                    if !takenBack.isEmpty { takenBack.removeFirst() }
                case .unknownMatch: if !takenBack.isEmpty { takenBack.removeFirst() }
                case .staleGeneration, .unspecified: break
                }
            }
        }

        private mutating func end(_ generation: UInt32) {
            if let asked, asked.generation <= generation { self.asked = nil }
        }
    }
}

extension BackfillFact {
    fileprivate var isAnswer: Bool {
        switch what {
        case .asked, .takenBack: false
        case .ended, .filled: true
        }
    }
}
