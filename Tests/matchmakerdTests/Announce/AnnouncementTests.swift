// From the core's records to messages: assembly over the ends of batches, who is told what, under
// which id, in which form.
import DaemonKit
import Testing
import Wire

@testable import MatchCore
@testable import matchmakerd

@Suite struct AnnouncementTests {
    private let names: OutcomeNames

    init() throws { names = try Temple.names(Temple.lobbies()) }

    private func record(tickets: Int) -> MatchRecord {
        MatchRecord(
            match: MatchID(high: 1, low: 2), rulesVersion: 9, tick: Tick(40),
            queue: QueueIndex(0), region: RegionIndex(1), teamCount: 2,
            ticketCount: UInt16(tickets), playerCount: 12,
            quality: MatchQuality(
                fairness: 1, spread: 1, latency: 1, roles: 1, composite: 1,
                ratingDeviationPoints: 3, ratingRangePoints: 4, teamGapPoints: 5,
                latencyMillisecondsMax: 33))
    }

    private func seat(_ ticket: UInt64, lobby: UInt16, team: UInt16, members: Int) -> SeatRecord {
        SeatRecord(
            ticket: TicketID(high: 0, low: ticket), rating: Rating(points: 1_500), waitTicks: 20,
            lobby: LobbyIndex(lobby), team: team, memberCount: UInt16(members),
            latencyMilliseconds: 25)
    }

    private func group(_ range: Range<UInt64>) -> PlayerGroup {
        var group = PlayerGroup()
        for (index, player) in range.enumerated() { group.players[index] = PlayerID(player) }
        group.count = UInt8(range.count)
        return group
    }

    private func assembled() throws -> MatchMessage {
        var assembler = MatchAssembler()
        assembler.begin(record(tickets: 2))
        assembler.add(seat(7, lobby: 0, team: 1, members: 10), names: names)
        #expect(assembler.add(group(1..<8), names: names, formedAtMilliseconds: 5) == nil)
        #expect(assembler.add(group(8..<11), names: names, formedAtMilliseconds: 5) == nil)
        assembler.add(seat(8, lobby: 1, team: 0, members: 2), names: names)
        let whole = assembler.add(group(11..<13), names: names, formedAtMilliseconds: 5)
        #expect(!assembler.isOpen)
        guard case .matched(let match, _) = try #require(whole).content else {
            throw Missing()
        }
        #expect(whole?.queue == QueueIndex(0))
        return match
    }

    private struct Missing: Error {}

    @Test func aMatchIsPutTogetherFromItsRecords() throws {
        let match = try assembled()
        #expect(match.queue == "duel" && match.region == "na")
        #expect(match.rulesVersion == 9 && match.tick == 40 && match.formedAtMilliseconds == 5)
        #expect(match.teams.count == 2)
        let seat = try #require(match.teams[1].seats.first)
        #expect(seat.ticket == TicketID(high: 0, low: 7))
        #expect(seat.lobby == "red" && seat.waitMilliseconds == 1_000)
        #expect(seat.players == (1...10).map { PlayerID($0) })
        #expect(seat.rating == 1_500 && seat.latencyMilliseconds == 25)
        #expect(match.teams[0].seats.map(\.lobby) == ["blue"])
        #expect(match.lobbies == ["blue", "red"])
        #expect(match.quality.latencyMillisecondsMax == 33)
    }

    @Test func theRegionAndEachLobbyAreToldInTheirForm() throws {
        let match = try assembled()
        var announcement = Announcement()
        announcement.add(.match(match), allocationForm: .json) { $0 == "red" ? .json : .protobuf }
        let id = match.match.uuidText
        #expect(announcement[.allocations].map(\.subject) == ["mm.v1.alloc.na"])
        #expect(announcement[.allocations].map(\.messageID) == [id])
        #expect(announcement[.events].map(\.subject) == ["mm.v1.evt.blue", "mm.v1.evt.red"])
        #expect(announcement[.events].map(\.messageID) == [id + ":blue", id + ":red"])
        #expect(
            announcement[.events].map { $0.headers[0].value } == [
                "application/protobuf", "application/json",
            ])
        for (message, form) in zip(announcement[.events], [ContentType.protobuf, .json]) {
            let event = try message.body.withUnsafeBytes { try form.decodeEvent($0) }
            #expect(event == .matched(match))
        }
        let allocation = try announcement[.allocations][0].body.withUnsafeBytes {
            try ContentType.json.decodeAllocation($0)
        }
        #expect(allocation == .match(match))
    }

    @Test func endsAndRefusalsHaveTheirIds() {
        var announcement = Announcement()
        let ticket = TicketID(high: 3, low: 4)
        announcement.add(
            ClosedMessage(
                ticket: ticket, queue: "duel", lobby: "red", reason: .expired, waitMilliseconds: 9),
            form: .protobuf)
        announcement.add(
            RejectionMessage(ticket: nil, queue: "", lobby: "blue", reason: .malformed),
            id: "17:rejected", form: .json)
        announcement.add(
            RejectionMessage(ticket: nil, queue: "", lobby: "no such.lobby", reason: .malformed),
            id: "18:rejected", form: .json)
        #expect(
            announcement[.events].map(\.messageID) == [ticket.uuidText + ":closed", "17:rejected"])
    }

    @Test func aDeadLetterCarriesItsOrigin() {
        var announcement = Announcement()
        announcement.add(
            DeadLetter(
                subject: "mm.v1.q.duel", sequence: 12, reason: .invalidField, detail: "a: b",
                body: [1, 2], isCut: true))
        announcement.add(
            DeadLetter(
                subject: "odd\r\nX: y", sequence: 13, reason: .malformed, detail: "", body: [],
                isCut: false))
        let letters = announcement[.deadLetters]
        #expect(letters.map(\.subject) == ["mm.v1.dlq.duel", "mm.v1.dlq.unknown"])
        #expect(
            letters[0].headers == [
                NATSHeader("Muster-Reason", "REJECT_REASON_INVALID_FIELD: a: b"),
                NATSHeader("Muster-Subject", "mm.v1.q.duel"),
                NATSHeader("Muster-Sequence", "12"), NATSHeader("Muster-Cut", "true"),
            ])
        #expect(letters[1].headers[1].value == "oddX: y")
        #expect(letters[0].body == [1, 2])
    }
}
