// One match on this server, from the accepted claim to its result: waits for its players, fights,
// counts. Pure: time comes in with each call, chance as a seed.
import DaemonKit
import MatchCore
import ServerTrust
import Wire
import WorldCore

/// What a match has come to in a step.
enum SessionNews: Equatable {
    /// It is fought from now on.
    case started(playerCount: Int)
    case ended(MatchResult)
}

/// One match.
struct MatchSession: Sendable {
    let match: MatchID
    let attempt: UInt32
    private(set) var gate: JoinGate
    private(set) var fight: Fight
    private(set) var state: SessionState = .ready
    private let seed: UInt64
    private let teamSizes: [Int]
    private let isAutoplay: Bool
    /// When the fight begins without those who have not come.
    private let startsAt: UInt64
    private var intents: [Intent] = []

    /// Intents of one tick; further ones are dropped.
    private static let intentCountMax = 512

    /// - Parameters:
    ///   - claim: has at most `Fight.fighterCountMax` players, none twice.
    ///   - waitNanoseconds: time for the players to join.
    ///   - isAutoplay: all players are bots and nobody is waited for.
    init(
        _ claim: ClaimMessage, content: FightContent, mode: FightMode, seed: UInt64,
        nowNanoseconds: UInt64, waitNanoseconds: UInt64, isAutoplay: Bool
    ) {
        match = claim.match.match
        attempt = claim.attempt
        self.seed = seed
        self.isAutoplay = isAutoplay
        startsAt = isAutoplay ? nowNanoseconds : nowNanoseconds + waitNanoseconds
        var places: [Place] = []
        var teams: [[FighterSetup]] = []
        for (team, message) in claim.match.teams.enumerated() {
            var fighters: [FighterSetup] = []
            for seat in message.seats {
                for (index, player) in seat.players.enumerated() {
                    places.append(Place(player: player, team: team))
                    let role = index < seat.roles.count ? seat.roles[index] : ""
                    guard let fighterClass = content.fighterClass(role: role) else {
                        preconditionFailure("content always has a standard class")
                    }
                    fighters.append(
                        FighterSetup(
                            fighterClass: fighterClass, rating: Int32(seat.rating.rounded())))
                }
            }
            teams.append(fighters)
        }
        gate = JoinGate(places: places)
        teamSizes = teams.map(\.count)
        fight = Fight(
            rules: mode.rules(teamSize: teamSizes[0]), teams: teams, seed: seed)
    }

    /// As the heartbeat tells it.
    var summary: ServerSession {
        ServerSession(
            match: match, attempt: attempt, state: state,
            playerCount: UInt32(gate.connectedCount))
    }

    // MARK: - Players

    mutating func join(
        _ token: JoinToken, _ connection: LineConnectionID
    ) -> Result<FighterIndex, JoinError> {
        if token.attempt != attempt { return .failure(JoinError(.wrongAttempt)) }
        let result = gate.join(token, connection)
        if case .success(let fighter) = result { note(.arrive(fighter)) }
        return result
    }

    mutating func leave(_ connection: LineConnectionID) {
        if let fighter = gate.leave(connection) { note(.leave(fighter)) }
    }

    /// The player of a connection wants to turn on another; false if there is none of that id.
    mutating func focus(_ connection: LineConnectionID, on player: PlayerID) -> Bool {
        guard let fighter = gate.connections[connection], let enemy = gate.fighter(of: player)
        else { return false }
        note(.focus(fighter, on: enemy))
        return true
    }

    /// Arrivals and departures are never dropped: each needs a connection, and those are bounded.
    private mutating func note(_ intent: Intent) {
        if case .focus = intent, intents.count >= MatchSession.intentCountMax { return }
        intents.append(intent)
    }

    // MARK: - Time

    /// One tick of the match.
    /// - Parameter tickMilliseconds: what a tick lasts, for the result.
    mutating func advance(
        nowNanoseconds: UInt64, tickMilliseconds: Int
    ) -> SessionNews? {
        switch state {
        case .ready:
            let isComplete = gate.joinedCount == gate.places.count
            guard isComplete || nowNanoseconds >= startsAt else { return nil }
            state = .running
            return .started(playerCount: gate.connectedCount)
        case .running:
            fight.step(intents)
            intents.removeAll(keepingCapacity: true)
            guard let outcome = fight.outcome else { return nil }
            return .ended(result(outcome, tickMilliseconds: tickMilliseconds))
        case .over, .preparing, .unspecified:
            preconditionFailure("a session is ready or running; who is over is closed")
        }
    }

    private func result(_ outcome: FightOutcome, tickMilliseconds: Int) -> MatchResult {
        var first = 0
        let teams = teamSizes.enumerated().map { team, size in
            defer { first += size }
            return TeamResult(
                score: fight.scores[team],
                players: (first..<first + size).map { player(FighterIndex($0)) })
        }
        return MatchResult(
            winner: outcome.winner, teams: teams,
            durationMilliseconds: UInt32(clamping: Int(outcome.tickCount) * tickMilliseconds),
            seed: seed)
    }

    private func player(_ fighter: FighterIndex) -> PlayerResult {
        let tally = fight.tallies[fighter.raw]
        let presence: PlayerPresence
        if isAutoplay || gate.isConnected(fighter) {
            presence = .played
        } else {
            presence = gate.hasJoined(fighter) ? .leftEarly : .neverJoined
        }
        return PlayerResult(
            player: gate.places[fighter.raw].player, kills: tally.kills, deaths: tally.deaths,
            assists: tally.assists, damage: tally.damage, healing: tally.healing,
            presence: presence)
    }
}
