// Draws tickets: parties of players who come again and again, what they accept, whom they avoid,
// how they answer, and a share that must be refused.

import MatchCore

extension ScenarioMaker {
    mutating func arrive(_ tick: Int32) {
        var ticket = nextTicketDrawn()
        if features.contains(.impossible), random.chance(0.08) { makeImpossible(&ticket) }
        if features.contains(.duplicates), random.chance(0.08), nextTicket > 2 {
            ticket.number = random.next(in: max(1, nextTicket - 10)...nextTicket - 1)
        } else {
            nextTicket += 1
        }
        if features.contains(.malformed), random.chance(0.1) {
            ticket.fault = random.element([.lastMissing, .shortGroup, .extraGroup, .strayDetail])
        }
        add(tick, .enqueue(ticket))
        if features.contains(.cancels), random.chance(0.04) {
            add(tick, .cancel(ticket: ticket.number, lobby: ticket.lobby))
        }
    }

    /// A ticket that nothing is wrong with.
    mutating func arriveCalmly(_ tick: Int32) {
        let ticket = nextTicketDrawn()
        nextTicket += 1
        add(tick, .enqueue(ticket))
    }

    private mutating func nextTicketDrawn() -> SimTicket {
        let index = random.next(in: 0...queueCount - 1)
        let queue = rules[0].queues[index] ?? rules[rules.count - 1].queues[index]
        let size = partySize(queue)
        var ticket = SimTicket(number: nextTicket, members: [])
        ticket.isWarParty = size.isWar
        ticket.queue = QueueIndex(UInt16(index))
        let base = 1500 + ratingSpread * random.normal()
        ticket.members = drawPlayers(size.count).map { member(PlayerID($0), base, queue) }
        ticket.latencies = drawLatencies()
        ticket.lobby = LobbyIndex(UInt16(random.next(in: 0...5)))
        if random.chance(0.15) { ticket.waited = Int32(random.next(in: -5...60)) }
        if queue?.factions != nil || random.chance(0.1) {
            ticket.faction = UInt8(random.next(in: 0...1))
        }
        ticket.isMercenary = random.chance(queue?.warParties == nil ? 0.5 : 0.95)
        addDetail(&ticket)
        if features.contains(.roleRatings) { addRoleRatings(&ticket) }
        addManners(&ticket)
        return ticket
    }

    private mutating func partySize(_ queue: QueueRules?) -> (count: Int, isWar: Bool) {
        guard let queue else { return (1, false) }
        if let war = queue.warParties, random.chance(0.25) {
            return (random.next(in: war.ownMin...war.rosterMax), true)
        }
        let most = random.chance(0.5) ? queue.partySizeMin : queue.partySizeMax
        return (random.next(in: queue.partySizeMin...most), false)
    }

    /// Different players; the people is small, so that they meet again.
    private mutating func drawPlayers(_ count: Int) -> [UInt64] {
        let first = random.next(in: 0...playerCount - 1)
        return (0..<count).map { UInt64((first + $0) % max(playerCount, count) + 1) }
    }

    private mutating func member(
        _ player: PlayerID, _ base: Double, _ queue: QueueRules?
    ) -> Member {
        let points = base + (features.contains(.parties) ? 60 * random.normal() : 0)
        var member = Member(player: player, rating: Rating(points: points.rounded()))
        guard let count = queue?.roles?.roles.count else { return member }
        if random.chance(0.8) {
            member.roles = RoleSet(bits: UInt8(random.next(in: 1...(1 << count) - 1)))
        }
        if random.chance(0.5) {
            member.preferredRole = UInt8(random.next(in: 0...count - 1))
        }
        return member
    }

    /// At least one region within most queues' reach.
    private mutating func drawLatencies() -> [UInt16?] {
        var latencies: [UInt16?] = (0..<regionCount).map { _ in
            random.chance(0.7) ? UInt16(random.next(in: 5...220)) : nil
        }
        latencies[random.next(in: 0...regionCount - 1)] = UInt16(random.next(in: 10...80))
        return latencies
    }

