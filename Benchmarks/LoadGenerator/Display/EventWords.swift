// Events as sentences for people.
import MatchCore
import Wire

/// Makes sentences.
enum EventWords {
    /// "5v5 in eu: 10 players, 1,512 against 1,509, spread 38, waited 4.2 s, ping ≤ 41 ms, …".
    static func sentence(_ match: MatchMessage) -> String {
        let quality = match.quality
        let seats = match.teams.flatMap(\.seats)
        let players = seats.reduce(0) { $0 + $1.players.count }
        let waited = seats.map { Double($0.waitMilliseconds) / 1_000 }.max() ?? 0
        return "\(mode(match)) in \(match.region): \(players) players, \(ratings(match)), "
            + "spread \(NumberText.fixed(Double(quality.ratingDeviationPoints), 0)), "
            + "waited \(NumberText.duration(seconds: waited)), "
            + "ping ≤ \(quality.latencyMillisecondsMax) ms, "
            + "quality \(NumberText.fixed(Double(quality.composite), 2))"
    }

    static func sentence(_ event: EventMessage) -> String {
        switch event {
        case .matched(let match): return "matched: \(sentence(match))"
        case .closed(let closed):
            let wait = NumberText.duration(seconds: Double(closed.waitMilliseconds) / 1_000)
            return "closed: ticket \(closed.ticket.uuidText) in \(closed.queue) "
                + "after \(wait): \(words(closed.reason.name))"
        case .rejected(let rejection):
            let ticket = rejection.ticket.map { "ticket \($0.uuidText)" } ?? "a message"
            let place = rejection.queue.isEmpty ? "" : " for \(rejection.queue)"
            let detail = rejection.detail.isEmpty ? "" : " (\(rejection.detail))"
            return "rejected: \(ticket)\(place): \(words(rejection.reason.name))\(detail)"
        default: return further(event)
        }
    }

    /// What is said about matches that are not certain yet, or run already.
    private static func further(_ event: EventMessage) -> String {
        switch event {
        case .proposed(let proposed):
            let seconds = NumberText.duration(seconds: Double(proposed.acceptMilliseconds) / 1_000)
            return "proposed, \(seconds) to accept: \(sentence(proposed.match))"
        case .substituted(let substituted):
            return "proposed as a substitute: ticket \(substituted.seat.ticket.uuidText) "
                + "in \(substituted.queue)"
        case .returned(let returned):
            return "returned: ticket \(returned.ticket.uuidText) in \(returned.queue): "
                + words(returned.reason.name)
        case .backfilled(let backfilled):
            return "backfilled: \(backfilled.seats.count) tickets join match "
                + "\(backfilled.match.uuidText) in \(backfilled.queue)"
        case .backfillEnded(let ended):
            return "backfill ended: match \(ended.match.uuidText): "
                + ended.reason.name.split(separator: "_").dropFirst(3).joined(separator: " ")
                .lowercased()
        case .matched, .closed, .rejected: return sentence(event)
        }
    }

    /// "5v5", "2v2v2", "8-player free-for-all".
    static func mode(_ match: MatchMessage) -> String {
        let sizes = match.teams.map { $0.seats.reduce(0) { $0 + $1.players.count } }
        if sizes.count > 2 && sizes.allSatisfy({ $0 == 1 }) {
            return "\(sizes.count)-player free-for-all"
        }
        return sizes.map { String($0) }.joined(separator: "v")
    }

    /// "1,512 against 1,509"; "1,512, 1,509 and 1,498"; the extremes where there are many.
    private static func ratings(_ match: MatchMessage) -> String {
        let means = match.teams.map(mean)
        let texts = means.map { NumberText.fixed($0, 0) }
        switch texts.count {
        case 2: return "\(texts[0]) against \(texts[1])"
        case 3: return "\(texts[0]), \(texts[1]) and \(texts[2])"
        default:
            return "\(NumberText.fixed(means.min() ?? 0, 0)) to "
                + NumberText.fixed(means.max() ?? 0, 0)
        }
    }

    /// Mean rating of a team's players.
    private static func mean(_ team: TeamMessage) -> Double {
        let players = team.seats.reduce(0) { $0 + $1.players.count }
        let sum = team.seats.reduce(0) { $0 + $1.rating * Double($1.players.count) }
        return players == 0 ? 0 : sum / Double(players)
    }

    /// CLOSE_REASON_QUEUE_REMOVED → "queue removed".
    private static func words(_ name: String) -> String {
        name.split(separator: "_").dropFirst(2).joined(separator: " ").lowercased()
    }
}
