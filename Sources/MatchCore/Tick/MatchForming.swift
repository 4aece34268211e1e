// Turns a lobby into a match: teams, quality, records in the outbox, tickets out of the pool.

extension Matchmaker {
    @inline(__always) mutating func form(
        _ lobby: Lobby, _ queue: CompiledQueue, _ queueIndex: QueueIndex, _ region: Int,
        _ outbox: inout OutcomeProducer
    ) {
        let count = lobby.ticketCount
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
        for position in 0..<count { seat(position, region, &outbox) }
        report.matches += 1
        report.ticketsMatched += count
        report.playersMatched += Int(queue.playerCount)
    }

    @inline(__always) private func candidate(_ position: Int) -> Candidate {
        scratch.candidates[Int(scratch.chosen[position])]
    }

    /// Gives the balancer each party's size and its rating sum above the lobby's lowest.
    @inline(__always) private func readLobby(_ count: Int) {
        var lowest = Int32.max
        for position in 0..<count { lowest = min(lowest, candidate(position).rating) }
        for position in 0..<count {
            let candidate = candidate(position)
            balance.sizes[position] = candidate.size
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
                best: bestLatency(slot))
        }
        return score.quality(balance.teamSums)
    }

    @inline(__always) private mutating func seat(
        _ position: Int, _ region: Int, _ outbox: inout OutcomeProducer
    ) {
        let candidate = candidate(position)
        let slot = Int(candidate.slot)
        let record = tickets.records[slot]
        assert(record.state == .waiting && record.regions & (1 << UInt16(region)) != 0)
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