    private mutating func addDetail(_ ticket: inout SimTicket) {
        if queueCount > 1, random.chance(0.5) {
            for index in 0..<queueCount where index != Int(ticket.queue.raw) {
                if random.chance(0.3) { continue }
                let rating =
                    random.chance(0.5)
                    ? QueueChoice.sameRating : Rating(points: 1500 + ratingSpread * random.normal())
                ticket.further.append(
                    QueueChoice(queue: QueueIndex(UInt16(index)), rating: rating))
            }
        }
        if features.contains(.maps), random.chance(0.6) {
            ticket.maps = MapSet(bits: UInt32(random.next(in: 1...15)))
        }
        let hasTeam = features.contains(.rematch) && ticket.members.count > 1
        if hasTeam || ticket.isWarParty, random.chance(0.7) {
            ticket.team = 1_000_000 + ticket.members[0].player.raw
        }
        if features.contains(.avoidance), random.chance(0.4) {
            for _ in 0..<random.next(in: 1...(random.chance(0.1) ? 30 : 6)) {
                ticket.avoided.append(PlayerID(UInt64(random.next(in: 1...playerCount))))
            }
        }
    }

    /// Offsets of a point or two up to the largest.
    private mutating func addRoleRatings(_ ticket: inout SimTicket) {
        if random.chance(0.3) { return }
        for position in ticket.members.indices where random.chance(0.7) {
            let spread = random.element([2.0, 60, 300, RoleOffsets.pointsMax])
            var offsets = RoleOffsets()
            for role in 0..<4 where random.chance(0.7) {
                let points = spread * random.normal() / 3
                offsets.set(role, points: max(-spread, min(spread, points)))
            }
            ticket.rated.append(RatedMember(position: UInt8(position), offsets: offsets))
        }
    }

    private mutating func addManners(_ ticket: inout SimTicket) {
        guard features.contains(.acceptance) else { return }
        for _ in 0..<random.next(in: 1...3) {
            let after = Int32(random.next(in: 1...4))
            switch random.next(in: 0...19) {
            case 0...1:
                let hasCulprit = random.chance(0.5)
                let blame = hasCulprit ? random.next(in: 0...ticket.members.count - 1) : nil
                ticket.manners.append(.decline(after: after, blame: blame))
            case 2: ticket.manners.append(.undelivered(after: after))
            case 3: ticket.manners.append(.silent)
            case 4: ticket.manners.append(.acceptTwice(after: after))
            case 5: ticket.manners.append(.wrongMatch(after: after))
            default: ticket.manners.append(.accept(after: after))
            }
        }
    }

    /// Spoils the ticket so that some rule must refuse it.
    private mutating func makeImpossible(_ ticket: inout SimTicket) {
        let spare = Member(player: PlayerID(900_000 + UInt64(nextTicket)), rating: Rating(steps: 0))
        switch random.next(in: 0...9) {
        case 0: ticket.queue = QueueIndex(UInt16(random.next(in: queueCount...20)))
        case 1:
            for extra in 0..<6 {
                ticket.members.append(
                    Member(
                        player: PlayerID(800_000 + UInt64(nextTicket * 10 + extra)),
                        rating: Rating(points: 1500)))
            }
        case 2: ticket.latencies = [UInt16?](repeating: 400, count: regionCount)
        case 3: ticket.latencies = [UInt16?](repeating: nil, count: regionCount)
        case 4: ticket.members.append(ticket.members[0])
        case 5: ticket.members[0] = Member(player: spare.player, rating: Rating(points: -10_000))
        case 6:
            ticket.members[0] = Member(player: spare.player, rating: Rating(points: 100_000))
            ticket.members.append(Member(player: PlayerID(7), rating: Rating(points: 100_000)))
        case 7: ticket.members[0].roles = RoleSet(bits: random.element([0, 0b1100_0000]))
        case 8: ticket.further.append(QueueChoice(queue: ticket.queue))
        default: ticket.isWarParty.toggle()
        }
    }
}
