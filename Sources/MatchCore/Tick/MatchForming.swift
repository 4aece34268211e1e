// Turns a lobby into a match: teams, quality, records in the outbox, tickets out of the pool.

extension Matchmaker {
    @inline(__always) mutating func form(
        _ lobby: Lobby, _ queue: CompiledQueue, _ queueIndex: QueueIndex, _ region: Int,
        _ outbox: inout OutcomeProducer
    ) {
        let count = lobby.ticketCount
        readAhead(count, region)
        readLobby(count)
        balance.split(count, queue)
        let match = nextMatchID()
        drawSides(count, queue, match)
        outbox.write(
            .matched(
                MatchRecord(
                    match: match, rulesVersion: rulesVersion, tick: Tick(now),
                    queue: queueIndex, region: RegionIndex(UInt8(region)),
                    teamCount: UInt16(queue.teamCount), ticketCount: UInt16(count),
                    playerCount: UInt16(queue.playerCount),
                    quality: quality(count, queue, region))))
        hash.note(match.low)
        unindex(count, queue, queueIndex, region)
        for position in 0..<count { seat(position, region, &outbox) }
        report.matches += 1
        report.ticketsMatched += count
        report.playersMatched += Int(queue.playerCount)
    }

    /// Takes the lobby out of its bucket's trees, lane by lane, in rising order.
    @inline(__always) private mutating func unindex(
        _ count: Int, _ queue: CompiledQueue, _ queueIndex: QueueIndex, _ region: Int
    ) {
        let bucket = grid.bucketIndex(queueIndex, region)
        var lanes: UInt64 = 0
        for position in 0..<count { lanes |= 1 << UInt64(candidate(position).lane) }
        while lanes != 0 {
            let lane = lanes.trailingZeroBitCount
            lanes &= lanes &- 1
            var found = 0
            for position in 0..<count where candidate(position).lane == UInt8(lane) {
                let slot = Int(candidate(position).slot)
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

    @inline(__always) private func candidate(_ position: Int) -> Candidate {
        scratch.candidates[Int(scratch.chosen[position])]
    }

    /// Reads everything that taking the lobby out will touch, a kind at a time: the reads of all
    /// its tickets overlap, where ticket by ticket each would wait for memory in turn.
    @inline(__always) private mutating func readAhead(_ count: Int, _ region: Int) {
        var sum: UInt64 = 0
        for position in 0..<count {
            let slot = Int(candidate(position).slot)
            sum &+= tickets.records[slot].key &+ UInt64(tickets.latency(slot, 0))
        }
        for position in 0..<count {
            let record = tickets.records.pointer(Int(candidate(position).slot))
            sum &+= ticketMap.touch(hashOf(record.pointee.ticket))
            sum &+= members.records[Int(record.pointee.firstMember)].player.raw
            sum &+= neighboursInWheel(record)
            sum &+= otherPlaces(record, except: region)
        }
        for position in 0..<count {
            let record = tickets.records.pointer(Int(candidate(position).slot))
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
        for position in 0..<count { lowest = min(lowest, candidate(position).rating) }
        for position in 0..<count {
            let candidate = candidate(position)
            balance.sizes[position] = Int32(candidate.size)
            balance.values[position] =
                Int64(candidate.size) * Int64(candidate.rating - lowest)
        }
    }

    /// A UUID of version 8 (RFC 9562): all other bits from seed, epoch, tick and index.
    @inline(__always) private mutating func nextMatchID() -> MatchID {
        let place = UInt64(UInt32(bitPattern: now)) << 32 | matchIndexInTick
        matchIndexInTick += 1
        let high = mixed(matchSeed ^ mixed(place))
        let low = mixed(high ^ matchSeed &+ place)
        return MatchID(
            high: high & ~0xF000 | 0x8000, low: low & ~(3 << 62) | 2 << 62)
    }

    /// Which team is first is a fair draw, so that no rating or party has a side of its own.
    @inline(__always) private func drawSides(
        _ count: Int, _ queue: CompiledQueue, _ match: MatchID
    ) {
        guard queue.teamCount == 2, match.low & 1 == 1 else { return }
        for position in 0..<count { balance.teams[position] = 1 - balance.teams[position] }
        let first = balance.teamSums[0]
        balance.teamSums[0] = balance.teamSums[1]
        balance.teamSums[1] = first
    }

    @inline(__always) private func quality(
        _ count: Int, _ queue: CompiledQueue, _ region: Int
    ) -> MatchQuality {
        var score = MatchScore(queue: queue)
        for position in 0..<count {
            let candidate = candidate(position)
            let slot = Int(candidate.slot)
            score.add(
                tickets.records[slot], rating: candidate.rating,
                team: Int(balance.teams[position]), latency: tickets.latency(slot, region),
                deviationWithin: deviationWithin(tickets.records[slot]))
        }
        return score.quality(balance.teamSums)
    }

    /// Sum over the party's members of the squared difference to their mean, in points².
    @inline(__always) func deviationWithin(_ record: TicketRecord) -> Double {
        if record.memberCount == 1 { return 0 }
        var sum = 0.0
        var squares = 0.0
        var member = record.firstMember
        while member != TicketRecord.noSlot {
            let points = members.records[Int(member)].rating.points
            sum += points
            squares += points * points
            member = members.records[Int(member)].next
        }
        return max(0, squares - sum * sum / Double(record.memberCount))
    }

    @inline(__always) private mutating func seat(
        _ position: Int, _ region: Int, _ outbox: inout OutcomeProducer
    ) {
        let candidate = candidate(position)
        let slot = Int(candidate.slot)
        let record = tickets.records[slot]
        assert(record.state == .waiting && record.regions & (1 << UInt16(region)) == 0)
        outbox.write(
            .seat(
                SeatRecord(
                    ticket: record.ticket, rating: Rating(steps: candidate.rating),
                    waitTicks: now - record.enqueuedAt, lobby: record.lobby,
                    team: UInt16(balance.teams[position]),
                    memberCount: UInt16(record.memberCount),
                    latencyMilliseconds: tickets.latency(slot, region))))
        hash.note(record.ticket, Int(balance.teams[position]))
        writePlayers(record, &outbox)
        remove(slot)
    }

    @inline(__always) private func writePlayers(
        _ record: TicketRecord, _ outbox: inout OutcomeProducer
    ) {
        var member = record.firstMember
        while member != TicketRecord.noSlot {
            var group = PlayerGroup()
            while member != TicketRecord.noSlot, Int(group.count) < PlayerGroup.capacity {
                group.players[Int(group.count)] = members.records[Int(member)].player
                group.count += 1
                member = members.records[Int(member)].next
            }
            outbox.write(.players(group))
        }
    }
}
