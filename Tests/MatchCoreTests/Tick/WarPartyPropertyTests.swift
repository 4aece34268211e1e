// Random war parties and mercenaries: every match against the rules worked out a second time, no
// full pair of war parties is left, and a steady tick allocates nothing.

import CAllocationCounter
import Testing

@testable import MatchCore

/// MM-24, MM-13.
@Suite struct WarPartyPropertyTests {
    @Test(arguments: 1...40)
    func everyMatchKeepsTheRulesAndNoFullPairIsLeft(_ seed: Int) {
        var crowd = WarCrowd(seed: UInt64(seed))
        let rig = Rig(.only(crowd.rules), limits: .small(800, players: 8000), seed: UInt64(seed))
        for tick in 1...200 {
            let result = rig.tick(crowd.commands(tick: Int32(tick)))
            for match in result.matches { crowd.take(match, tick: Int32(tick)) }
            #expect(rig.matchmaker.waitingCount == crowd.waiting.count)
            #expect(!crowd.hasFullPair(tick: Int32(tick)), "tick \(tick)")
        }
        #expect(crowd.warMatchCount > 3)
        rig.tick(crowd.waiting.values.map(\.ticket.cancel))
        Ledger.expectEmpty(rig.matchmaker)
    }

    @Test func aSteadyTickAllocatesNothing() {
        _ = worstTick(seed: 3)
        let (worst, matches) = worstTick(seed: 5)
        #expect(worst == 0, "calls of malloc in one tick")
        #expect(matches > 3)
    }

    private func worstTick(seed: UInt64) -> (UInt64, Int) {
        var crowd = WarCrowd(seed: seed)
        let rig = Rig(.only(crowd.rules), limits: .small(4000, players: 20_000))
        var worst: UInt64 = 0
        var matches = 0
        for tick in 1...150 {
            let commands = crowd.commands(tick: Int32(tick))
            let calls = commands.withUnsafeBufferPointer {
                let before = allocation_count()
                let report = rig.matchmaker.tick(
                    Tick(Int32(tick)), commands: $0, outbox: &rig.outbox)
                let after = allocation_count()
                matches += report.matches
                return after - before
            }
            worst = max(worst, calls)
            rig.discardOutcomes()
        }
        return (worst, matches)
    }
}

/// Tickets of one seed, and those of them that wait.
private struct WarCrowd {
    let rules: QueueRules
    private(set) var waiting: [UInt64: (ticket: TestTicket, since: Int32)] = [:]
    private(set) var warMatchCount = 0
    private var random: Random
    private var nextTicket = 1

    init(seed: UInt64) {
        random = Random(seed: seed)
        rules = .war(
            window: window(120, perTick: seed % 2 == 0 ? 0 : 2, max: seed % 2 == 0 ? 120 : 400),
            smaller: seed % 3 == 0 ? [(4, 20), (3, 50)] : [],
            mercenaryOnly: seed % 5 == 0 ? 14 : 0)
    }

    mutating func commands(tick: Int32) -> [Command] {
        var commands: [Command] = []
        for _ in 0..<random.next(in: 0...2) {
            let size = random.chance(0.7) ? 1 : random.next(in: 2...4)
            let points = (0..<size).map { _ in 1500 + 100 * random.normal() }
            commands += enter(.mercenary(nextTicket, points), tick)
        }
        if random.chance(0.15) {
            let points = 1500 + 100 * random.normal()
            let team = UInt64(random.next(in: 1...4))
            let count = random.next(in: 2...9)
            commands += enter(.war(nextTicket, points, count: count, team: team), tick)
        }
        if waiting.count > 80, let oldest = waiting.min(by: { $0.key < $1.key }) {
            waiting[oldest.key] = nil
            commands.append(oldest.value.ticket.cancel)
        }
        return commands
    }

    private mutating func enter(_ ticket: TestTicket, _ tick: Int32) -> [Command] {
        waiting[UInt64(nextTicket)] = (ticket, tick)
        nextTicket += 1
        return ticket.commands
    }

    private func rating(_ ticket: TestTicket) -> Int {
        Int(Oracle(rules: .only(rules)).rating(ticket))
    }

    private func agree(
        _ left: (ticket: TestTicket, since: Int32), _ right: (ticket: TestTicket, since: Int32),
        _ tick: Int32
    ) -> Bool {
        let distance = abs(rating(left.ticket) - rating(right.ticket))
        return distance <= Oracle.limit(rules.ratingWindow, age: tick - left.since)
            && distance <= Oracle.limit(rules.ratingWindow, age: tick - right.since)
    }

    /// Checks one match by the rules.
    mutating func take(_ match: FormedMatch, tick: Int32) {
        let known = match.seats.compactMap { waiting.removeValue(forKey: $0.record.ticket.low) }
        verify(known.count == match.seats.count, "matched twice or unknown")
        if known.count != match.seats.count { return }
        for left in known.indices {
            for right in known.indices where right > left {
                verify(agree(known[left], known[right], tick), "windows")
            }
        }
        var sizes = [0, 0]
        var parties: [(own: Int, team: UInt64, side: Int)] = []
        for (seat, known) in zip(match.seats, known) {
            let side = Int(seat.record.team)
            sizes[side] += seat.players.count
            verify(seat.players == known.ticket.members.prefix(seat.players.count).map(\.player))
            verify(seat.record.isMercenary == known.ticket.isMercenary)
            if known.ticket.isWarParty {
                parties.append((seat.players.count, known.ticket.detail?.team ?? 0, side))
            } else {
                verify(seat.players.count == known.ticket.members.count, "whole")
            }
        }
        checkSizes(match, sizes, known.map { tick - $0.since }.max() ?? 0)
        if parties.isEmpty {
            verify(rules.warParties?.mercenaryOnlyPlayerMin ?? 0 > 0, "mercenaries alone")
            return
        }
        warMatchCount += 1
        verify(parties.count == 2 && parties[0].side != parties[1].side, "one on each side")
        verify(parties[0].team != parties[1].team, "a team against itself")
        let rosters = known.filter(\.ticket.isWarParty).map(\.ticket.members.count)
        let most = min(rosters.min() ?? 0, sizes[0])
        verify(parties.allSatisfy { $0.own == most }, "fields as many as both can")
    }

    private func checkSizes(_ match: FormedMatch, _ sizes: [Int], _ wait: Int32) {
        verify(sizes[0] == sizes[1] && sizes[0] + sizes[1] == Int(match.record.playerCount))
        if sizes[0] == rules.teamSize { return }
        let step = rules.smallerTeams.first { $0.teamSize <= sizes[0] }
        verify(step.map { wait >= $0.afterTicks } ?? false, "teams of \(sizes) after \(wait)")
    }

    /// True if two waiting war parties could play without a single mercenary. Windows that grow
    /// are looked at every so often: pairs that came to agree just now do not count.
    func hasFullPair(tick: Int32) -> Bool {
        let full = waiting.values.filter {
            $0.ticket.isWarParty && $0.ticket.members.count >= rules.teamSize
        }
        return full.contains { left in
            full.contains { right in
                left.ticket.detail?.team != right.ticket.detail?.team
                    && agree(left, right, tick - Matchmaker.warLookTicks)
            }
        }
    }
}
