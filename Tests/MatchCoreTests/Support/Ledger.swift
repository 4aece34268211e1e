// Follows every ticket from its enqueue to its end by a naive model of the core's contract, and
// checks each tick's refusals, closings, matches and counts against it.

import Testing

@testable import MatchCore

/// One step of a test's input.
enum Step {
    case enqueue(TestTicket)
    case cancel(TicketID, LobbyIndex)

    var commands: [Command] {
        switch self {
        case .enqueue(let ticket): ticket.commands
        case .cancel(let id, let lobby): [.cancel(CancelRequest(ticket: id, lobby: lobby))]
        }
    }
}

/// A ticket that waits, as the ledger knows it.
struct Waiting {
    var ticket: TestTicket
    /// Tick of arrival less the wait it brought.
    var enqueuedAt: Int32
    var arrivedAt: Int32
    /// Steps, by the oracle's own arithmetic.
    var rating: Int32
}

struct Ledger {
    let oracle: Oracle
    let limits: Limits
    private(set) var waiting: [TicketID: Waiting] = [:]
    private(set) var enqueuedCount = 0
    private(set) var matchedCount = 0
    private(set) var cancelledCount = 0
    private(set) var expiredCount = 0
    private(set) var matchCount = 0
    private var playersWaiting: Set<PlayerID> = []

    init(rules: Rules, limits: Limits) {
        oracle = Oracle(rules: rules)
        self.limits = limits
    }

    var waitingPlayerCount: Int { playersWaiting.count }
    /// Waiting tickets in order of id.
    var waitingInOrder: [Waiting] {
        waiting.values.sorted { $0.ticket.id.low < $1.ticket.id.low }
    }

