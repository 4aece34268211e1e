// Claims, content and tokens for tests.
import MatchCore
import ServerTrust
import Wire
import WorldCore

@testable import worldd

extension FightContent {
    /// One class, one quick fight for `duel`; other queues are not played.
    static var duels: FightContent {
        var content = FightContent()
        content.standardClass = FighterClass(
            name: "fighter", healthMax: 300, damage: 90, actionTicks: 5, hitPerMille: 900,
            critPerMille: 100, variancePerMille: 300)
        content.modesByQueue["duel"] = FightMode(
            rules: FightRules(
                name: "duel", timeLimitTicks: 600, returnTicks: 0, killsToWin: 0,
                assistTicks: 100, focusPerMille: 300, skillPerMillePer100Points: 50,
                awayPerMille: 900), killsPerPlayer: 0)
        return content
    }
}

extension ClaimMessage {
    /// - Parameters:
    ///   - number: tells matches apart.
    ///   - players: by team.
    static func of(
        _ number: UInt64, attempt: UInt32 = 1, queue: String = "duel", shard: String = "s",
        epoch: UInt64 = 1, players: [[UInt64]] = [[1, 2], [3, 4]]
    ) -> ClaimMessage {
        let teams = players.enumerated().map { team, members in
            TeamMessage(seats: [
                SeatMessage(
                    ticket: TicketID(high: number, low: UInt64(team + 1)), lobby: "l",
                    players: members.map { PlayerID($0) }, rating: 1500, waitMilliseconds: 0,
                    latencyMilliseconds: 0)
            ])
        }
        return ClaimMessage(
            match: MatchMessage(
                match: MatchID(high: number, low: 1), queue: queue, region: "eu",
                rulesVersion: 1, tick: 1, quality: QualityMessage(), teams: teams,
                formedAtMilliseconds: 1), attempt: attempt,
            owner: ShardOwner(shard: shard, epoch: epoch))
    }

    /// The session of this claim under `FightContent.duels`.
    func session(
        seed: UInt64 = 1, waitNanoseconds: UInt64 = 1_000, isAutoplay: Bool = false
    ) -> MatchSession {
        guard let mode = FightContent.duels.mode(queue: "duel") else { preconditionFailure() }
        return MatchSession(
            self, content: .duels, mode: mode, seed: seed, nowNanoseconds: 0,
            waitNanoseconds: waitNanoseconds, isAutoplay: isAutoplay)
    }

    func token(_ player: UInt64, team: UInt32, nonce: UInt64 = 1) -> JoinToken {
        JoinToken(
            match: match.match, attempt: attempt, server: "a", player: PlayerID(player),
            team: team, expirySeconds: 1, nonce: nonce)
    }
}
