// Muster itself: the real `Matchmaker`, driven through its commands and outcomes as the daemon
// drives it.

import DaemonKit
import MatchCore

/// The core behind the lab's contract.
final class MusterPolicy: Policy {
    private let memory: HugeMemory
    private var matchmaker: Matchmaker
    private var outbox: OutcomeProducer
    private let outcomes: OutcomeConsumer
    private var commands: [Command] = []
    private let rules: [QueueRules]
    /// The proposed match of each ticket that is asked.
    private var proposals: [Int: MatchID] = [:]
    private let tickOffset: Int32 = 1

    /// - Parameter ticketCountMax: tickets that may wait at one time.
    /// - Throws: `SystemError` if there is no memory.
    init(_ setup: PolicySetup, ticketCountMax: Int) throws {
        let limits = Limits(
            ticketCountMax: ticketCountMax, playerCountMax: ticketCountMax * 4,
            queueCountMax: setup.rules.count, regionCount: setup.regionCount)
        memory = try HugeMemory(byteCount: Matchmaker.memoryByteCount(limits))
        matchmaker = Matchmaker(
            limits: limits, rules: Rules(version: 1, queues: setup.rules), seed: setup.seed,
            epoch: 1, firstTick: Tick(0), memory: memory.buffer)
        var producer = OutcomeProducer(capacity: 1 << 17)
        outcomes = producer.takeConsumer()
        outbox = producer
        rules = setup.rules
    }

    func asks(queue: Int) -> Bool { rules[queue].acceptance != nil }

    func answer(_ ticket: Int, accepts: Bool) {
        guard let match = proposals[ticket] else { return }
        commands.append(
            .answer(
                AnswerRequest(
                    match: match, ticket: MusterPolicy.id(ticket), lobby: LobbyIndex(0),
                    answer: accepts ? .accepted : .declined)))
    }

    func askForPlayers(_ request: BackfillRequest, at tick: Int32) {
        guard rules[Int(request.queue.raw)].backfill != nil else { return }
        commands.append(.backfill(request))
    }

    func endRequest(_ match: MatchID) {
        commands.append(.endBackfill(EndBackfillRequest(match: match, lobby: LobbyIndex(0))))
    }

    func enqueue(_ ticket: LabTicket, at tick: Int32) {
        let members = ticket.members.map { member in
            Member(
                player: PlayerID(UInt64(member.player) + 1),
                rating: Rating(points: min(max(member.rating, -5_000), 10_000)),
                roles: member.roles, preferredRole: member.preferredRole)
        }
        var request = TicketRequest(
            ticket: MusterPolicy.id(ticket.id), leader: members[0],
            latencies: ticket.latencies, waitedTicks: tick - ticket.since,
            queue: QueueIndex(UInt16(ticket.queue)), lobby: LobbyIndex(0),
            memberCount: members.count)
        if rules[ticket.queue].warParties != nil {
            request.isWarParty = ticket.isWarParty
            request.isMercenary = !ticket.isWarParty
        }
        request.hasDetail = ticket.team != 0
        commands.append(.enqueue(request))
        var start = 1
        while start < members.count {
            let end = min(start + MemberGroup.capacity, members.count)
            commands.append(.members(MemberGroup(members[start..<end])))
            start = end
        }
        if request.hasDetail {
            var detail = TicketDetail()
            detail.team = ticket.team
            commands.append(.detail(detail))
        }
    }

    func cancel(_ ticket: Int) {
        commands.append(
            .cancel(CancelRequest(ticket: MusterPolicy.id(ticket), lobby: LobbyIndex(0))))
    }

    func step(at tick: Int32) -> PolicyStep {
        let report = commands.withUnsafeBufferPointer {
            matchmaker.tick(Tick(tick + tickOffset), commands: $0, outbox: &outbox)
        }
        commands.removeFirst(report.commandsTaken)
        var reading = OutcomeReading()
        outcomes.drain(max: .max) { reading.note($0) }
        for (ticket, match) in reading.proposed { proposals[ticket] = match }
        let step = reading.step
        for ticket in step.returned + step.declined { proposals[ticket] = nil }
        for match in step.matches { for seat in match.seats { proposals[seat.ticket] = nil } }
        return step
    }

    private static func id(_ ticket: Int) -> TicketID {
        TicketID(high: 0x4C61_62, low: UInt64(ticket))
    }
}

/// Puts the records of a tick together again.
private struct OutcomeReading {
    var step = PolicyStep()
    /// Tickets asked in this tick, and for which match.
    var proposed: [(Int, MatchID)] = []
    private var target = Target.none

    /// What the next seats belong to.
    private enum Target {
        case none, match, joined
        case proposal(MatchID)
    }

    mutating func note(_ outcome: Outcome) {
        switch outcome {
        case .matched(let match):
            target = .match
            step.matches.append(
                FormedMatch(
                    queue: Int(match.queue.raw), region: Int(match.region.raw), seats: [],
                    id: match.match))
        case .backfilled(let joined):
            target = .joined
            step.joined.append(
                FormedMatch(
                    queue: Int(joined.queue.raw), region: Int(joined.region.raw), seats: [],
                    id: joined.match))
        case .proposed(let match), .substituted(let match): target = .proposal(match.match)
        case .seat(let seat): noteSeat(seat)
        case .players(let group): notePlayers(group)
        case .returned(let returned): step.returned.append(Int(returned.ticket.low))
        case .closed(let closed): noteEnd(Int(closed.ticket.low), closed.reason)
        case .rejected(let rejected)
        where rejected.reason != .unknownTicket && rejected.reason != .unknownProposal:
            step.dropped.append(Int(rejected.ticket.low))
        default: break
        }
    }

    private mutating func noteSeat(_ record: SeatRecord) {
        let ticket = Int(record.ticket.low)
        let seat = FormedSeat(
            ticket: ticket, team: Int(record.team), fielded: Int(record.memberCount))
        switch target {
        case .proposal(let match):
            proposed.append((ticket, match))
            step.asked.append(ticket)
        case .match: step.matches[step.matches.count - 1].seats.append(seat)
        case .joined: step.joined[step.joined.count - 1].seats.append(seat)
        case .none: break
        }
    }

    private mutating func notePlayers(_ group: PlayerGroup) {
        guard case .match = target, let match = step.matches.indices.last,
            let seat = step.matches[match].seats.indices.last
        else { return }
        for position in 0..<Int(group.count) where group.roles[position] != RoleSet.noPreference {
            step.matches[match].seats[seat].roles.append(group.roles[position])
        }
    }

    private mutating func noteEnd(_ ticket: Int, _ reason: CloseReason) {
        switch reason {
        case .cancelled: break
        case .declined, .notAccepted: step.declined.append(ticket)
        case .expired, .queueRemoved, .rulesChanged, .playerBusy: step.dropped.append(ticket)
        }
    }
}
