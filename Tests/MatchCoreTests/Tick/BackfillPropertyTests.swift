// Random requests of running matches among random tickets: every joiner against the rules worked
// out a second time, nobody who fits is left, and a steady tick allocates nothing.

import CAllocationCounter
import Testing

@testable import MatchCore

/// MM-09, MM-13.
@Suite struct BackfillPropertyTests {
    @Test(arguments: 1...40)
    func everyJoinerFitsAndNobodyWhoFitsIsLeft(_ seed: Int) {
        var crowd = BackfillCrowd(seed: UInt64(seed))
        let rig = Rig(.only(crowd.rules), limits: .small(600), seed: UInt64(seed))
        var joined = 0
        for tick in 1...150 {
            let result = rig.tick(crowd.commands(tick: Int32(tick)))
            for join in result.backfills {
                crowd.take(join, tick: Int32(tick))
                joined += join.seats.count
            }
            for match in result.matches { crowd.leave(match.seats) }
            for ended in result.backfillsEnded { crowd.take(ended, tick: Int32(tick)) }
            if result.report.searchesCutShort == 0, result.report.carriedOver == 0 {
                #expect(crowd.ticketsLeft(tick: Int32(tick)).isEmpty, "tick \(tick)")
            }
            #expect(rig.matchmaker.waitingCount == crowd.waiting.count)
        }
        #expect(joined > 10)
    }

    @Test func aSteadyTickAllocatesNothing() {
        _ = worstTick(seed: 3)
        let (worst, filled) = worstTick(seed: 5)
        #expect(worst == 0, "calls of malloc in one tick")
        #expect(filled > 50)
    }

    private func worstTick(seed: UInt64) -> (UInt64, Int) {
        var crowd = BackfillCrowd(seed: seed)
        let rig = Rig(.only(crowd.rules), limits: .small(4000, players: 20_000))
        var worst: UInt64 = 0
        var filled = 0
        for tick in 1...150 {
            let commands = crowd.commands(tick: Int32(tick))
            let calls = commands.withUnsafeBufferPointer {
                let before = allocation_count()
                let report = rig.matchmaker.tick(
                    Tick(Int32(tick)), commands: $0, outbox: &rig.outbox)
                let after = allocation_count()
                filled += report.ticketsBackfilled
                return after - before
            }
            worst = max(worst, calls)
            rig.discardOutcomes()
        }
        return (worst, filled)
    }
}

/// Tickets and running matches of one seed, and what is known of both.
private struct BackfillCrowd {
    let rules: QueueRules
    private(set) var waiting: [UInt64: (ticket: TestTicket, since: Int32)] = [:]
    private var requests: [UInt64: (request: BackfillRequest, since: Int32)] = [:]
    private var random: Random
    private var nextTicket = 1
    private let hasRoles: Bool
    private let hasFactions: Bool

    init(seed: UInt64) {
        random = Random(seed: seed)
        hasRoles = seed % 2 == 0
        hasFactions = seed % 3 == 0
        // Windows stand still: what fits, fits at once.
        var rules = QueueRules.running(
            tickets: window(150, perTick: 0, max: 150), request: window(120, perTick: 0, max: 120),
            timeoutTicks: 40)
        let count = RoleCount(min: 0, max: 5)
        if hasRoles { rules.roles = RoleRules(roles: [count, count, count]) }
        if hasFactions { rules.factions = FactionRules() }
        self.rules = rules
    }

    mutating func commands(tick: Int32) -> [Command] {
        var commands: [Command] = []
        for _ in 0..<random.next(in: 0...3) { commands += nextTicket(tick) }
        // Players who fit nowhere must not keep matches from forming: they leave again.
        if waiting.count > 60, let oldest = waiting.min(by: { $0.value.since < $1.value.since }) {
            waiting[oldest.key] = nil
            commands.append(oldest.value.ticket.cancel)
        }
        if random.chance(0.4) { commands.append(nextRequest(tick)) }
        return commands
    }

    private mutating func nextTicket(_ tick: Int32) -> [Command] {
        let size = random.chance(0.7) ? 1 : random.next(in: 2...3)
        let points = (0..<size).map { _ in 1500 + 200 * random.normal() }
        var ticket = TestTicket(nextTicket, points: points)
        for position in 0..<size {
            ticket.members[position].roles = RoleSet(bits: UInt8(random.next(in: 1...7)))
        }
        ticket.faction = UInt8(random.next(in: 0...1))
        waiting[UInt64(nextTicket)] = (ticket, tick)
        nextTicket += 1
        return ticket.commands
    }

