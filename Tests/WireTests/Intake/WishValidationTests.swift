// The rules of what most tickets leave out, and of the bodies beside tickets and cancels, in both
// forms: what is refused, and in which words.

import MatchCore
import Testing
import Wire

@Suite struct WishValidationTests {
    typealias Case = ValidationTests.Case
    private static let token = ValidationTests.token
    private static let uuid = ValidationTests.uuid

    static let tickets: [Case] = [
        Case(
            name: "a role that is no name", change: { $0.players[0].roles = ["healer", "a b"] },
            issues: ["ticket.players[0].roles[1]: \(token)"]),
        Case(
            name: "a role twice", change: { $0.players[0].roles = ["a", "b", "a"] },
            issues: ["ticket.players[0].roles[2]: is named for a second time"]),
        Case(
            name: "seven roles",
            change: { $0.players[0].roles = (0..<7).map { "r\($0)" } },
            issues: ["ticket.players[0].roles: has 7 roles, not 0...6"]),
        Case(
            name: "ratings in roles that are not played, out of range, or far off",
            change: {
                $0.players[0].rating = 1500
                $0.players[0].roles = ["healer", "tank", "damage"]
                $0.players[0].roleRatings = [
                    RoleRating(role: "bard", rating: 1500),
                    RoleRating(role: "tank", rating: 50_001),
                    RoleRating(role: "healer", rating: 5500.5),
                    RoleRating(role: "a b", rating: 1),
                    RoleRating(role: "damage", rating: -2500),
                    RoleRating(role: "healer", rating: 5500),
                ]
            },
            issues: [
                "ticket.players[0].role_ratings.bard: is not among the player's roles",
                "ticket.players[0].role_ratings.tank: 50001.0 is not within -10000.0...50000.0",
                "ticket.players[0].role_ratings.healer: 5500.5 is more than 4000.0 from the "
                    + "rating 1500.0",
                "ticket.players[0].role_ratings[#3]: role name \(token)",
                "ticket.players[0].role_ratings[#5]: names a role for a second time",
            ]),
        Case(
            name: "seven ratings in roles",
            change: {
                $0.players[0].roleRatings = (0..<7).map {
                    RoleRating(role: "r\($0)", rating: $0 < 6 ? 1500 : 99_999)
                }
            },
            issues: ["ticket.players[0].role_ratings: has 7 roles, not 0...6"]),
        Case(
            name: "bad factions",
            change: {
                $0.players[0].faction = "?"
                $0.faction = "the exiles"
            },
            issues: ["ticket.players[0].faction: \(token)", "ticket.faction: \(token)"]),
        Case(
            name: "level too high", change: { $0.players[0].level = 10_001 },
            issues: ["ticket.players[0].level: 10001 is not within 0...10000"]),
        Case(
            name: "eight further queues",
            change: { $0.furtherQueues = (0..<8).map { FurtherQueue(queue: "q\($0)") } },
            issues: ["ticket.queues: has 8 queues, not 0...7"]),
        Case(
            name: "queues twice",
            change: {
                $0.furtherQueues = [
                    FurtherQueue(queue: "a"), FurtherQueue(queue: "duel"), FurtherQueue(queue: "a"),
                ]
            },
            issues: [
                "ticket.queues[1].queue: names a queue for a second time",
                "ticket.queues[2].queue: names a queue for a second time",
            ]),
        Case(
            name: "bad further queue",
            change: { $0.furtherQueues = [FurtherQueue(queue: "", rating: 50_001)] },
            issues: [
                "ticket.queues[0].queue: \(token)",
                "ticket.queues[0].rating: 50001.0 is not within -10000.0...50000.0",
            ]),
        Case(
            name: "a war party without a name that fights for others",
            change: {
                $0.isWarParty = true
                $0.isMercenary = true
            },
            issues: [
                "ticket.team_id: is missing: a war party has one",
                "ticket.mercenary: is set for a war party: it has its own side",
            ]),
        Case(
            name: "33 maps", change: { $0.maps = (0..<33).map { "m\($0)" } },
            issues: ["ticket.maps: has 33 maps, not 0...32"]),
        Case(
            name: "a map twice", change: { $0.maps = ["a", "a"] },
            issues: ["ticket.maps[1]: is named for a second time"]),
        Case(
            name: "31 avoided, the first of them nobody",
            change: { $0.avoided = (0..<31).map { PlayerID($0) } },
            issues: [
                "ticket.avoid: has 31 players, not 0...30",
                "ticket.avoid[0]: 0 is not within 1...9223372036854775807",
            ]),
    ]

    @Test(arguments: tickets) func aWrongWishIsNamedInBothForms(_ test: Case) {
        var ticket = Sample.ticket()
        test.change(&ticket)
        expect(.ticket(ticket), test.issues)
    }

    private func expect(_ message: IntakeMessage, _ issues: [String]) {
        for type in ContentType.allCases {
            guard case .failure(let error) = decodeIntake(type.encode(message), as: type) else {
                Issue.record("\(issues) was accepted as \(type.rawValue)")
                continue
            }
            #expect(error.description == issues.joined(separator: "; "))
            #expect(error.rejectCode == .invalidField)
        }
    }

