// The life of a population: what it sends, how events change it, and that nobody gets lost.
import MatchCore
import Testing
import Wire

@testable import loadgen

@Suite struct CrowdTests {
    private func crowd(salt: UInt64 = 1) throws -> Crowd {
        Crowd(try demoWorkload(), lobby: "l", rate: 1, salt: salt)
    }

    private func match(_ tickets: [TicketMessage]) -> EventMessage {
        let seats = tickets.map { ticket in
            SeatMessage(
                ticket: ticket.ticket, lobby: "l", players: ticket.players.map(\.player),
                rating: 1_500, waitMilliseconds: 1_000, latencyMilliseconds: 20)
        }
        return .matched(
            MatchMessage(
                match: MatchID(high: 1, low: 1), queue: tickets[0].queue, region: "eu",
                rulesVersion: 1, tick: 1, quality: QualityMessage(composite: 0.9),
                teams: seats.map { TeamMessage(seats: [$0]) }, formedAtMilliseconds: 1))
    }

    private func tickets(_ messages: [IntakeMessage]) -> [TicketMessage] {
        messages.compactMap { if case .ticket(let ticket) = $0 { ticket } else { nil } }
    }

    private func closed(_ ticket: TicketID, _ reason: CloseCode) -> EventMessage {
        .closed(
            ClosedMessage(
                ticket: ticket, queue: "q", lobby: "l", reason: reason, waitMilliseconds: 1))
    }

    private func rejected(_ ticket: TicketID?, _ reason: RejectCode) -> EventMessage {
        .rejected(RejectionMessage(ticket: ticket, queue: "q", lobby: "l", reason: reason))
    }

    @Test func theSameSeedSendsTheSamePlayersUnderNewTickets() throws {
        var first = try crowd(salt: 1)
        var second = try crowd(salt: 2)
        let one = tickets(first.step(nowSeconds: 3))
        let two = tickets(second.step(nowSeconds: 3))
        #expect(one.count > 50)
        #expect(one.map { $0.players.map(\.rating) } == two.map { $0.players.map(\.rating) })
        #expect(one.map(\.latencies) == two.map(\.latencies))
        #expect(Set(one.map(\.ticket)).isDisjoint(with: two.map(\.ticket)))
    }

    @Test func ticketIdsAreRandomUUIDs() throws {
        var crowd = try crowd()
        for ticket in tickets(crowd.step(nowSeconds: 2)) {
            let text = Array(ticket.ticket.uuidText)
            #expect(text[14] == "4")
            #expect("89ab".contains(text[19]))
        }
    }

    @Test func aMatchedPartyPlaysAndMostComeBack() throws {
        var crowd = try crowd()
        let sent = tickets(crowd.step(nowSeconds: 5))
        let players = sent.reduce(0) { $0 + $1.players.count }
        #expect(crowd.waitingPlayers.reduce(0, +) == players)
        for ticket in sent { crowd.take(match([ticket]), nowSeconds: 5) }
        #expect(crowd.waitingTickets == 0)
        #expect(crowd.playingPlayers == players)
        #expect(crowd.totals.ticketsMatched == sent.count)
        let later = tickets(crowd.step(nowSeconds: 1_000))
        #expect(crowd.playingPlayers == 0)
        let names = Set(sent.flatMap(\.players).map(\.player))
        let back = later.filter { names.contains($0.players[0].player) }.count
        #expect((0.65...0.85).contains(Double(back) / Double(sent.count)))
    }

    @Test func impatientPartiesCancelOnce() throws {
        var crowd = try crowd()
        let sent = Set(tickets(crowd.step(nowSeconds: 1)).map(\.ticket))
        let messages = crowd.step(nowSeconds: 600)
        let cancels = messages.compactMap { message -> TicketID? in
            if case .cancel(let cancel) = message { cancel.ticket } else { nil }
        }
        #expect(Set(cancels).count == cancels.count)
        let share = Double(cancels.filter(sent.contains).count) / Double(sent.count)
        #expect((0.45...0.85).contains(share), "about 64 % are gone after ten minutes")
        let before = crowd.waitingTickets
        for ticket in cancels { crowd.take(closed(ticket, .cancelled), nowSeconds: 600) }
        #expect(crowd.waitingTickets == before - cancels.count)
        #expect(crowd.totals.cancelled == cancels.count)
    }

