// Subjects, names and ids.

import MatchCore
import Testing
import Wire

@Suite struct SubjectsTests {
    @Test func subjectsCarryTheirName() {
        #expect(Subject.intake(queue: "duel") == "mm.v1.q.duel")
        #expect(Subject.event(lobby: "lobby-1") == "mm.v1.evt.lobby-1")
        #expect(Subject.allocation(region: "eu_west") == "mm.v1.alloc.eu_west")
        #expect(Subject.deadLetter(queue: nil) == "mm.v1.dlq.unknown")
        #expect(Subject.queue(ofIntake: "mm.v1.q.duel") == "duel")
        #expect(Subject.lobby(ofEvent: "mm.v1.evt.l") == "l")
        #expect(Subject.region(ofAllocation: "mm.v1.alloc.eu") == "eu")
    }

    @Test(arguments: [
        "", "mm.v1.q", "mm.v1.q.", "mm.v2.q.duel", "mm.v1.evt.duel", "mm.v1.q.a.b", "mm.v1.q.*",
        "mm.v1.q.>", "mm.v1.q.é", "xmm.v1.q.duel",
    ])
    func foreignSubjectsNameNoQueue(subject: String) {
        #expect(Subject.queue(ofIntake: subject) == nil)
    }

    @Test func aTokenHasOneTo48PlainCharacters() {
        #expect(Token.isValid("A-Za_z09"))
        #expect(Token.isValid(String(repeating: "a", count: 48)))
        for name in [String(repeating: "a", count: 49), "", "a b", "a.b", "*", ">", "é", "a\0"] {
            #expect(!Token.isValid(name))
        }
    }

    @Test func contentTypesIgnoreParametersAndCase() {
        #expect(ContentType(headerValue: "application/json") == .json)
        #expect(ContentType(headerValue: " Application/JSON ; charset=utf-8") == .json)
        #expect(ContentType(headerValue: "application/protobuf;x") == .protobuf)
        #expect(ContentType(headerValue: "text/plain") == nil)
        #expect(ContentType(headerValue: "") == nil)
    }

    @Test func idsReadBackFromTheirText() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<1000 {
            let id = Sample.ticketID(&random)
            #expect(TicketID(uuidText: id.uuidText) == id)
            #expect(TicketID(uuidText: id.uuidText.uppercased()) == id)
        }
        let id = try #require(TicketID(uuidText: "01234567-89ab-cdef-FEDC-BA9876543210"))
        #expect(id == TicketID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210))
        #expect(id.uuidText == "01234567-89ab-cdef-fedc-ba9876543210")
    }

    @Test(arguments: [
        "", "00000000-0000-0000-0000-000000000000", "01234567-89ab-cdef-fedc-ba987654321",
        "01234567-89ab-cdef-fedc-ba98765432100", "0123456789abcdeffedcba9876543210",
        "0123456-789ab-cdef-fedc-ba9876543210", "g1234567-89ab-cdef-fedc-ba9876543210",
        "{1234567-89ab-cdef-fedc-ba987654321}",
    ])
    func whatIsNoUUIDIsNoID(text: String) {
        #expect(TicketID(uuidText: text) == nil)
        #expect(MatchID(uuidText: text) == nil)
    }

    @Test func messageIDsNameWhatTheyAreAbout() {
        let ticket = TicketID(high: 0, low: 1)
        let match = MatchID(high: 0, low: 2)
        #expect(MessageIdentifier.ticket(ticket) == ticket.uuidText)
        #expect(MessageIdentifier.cancel(ticket) == ticket.uuidText + ":cancel")
        #expect(MessageIdentifier.closed(ticket) == ticket.uuidText + ":closed")
        #expect(MessageIdentifier.allocation(match) == match.uuidText)
        #expect(MessageIdentifier.matched(match, lobby: "l") == match.uuidText + ":l")
    }
}