    /// Enters one tick: what was given and what came of it.
    mutating func enter(_ steps: [Step], _ result: TickResult, tick: Int32) {
        takeSteps(steps, result, tick)
        takeExpiries(result, tick)
        for match in result.matches { take(match, tick) }
        #expect(result.report.matches == result.matches.count)
        #expect(
            enqueuedCount == matchedCount + cancelledCount + expiredCount + waiting.count,
            "every ticket let in is matched, cancelled, expired or waiting")
    }

    /// Compares the core's own counts with the ledger's.
    func check(_ matchmaker: borrowing Matchmaker, tick: Int32) {
        let waitingCount = matchmaker.waitingCount
        let playerCount = matchmaker.waitingPlayerCount
        #expect(waitingCount == waiting.count)
        #expect(playerCount == playersWaiting.count)
        for queue in oracle.rules.queues.indices {
            let inQueue = matchmaker.waitingCount(QueueIndex(UInt16(queue)))
            #expect(inQueue == waiting.values.count { Int($0.ticket.queue.raw) == queue })
            for region in 0..<limits.regionCount {
                let found = matchmaker.waitingCount(
                    QueueIndex(UInt16(queue)), RegionIndex(UInt8(region)))
                let known = waiting.values.count {
                    Int($0.ticket.queue.raw) == queue
                        && oracle.accepts($0, region: region, tick: tick)
                }
                #expect(found == known, "places of queue \(queue), region \(region)")
            }
        }
    }

    /// Expects that the tables hold nothing at all.
    static func expectEmpty(_ matchmaker: borrowing Matchmaker) {
        let counts = [
            matchmaker.tickets.count, matchmaker.members.count, matchmaker.ticketMap.count,
            matchmaker.playerMap.count, matchmaker.index.pagesUsed,
        ]
        #expect(counts == [0, 0, 0, 0, 0], "tickets, members, both maps, index pages")
    }

    private mutating func takeSteps(_ steps: [Step], _ result: TickResult, _ tick: Int32) {
        var refusals: [RejectReason] = []
        var cancelled: [TicketID] = []
        for step in steps {
            switch step {
            case .enqueue(let ticket):
                if let reason = reasonToRefuse(ticket) {
                    refusals.append(reason)
                } else {
                    letIn(ticket, tick)
                }
            case .cancel(let id, _):
                guard let known = waiting.removeValue(forKey: id) else {
                    refusals.append(.unknownTicket)
                    continue
                }
                cancelled.append(id)
                cancelledCount += 1
                forgetPlayers(known)
            }
        }
        #expect(result.rejected.map(\.reason) == refusals)
        #expect(result.closed.filter { $0.reason == .cancelled }.map(\.ticket) == cancelled)
        #expect(result.report.ticketsCancelled == cancelled.count)
        #expect(result.report.commandsRejected == refusals.count)
    }

    private mutating func letIn(_ ticket: TestTicket, _ tick: Int32) {
        waiting[ticket.id] = Waiting(
            ticket: ticket, enqueuedAt: tick - max(0, ticket.waited), arrivedAt: tick,
            rating: oracle.rating(ticket))
        enqueuedCount += 1
        for member in ticket.members { playersWaiting.insert(member.player) }
    }

    private mutating func forgetPlayers(_ known: Waiting) {
        for member in known.ticket.members { playersWaiting.remove(member.player) }
    }

    private func reasonToRefuse(_ ticket: TestTicket) -> RejectReason? {
        guard let queue = oracle.queue(ticket.queue) else { return .unknownQueue }
        if ticket.members.count > queue.partySizeMax { return .oversizeParty }
        if waiting[ticket.id] != nil { return .duplicateTicket }
        var own: Set<PlayerID> = []
        for member in ticket.members {
            if !own.insert(member.player).inserted { return .repeatedMember }
            if playersWaiting.contains(member.player) { return .duplicatePlayer }
        }
        let players = playersWaiting.count + ticket.members.count
        if waiting.count == limits.ticketCountMax || players > limits.playerCountMax {
            return .tableFull
        }
        let lowest = Int32(Rating.pointsMin) * Rating.stepsPerPoint
        let highest = Int32(Rating.pointsMax) * Rating.stepsPerPoint
        let rating = oracle.rating(ticket)
        if rating < lowest || rating > highest { return .ratingOutOfRange }
        let reachable = ticket.latencies.prefix(limits.regionCount).contains { latency in
            latency.map { Int32($0) <= queue.latencyCap.max } ?? false
        }
        return reachable ? nil : .noReachableRegion
    }

    /// A ticket leaves at the very tick at which its wait reaches the timeout.
    private mutating func takeExpiries(_ result: TickResult, _ tick: Int32) {
        var due: Set<TicketID> = []
        for known in waiting.values where known.arrivedAt < tick {
            let timeout = oracle.queue(known.ticket.queue)?.timeoutTicks ?? 0
            if tick - known.enqueuedAt >= timeout { due.insert(known.ticket.id) }
        }
        let expired = result.closed.filter { $0.reason == .expired }
        #expect(Set(expired.map(\.ticket)) == due)
        #expect(result.report.ticketsExpired == expired.count)
        for record in expired {
            guard let known = waiting.removeValue(forKey: record.ticket) else {
                Issue.record("expired twice or unknown: \(record.ticket)")
                continue
            }
            #expect(record.waitTicks == tick - known.enqueuedAt)
            #expect(record.lobby == known.ticket.lobby && record.queue == known.ticket.queue)
            expiredCount += 1
            forgetPlayers(known)
        }
    }

    private mutating func take(_ match: FormedMatch, _ tick: Int32) {
        var seats: [(Seat, Waiting)] = []
        for seat in match.seats {
            guard let known = waiting.removeValue(forKey: seat.record.ticket) else {
                Issue.record("matched twice or unknown: \(seat.record.ticket)")
                continue
            }
            forgetPlayers(known)
            seats.append((seat, known))
        }
        matchedCount += seats.count
        matchCount += 1
        oracle.check(match, seats, tick: tick)
    }
}
