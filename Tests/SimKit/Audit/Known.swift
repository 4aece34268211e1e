// A ticket as the auditor knows it, made from the commands alone, and the arithmetic of the rules
// worked out a second time from their definitions.

import Foundation
import MatchCore

/// A live ticket.
struct Known {
    var id: TicketID
    var members: [Member]
    var lobby: LobbyIndex
    var latencies: LatencyVector
    /// The queues that it asked for, its own first.
    var choices: [QueueChoice]
    var faction: UInt8
    var isMercenary: Bool
    var isWarParty: Bool
    var team: UInt64
    var maps: MapSet
    var avoided: [PlayerID]
    /// Members with ratings by role.
    var rated: [RatedMember]
    /// Tick of arrival, and that less the wait it brought.
    var arrivedAt: Int32
    var enqueuedAt: Int32
    /// The queues in which it still stands.
    var entries: [QueueIndex]
    /// Queues that it had to leave in a tick of which a bound cut the work short: it may have left,
    /// or stand there still if the rules have come back since.
    var uncertain: Set<QueueIndex> = []
    /// By queue, the stretches of its window that may be true: see `Auditor+Windows`.
    var codes: [QueueIndex: Set<Int>] = [:]
    /// The match that is proposed to it.
    var proposal: MatchID?
    /// The reservation of the formed, unsettled match that holds it.
    var holder: Int32?
    /// The tick in which it went from waiting into that match.
    var heldSince: Int32?

    /// It waits in its queues: no match is proposed to it or holds it.
    var isFree: Bool { proposal == nil && holder == nil }

    /// Whom a rematch goes by: the lasting team, else the leader.
    var identity: UInt64 { team != 0 ? team | 1 << 63 : members[0].player.raw }

    /// The ticket that the commands describe.
    init(
        _ request: TicketRequest, members: [Member], detail: TicketDetail, avoided: [PlayerID],
        rated: [RatedMember], tick: Int32
    ) {
        id = request.ticket
        self.members = members
        lobby = request.lobby
        latencies = request.latencies
        choices = [QueueChoice(queue: request.queue)]
        for position in 0..<min(Int(detail.choiceCount), 7) {
            choices.append(detail.choices[position])
        }
        faction = request.faction
        isMercenary = request.isMercenary
        isWarParty = request.isWarParty
        team = detail.team
        maps = detail.maps
        self.avoided = avoided
        self.rated = rated
        arrivedAt = tick
        enqueuedAt = tick - min(max(0, request.waitedTicks), TicketRequest.waitedTicksMax)
        entries = choices.map(\.queue)
    }

    /// The lowest latency among the configured regions; nil if none is reachable.
    func bestLatency(_ regionCount: Int) -> Int? {
        var best: Int?
        for region in 0..<regionCount {
            let latency = latencies[RegionIndex(UInt8(region))]
            if latency == LatencyVector.unreachable { continue }
            best = min(best ?? Int.max, Int(latency))
        }
        return best
    }

    /// Mean of the members to the nearest step (ties to even), or what the ticket gave for the
    /// queue, plus the queue's offset for a premade.
    func rating(_ index: QueueIndex, _ queue: QueueRules) -> Int {
        let offset = Int(queue.premadeOffsetPerMember) * (members.count - 1)
        if let choice = choices.first(where: { $0.queue == index }),
            choice.rating != QueueChoice.sameRating
        {
            return Int(choice.rating.steps) + offset
        }
        let sum = members.reduce(0.0) { $0 + Double($1.rating.steps) }
        return Int((sum / Double(members.count)).rounded(.toNearestOrEven)) + offset
    }

    /// The queue's window, not stretched.
    func window(_ queue: QueueRules, tick: Int32) -> Int {
        limit(queue.ratingWindow, age: tick - enqueuedAt)
    }

    /// Whether it plays in the region at this tick.
    func accepts(_ region: Int, _ queue: QueueRules, tick: Int32, regionCount: Int) -> Bool {
        guard region < regionCount, let best = bestLatency(regionCount) else { return false }
        let latency = latencies[RegionIndex(UInt8(region))]
        if latency == LatencyVector.unreachable { return false }
        let age = tick - enqueuedAt
        if Int(latency) <= limit(queue.latencyCap, age: age) { return true }
        guard let always = queue.regionChoice.bestAlwaysAfterTicks else { return false }
        return Int(latency) == best && age >= always
    }

    /// Whether its list forbids it to play with the other at this tick.
    func avoids(_ other: Known, _ queue: QueueRules, tick: Int32) -> Bool {
        if let hard = queue.avoidance.hardForTicks, tick - enqueuedAt >= hard { return false }
        let listed = avoided.prefix(queue.avoidance.countMax)
        return other.members.contains { listed.contains($0.player) }
    }
}

/// Start plus whole units grown, at most the largest.
func limit(_ curve: WideningCurve, age: Int32) -> Int {
    let grown = (Double(max(age, 0)) * Double(curve.growthPerTick) / 65_536).rounded(.down)
    return Int(min(Double(curve.max), Double(curve.start) + grown))
}

/// Whether the members can all play in one team of the composition, with room for what the team
/// still needs: tries every way.
func fitsOneTeam(_ members: [Member], _ queue: QueueRules) -> Bool {
    guard let rules = queue.roles else { return true }
    let loose = rules.relaxedAfterTicks != nil
    let least = rules.roles.map { loose ? min($0.min, $0.relaxedMin) : $0.min }
    let most = rules.roles.map { loose ? max($0.max, $0.relaxedMax) : $0.max }
    var counts = [Int](repeating: 0, count: rules.roles.count)
    let sizes = [queue.teamSize] + queue.smallerTeams.map(\.teamSize)
    func assign(_ position: Int) -> Bool {
        if position == members.count {
            return sizes.contains { size in
                let needed = zip(least, counts).reduce(0) { $0 + max(0, $1.0 - $1.1) }
                return needed <= size - members.count
            }
        }
        for role in counts.indices where members[position].roles.bits & (1 << UInt8(role)) != 0 {
            if counts[role] == most[role] { continue }
            counts[role] += 1
            let fits = assign(position + 1)
            counts[role] -= 1
            if fits { return true }
        }
        return false
    }
    return members.count <= queue.teamSize && assign(0)
}