    @Test func aMatchThatIsFasterThanACancelStands() throws {
        var crowd = try crowd()
        let sent = tickets(crowd.step(nowSeconds: 1))
        let messages = crowd.step(nowSeconds: 600)
        let gone = try #require(
            messages.lazy.compactMap { message -> TicketID? in
                if case .cancel(let cancel) = message { cancel.ticket } else { nil }
            }.first { id in sent.contains { $0.ticket == id } })
        let ticket = try #require(sent.first { $0.ticket == gone })
        crowd.take(match([ticket]), nowSeconds: 600)
        crowd.take(rejected(gone, .unknownTicket), nowSeconds: 600)
        #expect(crowd.totals.ticketsMatched == 1)
        #expect(crowd.totals.cancelsTooLate == 1)
        #expect(crowd.totals.rejected == 0)
    }

    @Test func rejectionsEndTicketsAndOverloadComesBack() throws {
        var crowd = try crowd()
        let sent = tickets(crowd.step(nowSeconds: 1))
        crowd.take(rejected(sent[0].ticket, .noReachableRegion), nowSeconds: 1)
        crowd.take(rejected(sent[1].ticket, .overloaded), nowSeconds: 1)
        crowd.take(rejected(sent[2].ticket, .duplicateTicket), nowSeconds: 1)
        crowd.take(rejected(nil, .malformed), nowSeconds: 1)
        #expect(crowd.waitingTickets == sent.count - 2)
        #expect(crowd.totals.outOfReach == 1)
        #expect(crowd.totals.rejected == 2)
        let back = tickets(crowd.step(nowSeconds: 4))
        #expect(back.contains { $0.players == sent[1].players })
        #expect(!back.contains { $0.players == sent[0].players })
    }

    @Test func eventsForStrangersChangeNothing() throws {
        var crowd = try crowd()
        _ = crowd.step(nowSeconds: 1)
        let before = crowd.waitingTickets
        let stranger = TicketID(high: 9, low: 9)
        crowd.take(closed(stranger, .expired), nowSeconds: 1)
        crowd.take(rejected(stranger, .duplicatePlayer), nowSeconds: 1)
        #expect(crowd.waitingTickets == before)
        #expect(crowd.totals.expired == 0)
    }

    @Test func leavingCancelsEverybodyWhoWaits() throws {
        var crowd = try crowd()
        let sent = Set(tickets(crowd.step(nowSeconds: 2)).map(\.ticket))
        let cancels = crowd.leave().compactMap { message -> TicketID? in
            if case .cancel(let cancel) = message { cancel.ticket } else { nil }
        }
        #expect(Set(cancels) == sent)
    }

    @Test func timersComeInTheOrderOfTheirTime() {
        var heap = TimerHeap<Int>()
        var random = RandomSource(seed: 2)
        for number in 0..<500 { heap.add(number, atSeconds: (random.uniform() * 50).rounded()) }
        var last = -1.0
        var taken = 0
        for second in 0...50 {
            while heap.popDue(atSeconds: Double(second)) != nil {
                #expect(Double(second) >= last)
                last = Double(second)
                taken += 1
            }
        }
        #expect(taken == 500 && heap.count == 0)
        heap.add(1, atSeconds: 5)
        heap.add(2, atSeconds: 5)
        #expect(heap.popDue(atSeconds: 4) == nil)
        #expect(heap.popDue(atSeconds: 5) == 1 && heap.popDue(atSeconds: 5) == 2)
    }
}
