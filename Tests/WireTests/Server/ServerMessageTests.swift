// Messages of game servers: stored bytes of an encoder that is not ours, round trips, and what is
// refused with every wrong field.

import MatchCore
import Testing
import Wire

@Suite struct ServerMessageTests {
    private let match = MatchID(high: 0x1111_1111_2222_5333, low: 0x8444_5555_5555_5555)
    private let owner = ShardOwner(shard: "eu-1", epoch: 7)

    private func read<Message: CodedMessage>(
        _: Message.Type, _ bytes: [UInt8], _ type: ContentType
    ) -> Result<Message, WireError> {
        Result { () throws(WireError) in
            try bytes.withRawBytes { buffer throws(WireError) in try Message(buffer, as: type) }
        }
    }

    private func expect<Message: CodedMessage>(_ message: Message, _ name: String) throws {
        for (type, suffix) in [(ContentType.protobuf, ".bin"), (.json, ".json")] {
            let stored = try GoldenFile.bytes(name + suffix)
            #expect(read(Message.self, stored, type) == .success(message), "\(name)\(suffix)")
        }
        #expect(try message.protobuf == GoldenFile.bytes(name + ".bin"), "\(name)")
    }

    private func report(_ body: ReportBody) -> ReportMessage {
        ReportMessage(
            server: "arena-1", incarnation: 3, match: match, attempt: 2,
            reportedAtMilliseconds: 1_767_225_600_123, body: body)
    }

    // MARK: - Stored bytes

    @Test func heartbeatsClaimsAndReleasesEqualTheStoredBytes() throws {
        try expect(
            HeartbeatMessage(
                server: "arena-1", incarnation: .max, region: "us-east",
                address: "[2001:db8::1]:7400", build: "muster 1.0 é", matchCountMax: 512,
                isDraining: true,
                sessions: [
                    ServerSession(match: match, attempt: 1, state: .running, playerCount: 10),
                    ServerSession(
                        match: MatchID(high: 0x0A1B_2C3D_4E5F_4A6B, low: 0x8C7D_9E0F_1A2B_3C4D),
                        attempt: .max, state: .over, playerCount: 0),
                ], queues: ["duel", "arena_2v2"]), "server_heartbeat")
        guard
            case .success(.match(let formed)) = decodeAllocation(
                try GoldenFile.bytes("allocation.bin"))
        else {
            Issue.record("no match")
            return
        }
        try expect(
            ClaimMessage(
                match: formed, attempt: 2, owner: owner, claimMilliseconds: 3_000,
                readyMilliseconds: 20_000, playersMilliseconds: 30_000), "server_claim")
        try expect(
            ClaimReplyMessage(
                match: match, attempt: 2, server: "arena-1", incarnation: 3, status: .accepted,
                address: "10.0.0.7:7400"), "server_claim_reply")
        try expect(
            ClaimReplyMessage(
                match: nil, attempt: 0, server: "arena-1", incarnation: 3, status: .invalid,
                detail: "attempt: is missing"), "server_claim_refused")
        try expect(
            ReleaseMessage(match: match, attempt: 2, owner: owner, reason: .superseded),
            "server_release")
        try expect(
            ReleaseReplyMessage(
                match: match, attempt: 2, server: "arena-1", incarnation: 3, status: .staleEpoch,
                detail: "epoch 8 is known"), "server_release_reply")
    }

    @Test func reportsEqualTheStoredBytes() throws {
        try expect(report(.ready(address: "10.0.0.7:7400")), "report_ready")
        try expect(report(.started(playerCount: 0)), "report_started")
        try expect(report(.failed(.crashed, detail: "restarted")), "report_failed")
        let losers = TeamResult(
            score: 3,
            players: [
                PlayerResult(
                    player: PlayerID(UInt64(Int64.max)), kills: 3, deaths: 5, assists: 1,
                    damage: 123_456, healing: 99, presence: .leftEarly),
                PlayerResult(player: PlayerID(7), deaths: 2, presence: .neverJoined),
            ])
        let winners = TeamResult(
            score: 7, players: [PlayerResult(player: PlayerID(1), kills: 7, presence: .played)])
        try expect(
            report(
                .ended(
                    MatchResult(
                        winner: 1, teams: [losers, winners], durationMilliseconds: 61_500,
                        seed: .max))), "report_ended")
        let alone = TeamResult(
            score: 0, players: [PlayerResult(player: PlayerID(1), presence: .played)])
        try expect(
            report(
                .ended(MatchResult(winner: nil, teams: [alone], durationMilliseconds: 1, seed: 0))),
            "report_draw")
    }

    @Test func aReportIsKnownByMatchAttemptAndKind() {
        #expect(report(.started(playerCount: 1)).messageIdentifier == "\(match.uuidText):2:started")
        #expect(ReportKind.allCases.filter(\.isFinal) == [.failed, .ended])
    }

    // MARK: - Round trips

    @Test(arguments: ContentType.allCases)
    func randomMessagesReadBackAsThemselves(type: ContentType) {
        var random = SeededGenerator(seed: 11)
        func check<Message: CodedMessage>(_ message: Message) {
            let bytes = message.encoded(as: type)
            #expect(read(Message.self, bytes, type) == .success(message))
        }
        for _ in 0..<200 {
            check(Sample.heartbeat(&random))
            check(Sample.claim(&random))
            check(Sample.claimReply(&random))
            check(Sample.release(&random))
            check(Sample.releaseReply(&random))
            check(Sample.report(&random))
        }
    }

