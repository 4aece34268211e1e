// Turns a lobby into a match: teams, quality, records in the outbox, tickets out of the pool.

extension Matchmaker {
    @inline(__always) mutating func form(
        _ lobby: Lobby, _ plan: LobbyPlan, _ queue: CompiledQueue, _ queueIndex: QueueIndex,
        _ region: Int, _ outbox: inout OutcomeProducer
    ) {
        var count = lobby.ticketCount
        readAhead(count, region)
        readLobby(count)
        var roles = split(count, plan, queue)
        let bucket = grid.bucketIndex(queueIndex, region)
        var looks = Matchmaker.overdueLookCountMax
        while let changed = seatOverdue(count, plan, queue, bucket, &looks) {
            count = changed
            readLobby(count)
            roles = split(count, plan, queue, isKnown: true)
        }
        let match = nextMatchID()
        drawSides(count, plan.shape, queue, match)
        var record = MatchRecord(
            match: match, rulesVersion: rulesVersion, tick: Tick(now),
            queue: queueIndex, region: RegionIndex(UInt8(region)),
            teamCount: UInt16(queue.teamCount), ticketCount: UInt16(count),
            playerCount: UInt16(plan.shape.playerCount), map: plan.map,
            quality: quality(count, plan.shape, queue, region, roles))
        let proposal = queue.acceptTicks > 0 ? propose(record, plan.shape, queue) : -1
        if proposal < 0 { record.reservation = reservations.open(Reservation(match)) }
        outbox.write(proposal < 0 ? .matched(record) : .proposed(record))
        hash.note(match.low)
        unindex(count, queue, queueIndex, region)
        var firstMember = 0
        for position in 0..<count {
            let size = Int(chosen(position).size)
            seat(
                position, record, firstMember: roles == nil ? -1 : firstMember,
                proposal: proposal, &outbox)
            firstMember += size
        }
        if proposal >= 0 { return }
        report.matches += 1
        report.ticketsMatched += count
        report.playersMatched += Int(plan.shape.playerCount)
    }

    /// Takes the lobby out of its bucket's trees, lane by lane, in rising order.
    @inline(__always) private mutating func unindex(
        _ count: Int, _ queue: CompiledQueue, _ queueIndex: QueueIndex, _ region: Int
    ) {
        let bucket = grid.bucketIndex(queueIndex, region)
        var lanes: UInt64 = 0
        for position in 0..<count { lanes |= 1 << UInt64(chosen(position).lane) }
        while lanes != 0 {
            let lane = lanes.trailingZeroBitCount
            lanes &= lanes &- 1
            var found = 0
            for position in 0..<count where chosen(position).lane == UInt8(lane) {
                let slot = Int(chosen(position).slot)
                keepSorted(tickets.records[slot].key, found)
                tickets.records[slot].regions &= ~(1 << UInt16(region))
                grid.noteRemoval(bucket, tickets.records[slot])
                found += 1
            }
            let root = grid.roots + grid.rootIndex(queue, region, lane: lane)
            index.removeRun(
                UnsafeBufferPointer(start: scratch.keys.base, count: found),
                from: &root.pointee)
            if root.pointee.count == 0 { grid.noteEmptyLane(bucket, queue, lane: lane) }
        }
    }

    @inline(__always) private func keepSorted(_ key: UInt64, _ count: Int) {
        var target = count
        while target > 0, scratch.keys[target &- 1] > key {
            scratch.keys[target] = scratch.keys[target &- 1]
            target &-= 1
        }
        scratch.keys[target] = key
    }

    /// The lobby's ticket at a position.
    @inline(__always) func chosen(_ position: Int) -> Candidate {
        scratch.candidates[Int(scratch.chosen[position])]
    }

    /// Reads everything that taking the lobby out will touch, a kind at a time: the reads of all
    /// its tickets overlap, where ticket by ticket each would wait for memory in turn.
    @inline(__always) private mutating func readAhead(_ count: Int, _ region: Int) {
        var sum: UInt64 = 0
        for position in 0..<count {
            let slot = Int(chosen(position).slot)
            sum &+= tickets.records[slot].key &+ UInt64(tickets.latency(slot, 0))
        }
        for position in 0..<count {
            let record = tickets.records.pointer(Int(chosen(position).slot))
            sum &+= ticketMap.touch(hashOf(record.pointee.ticket))
            sum &+= members.records[Int(record.pointee.firstMember)].player.raw
            sum &+= neighboursInWheel(record)
            sum &+= otherPlaces(record, except: region)
        }
        for position in 0..<count {
            let record = tickets.records.pointer(Int(chosen(position).slot))
            var member = record.pointee.firstMember
            while member != TicketRecord.noSlot {
                sum &+= playerMap.touch(hashOf(members.records[Int(member)].player))
                member = members.records[Int(member)].next
            }
        }
        warmth &+= sum
    }