    @Test func anAnswerIsChecked() {
        expect(
            .answer(
                AnswerMessage(
                    match: MatchID(high: 0, low: 0), ticket: TicketID(high: 0, low: 0), lobby: "",
                    answer: .accepted, player: PlayerID(1 << 63))),
            [
                "answer.match_id: \(Self.uuid)", "answer.ticket_id: \(Self.uuid)",
                "answer.lobby: \(Self.token)",
                "answer.player_id: 9223372036854775808 is not within 0...9223372036854775807",
            ])
        let kinds =
            "answer.answer: must be ANSWER_KIND_ACCEPTED, ANSWER_KIND_DECLINED or "
            + "ANSWER_KIND_UNDELIVERED"
        for kind in ["", #","answer":"ANSWER_KIND_UNSPECIFIED""#, #","answer":7"#] {
            let json = """
                {"version":1,"answer":{"matchId":"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
                "ticketId":"0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d","lobby":"l"\(kind)}}
                """
            guard case .failure(let error) = decodeIntake(Array(json.utf8), as: .json) else {
                Issue.record("accepted \(kind)")
                continue
            }
            #expect(error.description == kinds)
        }
    }

    @Test func aRequestForPlayersIsChecked() {
        var backfill = BackfillMessage(
            match: MatchID(high: 0, low: 0), queue: "", region: "", lobby: "", generation: 0,
            teams: [], map: "?", level: 10_001, leader: PlayerID(1 << 63))
        expect(
            .backfill(backfill),
            [
                "backfill.match_id: \(Self.uuid)", "backfill.queue: \(Self.token)",
                "backfill.region: \(Self.token)", "backfill.lobby: \(Self.token)",
                "backfill.generation: is missing: the first one is 1",
                "backfill.teams: has 0 teams, not 2", "backfill.map: \(Self.token)",
                "backfill.level: 10001 is not within 0...10000",
                "backfill.leader_id: 9223372036854775808 is not within 0...9223372036854775807",
            ])
        backfill = BackfillMessage(
            match: MatchID(high: 1, low: 1), queue: "q", region: "r", lobby: "l", generation: 1,
            teams: [
                BackfillTeam(playerCount: 0, rating: 0, openPlaces: 0),
                BackfillTeam(playerCount: 0, rating: 0, openPlaces: 1),
            ])
        expect(.backfill(backfill), ["backfill.teams: have no player: nobody plays"])
        backfill.teams[0].playerCount = 64
        backfill.teams[1].rating = .infinity
        backfill.teams[1].openPlaces = 0
        backfill.teams[1].openRoles = [
            OpenRole(role: "tank", count: 64), OpenRole(role: "a b", count: 1),
            OpenRole(role: "tank", count: 1),
        ]
        // JSON has no infinity: there the field's shape is complained of first.
        guard
            case .failure(let error) = decodeIntake(ProtobufCodec.encode(.backfill(backfill)))
        else {
            Issue.record("accepted")
            return
        }
        #expect(
            error.description
                == [
                    "backfill.teams[0].player_count: 64 is not within 0...63",
                    "backfill.teams[1].rating: inf is not within -10000.0...50000.0",
                    "backfill.teams[1].open_roles.tank: 64 is not within 0...63",
                    "backfill.teams[1].open_roles[#1]: role name \(Self.token)",
                    "backfill.teams[1].open_roles[#2]: names a role for a second time",
                    "backfill.teams: have no open place: nobody can join",
                ].joined(separator: "; "))
    }

    @Test func marksAndWithdrawalsAreChecked() {
        expect(
            .mark(MarkMessage(player: PlayerID(0), scope: "", seconds: 2_592_001, lobby: "")),
            [
                "mark.player_id: 0 is not within 1...9223372036854775807",
                "mark.scope: \(Self.token)", "mark.seconds: 2592001 is not within 0...2592000",
                "mark.lobby: \(Self.token)",
            ])
        expect(
            .backfillEnd(BackfillEndMessage(match: MatchID(high: 0, low: 0), lobby: ".")),
            [
                "backfill_end.match_id: \(Self.uuid)", "backfill_end.lobby: \(Self.token)",
            ])
    }

    @Test func questionsAreChecked() {
        func issues<Message: RPCMessage>(_ message: Message) -> [String] {
            ContentType.allCases.map { type in
                do throws(WireError) {
                    _ = try message.encoded(as: type).withRawBytes { bytes throws(WireError) in
                        try Message(bytes, as: type)
                    }
                    return "accepted"
                } catch {
                    return error.description
                }
            }
        }
        let ask = ExplainMessage(ticket: TicketID(high: 0, low: 0))
        #expect(issues(ask) == Array(repeating: "ticket_id: \(Self.uuid)", count: 2))
        let estimate = EstimateMessage(
            queue: "", rating: -10_001, region: "", role: "?", partySize: 81, level: 10_001)
        let expected = [
            "rating: -10001.0 is not within -10000.0...50000.0",
            "party_size: 81 is not within 0...80", "level: 10001 is not within 0...10000",
            "queue: \(Self.token)", "region: \(Self.token)", "role: \(Self.token)",
        ].joined(separator: "; ")
        #expect(issues(estimate) == [expected, expected])
    }

    @Test func bodiesCannotBeGivenBesideEachOther() {
        let json = #"{"version":1,"backfillEnd":{"lobby":"l"},"mark":{}}"#
        guard case .failure(let error) = decodeIntake(Array(json.utf8), as: .json) else {
            Issue.record("accepted")
            return
        }
        #expect(
            error.description.contains("mark: is given beside another body; only one is allowed"))
    }

    @Test func aBooleanIsTrueOrFalse() {
        for value in ["1", "\"true\"", "[]"] {
            let json = #"{"version":1,"ticket":{"mercenary":\#(value)}}"#
            guard case .failure(let error) = decodeIntake(Array(json.utf8), as: .json) else {
                Issue.record("accepted \(value)")
                continue
            }
            #expect(error.description.contains("ticket.mercenary: must be true or false"))
        }
    }
}
