// What happens to a ticket whichever phase does it: finding it, letting it into regions, asking
// for its next wake, taking it out.

extension Matchmaker {
    /// Ticks after which a ticket that found the rating index full tries again.
    static let indexRetryTicks: Int32 = 16
    /// Waiting tickets that make a crowd: from here a window grows by half between looks.
    static let crowdTicketCount: Int64 = 8192

    @inline(__always) func hashOf(_ ticket: TicketID) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(ticket.low ^ mixed(ticket.high ^ hashSeed)) >> 32)
    }

    @inline(__always) func hashOf(_ player: PlayerID) -> UInt32 {
        UInt32(truncatingIfNeeded: mixed(player.raw ^ hashSeed) >> 32)
    }

    func slot(of ticket: TicketID) -> Int? {
        ticketMap.find(hashOf(ticket)) { tickets.records[$0].ticket == ticket }
    }

    @inline(__always) func queue(of slot: Int) -> CompiledQueue {
        grid.queues[Int(tickets.records[slot].queue.raw)]
    }

    /// Mean rating of the members plus the premade offset, or nil outside the allowed range.
    @inline(__always) func partyRating(_ party: PartyView, _ queue: CompiledQueue) -> Int32? {
        var sum: Int64 = 0
        for position in 0..<party.count { sum += Int64(party[position].rating.steps) }
        return partyRating(sum: sum, count: party.count, queue)
    }

    @inline(__always) func partyRating(
        sum: Int64, count: Int, _ queue: CompiledQueue
    ) -> Int32? {
        let mean =
            count == 1
            ? sum : Int64((Double(sum) / Double(count)).rounded(.toNearestOrEven))
        let rating = mean + Int64(queue.premadeOffsetPerMember) * Int64(count - 1)
        let lowest = Int64(Rating.pointsMin) * Int64(Rating.stepsPerPoint)
        let highest = Int64(Rating.pointsMax) * Int64(Rating.stepsPerPoint)
        return rating < lowest || rating > highest ? nil : Int32(rating)
    }

    /// Makes the ticket an anchor of this tick in each region whose latency its cap covers by now;
    /// where it is not in the index yet, it will be. Regions in which nothing that waits could
    /// complete a match with it are passed over: whoever arrives there later looks for himself.
    @inline(__always) mutating func addAnchors(_ slot: Int) {
        let record = tickets.records[slot]
        let queue = grid.queues + Int(record.queue.raw)
        let cap = queue.pointee.latencyCap.limit(age: now - record.enqueuedAt)
        var isAnchor = false
        for region in 0..<grid.regionCount {
            let isIndexed = record.regions & (1 << UInt16(region)) != 0
            let bucket = grid.bucketIndex(record.queue, region)
            if isIndexed {
                let size = Int(record.memberCount)
                if !grid.mayMatch(queue.pointee, bucket, size: size) { continue }
            } else {
                let latency = tickets.latency(slot, region)
                if latency == LatencyVector.unreachable || Int32(latency) > cap { continue }
            }
            isAnchor = true
            if anchors.isFull { flushAnchors() }
            anchors.append(
                AnchorRow(
                    record, slot: slot, bucket: bucket,
                    isBestRegion: tickets.latency(slot, region) == record.bestLatency,
                    isNewcomer: !isIndexed))
        }
        if !isAnchor { schedule(slot) }
    }

    /// Asks for the ticket's next wake: the first of expiry, a region within its cap, and a window
    /// reaching the next possible partner.
    @inline(__always) func schedule(_ slot: Int) {
        let record = tickets.records[slot]
        let queue = grid.queues[Int(record.queue.raw)]
        let age = min(
            queue.timeoutTicks, ageOfNextRegion(slot, record, queue),
            ageOfNextLook(record, queue))
        let at = max(record.enqueuedAt + age, now + 1)
        if record.wakeAt != TicketRecord.notScheduled {
            if record.wakeAt <= at { return }
            wheel.remove(slot, tickets.records)
        }
        wheel.insert(slot, at: at, tickets.records)
    }

    @inline(__always) private func ageOfNextRegion(
        _ slot: Int, _ record: TicketRecord, _ queue: CompiledQueue
    ) -> Int32 {
        var earliest = Int32.max / 2
        for region in 0..<grid.regionCount where record.regions & (1 << UInt16(region)) == 0 {
            let latency = tickets.latency(slot, region)
            if latency == LatencyVector.unreachable { continue }
            guard let age = queue.latencyCap.age(reaching: Int32(latency)) else { continue }
            // Within the cap and yet not in the index: it was full. Not again in every tick.
            let isLate = record.enqueuedAt + age <= now
            let retry = now - record.enqueuedAt + Matchmaker.indexRetryTicks
            earliest = min(earliest, isLate ? retry : age)
        }
        return earliest
    }

    /// The latest moment of a ticket's next look, whatever it has seen: when its window has
    /// doubled, or reached its largest. Two others that it could join may have come to agree.
    @inline(__always) private func ageOfNextLook(
        _ record: TicketRecord, _ queue: CompiledQueue
    ) -> Int32 {
        let window = queue.ratingWindow.limit(age: now - record.enqueuedAt)
        var age = Int32.max / 2
        if window < queue.ratingWindow.max {
            let target = min(2 * max(window, Rating.stepsPerPoint), queue.ratingWindow.max)
            age = queue.ratingWindow.age(reaching: target) ?? age
        }
        return record.nextLook == Int32.max ? age : min(age, record.nextLook - record.enqueuedAt)
    }

    /// The tick at which a search of this ticket can next turn out otherwise by time alone: its
    /// window reaches the nearest ticket outside, or one inside comes to accept it. In a crowd,
    /// where every arrival looks for itself, the looks of a larger lobby's member are at least as
    /// far apart as its window takes to grow by a share of itself, up to a half.
    @inline(__always) func lookAgain(
        _ record: TicketRecord, _ queue: CompiledQueue, _ gathering: Gathering
    ) -> Int32 {
        var look = gathering.nextAgreement
        if gathering.nextReach <= queue.ratingWindow.max,
            let age = queue.ratingWindow.age(reaching: gathering.nextReach)
        {
            look = min(look, record.enqueuedAt + age)
        }
        if look == Int32.max || queue.playerCount == 2 { return look }
        let window = queue.ratingWindow.limit(age: now - record.enqueuedAt)
        let crowd = min(Int64(tickets.count), Matchmaker.crowdTicketCount)
        let step = Int64(window / 2) * crowd / Matchmaker.crowdTicketCount
        return max(look, now + queue.ratingWindow.ticks(growing: Int32(step)))
    }

    /// Takes the ticket out of everything and frees its slot.
    @inline(__always) mutating func remove(_ slot: Int) {
        let record = tickets.records[slot]
        let size = Int(record.memberCount)
        for region in 0..<grid.regionCount where record.regions & (1 << UInt16(region)) != 0 {
            // Read here: new rules may have no such queue, and then no region's index holds it.
            let queue = grid.queues[Int(record.queue.raw)]
            let root = grid.roots + grid.rootIndex(queue, region, size: size)
            index.remove(record.key, from: &root.pointee)
            grid.noteRemoval(
                grid.bucketIndex(record.queue, region), size: size, count: 1,
                left: Int(root.pointee.count))
        }
        if record.wakeAt != TicketRecord.notScheduled { wheel.remove(slot, tickets.records) }
        ticketMap.remove(hashOf(record.ticket), slot: slot)
        var member = record.firstMember
        while member != TicketRecord.noSlot {
            playerMap.remove(hashOf(members.records[Int(member)].player), slot: Int(member))
            member = members.release(Int(member))
        }
        tickets.release(slot)
    }

    /// Ends the ticket without a match.
    /// - Precondition: the outbox has room for one record.
    mutating func close(_ slot: Int, _ reason: CloseReason, _ outbox: inout OutcomeProducer) {
        let record = tickets.records[slot]
        hash.note(record.ticket, Int(reason.rawValue) + 512)
        outbox.write(
            .closed(
                ClosedRecord(
                    ticket: record.ticket, waitTicks: now - record.enqueuedAt,
                    queue: record.queue, lobby: record.lobby, reason: reason)))
        remove(slot)
    }
}