    /// Reads the leaves in which the ticket stands in its other regions.
    @inline(__always) private func otherPlaces(
        _ record: UnsafeMutablePointer<TicketRecord>, except region: Int
    ) -> UInt64 {
        var others = record.pointee.regions & ~(1 << UInt16(region))
        var sum: UInt64 = 0
        let queue = grid.queues[Int(record.pointee.queue.raw)]
        while others != 0 {
            let root = grid.rootIndex(
                queue, others.trailingZeroBitCount, lane: Int(record.pointee.lane))
            sum &+= index.touch(leaf: index.leaf(grid.roots[root], record.pointee.key))
            others &= others &- 1
        }
        return sum
    }

    @inline(__always) private func neighboursInWheel(
        _ record: UnsafeMutablePointer<TicketRecord>
    ) -> UInt64 {
        if record.pointee.wakeAt == TicketRecord.notScheduled { return 0 }
        let next = max(record.pointee.wheelNext, 0)
        let previous = max(record.pointee.wheelPrevious, 0)
        return tickets.records[Int(next)].key &+ tickets.records[Int(previous)].key
    }

    /// Gives the balancer each party's size and its rating sum above the lobby's lowest.
    @inline(__always) private func readLobby(_ count: Int) {
        var lowest = Int32.max
        for position in 0..<count { lowest = min(lowest, chosen(position).rating) }
        for position in 0..<count {
            let candidate = chosen(position)
            balance.sizes[position] = Int32(candidate.size)
            balance.values[position] =
                Int64(candidate.size) * Int64(candidate.rating - lowest)
        }
    }

    /// A UUID of version 8 (RFC 9562): all other bits from seed, epoch, tick and index.
    @inline(__always) mutating func nextMatchID() -> MatchID {
        let place = UInt64(UInt32(bitPattern: now)) << 32 | matchIndexInTick
        matchIndexInTick += 1
        let high = mixed(matchSeed ^ mixed(place))
        let low = mixed(high ^ matchSeed &+ place)
        return MatchID(
            high: high & ~0xF000 | 0x8000, low: low & ~(3 << 62) | 2 << 62)
    }

    /// Splits the lobby into teams and, where the queue has roles, gives each member his.
    /// - Parameter isKnown: `scratch.eligible` has teams that will do where no better are found.
    /// - Returns: how far the roles are to the members' liking; nil without roles.
    @inline(__always) private func split(
        _ count: Int, _ plan: LobbyPlan, _ queue: CompiledQueue, isKnown: Bool = false
    ) -> RoleScore? {
        let hasRoles = queue.hasTeamRules && queue.features.pointee.roleCount > 0
        if !queue.hasTeamRules && !plan.isWar || queue.teamCount != 2 {
            balance.split(count, queue)
            if !hasRoles { return nil }
        }
        var rules = queue.features.pointee.splitRules(plan.shape)
        rules.usesRoleOffsets = hasRoles && giveRoleRatings(count, queue)
        var member = 0
        for position in 0..<count {
            let candidate = chosen(position)
            let isPremade = Int32(candidate.size) >= queue.features.pointee.premadeSizeMin
            balance.sides[position] = candidate.sides
            balance.nativeSides[position] = queue.features.pointee.nativeSides(
                queue.lanes[Int(candidate.lane)])
            balance.premades[position] = isPremade ? Int32(candidate.size) : 0
            if hasRoles { member = readRoles(Int(candidate.slot), from: member, rules) }
        }
        if queue.teamCount == 1 {
            return balance.seatOneTeam(
                count, to: rules.firstCaps, usesOffsets: rules.usesRoleOffsets)
        }
        if !balance.split(count, by: rules) {
            precondition(isKnown)
            for position in 0..<count { balance.teams[position] = scratch.eligible[position] }
            balance.sumTeams(count, 2)
        }
        if !hasRoles { return nil }
        return balance.seatRoles(count, by: rules)
    }

    /// True if one of the lobby's tickets gave ratings by role that count.
    private func giveRoleRatings(_ count: Int, _ queue: CompiledQueue) -> Bool {
        for position in 0..<count
        where givesRoleRatings(tickets.records[Int(chosen(position).slot)], queue) {
            return true
        }
        return false
    }

    /// Gives the balancer the roles of a ticket's members; returns where the next ticket's begin.
    func readRoles(_ slot: Int, from start: Int, _ rules: SplitRules) -> Int {
        let record = tickets.records[slot]
        let end = balance.members.read(
            record.firstMember, of: members, from: start, rules.firstCaps)
        if rules.usesRoleOffsets {
            balance.members.readOffsets(
                record.detail, of: details, from: start, count: end - start)
        }
        return end
    }

