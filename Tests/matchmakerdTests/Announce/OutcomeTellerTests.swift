// What becomes of each outcome: who is told what, under which id, and what is counted.
import DaemonKit
import Testing
import Wire

@testable import MatchCore
@testable import matchmakerd

@Suite struct OutcomeTellerTests {
    private let lobbies = Temple.lobbies()
    private let counters = MatchmakerCounters(registry: MetricsRegistry())
    private let ring = TestRing()
    private let match = MatchID(high: 1, low: 2)
    private let ticket = TicketID(high: 3, low: 4)

    /// Everything that these outcomes make known once it is committed.
    private func told(_ outcomes: [Outcome]) throws -> Announcement {
        var decisions = Decisions()
        var teller = OutcomeTeller(
            names: try Temple.names(lobbies),
            counters: counters,
            allocationForm: .protobuf,
            explains: ExplainDesk(
                producer: ring.producer, counters: counters.explain, reply: { _, _, _ in }),
            estimates: EstimateDesk(tickMilliseconds: 50, registry: MetricsRegistry()), epoch: 9)
        for outcome in outcomes {
            teller.take(outcome, formedAtMilliseconds: 5, into: &decisions)
        }
        var announcement = decisions.rest
        for group in decisions.groups {
            let before = counters.announce.waitSeconds.count
            #expect(group.reservation == 17)
            teller.confirm(group)
            #expect(counters.announce.waitSeconds.count == before + UInt64(group.seats.count))
            announcement.append(group.announcement)
            #expect(
                group.announcement.outboxIDs
                    == (group.announcement[.allocations] + group.announcement[.events])
                    .map(\.messageID))
        }
        return announcement
    }

    private func events(_ announcement: Announcement) throws -> [EventMessage] {
        try announcement[.events].map { message in
            let form = try #require(ContentType(headerValue: message.headers[0].value))
            return try message.body.withUnsafeBytes { try form.decodeEvent($0) }
        }
    }

    private func record(queue: UInt16 = 1, tickets: UInt16) -> MatchRecord {
        MatchRecord(
            match: match, rulesVersion: 9, tick: Tick(40), queue: QueueIndex(queue),
            region: RegionIndex(1), teamCount: 2, ticketCount: tickets, playerCount: 3, map: 1,
            quality: MatchQuality(
                fairness: 1, spread: 1, latency: 1, roles: 1, composite: 1,
                ratingDeviationPoints: 3, ratingRangePoints: 4, teamGapPoints: 5,
                latencyMillisecondsMax: 33),
            reservation: 17)
    }

    private func seat(
        _ ticket: TicketID, lobby: UInt16, team: UInt16, roles: [UInt8], isMercenary: Bool = false
    ) -> [Outcome] {
        var group = PlayerGroup()
        for (index, role) in roles.enumerated() {
            group.players[index] = PlayerID(ticket.low * 10 + UInt64(index))
            group.roles[index] = role
        }
        group.count = UInt8(roles.count)
        let record = SeatRecord(
            ticket: ticket, rating: Rating(points: 1_500), waitTicks: 20,
            lobby: LobbyIndex(lobby), team: team, memberCount: UInt16(roles.count),
            latencyMilliseconds: 25, isMercenary: isMercenary)
        return [.seat(record), .players(group)]
    }

    private func twoSeats() -> [Outcome] {
        seat(ticket, lobby: 0, team: 1, roles: [1, 0])
            + seat(TicketID(high: 3, low: 5), lobby: 1, team: 0, roles: [0], isMercenary: true)
    }

    @Test func aProposedMatchIsToldToItsLobbiesAndToNoServer() throws {
        lobbies.setForm(.json, of: LobbyIndex(0))
        let announcement = try told([.proposed(record(tickets: 2))] + twoSeats())
        #expect(announcement[.allocations].isEmpty)
        #expect(announcement[.events].map(\.subject) == ["mm.v1.evt.blue", "mm.v1.evt.red"])
        let id = match.uuidText + ":proposed:"
        #expect(announcement[.events].map(\.messageID) == [id + "blue", id + "red"])
        let events = try events(announcement)
        guard case .proposed(let proposed) = events[0], events[0] == events[1] else {
            Issue.record("no proposal")
            return
        }
        #expect(proposed.acceptMilliseconds == 30_000)
        #expect(proposed.match.queue == "temple" && proposed.match.map == "pass")
        #expect(proposed.match.levels == 6...14 && proposed.match.experiment == "")
        #expect(proposed.match.teams[1].seats[0].roles == ["healer", "tank"])
        #expect(proposed.match.teams[0].seats[0].isMercenary)
        #expect(counters.announce.proposals.value == 1)
        #expect(counters.announce.mercenaries.value == 0)
    }

    @Test func anAcceptedMatchGoesToTheServerToo() throws {
        let announcement = try told([.matched(record(tickets: 2))] + twoSeats())
        #expect(announcement[.allocations].map(\.messageID) == [match.uuidText])
        #expect(announcement[.events].count == 2)
        #expect(counters.announce.mercenaries.value == 1)
        #expect(counters.announce.waitSeconds.count == 2)
    }

    @Test func aSubstituteIsToldAlone() throws {
        let announcement = try told(
            [.substituted(record(queue: 2, tickets: 7))]
                + seat(ticket, lobby: 1, team: 1, roles: [1]))
        #expect(
            announcement[.events].map(\.messageID)
                == [match.uuidText + ":substituted:" + ticket.uuidText])
        guard case .substituted(let substituted) = try events(announcement)[0] else {
            Issue.record("no substitute")
            return
        }
        #expect(substituted.match == match && substituted.team == 1)
        #expect(substituted.seat.ticket == ticket && substituted.seat.roles == ["healer"])
        #expect(substituted.acceptMilliseconds == 30_000 && substituted.map == "pass")
        #expect(announcement[.events].map(\.subject) == ["mm.v1.evt.blue"])
        #expect(counters.announce.substitutes.value == 1)
    }

    @Test func aTicketThatWaitsAgainIsToldSo() throws {
        let announcement = try told([
            .returned(
                ReturnedRecord(
                    match: match, ticket: ticket, queue: QueueIndex(1), lobby: LobbyIndex(0),
                    reason: .noSubstitute))
        ])
        #expect(
            try events(announcement) == [
                .returned(
                    ReturnedMessage(
                        match: match, ticket: ticket, queue: "temple", lobby: "red",
                        reason: .noSubstitute))
            ])
        #expect(
            announcement[.events].map(\.messageID)
                == [match.uuidText + ":returned:" + ticket.uuidText])
        #expect(counters.announce.ticketsReturned[Int(ReturnCode.noSubstitute.rawValue)].value == 1)
    }

    @Test func whoJoinsARunningMatchIsToldToTheServerFirst() throws {
        let record = BackfilledRecord(
            match: match, queue: QueueIndex(1), region: RegionIndex(0), lobby: LobbyIndex(2),
            generation: 3, tick: Tick(40), rulesVersion: 9, ticketCount: 1, playerCount: 2,
            openPlaces: [0, 4], reservation: 17)
        let announcement = try told(
            [.backfilled(record)] + seat(ticket, lobby: 0, team: 1, roles: [0, 1]))
        let id = match.uuidText + ":backfill:" + ticket.uuidText
        #expect(announcement[.allocations].map(\.messageID) == [id])
        #expect(announcement[.allocations].map(\.subject) == ["mm.v1.alloc.eu"])
        #expect(announcement[.events].map(\.messageID) == [id + ":red", id + ":server"])
        let allocation = try announcement[.allocations][0].body.withUnsafeBytes {
            try ContentType.protobuf.decodeAllocation($0)
        }
        guard case .backfill(let backfilled) = allocation else {
            Issue.record("no backfill")
            return
        }
        #expect(backfilled.generation == 3 && backfilled.lobby == "server")
        #expect(backfilled.teams.map(\.openPlaces) == [0, 4])
        #expect(backfilled.teams[0].seats.isEmpty && backfilled.seats.map(\.ticket) == [ticket])
        #expect(try events(announcement)[0] == .backfilled(backfilled))
        #expect(counters.announce.backfilledPlayers.value == 2)
    }

    @Test func anEndOfARequestAndACooldownAreTold() throws {
        let ended = BackfillEndedRecord(
            match: match, queue: QueueIndex(.max), lobby: LobbyIndex(2), generation: 3,
            reason: .unknownMatch)
        var rejected = RejectedRecord(
            ticket: ticket, queue: QueueIndex(1), lobby: LobbyIndex(0), reason: .onCooldown)
        rejected.ticksLeft = 21
        let announcement = try told([.backfillEnded(ended), .rejected(rejected)])
        #expect(
            try events(announcement) == [
                .backfillEnded(
                    BackfillEndedMessage(
                        match: match, queue: "", lobby: "server", generation: 3,
                        reason: .unknownMatch)),
                .rejected(
                    RejectionMessage(
                        ticket: ticket, queue: "temple", lobby: "red", reason: .onCooldown,
                        retryAfterMilliseconds: 1_050)),
            ])
        #expect(
            announcement[.events].map(\.messageID) == [
                match.uuidText + ":backfill_ended:9.1", ticket.uuidText + ":rejected:9.2",
            ])
        let counts = counters.announce.backfillsEnded
        #expect(counts[Int(BackfillEndCode.unknownMatch.rawValue)].value == 1)
    }
}
