// What proto3's JSON mapping lets a sender write, and what it does not.

import MatchCore
import Testing
import Wire

@Suite struct JSONFormTests {
    private static let id = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"

    private func decode(_ json: String) -> Result<IntakeMessage, WireError> {
        decodeIntake(Array(json.utf8), as: .json)
    }

    private func ticket(
        player: String = "42", rating: String = "1512.375", latency: String = "24",
        more: String = ""
    ) -> String {
        """
        {"version": 1, "ticket": {"ticketId": "\(Self.id)", "queue": "duel", "lobby": "lobby-1",
          "players": [{"playerId": \(player), "rating": \(rating)}],
          "latencyMs": {"eu": \(latency)} \(more)}}
        """
    }

    @Test func namesOfTheSchemaAreAcceptedToo() {
        let json = """
            {"version": 1, "ticket": {"ticket_id": "\(Self.id)", "queue": "duel",
              "lobby": "lobby-1", "players": [{"player_id": 42, "rating": 1512.375}],
              "latency_ms": {"eu": 24}, "waited_ms": null}}
            """
        #expect(decode(json) == .success(.ticket(Sample.ticket())))
    }

    @Test(arguments: [
        ("42", "1512.375", "24"), ("\"42\"", "\"1512.375\"", "\"24\""),
        ("42.0", "1.512375e3", "2.4E1"), ("4.2e1", "151237.5e-2", "24.000"),
    ])
    func numbersMayBeWrittenInManyWays(player: String, rating: String, latency: String) {
        #expect(
            decode(ticket(player: player, rating: rating, latency: latency))
                == .success(.ticket(Sample.ticket())))
    }

    @Test func a64BitIdKeepsAllOfItsDigits() {
        guard case .success(.ticket(let read)) = decode(ticket(player: "9223372036854775807"))
        else {
            Issue.record("refused")
            return
        }
        #expect(read.players[0].player == PlayerID(UInt64(Int64.max)))
    }

    @Test(arguments: [
        ("-1", "must be a whole number of 64 bits, not negative"),
        ("1.5", "must be a whole number of 64 bits, not negative"),
        ("18446744073709551616", "must be a whole number of 64 bits, not negative"),
        ("1e400", "must be a whole number of 64 bits, not negative"),
        ("\"\"", "must be a number"), ("\" 42\"", "must be a number"),
        ("\"42 \"", "must be a number"), ("\"+42\"", "must be a number"),
        ("\"0x2A\"", "must be a number"), ("true", "must be a number"),
        ("[42]", "must be a number"), ("{}", "must be a number"),
    ])
    func aNumberOfTheWrongShapeIsNamed(player: String, why: String) {
        guard case .failure(.invalidFields(let issues, 0)) = decode(ticket(player: player)) else {
            Issue.record("accepted \(player)")
            return
        }
        #expect(issues == [FieldIssue(path: "ticket.players[0].player_id", why: why)])
    }

    @Test(arguments: ["1e400", "\"NaN\"", "\"Infinity\"", "\"-Infinity\""])
    func aRatingThatIsNotFiniteIsNamed(rating: String) {
        guard case .failure(.invalidFields(let issues, 0)) = decode(ticket(rating: rating)) else {
            Issue.record("accepted \(rating)")
            return
        }
        #expect(
            issues == [FieldIssue(path: "ticket.players[0].rating", why: "is not a finite number")])
    }

    @Test func shapesAndRulesAreToldTogether() {
        let json = """
            {"version": 1, "ticket": {"ticketId": 7, "queue": "a b", "lobby": "l",
              "players": {}, "latencyMs": [], "waitedMs": -3}}
            """
        guard case .failure(.invalidFields(let issues, 0)) = decode(json) else {
            Issue.record("accepted")
            return
        }
        #expect(
            issues.map(\.description) == [
                "ticket.ticket_id: must be a string",
                "ticket.players: must be an array",
                "ticket.latency_ms: must be an object",
                "ticket.waited_ms: must be a whole number of 32 bits, not negative",
                "ticket.queue: must be 1 to 48 of A-Z a-z 0-9 _ -",
            ])
    }

    @Test func aFieldGivenTwiceIsRefused() {
        let twice = ticket(more: #", "waitedMs": 1, "waited_ms": 2"#)
        guard case .failure(let error) = decode(twice) else {
            Issue.record("accepted")
            return
        }
        #expect(error.description == "ticket.waited_ms: is given twice")
        let region = ticket(latency: #"24, "eu": 25"#)
        guard case .failure(let repeated) = decode(region) else {
            Issue.record("accepted")
            return
        }
        #expect(
            repeated.description == "ticket.latency_ms[#1]: names a region for a second time")
    }

    @Test func onlyOneBodyIsAllowed() {
        let json = #"{"version":1,"cancel":{"ticketId":"\#(Self.id)","lobby":"l"},"ticket":{}}"#
        guard case .failure(let error) = decode(json) else {
            Issue.record("accepted")
            return
        }
        #expect(error.description.contains("ticket: is given beside another body"))
    }

    @Test func unknownFieldsAreIgnored() {
        let more = #", "mood": {"deep": [1, {"a": null}], "b": "\u00e9\ud83c\udfae"}"#
        #expect(decode(ticket(more: more)) == .success(.ticket(Sample.ticket())))
    }

    @Test(arguments: [
        "", " ", "null", "[]", "1", "{", "}", "{}{}", #"{"version":1,}"#, #"{"version":01}"#,
        #"{"version":1.}"#, #"{"version":.5}"#, #"{"version":+1}"#, #"{"version":1e}"#,
        #"{"version":NaN}"#, #"{version:1}"#, #"{'version':1}"#, #"{"version" 1}"#,
        #"{"version":1 "a":2}"#, #"{"a":[1,]}"#, #"{"a":"\x"}"#, #"{"a":"\u12g4"}"#,
        #"{"a":"\ud83c"}"#, #"{"a":"\udfae"}"#, #"{"a":"\ud83c\u0041"}"#, "{\"a\":\"\n\"}",
        #"{"a":"b}"#, #"{"a":tru}"#, #"{"a":nulL}"#, #"{"version":1} x"#, "\u{FEFF}{}",
    ])
    func whatIsNoJSONObjectIsMalformed(text: String) {
        guard case .failure(.malformed) = decode(text) else {
            Issue.record("not refused as malformed: \(text)")
            return
        }
    }

    @Test func reasonsAreReadByNameAndByNumber() {
        for reason in ["\"CLOSE_REASON_EXPIRED\"", "2"] {
            let json = #"""
                {"version":1,"closed":{"ticketId":"\#(Self.id)","queue":"q","lobby":"l",
                "reason":\#(reason)}}
                """#
            guard case .success(.closed(let closed)) = decodeEvent(Array(json.utf8), as: .json)
            else {
                Issue.record("refused \(reason)")
                continue
            }
            #expect(closed.reason == .expired)
        }
    }

    @Test func aReasonOfTheFutureReadsAsUnspecified() {
        let closed = ClosedMessage(
            ticket: TicketID(high: 1, low: 2), queue: "q", lobby: "l", reason: .expired,
            waitMilliseconds: 0)
        var bytes = ProtobufCodec.encode(.closed(closed))
        bytes[bytes.count - 1] = 99
        guard case .success(.closed(let read)) = decodeEvent(bytes) else {
            Issue.record("refused")
            return
        }
        #expect(read.reason == .unspecified)
    }
}
