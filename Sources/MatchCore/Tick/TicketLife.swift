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
        let age = now - record.enqueuedAt
        var isAnchor = false
        for region in 0..<grid.regionCount {
            let isIndexed = record.regions & (1 << UInt16(region)) != 0
            let bucket = grid.bucketIndex(record.queue, region)
            if isIndexed {
                let size = Int(record.memberCount)
                if !grid.mayMatch(queue.pointee, bucket, size: size) { continue }
            } else {
                let latency = tickets.latency(slot, region)
                let best = record.bestLatency
                if !queue.pointee.accepts(latency: latency, best: best, age: age) { continue }
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

    @inline(__always) func ageOfNextRegion(
        _ slot: Int, _ record: TicketRecord, _ queue: CompiledQueue
    ) -> Int32 {
        var earliest = Int32.max / 2
        for region in 0..<grid.regionCount where record.regions & (1 << UInt16(region)) == 0 {
            let latency = tickets.latency(slot, region)
            guard let age = queue.age(accepting: latency, best: record.bestLatency) else {
                continue
            }
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
        let window = queue.window(age: now - record.enqueuedAt, record.stretch)
        let widest = queue.windowMax(record.stretch)
        var age = Int32.max / 2
        if window < widest {
            let target = min(2 * max(window, Rating.stepsPerPoint), widest)
            age = queue.age(windowReaching: target, record.stretch) ?? age
        }
        if queue.hasMilestones {
            age = min(age, queue.features.pointee.nextMilestone(after: now - record.enqueuedAt))
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
        if gathering.nextReach <= queue.windowMax(record.stretch),
            let age = queue.age(windowReaching: gathering.nextReach, record.stretch)
        {
            look = min(look, record.enqueuedAt + age)
        }
        if look == Int32.max || queue.playerCount == 2 { return look }
        let window = queue.window(age: now - record.enqueuedAt, record.stretch)
        let crowd = min(Int64(tickets.count), Matchmaker.crowdTicketCount)
        let step = Int64(window / 2) * crowd / Matchmaker.crowdTicketCount
        return max(look, now + queue.ratingWindow.ticks(growing: Int32(step)))
    }

    /// Takes one entry out of the indexes of its regions and out of the wheel.
    @inline(__always) mutating func withdraw(_ slot: Int) {
        let record = tickets.records[slot]
        for region in 0..<grid.regionCount where record.regions & (1 << UInt16(region)) != 0 {
            // Read here: new rules may have no such queue, and then no region's index holds it.
            let queue = grid.queues[Int(record.queue.raw)]
            let root = grid.roots + grid.rootIndex(queue, region, lane: Int(record.lane))
            index.remove(record.key, from: &root.pointee)
            let bucket = grid.bucketIndex(record.queue, region)
            grid.noteRemoval(bucket, record)
            if root.pointee.count == 0 { grid.noteEmptyLane(bucket, queue, lane: Int(record.lane)) }
        }
        tickets.records[slot].regions = 0
        if record.wakeAt != TicketRecord.notScheduled {
            wheel.remove(slot, tickets.records)
            tickets.records[slot].wakeAt = TicketRecord.notScheduled
        }
    }

    /// Takes the ticket out of all of its queues and of everything else, and frees its slots.
    @inline(__always) mutating func remove(_ slot: Int) {
        let record = tickets.records[slot]
        var member = record.firstMember
        while member != TicketRecord.noSlot {
            playerMap.remove(hashOf(members.records[Int(member)].player), slot: Int(member))
            member = members.release(Int(member))
        }
        if record.detail == TicketRecord.noSlot {
            ticketMap.remove(hashOf(record.ticket), slot: slot)
            withdraw(slot)
            tickets.release(slot)
            return
        }
        let row = Int(record.detail)
        let detail = details.records[row]
        ticketMap.remove(hashOf(record.ticket), slot: Int(detail.entries[0]))
        for entry in 0..<Int(detail.entryCount) {
            withdraw(Int(detail.entries[entry]))
            tickets.release(Int(detail.entries[entry]))
        }
        details.release(row)
    }

    /// Entries of the ticket, one in each queue in which it stands.
    func entryCount(_ slot: Int) -> Int {
        let row = tickets.records[slot].detail
        return row == TicketRecord.noSlot ? 1 : Int(details.records[Int(row)].entryCount)
    }

    /// The ticket's entry at a position below `entryCount`.
    func entry(_ slot: Int, at position: Int) -> Int {
        let row = tickets.records[slot].detail
        return row == TicketRecord.noSlot ? slot : Int(details.records[Int(row)].entries[position])
    }

    /// Takes the ticket out of one of its queues; it waits on in the others.
    /// - Precondition: it stands in several.
    mutating func dropEntry(_ slot: Int) {
        let record = tickets.records[slot]
        let row = Int(record.detail)
        let count = Int(details.records[row].entryCount)
        precondition(count > 1)
        withdraw(slot)
        if details.records[row].entries[0] == Int32(slot) {
            ticketMap.remove(hashOf(record.ticket), slot: slot)
            ticketMap.insert(
                hashOf(record.ticket), slot: Int(details.records[row].entries[1]))
        }
        var kept = 0
        for position in 0..<count where details.records[row].entries[position] != Int32(slot) {
            let entry = details.records[row].entries[position]
            let rating = details.records[row].ratings[position]
            details.records[row].entries[kept] = entry
            details.records[row].ratings[kept] = rating
            kept += 1
        }
        details.records[row].entryCount = UInt8(kept)
        tickets.release(slot)
    }

    /// Takes the ticket out of all queues while it is part of a proposed or unsettled match.
    mutating func suspend(_ slot: Int, as state: TicketState) {
        for position in 0..<entryCount(slot) {
            let entry = entry(slot, at: position)
            withdraw(entry)
            tickets.records[entry].state = state
            tickets.records[entry].flags.remove(.hasAccepted)
        }
    }

    /// Lets a suspended ticket wait again in all of its queues, with its wait and its place: it is
    /// back in their indexes in the next tick.
    mutating func resume(_ slot: Int) {
        for position in 0..<entryCount(slot) {
            let entry = entry(slot, at: position)
            tickets.records[entry].state = .waiting
            tickets.records[entry].flags.insert(.hasReturned)
            tickets.records[entry].nextLook = Int32.max
            // New rules may have come meanwhile: the wake phase closes what they do not admit.
            wheel.insert(entry, at: now + 1, tickets.records)
        }
    }

    /// Ends the ticket without a match.
    /// - Precondition: the outbox has room for one record.
    mutating func close(_ slot: Int, _ reason: CloseReason, _ outbox: inout OutcomeProducer) {
        let record = tickets.records[slot]
        if record.state == .proposed { vacate(slot) }
        hash.note(record.ticket, Int(reason.rawValue) + 512)
        outbox.write(
            .closed(
                ClosedRecord(
                    ticket: record.ticket, waitTicks: now - record.enqueuedAt,
                    queue: record.queue, lobby: record.lobby, reason: reason)))
        noteEnd(record.ticket)
        remove(slot)
    }
}
