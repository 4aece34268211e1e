// Lets players into one match: each into his own place, one connection at a time, each token once.
// Pure; the token's signature, server and time have been checked before.
import DaemonKit
import MatchCore
import ServerTrust
import WorldCore

/// Why a player may not join; the text is the code that the player is told.
enum JoinRefusal: String, CaseIterable, Sendable {
    /// No token, or one that the platform has not signed for this server.
    case badToken = "bad_token"
    case expired
    case unknownMatch = "unknown_match"
    case wrongAttempt = "wrong_attempt"
    /// The player is not in the match, or not in that team.
    case notInMatch = "not_in_match"
    case alreadyUsed = "already_used"
    case alreadyJoined = "already_joined"
    /// The player has come and gone too often.
    case tooManyJoins = "too_many_joins"
    case matchOver = "match_over"
    /// The server has more to do than it can.
    case busy
}

/// A player's place in a match.
struct Place: Equatable, Sendable {
    let player: PlayerID
    let team: Int
}

/// The door of one match.
struct JoinGate: Sendable {
    /// By fighter.
    let places: [Place]
    private let fighters: [PlayerID: FighterIndex]
    private(set) var connections: [LineConnectionID: FighterIndex] = [:]
    private var isConnected: [Bool]
    /// Tokens that were used, by fighter.
    private var nonces: [[UInt64]]

    /// Joins of one player to one match.
    static let joinCountMax = 16

    /// - Parameter places: of all fighters, in their order, no player twice.
    init(places: [Place]) {
        self.places = places
        fighters = Dictionary(
            uniqueKeysWithValues: places.enumerated().map { ($1.player, FighterIndex($0)) })
        isConnected = Array(repeating: false, count: places.count)
        nonces = Array(repeating: [], count: places.count)
    }

    /// Players who are connected.
    var connectedCount: Int { connections.count }
    /// Players who were ever connected.
    var joinedCount: Int { nonces.count { !$0.isEmpty } }

    func hasJoined(_ fighter: FighterIndex) -> Bool { !nonces[fighter.raw].isEmpty }
    func isConnected(_ fighter: FighterIndex) -> Bool { isConnected[fighter.raw] }
    func fighter(of player: PlayerID) -> FighterIndex? { fighters[player] }

    /// Lets a player in, or says why not.
    mutating func join(
        _ token: JoinToken, _ connection: LineConnectionID
    ) -> Result<FighterIndex, JoinError> {
        guard let fighter = fighters[token.player], places[fighter.raw].team == Int(token.team)
        else { return .failure(JoinError(.notInMatch)) }
        let index = fighter.raw
        if nonces[index].contains(token.nonce) { return .failure(JoinError(.alreadyUsed)) }
        if isConnected[index] || connections[connection] != nil {
            return .failure(JoinError(.alreadyJoined))
        }
        if nonces[index].count >= JoinGate.joinCountMax {
            return .failure(JoinError(.tooManyJoins))
        }
        nonces[index].append(token.nonce)
        isConnected[index] = true
        connections[connection] = fighter
        return .success(fighter)
    }

    /// The player of a connection is gone; who it was, if anybody.
    mutating func leave(_ connection: LineConnectionID) -> FighterIndex? {
        guard let fighter = connections.removeValue(forKey: connection) else { return nil }
        isConnected[fighter.raw] = false
        return fighter
    }
}

/// A refusal as an error.
struct JoinError: Error, Equatable {
    let refusal: JoinRefusal
    init(_ refusal: JoinRefusal) { self.refusal = refusal }
}