    /// Which team is first is a fair draw, so that no rating or party has a side of its own. Where
    /// there are factions each side is one's own, whoever would cross.
    @inline(__always) private func drawSides(
        _ count: Int, _ shape: TeamShape, _ queue: CompiledQueue, _ match: MatchID
    ) {
        if queue.hasTeamRules, queue.features.pointee.hasFactions { return }
        guard shape.teamCount == 2, shape.isEven, match.low & 1 == 1 else { return }
        for position in 0..<count where chosen(position).sides != 3 { return }
        for position in 0..<count { balance.teams[position] = 1 - balance.teams[position] }
        let first = balance.teamSums[0]
        balance.teamSums[0] = balance.teamSums[1]
        balance.teamSums[1] = first
    }

    @inline(__always) func quality(
        _ count: Int, _ shape: TeamShape, _ queue: CompiledQueue, _ region: Int,
        _ roles: RoleScore?
    ) -> MatchQuality {
        var score = MatchScore(queue: queue, shape: shape)
        if let roles { score.roleShare = roles.score }
        for position in 0..<count {
            let candidate = chosen(position)
            let slot = Int(candidate.slot)
            var record = tickets.records[slot]
            // A war party may bring more than are fielded.
            record.memberCount = candidate.size
            score.add(
                record, rating: candidate.rating, team: Int(balance.teams[position]),
                latency: tickets.latency(slot, region),
                deviationWithin: deviationWithin(record))
        }
        return score.quality(balance.teamSums)
    }

    /// Sum over the party's first `memberCount` members of the squared difference to their mean,
    /// in points².
    @inline(__always) func deviationWithin(_ record: TicketRecord) -> Double {
        if record.memberCount == 1 { return 0 }
        var sum = 0.0
        var squares = 0.0
        var member = record.firstMember
        for _ in 0..<Int(record.memberCount) {
            let points = members.records[Int(member)].rating.points
            sum += points
            squares += points * points
            member = members.records[Int(member)].next
        }
        return max(0, squares - sum * sum / Double(record.memberCount))
    }

    /// - Parameters:
    ///   - firstMember: where the balancer has the roles of the ticket's members, or −1.
    ///   - proposal: the row of the match if it is proposed, or −1.
    @inline(__always) private mutating func seat(
        _ position: Int, _ match: MatchRecord, firstMember: Int, proposal: Int,
        _ outbox: inout OutcomeProducer
    ) {
        let region = Int(match.region.raw)
        let candidate = chosen(position)
        let slot = Int(candidate.slot)
        var record = tickets.records[slot]
        record.memberCount = candidate.size
        assert(record.state == .waiting && record.regions & (1 << UInt16(region)) == 0)
        let seat = SeatRecord(
            ticket: record.ticket, rating: Rating(steps: candidate.rating),
            waitTicks: now - record.enqueuedAt, lobby: record.lobby,
            team: UInt16(balance.teams[position]), memberCount: UInt16(candidate.size),
            latencyMilliseconds: tickets.latency(slot, region), window: candidate.window,
            isMercenary: isMercenary(record, team: Int(balance.teams[position])))
        outbox.write(.seat(seat))
        hash.note(record.ticket, Int(balance.teams[position]))
        writePlayers(record, firstMember, &outbox)
        if proposal < 0 {
            depart(
                slot, with: match.match, team: Int(seat.team), reservation: match.reservation)
            return
        }
        let roles = firstMember < 0 ? nil : balance.members.roles.pointer(firstMember)
        hold(slot, seat, roles: roles, in: proposal)
    }

    /// True if the ticket plays in the team of the faction that is not its own, or beside a war
    /// party that is not its own.
    @inline(__always) func isMercenary(_ record: TicketRecord, team: Int) -> Bool {
        let queue = grid.queues + Int(record.queue.raw)
        if queue.pointee.lanes.hasWarParties { return !record.flags.contains(.isWarParty) }
        if !queue.pointee.hasTeamRules || !queue.pointee.features.pointee.hasFactions {
            return false
        }
        return team != (record.flags.contains(.isSecondFaction) ? 1 : 0)
    }

    /// Writes the ticket's players.
    /// - Parameter firstMember: where the balancer has their roles, or −1.
    @inline(__always) func writePlayers(
        _ record: TicketRecord, _ firstMember: Int, _ outbox: inout OutcomeProducer
    ) {
        let roles = firstMember < 0 ? nil : balance.members.roles.pointer(firstMember)
        writePlayers(record, count: Int(record.memberCount), roles: roles, &outbox)
    }

    /// Writes the ticket's first `count` players, with their roles unless those are nil.
    @inline(__always) func writePlayers(
        _ record: TicketRecord, count: Int, roles: UnsafeMutablePointer<UInt8>?,
        _ outbox: inout OutcomeProducer
    ) {
        if let roles { writeRatings(record, count: count, roles: roles, &outbox) }
        var written = 0
        var member = record.firstMember
        while written < count {
            var group = PlayerGroup()
            while written < count, Int(group.count) < PlayerGroup.capacity {
                group.players[Int(group.count)] = members.records[Int(member)].player
                if let roles { group.roles[Int(group.count)] = roles[written] }
                group.count += 1
                written += 1
                member = members.records[Int(member)].next
            }
            outbox.write(.players(group))
        }
    }
}
