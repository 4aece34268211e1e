// All matches that this server holds, and its answers to those who offer and take them away: the
// same question gets the same answer, and who has lost a shard or an attempt is refused. Pure.
import MatchCore
import Wire

/// What is said to a claim.
enum ClaimDecision {
    case answer(ClaimStatus, detail: String)
    /// New: to be made, and handed to `hold`.
    case accept(FightMode)
}

/// The matches of this server.
struct MatchBook {
    private let content: FightContent
    private let matchCountMax: Int
    /// Matches that are played or wait for players.
    private(set) var sessions: [MatchID: MatchSession] = [:]
    /// Matches that are over and whose last report is not stored yet. They keep their places, so
    /// that a server which cannot report takes no more than it can remember.
    private(set) var unreported: [ServerSession] = []
    private var epochs: [String: UInt64] = [:]
    private var answers = AnswerMemory()
    /// No new matches any more.
    var isDraining = false

    /// Shards whose epochs are kept; claims of further ones are refused.
    private static let shardCountMax = 4_096

    init(content: FightContent, matchCountMax: Int) {
        self.content = content
        self.matchCountMax = matchCountMax
    }

    /// Places that are taken.
    var heldCount: Int { sessions.count + unreported.count }

    /// Every match that is held, as the heartbeat tells it.
    var summaries: [ServerSession] { sessions.values.map(\.summary) + unreported }

    // MARK: - Claims

    /// What a claim gets, and the match that a higher attempt has ended.
    mutating func decide(_ claim: ClaimMessage) -> (ClaimDecision, dropped: MatchSession?) {
        let match = claim.match.match
        if let stale = fence(claim.owner) { return (.answer(.staleEpoch, detail: stale), nil) }
        if epochs[claim.owner.shard] == nil {
            let detail = "more than \(MatchBook.shardCountMax) shards cannot be kept apart"
            return (.answer(.unavailable, detail: detail), nil)
        }
        var dropped: MatchSession?
        if let known = answer(to: match) {
            if claim.attempt < known.attempt {
                let detail = "attempt \(known.attempt) is known"
                return (.answer(.staleAttempt, detail: detail), nil)
            }
            if claim.attempt == known.attempt {
                return (.answer(known.status, detail: "as before"), nil)
            }
            dropped = drop(match)
        }
        let decision = decideNew(claim)
        if case .answer(let status, _) = decision, status != .invalid {
            answers[match] = Answer(attempt: claim.attempt, status: status)
        }
        return (decision, dropped)
    }

    private func decideNew(_ claim: ClaimMessage) -> ClaimDecision {
        let playerCount = claim.match.teams.reduce(0) { sum, team in
            sum + team.seats.reduce(0) { $0 + $1.players.count }
        }
        if playerCount > WireLimits.matchPlayerCountMax {
            let detail = "match.teams: have \(playerCount) players, not 1..."
            return .answer(.invalid, detail: detail + "\(WireLimits.matchPlayerCountMax)")
        }
        if isDraining { return .answer(.draining, detail: "") }
        guard let mode = content.mode(queue: claim.match.queue) else {
            return .answer(.unknownMode, detail: "queue '\(claim.match.queue)' is not played here")
        }
        if heldCount >= matchCountMax {
            return .answer(.full, detail: "\(heldCount) matches are held")
        }
        return .accept(mode)
    }

    /// Takes in a match that `decide` has accepted.
    mutating func hold(_ session: MatchSession) {
        precondition(sessions[session.match] == nil && heldCount < matchCountMax)
        sessions[session.match] = session
        answers[session.match] = Answer(attempt: session.attempt, status: .accepted)
    }

    /// An attempt of an earlier run: it is over, and not taken again.
    mutating func noteOver(_ match: MatchID, attempt: UInt32) {
        answers[match] = Answer(attempt: attempt, status: .over)
    }

    // MARK: - Releases

    /// What a release gets, and the match that it has ended.
    mutating func release(
        _ release: ReleaseMessage
    ) -> (ReleaseStatus, detail: String, dropped: MatchSession?) {
        if let stale = fence(release.owner) { return (.staleEpoch, stale, nil) }
        // Of a higher attempt the asker knows nothing; that one goes on.
        if let known = answer(to: release.match), known.attempt > release.attempt {
            return (.released, "", nil)
        }
        let dropped = drop(release.match)
        // Also if it was never here: its claim may still be under way.
        answers[release.match] = Answer(attempt: release.attempt, status: .over)
        return (.released, "", dropped)
    }

    // MARK: - Matches

    /// Changes a match in place.
    mutating func update<Result>(
        _ match: MatchID, _ change: (inout MatchSession) -> Result
    ) -> Result? {
        // Taken out and put back, so that the session has one owner and is not copied.
        guard var session = sessions.removeValue(forKey: match) else { return nil }
        defer { sessions[match] = session }
        return change(&session)
    }

    /// A match is over; its last report is under way.
    mutating func close(_ match: MatchID) -> MatchSession? {
        guard let session = drop(match) else { return nil }
        unreported.append(
            ServerSession(
                match: match, attempt: session.attempt, state: .over, playerCount: 0))
        return session
    }

    /// The last report of a match is stored: its place is free again.
    mutating func noteReported(_ match: MatchID, attempt: UInt32) {
        unreported.removeAll { $0.match == match && $0.attempt == attempt }
    }

    /// Why the match of a token is not here.
    func refusal(of match: MatchID, attempt: UInt32) -> JoinRefusal {
        guard let known = answers[match] else { return .unknownMatch }
        return known.attempt == attempt && known.status == .over ? .matchOver : .unknownMatch
    }

    private mutating func drop(_ match: MatchID) -> MatchSession? {
        guard let session = sessions.removeValue(forKey: match) else { return nil }
        noteOver(match, attempt: session.attempt)
        return session
    }

    /// What was last said about a match. A match that is held is known even if so much was said
    /// since that its answer is forgotten.
    private func answer(to match: MatchID) -> Answer? {
        if let session = sessions[match] {
            return Answer(attempt: session.attempt, status: .accepted)
        }
        return answers[match]
    }

    /// Why an owner is refused, or nil; takes note of a higher epoch as long as there is room.
    private mutating func fence(_ owner: ShardOwner) -> String? {
        if let known = epochs[owner.shard] {
            if owner.epoch < known { return "epoch \(known) is known" }
        } else if epochs.count >= MatchBook.shardCountMax {
            return nil
        }
        epochs[owner.shard] = owner.epoch
        return nil
    }
}

/// What was said about a match, under its highest attempt.
private struct Answer {
    let attempt: UInt32
    let status: ClaimStatus
}

/// The last answers; the oldest are forgotten.
private struct AnswerMemory {
    private var answers: [MatchID: Answer] = [:]
    private var order: [MatchID] = []
    private var oldest = 0

    private static let countMax = 65_536

    subscript(match: MatchID) -> Answer? {
        get { answers[match] }
        set {
            guard let newValue else { return }
            if answers.updateValue(newValue, forKey: match) != nil { return }
            if order.count < AnswerMemory.countMax {
                order.append(match)
                return
            }
            answers[order[oldest]] = nil
            order[oldest] = match
            oldest = (oldest + 1) % AnswerMemory.countMax
        }
    }
}