    @Test func theFullestHeartbeatFitsBothForms() {
        let session = ServerSession(
            match: match, attempt: 99, state: .preparing, playerCount: 128)
        let heartbeat = HeartbeatMessage(
            server: "s", incarnation: .max, region: "r", address: "h:1", matchCountMax: 512,
            sessions: Array(repeating: session, count: 512))
        for type in ContentType.allCases {
            let bytes = heartbeat.encoded(as: type)
            #expect(read(HeartbeatMessage.self, bytes, type) == .success(heartbeat))
        }
    }

    // MARK: - Refusals

    private func issues<Message: CodedMessage>(_ type: Message.Type, _ json: String) -> [String] {
        guard case .failure(.invalidFields(let issues, 0)) = read(type, Array(json.utf8), .json)
        else { return ["accepted or unreadable"] }
        return issues.map(\.path)
    }

    @Test func everyWrongFieldIsNamed() {
        #expect(
            issues(
                HeartbeatMessage.self,
                """
                {"version":1,"serverId":"a.b","region":"","address":"host","build":"\
                \(String(repeating: "b", count: 65))","capacityMatches":513,
                "sessions":[{"matchId":"x"}],"queues":["q","q"]}
                """) == [
                    "queues[1]", "capacity_matches", "server_id", "incarnation", "region",
                    "address", "build", "sessions[0].match_id", "sessions[0].attempt",
                ])
        #expect(
            issues(ClaimMessage.self, #"{"version":1}"#) == ["match", "attempt", "shard", "epoch"])
        #expect(
            issues(ReleaseMessage.self, #"{"version":1,"attempt":-1}"#) == [
                "attempt", "match_id", "shard", "epoch",
            ])
        #expect(
            issues(ClaimReplyMessage.self, #"{"version":1,"status":"CLAIM_STATUS_ACCEPTED"}"#)
                == ["server_id", "incarnation", "address"])
        #expect(
            issues(ReportMessage.self, #"{"version":1,"serverId":"a","incarnation":1}"#)
                == ["body", "match_id", "attempt"])
        #expect(
            issues(
                ReportMessage.self,
                """
                {"version":1,"serverId":"a","incarnation":1,"attempt":1,
                "matchId":"\(match.uuidText)","ended":{"winningTeam":1,
                "teams":[{"players":[{"playerId":0}]}]}}
                """) == ["ended.teams[0].players[0].player_id", "ended.winning_team"])
    }

    @Test func aPlayerIsInAClaimOnce() {
        var random = SeededGenerator(seed: 4)
        var claim = Sample.claim(&random)
        claim.match.teams.append(claim.match.teams[0])
        guard
            case .failure(.invalidFields(let issues, 0)) = read(
                ClaimMessage.self, claim.protobuf, .protobuf)
        else {
            Issue.record("accepted")
            return
        }
        #expect(issues.map(\.description) == ["match.teams: name player 1 twice"])
    }

    @Test(arguments: [
        "h", ":1", "h:", "h:0", "h:65536", "h h:1", "é:1", "h:+1",
        String(repeating: "h", count: 254) + ":1",
    ])
    func anAddressIsHostAndPort(address: String) {
        #expect(!ServerAddress.isValid(address))
        #expect(ServerAddress.isValid(String(repeating: "h", count: 253) + ":1"))
    }

    @Test func anotherVersionIsRefused() {
        #expect(
            read(ReportMessage.self, Array(#"{"version":2}"#.utf8), .json)
                == .failure(.unknownVersion(2)))
    }

    @Test func aCodeThatIsNotKnownReadsAsUnspecified() throws {
        let json = #"{"version":1,"serverId":"a","incarnation":1,"status":77}"#
        #expect(
            try read(ClaimReplyMessage.self, Array(json.utf8), .json).get().status == .unspecified)
    }

    @Test func subjectsOfAServerCarryItsName() {
        #expect(Subject.claim(server: "arena-1") == "mm.v1.gs.arena-1.claim")
        #expect(Subject.release(server: "arena-1") == "mm.v1.gs.arena-1.release")
        #expect(Subject.result(region: "eu") == "mm.v1.res.eu")
    }

    @Test func damagedMessagesNeverCrash() {
        var random = SeededGenerator(seed: 12)
        var refusedCount = 0
        for _ in 0..<4_000 {
            for type in ContentType.allCases {
                var bytes = Sample.report(&random).encoded(as: type)
                if Bool.random(using: &random) { bytes = Sample.claim(&random).encoded(as: type) }
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
                if case .success(let report) = read(ReportMessage.self, bytes, type) {
                    #expect(
                        read(ReportMessage.self, report.protobuf, .protobuf) == .success(report))
                } else {
                    refusedCount += 1
                }
                if case .success(let claim) = read(ClaimMessage.self, bytes, type) {
                    #expect(read(ClaimMessage.self, claim.protobuf, .protobuf) == .success(claim))
                }
            }
        }
        #expect(refusedCount > 100)
    }
}