    private mutating func nextRequest(_ tick: Int32) -> Command {
        let match = UInt64(random.next(in: 1...6))
        let known = requests[match]
        let generation = (known?.request.generation ?? 0) + 1
        let open = [UInt8(random.next(in: 0...3)), UInt8(random.next(in: 1...3))]
        let command = Command.ask(match, open: open, generation: generation) {
            $0.rating = Rating(points: 1500 + 100 * random.normal())
            $0.teamSums = [Int32(random.next(in: 0...50_000)), Int32(random.next(in: 0...50_000))]
            for cell in 0..<12 { $0.openRoles[cell] = UInt8(random.next(in: 0...2)) }
        }
        if case .backfill(let request) = command {
            requests[match] = (request, known?.since ?? tick)
        }
        return command
    }

    mutating func leave(_ seats: [Seat]) {
        for seat in seats { waiting[seat.record.ticket.low] = nil }
    }

    mutating func take(_ ended: BackfillEndedRecord, tick: Int32) {
        let known = requests.removeValue(forKey: ended.match.low)?.request
        verify(known?.generation == ended.generation)
        if ended.reason == .filled { verify(known?.openPlaces.list == [0, 0]) }
    }

    /// Checks one filling by the rules and shrinks the request.
    mutating func take(_ join: FormedBackfill, tick: Int32) {
        guard var request = requests[join.record.match.low]?.request else {
            Issue.record("filled without a request")
            return
        }
        verify(join.record.generation == request.generation)
        let gap = abs(Int(request.openPlaces[0]) - Int(request.openPlaces[1]))
        for seat in join.seats { take(seat, &request) }
        verify(join.record.openPlaces.list == request.openPlaces.list)
        let after = abs(Int(request.openPlaces[0]) - Int(request.openPlaces[1]))
        verify(after <= max(1, gap), "no team comes to outnumber the other")
        requests[join.record.match.low]?.request = request
    }

    private mutating func take(_ seat: Seat, _ request: inout BackfillRequest) {
        guard let known = waiting.removeValue(forKey: seat.record.ticket.low) else {
            Issue.record("joined twice or unknown: \(seat.record.ticket)")
            return
        }
        verify(accepts(known.ticket, request))
        verify(seat.players == known.ticket.members.map(\.player))
        let team = Int(seat.record.team)
        verify(request.openPlaces[team] >= UInt8(seat.players.count))
        request.openPlaces[team] -= UInt8(seat.players.count)
        if hasFactions { verify(team == Int(known.ticket.faction)) }
        for (member, role) in zip(known.ticket.members, seat.roles) where hasRoles {
            verify(member.roles.bits & (1 << role) != 0, "plays what he can")
            verify(request.openRoles[team * 6 + Int(role)] > 0, "a role that is open")
            request.openRoles[team * 6 + Int(role)] -= 1
        }
    }

    private func accepts(_ ticket: TestTicket, _ request: BackfillRequest) -> Bool {
        let distance = abs(Oracle(rules: .only(rules)).rating(ticket) - request.rating.steps)
        return distance <= 120 * Rating.stepsPerPoint
    }

    /// Players alone who could still join a match that asks.
    func ticketsLeft(tick: Int32) -> [UInt64] {
        waiting.filter { _, known in
            known.ticket.members.count == 1
                && requests.values.contains { fits(known.ticket, $0.request) }
        }.map(\.key)
    }

    private func fits(_ ticket: TestTicket, _ request: BackfillRequest) -> Bool {
        if !accepts(ticket, request) { return false }
        return (0..<2).contains { team in
            if hasFactions && team != Int(ticket.faction) { return false }
            if request.openPlaces[team] == 0 { return false }
            let other = Int(request.openPlaces[1 - team])
            let gap = abs(Int(request.openPlaces[0]) - Int(request.openPlaces[1]))
            if abs(Int(request.openPlaces[team]) - 1 - other) > max(1, gap) { return false }
            if !hasRoles { return true }
            return (0..<3).contains {
                ticket.members[0].roles.bits & (1 << UInt8($0)) != 0
                    && request.openRoles[team * 6 + $0] > 0
            }
        }
    }
}
