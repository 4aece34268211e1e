// What this server says to a player's client: one JSON object a line, with one field that names it.
// Numbers of 64 bits are strings, as in the JSON form of the messages.
import MatchCore
import Wire
import WorldCore

/// Lines to players.
enum ServerLine {
    /// The player is in.
    static func welcome(
        _ session: MatchSession, _ fighter: FighterIndex, tickMilliseconds: Int
    ) -> String {
        let place = session.gate.places[fighter.raw]
        return "{\"welcome\":{\"matchId\":\"\(session.match.uuidText)\",\"player\":"
            + "\"\(place.player.raw)\",\"team\":\(place.team),\"players\":"
            + "\(session.gate.places.count),\"joined\":\(session.gate.joinedCount),"
            + "\"tickMs\":\(tickMilliseconds)}}"
    }

    /// The player is not let in; the connection is closed.
    static func refused(_ refusal: JoinRefusal) -> String {
        "{\"refused\":{\"code\":\"\(refusal.rawValue)\"}}"
    }

    /// The last line could not be used; the player stays.
    static func error(_ code: String) -> String { "{\"error\":{\"code\":\"\(code)\"}}" }

    /// How the match stands.
    static func state(_ session: MatchSession) -> String {
        let fight = session.fight
        var teams = Array(repeating: "", count: fight.teamCount)
        for (index, place) in session.gate.places.enumerated() {
            let fighter = FighterIndex(index)
            if !teams[place.team].isEmpty { teams[place.team] += "," }
            teams[place.team] +=
                "{\"id\":\"\(place.player.raw)\",\"health\":\(fight.health(of: fighter)),"
                + "\"healthMax\":\(fight.healthMax(of: fighter)),"
                + "\"here\":\(fight.isPresent(fighter))}"
        }
        let lists = teams.enumerated().map {
            "{\"score\":\(fight.scores[$0]),\"players\":[\($1)]}"
        }
        let falls = fight.falls.map { fall in
            let victim = session.gate.places[fall.victim.raw].player.raw
            let killer = session.gate.places[fall.killer.raw].player.raw
            return "{\"victim\":\"\(victim)\",\"killer\":\"\(killer)\"}"
        }
        return "{\"state\":{\"tick\":\(fight.tick),\"teams\":[\(lists.joined(separator: ","))],"
            + "\"falls\":[\(falls.joined(separator: ","))]}}"
    }

    /// The match has been played to its end; the connection is closed.
    static func ended(_ result: MatchResult) -> String {
        let winner = result.winner.map(String.init) ?? "null"
        return "{\"bye\":{\"reason\":\"ended\",\"winner\":\(winner)}}"
    }

    /// The match ends without a result, or the player has said bye; the connection is closed.
    static func bye(_ reason: ByeReason) -> String {
        "{\"bye\":{\"reason\":\"\(reason.rawValue)\"}}"
    }
}

/// Why a player is sent away.
enum ByeReason: String {
    case left
    /// The platform has taken the match away from this server.
    case released
    /// The server stops.
    case shutdown
}
