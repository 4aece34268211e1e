// Random messages of game servers within every limit.

import MatchCore
import Wire

extension Sample {
    static func heartbeat(_ random: inout SeededGenerator) -> HeartbeatMessage {
        HeartbeatMessage(
            server: token(&random), incarnation: .random(in: 1...UInt64.max, using: &random),
            region: token(&random), address: "host-1.example:7400", build: "é 1",
            matchCountMax: .random(in: 0...512, using: &random),
            isDraining: .random(using: &random),
            sessions: (0..<Int.random(in: 0...20, using: &random)).map { _ in
                let match = matchID(&random)
                return ServerSession(
                    match: match, attempt: .random(in: 1...UInt32.max, using: &random),
                    state: SessionState.allCases.randomElement(using: &random) ?? .ready,
                    playerCount: .random(in: 0...80, using: &random))
            },
            queues: names(0...9, &random))
    }

    static func claim(_ random: inout SeededGenerator) -> ClaimMessage {
        var number: UInt64 = 0
        var match = MatchMessage(
            match: matchID(&random), queue: token(&random), region: token(&random),
            rulesVersion: 1, tick: 2, quality: QualityMessage(fairness: 0.5), teams: [],
            formedAtMilliseconds: 3)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            number += 1
            match.teams.append(
                TeamMessage(seats: [
                    SeatMessage(
                        ticket: ticketID(&random), lobby: token(&random),
                        players: [PlayerID(number)], rating: 1500, waitMilliseconds: 1,
                        latencyMilliseconds: 2)
                ]))
        }
        return ClaimMessage(
            match: match, attempt: .random(in: 1...UInt32.max, using: &random),
            owner: owner(&random), claimMilliseconds: .random(in: 0...9, using: &random),
            readyMilliseconds: .random(in: 0...UInt32.max, using: &random),
            playersMilliseconds: .random(in: 0...9, using: &random))
    }

    static func claimReply(_ random: inout SeededGenerator) -> ClaimReplyMessage {
        let status = ClaimStatus.allCases.randomElement(using: &random) ?? .full
        return ClaimReplyMessage(
            match: Bool.random(using: &random) ? nil : matchID(&random), attempt: 1,
            server: token(&random), incarnation: 5, status: status, detail: "why \"é\"\n",
            address: status == .accepted ? "[::1]:1" : "")
    }

    static func release(_ random: inout SeededGenerator) -> ReleaseMessage {
        ReleaseMessage(
            match: matchID(&random), attempt: 7, owner: owner(&random),
            reason: ReleaseReason.allCases.randomElement(using: &random) ?? .orphan)
    }

    static func releaseReply(_ random: inout SeededGenerator) -> ReleaseReplyMessage {
        ReleaseReplyMessage(
            match: Bool.random(using: &random) ? nil : matchID(&random), attempt: 1,
            server: token(&random), incarnation: 5,
            status: ReleaseStatus.allCases.randomElement(using: &random) ?? .invalid)
    }

    static func report(_ random: inout SeededGenerator) -> ReportMessage {
        let body: ReportBody
        switch Int.random(in: 0..<4, using: &random) {
        case 0: body = .ready(address: "h:65535")
        case 1: body = .started(playerCount: .random(in: 0...2, using: &random))
        case 2:
            body = .failed(
                FailReason.allCases.randomElement(using: &random) ?? .crashed, detail: "x")
        default: body = .ended(result(&random))
        }
        return ReportMessage(
            server: token(&random), incarnation: .random(in: 1...UInt64.max, using: &random),
            match: matchID(&random), attempt: .random(in: 1...UInt32.max, using: &random),
            reportedAtMilliseconds: .random(in: 0...UInt64.max, using: &random), body: body)
    }

    private static func result(_ random: inout SeededGenerator) -> MatchResult {
        let teams = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            TeamResult(
                score: .random(in: 0...UInt32.max, using: &random),
                players: (0..<Int.random(in: 1...5, using: &random)).map { _ in
                    player(&random)
                })
        }
        let winner = Int.random(in: -1..<teams.count, using: &random)
        return MatchResult(
            winner: winner < 0 ? nil : winner, teams: teams,
            durationMilliseconds: .random(in: 0...UInt32.max, using: &random),
            seed: .random(in: 0...UInt64.max, using: &random))
    }

    private static func player(_ random: inout SeededGenerator) -> PlayerResult {
        PlayerResult(
            player: PlayerID(.random(in: 1...UInt64(Int64.max), using: &random)),
            kills: .random(in: 0...9, using: &random),
            deaths: .random(in: 0...UInt32.max, using: &random),
            assists: .random(in: 0...9, using: &random),
            damage: .random(in: 0...UInt64.max, using: &random),
            healing: .random(in: 0...9, using: &random),
            presence: PlayerPresence.allCases.randomElement(using: &random) ?? .played)
    }

    private static func owner(_ random: inout SeededGenerator) -> ShardOwner {
        ShardOwner(shard: token(&random), epoch: .random(in: 1...UInt64.max, using: &random))
    }
}
